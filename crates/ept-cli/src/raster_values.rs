//! Parsers for the flags of rasters.

use ept_job::{Fill, OutlierRule, Reach};
use ept_reader::{Length, Spacing};

use crate::values::resolution;

/// Parses the size of a cell. `u` is a unit of the coordinate system.
pub(crate) fn cell_size(text: &str) -> Result<Spacing, String> {
    match text.strip_suffix('u') {
        Some(units) => resolution(units.trim()),
        None => resolution(text),
    }
}

/// Parses `x,y`.
pub(crate) fn place(text: &str) -> Result<[f64; 2], String> {
    let numbers: Option<Vec<f64>> = text.split(',').map(|n| n.trim().parse().ok()).collect();
    match numbers.as_deref() {
        Some([x, y]) if x.is_finite() && y.is_finite() => Ok([*x, *y]),
        _ => Err("must be two numbers, such as 0,0".into()),
    }
}

/// Parses which points count for a cell.
pub(crate) fn reach(text: &str) -> Result<Reach, String> {
    match text.split_once('=') {
        None if text == "cell" => Ok(Reach::Cell),
        None if text == "radius" => Ok(Reach::Diagonal),
        Some(("radius", radius)) => Ok(Reach::Radius(cell_size(radius)?)),
        _ => Err("must be cell, radius, or a radius such as radius=2m".into()),
    }
}

/// Parses how voids are filled.
pub(crate) fn fill(text: &str) -> Result<Fill, String> {
    let window = |cells: &str| cells.parse().ok().filter(|cells| (1..=100).contains(cells));
    match text.split_once('=') {
        None if text == "none" => Ok(Fill::None),
        None if text == "tin" => Ok(Fill::Tin),
        None if text == "octree" => Ok(Fill::Octree),
        Some(("window", cells)) => window(cells)
            .map(Fill::Window)
            .ok_or_else(|| "the window must be 1 to 100 cells".into()),
        _ => Err("must be none, tin, octree, or a window such as window=4".into()),
    }
}

/// Parses `k=8,m=3` or `radius=1m,k=2`, in any order. What is left out has PDAL's default.
pub(crate) fn outlier(text: &str) -> Result<OutlierRule, String> {
    let (mut count, mut multiplier, mut radius) = (None, None, None);
    for part in text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
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
            return Err(format!(
                "\"{part}\" is not a number of neighbours such as k=8, of deviations such as m=3, or a radius such as radius=1m"
            ));
        }
    }
    if radius.is_some() && multiplier.is_some() {
        return Err("give either deviations with m, or a radius".into());
    }
    let is_possible = count.is_none_or(|count| (1..=100).contains(&count))
        && multiplier.is_none_or(f64::is_finite);
    if !is_possible {
        return Err("k must be 1 to 100, and m a number".into());
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

/// The longest edge of triangles. `None` for any.
pub(crate) type MaxEdge = Option<Length>;

/// Parses the longest edge of triangles.
pub(crate) fn max_edge(text: &str) -> Result<MaxEdge, String> {
    if text == "none" {
        return Ok(None);
    }
    text.parse()
        .map(Some)
        .map_err(|error| format!("{error}, or none"))
}
