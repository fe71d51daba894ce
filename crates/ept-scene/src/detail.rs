//! How far apart points are in a picture.

use std::collections::HashMap;

use ept_format::{Bounds, Key, Node};

/// The nodes that are drawn, as trees, from which follows how far apart points are at each place: where a node has children
/// that are drawn too, its points are closer together than its own depth tells.
#[derive(Debug)]
pub(crate) struct Detail {
    branches: Vec<Branch>,
    /// The branch of each key of an octree.
    keys: HashMap<(u32, Key), usize>,
    /// The branch of each source that is not an octree.
    sources: HashMap<u32, usize>,
}

#[derive(Debug)]
struct Branch {
    middle: [f64; 3],
    /// Branches of the eight children, numbered by bits: 1 for the upper half of x, 2 of y, 4 of z.
    children: [Option<usize>; 8],
    /// Points on a unit of area.
    density: f64,
    /// Between points, in units of the coordinate system.
    spacing: f64,
}

impl Detail {
    /// The detail of these nodes. `root` is the spacing of the root, `None` if there is no octree.
    pub(crate) fn new(nodes: &[Node], root: Option<f64>) -> Detail {
        let mut detail = Detail {
            branches: Vec::new(),
            keys: HashMap::new(),
            sources: HashMap::new(),
        };
        let mut sorted: Vec<&Node> = nodes.iter().collect();
        sorted.sort_by_key(|node| (node.source, node.name));
        for node in sorted {
            let at = match node.key() {
                Some(key) => detail.key(node, key),
                None => *detail.sources.entry(node.source).or_insert_with(|| {
                    detail.branches.push(Branch::new(&node.cell, 0.0));
                    detail.branches.len() - 1
                }),
            };
            detail.branches[at].density += node.points as f64 / area(&node.cell);
            detail.settle(at, node.depth().and_then(|depth| spacing_at(root?, depth)));
        }
        detail
    }

    /// The branch of a node of an octree, below the nearest of its ancestors that is drawn.
    fn key(&mut self, node: &Node, key: Key) -> usize {
        let mut depth = key.depth();
        let mut above = None;
        while depth > 0 && above.is_none() {
            depth -= 1;
            let place = (node.source, key.ancestor(depth));
            above = self.keys.get(&place).copied();
        }
        let density = above.map_or(0.0, |above| self.branches[above].density);
        // Nodes between the two have no points.
        let start = above.map_or(key.depth(), |_| depth + 1);
        let mut parent = above;
        for depth in start..=key.depth() {
            let own = key.ancestor(depth);
            let cell = cell_above(&node.cell, key, depth);
            self.branches.push(Branch::new(&cell, density));
            let at = self.branches.len() - 1;
            self.keys.insert((node.source, own), at);
            if let Some(parent) = parent {
                self.branches[parent].children[child_number(own)] = Some(at);
                self.branches[at].spacing = self.branches[parent].spacing;
            }
            parent = Some(at);
        }
        parent.unwrap_or_default()
    }

    /// Sets the spacing by the density, within what the depth of an octree allows.
    fn settle(&mut self, at: usize, nominal: Option<f64>) {
        let branch = &mut self.branches[at];
        let spacing = (1.0 / branch.density).sqrt();
        branch.spacing = match nominal {
            // Cells that are partly empty have fewer points than their density tells.
            Some(nominal) if spacing.is_finite() => spacing.clamp(nominal, 3.0 * nominal),
            Some(nominal) => nominal,
            None => spacing,
        };
    }

    /// The branch of a node. `None` if it is not one of those that are drawn.
    pub(crate) fn branch(&self, node: &Node) -> Option<usize> {
        match node.key() {
            Some(key) => self.keys.get(&(node.source, key)).copied(),
            None => self.sources.get(&node.source).copied(),
        }
    }

    /// How far points are apart at a place, which is in the cell of a branch.
    pub(crate) fn spacing(&self, branch: Option<usize>, place: [f64; 3]) -> f64 {
        let Some(mut branch) = branch.and_then(|at| self.branches.get(at)) else {
            return 0.0;
        };
        loop {
            let is_upper = |axis: usize| usize::from(place[axis] >= branch.middle[axis]) << axis;
            let child = branch.children[is_upper(0) | is_upper(1) | is_upper(2)];
            match child.and_then(|at| self.branches.get(at)) {
                Some(deeper) => branch = deeper,
                None => return branch.spacing,
            }
        }
    }
}

impl Branch {
    fn new(cell: &Bounds, density: f64) -> Branch {
        let (min, max) = (cell.min(), cell.max());
        Branch {
            middle: [0, 1, 2].map(|i| min[i] + (max[i] - min[i]) / 2.0),
            children: [None; 8],
            density,
            spacing: 0.0,
        }
    }
}

fn spacing_at(root: f64, depth: u32) -> Option<f64> {
    let spacing = root / (1_u64 << depth.min(63)) as f64;
    (spacing.is_finite() && spacing > 0.0).then_some(spacing)
}

/// The area of a cell seen from above.
fn area(cell: &Bounds) -> f64 {
    let (min, max) = (cell.min(), cell.max());
    (max[0] - min[0]) * (max[1] - min[1])
}

/// The cell at a depth above a node, given the node's own cell.
fn cell_above(cell: &Bounds, key: Key, depth: u32) -> Bounds {
    let above = key.depth() - depth;
    if above == 0 {
        return *cell;
    }
    let own = [key.x(), key.y(), key.z()];
    let (min, max) = (cell.min(), cell.max());
    let ends = [0, 1, 2].map(|i| {
        let side = max[i] - min[i];
        let first = u64::from(own[i] >> above) << above;
        let low = min[i] - (u64::from(own[i]) - first) as f64 * side;
        [low, low + side * (1_u64 << above.min(63)) as f64]
    });
    Bounds::new(ends.map(|[low, _]| low), ends.map(|[_, high]| high)).unwrap_or(*cell)
}

/// The number of a node among its parent's children, see [`Branch::children`].
fn child_number(key: Key) -> usize {
    let bits = [key.x() & 1, key.y() & 1, key.z() & 1];
    (bits[0] | bits[1] << 1 | bits[2] << 2) as usize
}
