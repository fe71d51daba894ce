//! Parsers for the flags of rasters.

use ept_reader::Length;

/// Parses `x,y`.
pub(crate) fn place(text: &str) -> Result<[f64; 2], String> {
    let numbers: Option<Vec<f64>> = text.split(',').map(|n| n.trim().parse().ok()).collect();
    match numbers.as_deref() {
        Some([x, y]) if x.is_finite() && y.is_finite() => Ok([*x, *y]),
        _ => Err("must be two numbers, such as 0,0".into()),
    }
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
