//! Coordinates that a file holds rounded.

use std::fmt;

/// That coordinates were rounded since 32 bits have no scale that holds them all exactly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rounding {
    /// `X`, `Y` or `Z`.
    pub axis: &'static str,
    /// The step to whose multiples they were rounded, in units of the coordinate system.
    pub step: f64,
    /// By how much they were moved at most, in the same units.
    pub by: f64,
}

impl fmt::Display for Rounding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rounding { axis, step, by } = self;
        write!(f, "{axis} is rounded to {step:e}, by at most {by:.1e}")
    }
}
