//! The root cell of a dataset.

use super::key::Key;

/// A cube: the `bounds` of a dataset.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cube {
    pub(super) min: [f64; 3],
    pub(super) size: f64,
}

impl Cube {
    pub(super) fn max(&self) -> [f64; 3] {
        self.min.map(|edge| edge + self.size)
    }

    pub(super) fn middle(&self) -> [f64; 3] {
        self.min.map(|edge| edge + self.size / 2.0)
    }

    /// Minimum and maximum corner of a node's cell.
    pub(super) fn cell(&self, key: Key) -> [[f64; 3]; 2] {
        let cells = (1_u64 << key.depth) as f64;
        [0.0, 1.0].map(|end| {
            [0, 1, 2].map(|axis| {
                let index = f64::from(key.cell[axis]) + end;
                self.min[axis] + self.size * (index / cells)
            })
        })
    }
}
