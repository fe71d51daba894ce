//! Rounded coordinates of a file.

use std::fmt;

/// Coordinates were rounded, because no 32-bit scale represents all of them exactly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rounding {
    /// `X`, `Y` or `Z`.
    pub axis: &'static str,
    /// The step to whose multiples they were rounded, in units of the coordinate system.
    pub step: f64,
    /// Maximum difference by which they were moved, in the same units.
    pub by: f64,
}

impl fmt::Display for Rounding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rounding { axis, step, by } = self;
        write!(f, "{axis} is rounded to {step:e}, by at most {by:.1e}")
    }
}
