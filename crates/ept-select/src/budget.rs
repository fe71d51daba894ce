//! As much detail as a maximum number of points allows.

use ept_format::{Bounds, Node};

use crate::{Relation, SelectError, Selection};

/// Parts per axis of a cell, used to compute how much of it is covered.
const PARTS: u32 = 4;

impl Selection {
    /// The nodes of the selection that [`Query::with_max_points`](crate::Query::with_max_points) allows: whole depths
    /// from the root down, then those nodes of the next depth that the areas cover most, as far as they fit. All nodes
    /// if the query sets no limit. Points are counted according to the hierarchy, so the result has at most that many.
    ///
    /// # Errors
    /// If the coarsest depth alone has more points.
    pub fn within_budget(&self, mut nodes: Vec<Node>) -> Result<Vec<Node>, SelectError> {
        let Some(most) = self.query().max_points() else {
            return Ok(nodes);
        };
        nodes.sort_by_key(|node| node.name);
        let mut left = most;
        let mut kept = Vec::with_capacity(nodes.len());
        for depth in nodes.chunk_by(|a, b| a.depth() == b.depth()) {
            let points: u64 = depth.iter().map(|node| node.points).sum();
            if points <= left {
                left -= points;
                kept.extend_from_slice(depth);
                continue;
            }
            if kept.is_empty() {
                return Err(SelectError::Budget { points, most });
            }
            kept.extend(self.most_covered(depth, left));
            break;
        }
        kept.sort_by_key(|node| node.name);
        Ok(kept)
    }

    /// The nodes of one depth that the areas cover most, with at most `left` points in total.
    fn most_covered(&self, depth: &[Node], mut left: u64) -> Vec<Node> {
        let mut covered: Vec<(u32, &Node)> = depth
            .iter()
            .map(|node| (self.covered(&node.cell), node))
            .collect();
        covered.sort_by_key(|(covered, node)| (std::cmp::Reverse(*covered), node.name));
        let mut kept = Vec::new();
        for (_, node) in covered {
            if node.points <= left {
                left -= node.points;
                kept.push(*node);
            }
        }
        kept
    }

    /// How much of a cell is inside the areas, in half parts of its ground.
    fn covered(&self, cell: &Bounds) -> u32 {
        let edge = |axis: usize, part: u32| {
            let (min, max) = (cell.min()[axis], cell.max()[axis]);
            min + (max - min) * f64::from(part) / f64::from(PARTS)
        };
        let parts = (0..PARTS).flat_map(|x| (0..PARTS).map(move |y| (x, y)));
        let shares = parts.map(|(x, y)| {
            let min = [edge(0, x), edge(1, y), cell.min()[2]];
            let max = [edge(0, x + 1), edge(1, y + 1), cell.max()[2]];
            match Bounds::new(min, max).map(|part| self.relation(&part)) {
                Ok(Relation::Outside) => 0,
                Ok(Relation::Edge) | Err(_) => 1,
                Ok(Relation::Inside) => 2,
            }
        });
        shares.sum()
    }
}
