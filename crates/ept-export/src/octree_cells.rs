//! The grid that thins the points of an octree node.

use ept_format::{Bounds, Key};
use ept_points::Scaling;

/// Cells along each axis of a node. The node takes one point from each.
pub(crate) const GRID: usize = 128;

/// The grid of a node: which cells have a point, and which child contains a point.
pub(crate) struct Cells {
    min: [f64; 3],
    /// The point at which the children meet.
    middle: [f64; 3],
    side: [f64; 3],
    scaling: Scaling,
    /// A bit for each cell.
    taken: Vec<u64>,
}

impl Cells {
    pub(crate) fn new(cube: &Bounds, key: Key, scaling: Scaling) -> Cells {
        let cell = cube.cell(key);
        let first = key.children().next();
        let middle = first.map_or(cell.max(), |child| cube.cell(child).max());
        let (min, max) = (cell.min(), cell.max());
        Cells {
            min,
            middle,
            side: [0, 1, 2].map(|axis| max[axis] - min[axis]),
            scaling,
            taken: vec![0; GRID * GRID * GRID / 64],
        }
    }

    /// Whether a point is the first in its cell, which it then occupies.
    pub(crate) fn take(&mut self, place: [f64; 3]) -> bool {
        let index = [0, 1, 2].map(|axis| {
            let part = (place[axis] - self.min[axis]) / self.side[axis];
            // A point on the last face, or beyond it due to rounding, belongs to the last cell.
            ((part * GRID as f64) as usize).min(GRID - 1)
        });
        let cell = (index[0] * GRID + index[1]) * GRID + index[2];
        let (word, bit) = (&mut self.taken[cell / 64], 1 << (cell % 64));
        let is_first = *word & bit == 0;
        *word |= bit;
        is_first
    }

    /// The index of the child that contains a point, in the order of [`Key::children`].
    pub(crate) fn octant(&self, place: [f64; 3]) -> usize {
        let bit = |axis: usize| usize::from(place[axis] >= self.middle[axis]);
        bit(0) << 2 | bit(1) << 1 | bit(2)
    }

    /// The coordinates of a record.
    pub(crate) fn place(&self, record: &[u8]) -> [f64; 3] {
        [0, 1, 2].map(|axis| {
            let mut bytes = [0; 4];
            bytes.copy_from_slice(&record[axis * 4..axis * 4 + 4]);
            f64::from(i32::from_le_bytes(bytes)) * self.scaling.scale[axis]
                + self.scaling.offset[axis]
        })
    }
}
