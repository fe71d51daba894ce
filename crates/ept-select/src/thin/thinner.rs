//! Thins a stream of nodes.

use std::collections::HashMap;
use std::sync::Arc;

use ept_format::{Bounds, Key, Node, NodeName};
use ept_points::PointBatch;

use super::grid::{Cell, ThinGrid};
use super::place;
use crate::Frame;

/// The streaming part of a [`ThinGrid`]: takes nodes in its order ([`ThinGrid::compare`]) and returns the point of a
/// cell as soon as no later node can reach the cell. It keeps only the candidates of the current branch, so memory
/// grows with the cells along the edge of that branch, not with the points.
#[derive(Debug)]
pub struct Thinner {
    grid: ThinGrid,
    root: Option<Bounds>,
    slack: [f64; 3],
    /// The open branch of the octree, from the root down.
    branch: Vec<Level>,
}

#[derive(Debug)]
struct Level {
    key: Key,
    /// The region in which no node outside this branch has points.
    own: Bounds,
    nearest: HashMap<Cell, Candidate>,
}

#[derive(Debug)]
struct Candidate {
    distance: f64,
    source: Arc<(Node, PointBatch)>,
    row: u32,
}

impl Thinner {
    /// A thinner for the nodes of a dataset.
    #[must_use]
    pub fn new(grid: ThinGrid, frame: &Frame) -> Thinner {
        Thinner {
            grid,
            root: Some(frame.bounds),
            slack: frame.slack,
            branch: Vec::new(),
        }
    }

    /// A thinner for the nodes of several sources together, whose octrees are unrelated. All candidates are kept until
    /// the end.
    #[must_use]
    pub fn of_several(grid: ThinGrid, frame: &Frame) -> Thinner {
        Thinner {
            root: None,
            ..Thinner::new(grid, frame)
        }
    }

    /// Takes the points of a node, which must have X, Y and Z. Returns those that are certain to be kept, in batches of
    /// points of one node each.
    pub fn push(&mut self, node: Node, batch: PointBatch) -> Vec<(Node, PointBatch)> {
        let key = self.root.map_or(Key::ROOT, |_| place(node.name));
        let done = self.open(key);
        let source = Arc::new((node, batch));
        for (row, point) in source.1.places().enumerate() {
            let (cell, distance) = self.grid.locate(point);
            let bounds = self.grid.bounds(cell);
            let mut levels = self.branch.iter_mut().rev();
            // The root owns whatever no other level owns.
            let Some(level) = levels.find(|level| level.has(bounds)) else {
                continue;
            };
            let candidate = Candidate {
                distance,
                source: Arc::clone(&source),
                row: row as u32,
            };
            match level.nearest.get_mut(&cell) {
                Some(best) if candidate.comes_before(best) => *best = candidate,
                Some(_) => {}
                None => {
                    level.nearest.insert(cell, candidate);
                }
            }
        }
        done
    }

    /// The remaining points, once all nodes were pushed.
    #[must_use]
    pub fn finish(mut self) -> Vec<(Node, PointBatch)> {
        self.close(0)
    }

    /// Makes `key` the end of the open branch.
    fn open(&mut self, key: Key) -> Vec<(Node, PointBatch)> {
        let holds = |level: &Level| self.branch_key(level.key.depth(), key) == level.key;
        let kept = self.branch.iter().take_while(|level| holds(level)).count();
        let done = self.close(kept);
        for depth in self.branch.len() as u32..=key.depth() {
            self.descend(self.branch_key(depth, key));
        }
        done
    }

    /// The ancestor of `key` at a depth, as far as branches distinguish nodes.
    fn branch_key(&self, depth: u32, key: Key) -> Key {
        let ancestor = key.ancestor(depth.min(key.depth()));
        if self.grid.is_flat() {
            Key::new(ancestor.depth(), ancestor.x(), ancestor.y(), 0).unwrap_or(ancestor)
        } else {
            ancestor
        }
    }

    /// Opens a level, which takes over the candidates that only it can still replace.
    fn descend(&mut self, key: Key) {
        let own = self.own(key);
        let mut level = Level {
            key,
            own,
            nearest: HashMap::new(),
        };
        if let Some(parent) = self.branch.last_mut() {
            let grid = self.grid;
            let inside = |cell: &Cell| level.has(grid.bounds(*cell));
            let cells: Vec<Cell> = parent.nearest.keys().copied().filter(inside).collect();
            let taken = cells
                .into_iter()
                .filter_map(|cell| parent.nearest.remove_entry(&cell));
            level.nearest = taken.collect();
        }
        self.branch.push(level);
    }

    /// The part of a node's cell that no points of other branches can be in. For the root, everything.
    fn own(&self, key: Key) -> Bounds {
        let Some(root) = self.root.filter(|_| key.depth() > 0) else {
            return Bounds::EVERYTHING;
        };
        let cell = root.cell(key);
        let (mut min, mut max) = (cell.min(), cell.max());
        for i in 0..3 {
            min[i] += self.slack[i];
            max[i] -= self.slack[i];
        }
        if self.grid.is_flat() {
            (min[2], max[2]) = (f64::NEG_INFINITY, f64::INFINITY);
        }
        // A cell thinner than the slack owns nothing.
        let nowhere = [f64::INFINITY; 3];
        Bounds::new(min, max)
            .or_else(|_| Bounds::new(nowhere, nowhere))
            .unwrap_or(Bounds::EVERYTHING)
    }

    /// Closes all but the first `kept` levels. Their candidates remain.
    fn close(&mut self, kept: usize) -> Vec<(Node, PointBatch)> {
        let mut done: Vec<Candidate> = Vec::new();
        for level in self.branch.drain(kept..) {
            done.extend(level.nearest.into_values());
        }
        done.sort_by_key(Candidate::place);
        done.chunk_by(|a, b| a.node() == b.node())
            .map(|rows| {
                let (node, batch) = &*rows[0].source;
                let rows: Vec<usize> = rows
                    .iter()
                    .map(|candidate| candidate.row as usize)
                    .collect();
                (*node, batch.gather(&rows))
            })
            .collect()
    }
}

impl Level {
    fn has(&self, [min, max]: [[f64; 3]; 2]) -> bool {
        (0..3).all(|i| self.own.min()[i] <= min[i] && max[i] <= self.own.max()[i])
    }
}

impl Candidate {
    fn comes_before(&self, other: &Candidate) -> bool {
        let order = self.distance.total_cmp(&other.distance);
        order.then_with(|| self.place().cmp(&other.place())).is_lt()
    }

    /// Its node, including the source.
    fn node(&self) -> (u32, NodeName) {
        let (node, _) = &*self.source;
        (node.source, node.name)
    }

    fn place(&self) -> ((u32, NodeName), u32) {
        (self.node(), self.row)
    }
}
