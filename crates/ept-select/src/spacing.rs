//! A distance between points, as a user gives it.

use std::fmt;
use std::str::FromStr;

use crate::{Length, SelectError};

/// A distance in units of the source's coordinate system, or a length on the ground. As text, a number without a unit
/// is in units of the coordinate system.
///
/// ```
/// use ept_select::Spacing;
///
/// assert_eq!("2.5".parse::<Spacing>()?, Spacing::Units(2.5));
/// assert_eq!("50cm".parse::<Spacing>()?, Spacing::Ground("0.5m".parse()?));
/// # Ok::<(), ept_select::SelectError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Spacing {
    /// In units of the source's coordinate system. Finite and greater than 0.
    Units(f64),
    /// On the ground.
    Ground(Length),
}

impl From<f64> for Spacing {
    fn from(units: f64) -> Spacing {
        Spacing::Units(units)
    }
}

impl From<Length> for Spacing {
    fn from(length: Length) -> Spacing {
        Spacing::Ground(length)
    }
}

impl FromStr for Spacing {
    type Err = SelectError;

    fn from_str(text: &str) -> Result<Spacing, SelectError> {
        match text.trim().parse::<f64>() {
            Ok(units) if units.is_finite() && units > 0.0 => Ok(Spacing::Units(units)),
            Ok(units) => Err(SelectError::Resolution(units)),
            Err(_) => Ok(Spacing::Ground(text.parse()?)),
        }
    }
}

impl fmt::Display for Spacing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Spacing::Units(units) => units.fmt(f),
            Spacing::Ground(length) => length.fmt(f),
        }
    }
}
