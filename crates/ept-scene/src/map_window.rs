//! The places that a map shows.

use ept_format::{Bounds, FormatError};

/// The places that a picture from above shows, north up: where its pixels are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MapWindow {
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// The place in the middle, in the dataset's coordinates.
    pub middle: [f64; 2],
    /// The size of a pixel along x and y, in units of the coordinate system.
    pub pixel: [f64; 2],
}

impl MapWindow {
    /// The place at a distance from the upper left corner, in pixels.
    #[must_use]
    pub fn place(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let [width, height] = self.size.map(f64::from);
        [
            self.middle[0] + (x - width / 2.0) * self.pixel[0],
            self.middle[1] - (y - height / 2.0) * self.pixel[1],
        ]
    }

    /// The distance of a place from the upper left corner, in pixels.
    #[must_use]
    pub fn pixel_of(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let [width, height] = self.size.map(f64::from);
        [
            width / 2.0 + (x - self.middle[0]) / self.pixel[0],
            height / 2.0 - (y - self.middle[1]) / self.pixel[1],
        ]
    }

    /// The box of a rectangle of pixels, of any height.
    ///
    /// # Errors
    /// If a coordinate is NaN.
    pub(crate) fn bounds(&self, first: [u32; 2], end: [u32; 2]) -> Result<Bounds, FormatError> {
        let [west, north] = self.place(first.map(f64::from));
        let [east, south] = self.place(end.map(f64::from));
        Bounds::from_2d([west, south], [east, north])
    }
}
