//! Cells with the eight around them, as `gdaldem` sees them.

use crate::{Raster, Window};

/// A cell and the eight around it, rows from north to south. GDAL computes with 32-bit numbers.
pub(crate) struct Around([[f32; 3]; 3]);

impl Around {
    /// By how much the west is higher than the east, and the north than the south: eight times the slope, in cells, by
    /// Horn's formula.
    pub(crate) fn gradient(&self) -> [f32; 2] {
        let Around([[a, b, c], [d, _, f], [g, h, i]]) = self;
        [
            (a + d + d + g) - (c + f + f + i),
            (a + b + b + c) - (g + h + h + i),
        ]
    }

    /// The same, added up in the order of `gdaldem hillshade`.
    pub(crate) fn shade_gradient(&self) -> [f32; 2] {
        let Around([[a, b, c], [d, _, f], [g, h, i]]) = self;
        let (diagonal, other) = (a - i, g - c);
        [
            diagonal + (d - f) + (d - f) + other,
            diagonal + (b - h) + (b - h) - other,
        ]
    }
}

/// What each cell of a window is, seen with the cells around. `None` if one of the nine has no value, or is outside the
/// raster.
pub(crate) fn map<'a, T>(
    raster: &'a Raster,
    window: Window,
    mut compute: impl FnMut(Around) -> T + 'a,
) -> impl Iterator<Item = Option<T>> + 'a {
    (0..window.len()).map(move |position| {
        let [column, row] = window.cell_at(position);
        let north = raster.window().position(column - 1, row + 1)?;
        let south = raster.window().position(column + 1, row - 1)?;
        let stride = raster.window().columns as usize;
        let line = |start: usize| {
            let values = &raster.values()[start..start + 3];
            [values[0] as f32, values[1] as f32, values[2] as f32]
        };
        let lines = [line(north), line(north + stride), line(south - 2)];
        let is_whole = lines.as_flattened().iter().all(|value| !value.is_nan());
        is_whole.then(|| compute(Around(lines)))
    })
}
