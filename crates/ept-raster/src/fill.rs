//! Values for cells without points, from cells around.

use crate::{Kernel, Raster, RasterError, Window};

/// The cells of a window, where those without value have the mean of the cells with values around: in the square that
/// reaches `reach` cells to each side, weighted by the inverse of the distance in cells, along rows or columns, whichever is
/// longer. As with `window_size` of PDAL's `writers.gdal`.
///
/// Cells that get a value here don't contribute to others. So a window needs `reach` cells of the raster around it, and has
/// the same values whatever the window is.
///
/// # Errors
/// If `reach` is larger than [`Kernel::LARGEST`], or the window than [`Window::MOST_CELLS`].
pub fn filled(raster: &Raster, window: Window, reach: u32) -> Result<Raster, RasterError> {
    if f64::from(reach) > Kernel::LARGEST {
        return Err(RasterError::Radius {
            radius: f64::from(reach),
            limit: Kernel::LARGEST,
        });
    }
    window.check()?;
    let mut filled = raster.cropped(window);
    for (position, value) in filled.values_mut().iter_mut().enumerate() {
        if value.is_nan() {
            *value = around(raster, window.cell_at(position), i64::from(reach));
        }
    }
    Ok(filled)
}

/// Weighted mean of the values around a cell.
fn around(raster: &Raster, [column, row]: [i64; 2], reach: i64) -> f64 {
    let window = raster.window();
    let west = (column - reach).max(window.west);
    let east = (column + reach + 1).min(window.east());
    let (mut sum, mut weights) = (0.0, 0.0);
    for other in (row - reach).max(window.south)..(row + reach + 1).min(window.north()) {
        let Some(start) = window.position(west, other) else {
            continue;
        };
        let values = &raster.values()[start..start + (east - west).max(0) as usize];
        let rows = row.abs_diff(other);
        for (value, place) in values.iter().zip(west..) {
            // The cell itself has no value.
            if !value.is_nan() {
                let weight = 1.0 / column.abs_diff(place).max(rows) as f64;
                sum += value * weight;
                weights += weight;
            }
        }
    }
    if weights > 0.0 {
        sum / weights
    } else {
        f64::NAN
    }
}
