//! Direction of slopes.

use crate::{Raster, RasterError, Window, neighbours};

/// Direction in which the terrain falls, in degrees clockwise from north, from 0 to less than 360, as `gdaldem aspect` has
/// it: by Horn's formula, with 32-bit numbers.
///
/// There is no value where it is level, or where one of the cells around or the cell itself has no height, so also along
/// the edge of the raster: a window needs the heights of one more cell on each side.
///
/// # Errors
/// If the window has more than [`Window::MOST_CELLS`] cells.
pub fn aspect(heights: &Raster, window: Window) -> Result<Raster, RasterError> {
    window.check()?;
    let values = neighbours::map(heights, window, |around| {
        let [x, y] = around.gradient();
        if x == 0.0 && y == 0.0 {
            return f64::NAN;
        }
        // Counter-clockwise from east.
        let angle = f64::from(-y).atan2(f64::from(x)).to_degrees() as f32;
        let aspect = if angle > 90.0 {
            450.0 - angle
        } else {
            90.0 - angle
        };
        f64::from(if aspect == 360.0 { 0.0 } else { aspect })
    });
    Ok(Raster::of(window, values))
}
