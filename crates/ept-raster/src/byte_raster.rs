//! Small numbers of cells.

use crate::Window;

/// A number from 0 to 255 for each cell of a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByteRaster {
    window: Window,
    values: Vec<u8>,
}

impl ByteRaster {
    /// The number of each cell of a window, in its order.
    pub(crate) fn new(window: Window, values: impl Iterator<Item = u8>) -> ByteRaster {
        let values = values.take(window.len()).collect();
        ByteRaster { window, values }
    }

    /// The cells.
    #[must_use]
    pub fn window(&self) -> &Window {
        &self.window
    }

    /// The numbers, rows from north to south.
    #[must_use]
    pub fn values(&self) -> &[u8] {
        &self.values
    }
}
