//! Points from which a raster is made.

/// Points with a value each, as columns of equal length.
///
/// Terrain models have the height as value; other rasters any dimension.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Points {
    /// X, in units of the coordinate system.
    pub x: Vec<f64>,
    /// Y, in units of the coordinate system.
    pub y: Vec<f64>,
    /// The value.
    pub value: Vec<f64>,
}

impl Points {
    /// Number of points.
    #[must_use]
    pub fn len(&self) -> usize {
        self.value.len()
    }

    /// Whether there is no point.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.value.is_empty()
    }

    /// Adds a point.
    pub fn push(&mut self, x: f64, y: f64, value: f64) {
        self.x.push(x);
        self.y.push(y);
        self.value.push(value);
    }
}
