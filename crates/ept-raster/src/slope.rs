//! Steepness of terrain.

use crate::{Raster, RasterError, Window, neighbours};

/// Unit of a slope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlopeUnit {
    /// Angle to the horizon, from 0 to 90.
    Degrees,
    /// Rise per distance, times 100.
    Percent,
}

/// Slope of the cells of a window, as `gdaldem slope` has it: by Horn's formula, with 32-bit numbers. `cell` is the edge
/// length of a cell, heights are multiplied by `factor`.
///
/// There is no value where one of the cells around or the cell itself has no height, so also along the edge of the raster:
/// a window needs the heights of one more cell on each side.
///
/// # Errors
/// If `cell` or `factor` is not finite and greater than 0, or the window has more than [`Window::MOST_CELLS`] cells.
pub fn slope(
    heights: &Raster,
    window: Window,
    cell: f64,
    factor: f64,
    unit: SlopeUnit,
) -> Result<Raster, RasterError> {
    window.check()?;
    let scale = cell / factor;
    let is_possible = cell > 0.0 && factor > 0.0 && scale > 0.0 && scale.is_finite();
    if !is_possible {
        let text = format!("cells of {cell} and heights times {factor}");
        return Err(RasterError::Relief(text));
    }
    let values = neighbours::map(heights, window, |around| {
        let [x, y] = around.gradient().map(|sum| f64::from(sum) / scale);
        let rise = (x * x + y * y).sqrt() / 8.0;
        let slope = match unit {
            SlopeUnit::Degrees => rise.atan().to_degrees(),
            SlopeUnit::Percent => 100.0 * rise,
        };
        f64::from(slope as f32)
    });
    Ok(Raster::of(window, values))
}
