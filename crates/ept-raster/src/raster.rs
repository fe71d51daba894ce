//! Values of cells.

use crate::Window;

/// One value for each cell of a window. A cell without a value has NaN.
#[derive(Debug, Clone, PartialEq)]
pub struct Raster {
    window: Window,
    values: Vec<f64>,
}

impl Raster {
    /// Cells without values.
    #[must_use]
    pub fn void(window: Window) -> Raster {
        let values = vec![f64::NAN; window.len()];
        Raster { window, values }
    }

    /// Values in the order of the window. `None` if their number is not that of the cells.
    #[must_use]
    pub fn new(window: Window, values: Vec<f64>) -> Option<Raster> {
        (values.len() == window.len()).then_some(Raster { window, values })
    }

    /// The value of each cell of a window, in its order.
    pub(crate) fn of(window: Window, values: impl Iterator<Item = Option<f64>>) -> Raster {
        let values = values.map(|value| value.unwrap_or(f64::NAN));
        let values = values.take(window.len()).collect();
        Raster { window, values }
    }

    /// The cells.
    #[must_use]
    pub fn window(&self) -> &Window {
        &self.window
    }

    /// The values, rows from north to south.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The values, to be changed.
    #[must_use]
    pub fn values_mut(&mut self) -> &mut [f64] {
        &mut self.values
    }

    /// Value of a cell: NaN if it has none or is outside.
    #[must_use]
    pub fn get(&self, column: i64, row: i64) -> f64 {
        self.window
            .position(column, row)
            .map_or(f64::NAN, |at| self.values[at])
    }

    /// Takes the values of another raster where both have the cell.
    pub fn paste(&mut self, other: &Raster) {
        let Some(shared) = self.window.intersection(&other.window) else {
            return;
        };
        for row in shared.south..shared.north() {
            let (Some(from), Some(to)) = (
                other.window.position(shared.west, row),
                self.window.position(shared.west, row),
            ) else {
                continue;
            };
            let width = shared.columns as usize;
            self.values[to..to + width].copy_from_slice(&other.values[from..from + width]);
        }
    }

    /// The part of the raster in a window. Cells outside have no value.
    #[must_use]
    pub fn cropped(&self, window: Window) -> Raster {
        let mut part = Raster::void(window);
        part.paste(self);
        part
    }
}
