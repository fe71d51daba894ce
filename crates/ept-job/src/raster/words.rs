//! What users say of rasters, as text.

use std::str::FromStr;

use ept_reader::Spacing;

use super::model::{Fill, OutlierRule, Reach};
use crate::OutputError;

/// Parses the size of a cell: a length on the ground such as `50cm`, or units of the coordinate system such as `1u` or `1`.
///
/// # Errors
/// If it is not a length or number greater than 0.
pub fn cell_size(text: &str) -> Result<Spacing, OutputError> {
    let text = text.strip_suffix('u').unwrap_or(text).trim();
    let size = text.parse::<Spacing>();
    size.map_err(|error| wrong(&error.to_string()))
}

fn wrong(problem: &str) -> OutputError {
    OutputError::Value(problem.to_owned())
}

impl FromStr for Reach {
    type Err = OutputError;

    /// Parses `cell`, `radius`, or a radius such as `radius=2m`.
    fn from_str(text: &str) -> Result<Reach, OutputError> {
        match text.split_once('=') {
            None if text == "cell" => Ok(Reach::Cell),
            None if text == "radius" => Ok(Reach::Diagonal),
            Some(("radius", radius)) => Ok(Reach::Radius(cell_size(radius)?)),
            _ => Err(wrong("must be cell, radius, or a radius such as radius=2m")),
        }
    }
}

impl FromStr for Fill {
    type Err = OutputError;

    /// Parses `none`, `tin`, `octree`, or a window such as `window=4`.
    fn from_str(text: &str) -> Result<Fill, OutputError> {
        let window = |cells: &str| cells.parse().ok().filter(|cells| (1..=100).contains(cells));
        match text.split_once('=') {
            None if text == "none" => Ok(Fill::None),
            None if text == "tin" => Ok(Fill::Tin),
            None if text == "octree" => Ok(Fill::Octree),
            Some(("window", cells)) => window(cells)
                .map(Fill::Window)
                .ok_or_else(|| wrong("the window must be 1 to 100 cells")),
            _ => Err(wrong(
                "must be none, tin, octree, or a window such as window=4",
            )),
        }
    }
}

impl FromStr for OutlierRule {
    type Err = OutputError;

    /// Parses `k=8,m=3` or `radius=1m,k=2`, in any order. What is left out has PDAL's default.
    fn from_str(text: &str) -> Result<OutlierRule, OutputError> {
        let (mut count, mut multiplier, mut radius) = (None, None, None);
        let parts = text.split(',').map(str::trim);
        for part in parts.filter(|part| !part.is_empty()) {
            let is_known = match part.split_once('=') {
                Some(("k", k)) => k.parse().map(|k| count = Some(k)).is_ok(),
                Some(("m", m)) => m.parse().map(|m| multiplier = Some(m)).is_ok(),
                Some(("radius", length)) => {
                    radius = Some(cell_size(length)?);
                    true
                }
                _ => false,
            };
            if !is_known {
                return Err(OutputError::Value(format!(
                    "\"{part}\" is not a number of neighbours such as k=8, of deviations such as m=3, or a radius such as radius=1m"
                )));
            }
        }
        if radius.is_some() && multiplier.is_some() {
            return Err(wrong("give either deviations with m, or a radius"));
        }
        let is_possible = count.is_none_or(|count| (1..=100).contains(&count))
            && multiplier.is_none_or(f64::is_finite);
        if !is_possible {
            return Err(wrong("k must be 1 to 100, and m a number"));
        }
        Ok(match radius {
            Some(radius) => OutlierRule::Radius {
                radius,
                minimum: count.unwrap_or(2),
            },
            None => OutlierRule::Statistical {
                neighbours: count.unwrap_or(8),
                multiplier: multiplier.unwrap_or(2.0),
            },
        })
    }
}
