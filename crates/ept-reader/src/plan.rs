//! What a query will read, from metadata and hierarchy alone.

use std::collections::HashSet;

use ept_format::{Bounds, Key, Metadata, Node, Policy};
use ept_select::{Cover, Relation};

use crate::{Error, Query};

/// What a query reads: no tile is needed to know.
///
/// Points are counted by the hierarchy. `points` is an upper bound: the points of all nodes that the areas meet.
/// `estimate` is what of them lies in the areas, as far as the cells tell. Conditions on values are in neither.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The nodes that are read, in ascending depth, x, y, z.
    pub nodes: Vec<Node>,
    /// How many points of each node lie in the areas, about.
    pub estimates: Vec<f64>,
    /// The same by depth, from the root down.
    pub depths: Vec<DepthPlan>,
    /// Points of all nodes: the query selects no more.
    pub points: u64,
    /// Points that lie in the areas, about.
    pub estimate: f64,
}

/// One depth of a [`Plan`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DepthPlan {
    /// The depth.
    pub depth: u32,
    /// Distance between points that it aims at, in units of the dataset's coordinates.
    pub spacing: f64,
    /// Nodes that are read.
    pub nodes: u64,
    /// Points of these nodes.
    pub points: u64,
    /// Points of them that lie in the areas, about.
    pub estimate: f64,
}

/// Visits what a query visits, and the siblings of what it visits: they tell where within a node its points are.
#[derive(Debug)]
pub(crate) struct Surroundings {
    cover: Cover,
    root: Bounds,
    /// The deepest that is read.
    depth: u32,
}

/// Depths below those that are read which are looked at.
const BELOW: u32 = 3;

/// Parts of a cell, on each axis, of a node of which no more is known.
const PARTS: u32 = 8;

impl Surroundings {
    pub(crate) fn new(query: &Query, metadata: &Metadata) -> Result<Surroundings, Error> {
        let depth = query.max_depth(metadata)?.unwrap_or(Key::MAX_DEPTH);
        Ok(Surroundings {
            cover: Cover::new(query.selected_areas(), query.selected_edge(), metadata)?,
            root: *metadata.bounds(),
            depth,
        })
    }
}

impl Policy for Surroundings {
    fn rank(&self, key: Key, cell: &Bounds) -> Option<f64> {
        let is_near = || match key.parent() {
            // Whole nodes need no siblings of their children.
            Some(parent) => match self.cover.relation(&self.root.cell(parent)) {
                Relation::Outside => false,
                Relation::Edge => true,
                Relation::Inside => self.cover.relation(cell) != Relation::Outside,
            },
            None => true,
        };
        // Below what is read, the descendants of nodes that are in the areas in part tell where their points are.
        let is_useful = || match key.depth().checked_sub(self.depth) {
            None | Some(0) => true,
            Some(below) if below > BELOW => false,
            Some(_) => {
                let read = self.root.cell(key.ancestor(self.depth));
                self.cover.relation(&read) == Relation::Edge
            }
        };
        (is_useful() && is_near()).then(|| -f64::from(key.depth()))
    }
}

/// The plan from the nodes that [`Surroundings`] visit.
pub(crate) fn plan(around: Vec<Node>, query: &Query, metadata: &Metadata) -> Result<Plan, Error> {
    let cover = Cover::new(query.selected_areas(), query.selected_edge(), metadata)?;
    let shares = Shares {
        cover: &cover,
        metadata,
        known: around.iter().map(|node| node.key).collect(),
    };
    let depth = query.max_depth(metadata)?.unwrap_or(Key::MAX_DEPTH);
    let is_read =
        |node: &Node| node.key.depth() <= depth && cover.relation(&node.cell) != Relation::Outside;
    let nodes: Vec<Node> = around.into_iter().filter(is_read).collect();
    let estimates = nodes
        .iter()
        .map(|node| node.points as f64 * shares.of(node.key, &node.cell));
    let estimates = estimates.collect();
    Ok(Plan::of(nodes, estimates, metadata))
}

impl Plan {
    fn of(nodes: Vec<Node>, estimates: Vec<f64>, metadata: &Metadata) -> Plan {
        let mut depths: Vec<DepthPlan> = Vec::new();
        for (node, estimate) in nodes.iter().zip(&estimates) {
            let depth = node.key.depth();
            if depths.last().is_none_or(|last| last.depth != depth) {
                depths.push(DepthPlan {
                    depth,
                    spacing: metadata.spacing(depth),
                    nodes: 0,
                    points: 0,
                    estimate: 0.0,
                });
            }
            if let Some(last) = depths.last_mut() {
                last.nodes += 1;
                last.points += node.points;
                last.estimate += estimate;
            }
        }
        Plan {
            points: depths.iter().map(|depth| depth.points).sum(),
            estimate: depths.iter().map(|depth| depth.estimate).sum(),
            nodes,
            estimates,
            depths,
        }
    }

    /// The plan with only these of its nodes.
    #[must_use]
    pub fn with_nodes(self, kept: &[Node], metadata: &Metadata) -> Plan {
        let kept: HashSet<Key> = kept.iter().map(|node| node.key).collect();
        let pairs = self.nodes.into_iter().zip(self.estimates);
        let (nodes, estimates) = pairs.filter(|(node, _)| kept.contains(&node.key)).unzip();
        Plan::of(nodes, estimates, metadata)
    }

    /// The least depth-spacing, in units of the dataset's coordinates, whose depths together have about `most` points
    /// at most: a resolution that fits. None when the coarsest depth has more.
    #[must_use]
    pub fn resolution_within(&self, most: f64) -> Option<f64> {
        let mut total = 0.0;
        let fitting = self.depths.iter().take_while(|depth| {
            total += depth.estimate;
            total <= most
        });
        fitting.last().map(|depth| depth.spacing)
    }
}

/// How large the tiles of some nodes are, from the sizes of a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TileSizes {
    /// Bytes of all tiles, about.
    pub bytes: f64,
    /// Standard error of that, as a share of it; 0 when every tile was asked for.
    pub error: f64,
    /// Tiles that were asked for.
    pub sampled: usize,
}

/// Tiles whose sizes are asked for.
pub(crate) const SAMPLE: usize = 64;

impl TileSizes {
    /// From the points and bytes of a sample, by the ratio of their sums.
    pub(crate) fn of(sample: &[(u64, u64)], nodes: &[Node]) -> Option<TileSizes> {
        let sum = |part: fn(&(u64, u64)) -> u64| sample.iter().map(part).sum::<u64>() as f64;
        let (points, bytes) = (sum(|pair| pair.0), sum(|pair| pair.1));
        if points == 0.0 || sample.is_empty() {
            return None;
        }
        let ratio = bytes / points;
        let total: f64 = nodes.iter().map(|node| node.points as f64).sum();
        let residuals = sample
            .iter()
            .map(|&(points, bytes)| (bytes as f64 - ratio * points as f64).powi(2));
        let count = sample.len() as f64;
        let mean = points / count;
        let spread = residuals.sum::<f64>() / (count - 1.0).max(1.0) / count;
        let is_all = sample.len() >= nodes.len();
        Some(TileSizes {
            bytes: ratio * total,
            error: if is_all {
                0.0
            } else {
                spread.sqrt() / mean / ratio
            },
            sampled: sample.len(),
        })
    }
}

/// What share of a node's points lies in the areas.
struct Shares<'a> {
    cover: &'a Cover,
    metadata: &'a Metadata,
    known: HashSet<Key>,
}

impl Shares<'_> {
    /// A node that has children is a sample by a grid, so its points lie evenly where there are any: where it has
    /// children, however many points these have. Without children they lie evenly as far as the dataset reaches.
    fn of(&self, key: Key, cell: &Bounds) -> f64 {
        match self.cover.relation(cell) {
            Relation::Outside => return 0.0,
            Relation::Inside => return 1.0,
            Relation::Edge => {}
        }
        let (mut inside, mut all) = (0.0, 0.0);
        for child in key.children().filter(|child| self.known.contains(child)) {
            inside += self.of(child, &self.metadata.bounds().cell(child));
            all += 1.0;
        }
        match all > 0.0 {
            true => inside / all,
            false => self.even(cell),
        }
    }

    fn even(&self, cell: &Bounds) -> f64 {
        let reach = self
            .metadata
            .bounds_conforming()
            .unwrap_or(self.metadata.bounds());
        let within = |axis: usize, part: u32| {
            let min = cell.min()[axis].max(reach.min()[axis]);
            let max = cell.max()[axis].min(reach.max()[axis]);
            min + (max - min) * (f64::from(part) + 0.5) / f64::from(PARTS)
        };
        let parts = (0..PARTS).flat_map(|x| (0..PARTS).map(move |y| (x, y)));
        let places = parts.flat_map(|(x, y)| [(x, y, 0), (x, y, PARTS / 2), (x, y, PARTS - 1)]);
        let (mut inside, mut all) = (0, 0);
        for (x, y, z) in places {
            let place = [within(0, x), within(1, y), within(2, z)];
            all += 1;
            let spot = Bounds::new(place, place).map(|spot| self.cover.relation(&spot));
            inside += u32::from(spot.is_ok_and(|relation| relation != Relation::Outside));
        }
        f64::from(inside) / f64::from(all)
    }
}
