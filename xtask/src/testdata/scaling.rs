//! Conversion between stored integers and coordinates.

/// Scale and offset of X, Y and Z.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scaling {
    pub(super) scale: [f64; 3],
    pub(super) offset: [f64; 3],
}

impl Scaling {
    /// The coordinate of a stored integer, with two roundings.
    pub(super) fn coordinate(&self, axis: usize, raw: i64) -> f64 {
        raw as f64 * self.scale[axis] + self.offset[axis]
    }

    /// The position of stored integers.
    pub(super) fn position(&self, raw: [i64; 3]) -> [f64; 3] {
        [0, 1, 2].map(|axis| self.coordinate(axis, raw[axis]))
    }

    /// The stored integers nearest to a position.
    pub(super) fn raw(&self, position: [f64; 3]) -> [i64; 3] {
        let steps = |axis: usize| ((position[axis] - self.offset[axis]) / self.scale[axis]).round();
        [0, 1, 2].map(|axis| steps(axis) as i64)
    }

    /// The same scale, with the offset moved by whole units.
    pub(super) fn moved(&self, units: [i32; 3]) -> Scaling {
        let offset = [0, 1, 2].map(|axis| self.offset[axis] + f64::from(units[axis]));
        Scaling { offset, ..*self }
    }
}
