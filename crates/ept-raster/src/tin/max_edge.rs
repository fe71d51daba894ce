//! How long the edges of triangles may be.

use crate::RasterError;

/// The longest edge that a triangle of a surface may have, as `max_triangle_edge_length` of PDAL's `filters.faceraster`.
/// Longer ones span lakes, gaps between flight lines, and bays of the outline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MaxEdge {
    length: f64,
    scale: [f64; 2],
}

impl MaxEdge {
    /// Triangles of every size.
    pub const NONE: MaxEdge = MaxEdge {
        length: f64::INFINITY,
        scale: [1.0; 2],
    };

    /// Edges of at most `length`, measured in the plane. `scale` has the units of `length` in a unit of X and Y: different
    /// for degrees, equal for most other coordinates.
    ///
    /// # Errors
    /// If a number is not positive, or a scale is not finite.
    pub fn new(length: f64, scale: [f64; 2]) -> Result<MaxEdge, RasterError> {
        if length.is_nan() || length <= 0.0 {
            return Err(RasterError::Edge(length));
        }
        if !scale.iter().all(|s| *s > 0.0 && s.is_finite()) {
            return Err(RasterError::Scale(scale));
        }
        Ok(MaxEdge { length, scale })
    }

    /// The units of the length in a unit of X and Y.
    pub(crate) fn scale(&self) -> [f64; 2] {
        self.scale
    }

    /// Whether an edge is short enough.
    pub(super) fn allows(&self, a: [f64; 2], b: [f64; 2]) -> bool {
        let side = |axis: usize| (a[axis] - b[axis]) * self.scale[axis];
        // Not `hypot`, which is different on different systems.
        let squared = side(0) * side(0) + side(1) * side(1);
        self.length == f64::INFINITY || squared.sqrt() <= self.length
    }

    /// A box grown by the length, and by more than all rounding.
    pub(super) fn grown(&self, [min_x, min_y, max_x, max_y]: [f64; 4]) -> [f64; 4] {
        let reach = |axis: usize| self.length / self.scale[axis] * (1.0 + 1e-9);
        let low = |c: f64, axis| c - reach(axis) - c.abs() * 1e-15;
        let high = |c: f64, axis| c + reach(axis) + c.abs() * 1e-15;
        [low(min_x, 0), low(min_y, 1), high(max_x, 0), high(max_y, 1)]
    }
}
