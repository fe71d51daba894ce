//! How a selection is divided into work units.

use std::num::NonZeroUsize;
use std::ops::Range;

use ept_format::{Bounds, Node};

use crate::Spacing;

/// How to divide a selection into work units, which are disjoint and together are the selection.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cut {
    /// Number of units. There are fewer if there is nothing to divide.
    pub units: NonZeroUsize,
    /// What a unit is.
    pub kind: CutKind,
}

/// What a work unit is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CutKind {
    /// Consecutive nodes with about as many points as those of any other unit. Each node is read once, and the points of
    /// the units, one after the other, are those of the selection in the same order.
    /// A query that thins is divided by area instead, since the point of a cell of its grid depends on points of several
    /// nodes.
    Nodes,
    /// The points of a part of the plane, with those around it as far as the halo. Nodes on an edge are read by several
    /// units.
    Area {
        /// Width of the halo. `None` if there is none.
        halo: Option<Spacing>,
    },
}

impl Cut {
    /// Units of consecutive nodes.
    #[must_use]
    pub fn by_nodes(units: NonZeroUsize) -> Cut {
        let kind = CutKind::Nodes;
        Cut { units, kind }
    }

    /// Units of parts of the plane.
    #[must_use]
    pub fn by_area(units: NonZeroUsize, halo: Option<Spacing>) -> Cut {
        let kind = CutKind::Area { halo };
        Cut { units, kind }
    }
}

/// Divides nodes into at most `units` runs with about the same number of points, in order. No run is empty.
pub fn node_runs(nodes: &[Node], units: NonZeroUsize) -> Vec<Range<usize>> {
    let weight = |node: &Node| u128::from(node.points.max(1));
    let total: u128 = nodes.iter().map(weight).sum();
    let units = units.get() as u128;
    let (mut runs, mut start, mut sum) = (Vec::new(), 0, 0);
    for (at, node) in nodes.iter().enumerate() {
        sum += weight(node);
        // A run ends where the runs so far have their share.
        if sum * units >= total * (runs.len() as u128 + 1) {
            runs.push(start..at + 1);
            start = at + 1;
        }
    }
    runs
}

/// A column of the plane: minimum x, y, maximum x, y. Outer sides are infinite.
pub type PlaneBox = [f64; 4];

/// Divides the plane into at most `units` boxes with about the same number of points each, by halving `bounds` again and
/// again, so that all sides are on the grid of its octree. No side becomes shorter than `least`. `cells` are those of the
/// nodes and their numbers of points, which are taken to be spread evenly.
///
/// The outer boxes have no outer sides, so together they are the whole plane.
pub fn plane_boxes(
    cells: &[(Bounds, u64)],
    bounds: &Bounds,
    units: NonZeroUsize,
    least: f64,
) -> Vec<PlaneBox> {
    let (min, max) = (bounds.min(), bounds.max());
    let whole = Leaf {
        sides: [min[0], min[1], max[0], max[1]],
        cells: (0..cells.len()).collect(),
        points: cells.iter().map(|(_, points)| *points as f64).sum(),
    };
    let (mut open, mut done) = (vec![whole], Vec::new());
    while open.len() + done.len() < units.get() {
        let Some(most) = fullest(&open) else {
            break;
        };
        let leaf = open.swap_remove(most);
        match leaf.halved(cells, least) {
            Some(halves) => open.extend(halves),
            None => done.push(leaf),
        }
    }
    open.append(&mut done);
    let outer = [min[0], min[1], max[0], max[1]];
    let mut boxes: Vec<PlaneBox> = open.iter().map(|leaf| leaf.sides).collect();
    boxes.sort_by(|a, b| a[1].total_cmp(&b[1]).then(a[0].total_cmp(&b[0])));
    for sides in &mut boxes {
        for side in 0..4 {
            if sides[side] == outer[side] {
                sides[side] = [f64::NEG_INFINITY, f64::INFINITY][side / 2];
            }
        }
    }
    boxes
}

/// A box of the plane that may be divided.
struct Leaf {
    sides: PlaneBox,
    /// The cells that it intersects, by index.
    cells: Vec<usize>,
    points: f64,
}

impl Leaf {
    /// Its halves along its longer side. `None` if they would be too small.
    fn halved(&self, cells: &[(Bounds, u64)], least: f64) -> Option<[Leaf; 2]> {
        let [x0, y0, x1, y1] = self.sides;
        let axis = usize::from(y1 - y0 > x1 - x0);
        let (low, high) = (self.sides[axis], self.sides[axis + 2]);
        let middle = low + (high - low) / 2.0;
        let is_divisible = low < middle && middle < high && middle - low >= least;
        if !is_divisible || self.points == 0.0 {
            return None;
        }
        let part = |from: f64, to: f64| {
            let mut sides = self.sides;
            (sides[axis], sides[axis + 2]) = (from, to);
            let touched = self.cells.iter().copied();
            let touched: Vec<usize> = touched
                .filter(|cell| share(&cells[*cell].0, &sides) > 0.0)
                .collect();
            let points = touched.iter().map(|cell| {
                let (cell, points) = &cells[*cell];
                share(cell, &sides) * *points as f64
            });
            Leaf {
                points: points.sum(),
                cells: touched,
                sides,
            }
        };
        Some([part(low, middle), part(middle, high)])
    }
}

/// The leaf with most points; of several, the one that lies lowest.
fn fullest(leaves: &[Leaf]) -> Option<usize> {
    let order = |a: &usize, b: &usize| {
        let (a, b) = (&leaves[*a], &leaves[*b]);
        let by_points = a.points.total_cmp(&b.points);
        let by_place = b.sides[1].total_cmp(&a.sides[1]);
        by_points
            .then(by_place)
            .then(b.sides[0].total_cmp(&a.sides[0]))
    };
    (0..leaves.len()).max_by(order)
}

/// The part of a cell, from 0 to 1, that is in a box of the plane.
fn share(cell: &Bounds, sides: &PlaneBox) -> f64 {
    let (min, max) = (cell.min(), cell.max());
    let along = |axis: usize| {
        let (low, high) = (sides[axis], sides[axis + 2]);
        let length = max[axis] - min[axis];
        if length > 0.0 {
            let common = f64::min(max[axis], high) - f64::max(min[axis], low);
            (common / length).clamp(0.0, 1.0)
        } else {
            f64::from(u8::from(low <= min[axis] && min[axis] < high))
        }
    };
    along(0) * along(1)
}
