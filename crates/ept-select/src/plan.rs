//! What a query will read, computed from frame and hierarchy alone.

use std::collections::HashSet;

use ept_format::{Bounds, Key, Node, Policy};

use crate::{Frame, Relation, SelectError, Selection};

/// What a query reads, known without reading tiles.
///
/// Points are counted according to the hierarchy. `points` is an upper bound: the points of all nodes that intersect
/// the areas. `estimate` is how many of them are inside the areas, judging by the cells. Conditions on values are
/// ignored in both.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The nodes to read, in ascending depth, x, y, z.
    pub nodes: Vec<Node>,
    /// Estimated number of points of each node inside the areas.
    pub estimates: Vec<f64>,
    /// Totals by depth, from the root down.
    pub depths: Vec<DepthPlan>,
    /// Points of all nodes. The query selects at most this many.
    pub points: u64,
    /// Estimated number of points inside the areas.
    pub estimate: f64,
}

/// One depth of a [`Plan`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DepthPlan {
    /// The depth.
    pub depth: u32,
    /// Distance between points that it aims at, in units of the dataset's coordinates.
    pub spacing: f64,
    /// Nodes to read.
    pub nodes: u64,
    /// Points of these nodes.
    pub points: u64,
    /// Estimated number of these points inside the areas.
    pub estimate: f64,
}

/// Visits the nodes of a selection and their siblings, which tell where in their parent points are.
#[derive(Debug)]
struct Surroundings(Selection);

/// Number of depths visited below those to be read.
const BELOW: u32 = 3;

/// Parts per axis of the cell of a node, if nothing is known of its children.
const PARTS: u32 = 8;

impl Policy for Surroundings {
    fn rank(&self, key: Key, cell: &Bounds) -> Option<f64> {
        let Surroundings(selection) = self;
        let root = &selection.frame().bounds;
        let is_near = || match key.parent() {
            // If the parent is inside as a whole, its children need no siblings.
            Some(parent) => match selection.relation(&root.cell(parent)) {
                Relation::Outside => false,
                Relation::Edge => true,
                Relation::Inside => selection.relation(cell) != Relation::Outside,
            },
            None => true,
        };
        // Below the depths to be read, only descendants of nodes partly in the areas are needed.
        let deepest = selection.depth().unwrap_or(Key::MAX_DEPTH);
        let is_useful = || match key.depth().checked_sub(deepest) {
            None | Some(0) => true,
            Some(below) if below > BELOW => false,
            Some(_) => {
                let read = root.cell(key.ancestor(deepest));
                selection.relation(&read) == Relation::Edge
            }
        };
        (is_useful() && is_near()).then(|| -f64::from(key.depth()))
    }
}

impl Selection {
    /// The policy that visits the nodes needed by [`Selection::plan`], more than [`Selection::policy`] does.
    #[must_use]
    pub fn surroundings(&self) -> impl Policy + Send + use<> {
        Surroundings(self.clone())
    }

    /// The plan of the selection, given the nodes that [`Selection::surroundings`] visited.
    ///
    /// # Errors
    /// As for [`Selection::within_budget`].
    pub fn plan(&self, around: Vec<Node>) -> Result<Plan, SelectError> {
        let shares = Shares {
            selection: self,
            known: around.iter().filter_map(Node::key).collect(),
        };
        let is_read = |node: &Node| {
            let deepest = self.depth().unwrap_or(Key::MAX_DEPTH);
            node.depth().is_none_or(|depth| depth <= deepest)
                && self.relation(&node.cell) != Relation::Outside
        };
        let nodes = self.within_budget(around.into_iter().filter(is_read).collect())?;
        let estimates = nodes
            .iter()
            .map(|node| node.points as f64 * shares.of(node.key(), &node.cell));
        let estimates = estimates.collect();
        Ok(Plan::of(nodes, estimates, self.frame()))
    }
}

impl Plan {
    fn of(nodes: Vec<Node>, estimates: Vec<f64>, frame: &Frame) -> Plan {
        let mut depths: Vec<DepthPlan> = Vec::new();
        for (node, estimate) in nodes.iter().zip(&estimates) {
            let depth = node.depth().unwrap_or(0);
            if depths.last().is_none_or(|last| last.depth != depth) {
                depths.push(DepthPlan {
                    depth,
                    spacing: frame.spacing_at(depth).unwrap_or(f64::NAN),
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

    /// Joins the plans of several sources. `frame` describes all of them.
    #[must_use]
    pub fn joined(plans: Vec<Plan>, frame: &Frame) -> Plan {
        let nodes = plans.iter().flat_map(|plan| plan.nodes.iter().copied());
        let estimates = plans.iter().flat_map(|plan| plan.estimates.iter().copied());
        let mut all: Vec<(Node, f64)> = nodes.zip(estimates).collect();
        all.sort_by_key(|(node, _)| (node.depth(), node.source));
        let (nodes, estimates) = all.into_iter().unzip();
        Plan::of(nodes, estimates, frame)
    }

    /// The plan with only some of its nodes.
    #[must_use]
    pub fn only(self, is_kept: impl Fn(&Node) -> bool, frame: &Frame) -> Plan {
        let all = self.nodes.into_iter().zip(self.estimates);
        let (nodes, estimates) = all.filter(|(node, _)| is_kept(node)).unzip();
        Plan::of(nodes, estimates, frame)
    }

    /// The finest spacing of a depth, in units of the dataset's coordinates, down to which the estimate is at most
    /// `most` points: a resolution that fits. `None` if the coarsest depth already has more.
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

/// Computes which share of a node's points is inside the areas.
struct Shares<'a> {
    selection: &'a Selection,
    known: HashSet<Key>,
}

impl Shares<'_> {
    /// A node with children is a sample by a grid, so its points are spread evenly over the cells of its children,
    /// however many points these have. Without children, they are assumed to be spread evenly over its cell within the
    /// dataset.
    fn of(&self, key: Option<Key>, cell: &Bounds) -> f64 {
        match self.selection.relation(cell) {
            Relation::Outside => return 0.0,
            Relation::Inside => return 1.0,
            Relation::Edge => {}
        }
        let (mut inside, mut all) = (0.0, 0.0);
        let children = key.into_iter().flat_map(Key::children);
        for child in children.filter(|child| self.known.contains(child)) {
            inside += self.of(Some(child), &self.selection.frame().bounds.cell(child));
            all += 1.0;
        }
        if all > 0.0 {
            inside / all
        } else {
            self.even(cell)
        }
    }

    fn even(&self, cell: &Bounds) -> f64 {
        let reach = self.selection.frame().extent();
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
            let spot = Bounds::new(place, place).map(|spot| self.selection.relation(&spot));
            inside += u32::from(spot.is_ok_and(|relation| relation != Relation::Outside));
        }
        f64::from(inside) / f64::from(all)
    }
}
