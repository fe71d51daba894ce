//! Lengths on the ground.

use std::fmt;
use std::str::FromStr;

use crate::CrsError;

/// A length on the ground, in metres: finite and greater than 0.
///
/// ```
/// use ept_crs::Length;
///
/// assert_eq!("50cm".parse::<Length>()?.metres(), 0.5);
/// assert_eq!("3ft".parse::<Length>()?.metres(), 0.9144);
/// # Ok::<(), ept_crs::CrsError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Length {
    metres: f64,
}

/// Units and their metres, as fractions: the foot is 0.3048 m, the US survey foot 1200/3937 m.
const UNITS: [(&str, f64, f64); 6] = [
    ("us-ft", 1200.0, 3937.0),
    ("ft", 3048.0, 10_000.0),
    ("km", 1000.0, 1.0),
    ("cm", 1.0, 100.0),
    ("mm", 1.0, 1000.0),
    ("m", 1.0, 1.0),
];

impl Length {
    /// A length in metres. `None` unless it is finite and greater than 0.
    #[must_use]
    pub fn from_metres(metres: f64) -> Option<Length> {
        (metres.is_finite() && metres > 0.0).then_some(Length { metres })
    }

    /// The length in metres.
    #[must_use]
    pub fn metres(self) -> f64 {
        self.metres
    }
}

impl FromStr for Length {
    type Err = CrsError;

    /// A number with `m`, `cm`, `mm`, `km`, `ft` (0.3048 m) or `us-ft` (1200/3937 m).
    fn from_str(text: &str) -> Result<Length, CrsError> {
        let lower = text.trim().to_ascii_lowercase();
        let unit = UNITS.iter().find(|(unit, ..)| lower.ends_with(unit));
        let length = unit.and_then(|(unit, above, below)| {
            let number = lower[..lower.len() - unit.len()].trim();
            let number: f64 = number.parse().ok()?;
            Length::from_metres(number * above / below)
        });
        length.ok_or_else(|| CrsError::Length {
            text: text.to_owned(),
        })
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} m", self.metres)
    }
}
