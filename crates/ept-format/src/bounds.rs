//! Axis-aligned boxes.

use crate::{FormatError, Key};

/// An axis-aligned box, closed on all sides, in the units of the dataset's coordinate system.
///
/// A side may be infinite: a 2D area takes every z. No side is NaN and no minimum exceeds its maximum.
///
/// ```
/// use ept_format::Bounds;
///
/// let area = Bounds::from_2d([0.0, 0.0], [10.0, 10.0])?;
/// assert!(area.contains([10.0, 0.0, 1234.5]));
/// # Ok::<(), ept_format::FormatError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    min: [f64; 3],
    max: [f64; 3],
}

impl Bounds {
    /// The infinite box, which contains everything.
    pub const EVERYTHING: Bounds = Bounds {
        min: [f64::NEG_INFINITY; 3],
        max: [f64::INFINITY; 3],
    };

    /// The box from `min` to `max`, both `[x, y, z]`.
    ///
    /// # Errors
    /// If a number is NaN, or a minimum is greater than its maximum.
    pub fn new(min: [f64; 3], max: [f64; 3]) -> Result<Bounds, FormatError> {
        for (axis, name) in ["x", "y", "z"].iter().enumerate() {
            let (lo, hi) = (min[axis], max[axis]);
            if lo.is_nan() || hi.is_nan() {
                return Err(FormatError::field(
                    "bounds",
                    format!("{name} is not a number"),
                ));
            }
            if lo > hi {
                let problem = format!("{name} minimum {lo} is greater than its maximum {hi}");
                return Err(FormatError::field("bounds", problem));
            }
        }
        Ok(Bounds { min, max })
    }

    /// The box from `min` to `max`, both `[x, y]`, infinite in z.
    ///
    /// # Errors
    /// As for [`Bounds::new`].
    pub fn from_2d(min: [f64; 2], max: [f64; 2]) -> Result<Bounds, FormatError> {
        let end = |[x, y]: [f64; 2], z| [x, y, z];
        Bounds::new(end(min, f64::NEG_INFINITY), end(max, f64::INFINITY))
    }

    /// The corner with the least coordinates, `[x, y, z]`.
    #[must_use]
    pub fn min(&self) -> [f64; 3] {
        self.min
    }

    /// The corner with the greatest coordinates, `[x, y, z]`.
    #[must_use]
    pub fn max(&self) -> [f64; 3] {
        self.max
    }

    /// Whether the two boxes overlap or touch.
    #[must_use]
    pub fn intersects(&self, other: &Bounds) -> bool {
        (0..3).all(|i| self.min[i] <= other.max[i] && other.min[i] <= self.max[i])
    }

    /// Whether the point is inside the box or on its faces.
    #[must_use]
    pub fn contains(&self, point: [f64; 3]) -> bool {
        (0..3).all(|i| self.min[i] <= point[i] && point[i] <= self.max[i])
    }

    /// Whether the other box is entirely inside this one.
    #[must_use]
    pub fn holds(&self, other: &Bounds) -> bool {
        self.contains(other.min) && self.contains(other.max)
    }

    /// The smallest box that contains both boxes.
    #[must_use]
    pub fn joined(&self, other: &Bounds) -> Bounds {
        Bounds {
            min: [0, 1, 2].map(|axis| self.min[axis].min(other.min[axis])),
            max: [0, 1, 2].map(|axis| self.max[axis].max(other.max[axis])),
        }
    }

    /// The box grown at both ends of each axis by `by[axis]` (0 or greater).
    #[must_use]
    pub fn grown(&self, by: [f64; 3]) -> Bounds {
        let mut grown = *self;
        for (axis, by) in by.into_iter().enumerate() {
            grown.min[axis] -= by;
            grown.max[axis] += by;
        }
        grown
    }

    /// The cell of a node, if `self` is the root cell: each axis is divided into 2^depth.
    #[must_use]
    pub fn cell(&self, key: Key) -> Bounds {
        let cells = (1_u64 << key.depth()) as f64;
        let mut cell = *self;
        for (axis, index) in [key.x(), key.y(), key.z()].into_iter().enumerate() {
            let extent = self.max[axis] - self.min[axis];
            // Division by a power of two is exact, so the faces of neighbours are equal to the last bit. The last edge
            // is the maximum itself: minimum plus extent may miss it by a bit.
            let edge = |i: f64| {
                if i < cells {
                    self.min[axis] + extent * (i / cells)
                } else {
                    self.max[axis]
                }
            };
            cell.min[axis] = edge(f64::from(index));
            cell.max[axis] = edge(f64::from(index) + 1.0);
        }
        cell
    }
}
