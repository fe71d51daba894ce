//! Points from which a raster is made.

use crate::RasterError;

/// Points with a value each, as columns of equal length.
///
/// Terrain models have the height as value; other rasters any dimension. The order of the points has no meaning: no
/// raster depends on it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Points {
    /// X, in units of the coordinate system.
    pub x: Vec<f64>,
    /// Y, in units of the coordinate system.
    pub y: Vec<f64>,
    /// The value.
    pub value: Vec<f64>,
    /// By what points come before each other, for [`Statistic::First`](crate::Statistic::First) and
    /// [`Statistic::Last`](crate::Statistic::Last): GPS time, for example. Empty if that is not known.
    pub order: Vec<f64>,
}

impl Points {
    /// No points, with room for this many, without an order.
    #[must_use]
    pub fn with_capacity(points: usize) -> Points {
        let column = || Vec::with_capacity(points);
        Points {
            x: column(),
            y: column(),
            value: column(),
            order: Vec::new(),
        }
    }

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

    /// Adds a point. Its order has to be added to [`Points::order`] if there is one.
    pub fn push(&mut self, x: f64, y: f64, value: f64) {
        self.x.push(x);
        self.y.push(y);
        self.value.push(value);
    }

    /// Whether the columns have equal lengths, and no more points than 32-bit numbers can count.
    pub(crate) fn check(&self) -> Result<(), RasterError> {
        let count = self.len();
        let has_order = self.order.is_empty() || self.order.len() == count;
        if self.x.len() != count || self.y.len() != count || !has_order {
            return Err(RasterError::Columns);
        }
        let limit = u32::MAX as usize;
        if count > limit {
            return Err(RasterError::Crowd(limit));
        }
        Ok(())
    }
}
