//! From one coordinate system to another.

use proj4rs::transform::transform;

use crate::Crs;

/// A transform of coordinates; see [`Crs::to`].
#[derive(Debug, Clone, PartialEq)]
pub struct Transform {
    from: Crs,
    to: Crs,
    is_identity: bool,
}

impl Transform {
    pub(crate) fn new(from: &Crs, to: &Crs) -> Transform {
        Transform {
            is_identity: from == to,
            from: from.clone(),
            to: to.clone(),
        }
    }

    /// Whether both systems are the same.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        self.is_identity
    }

    /// Whether z decides about x and y: geocentric coordinates are on one side.
    #[must_use]
    pub fn is_spatial(&self) -> bool {
        !self.is_identity && (self.from.is_geocentric() || self.to.is_geocentric())
    }

    /// The system that it leads to.
    #[must_use]
    pub fn target(&self) -> &Crs {
        &self.to
    }

    /// The point in the other system; none when it has no place there. Without geocentric coordinates z stays
    /// what it is.
    #[must_use]
    pub fn apply(&self, [x, y, z]: [f64; 3]) -> Option<[f64; 3]> {
        if self.is_identity {
            return Some([x, y, z]);
        }
        let mut point = (x, y, if self.is_spatial() { z } else { 0.0 });
        if self.from.is_geographic() {
            point = (x.to_radians(), y.to_radians(), point.2);
        }
        transform(self.from.proj(), self.to.proj(), &mut point).ok()?;
        if self.to.is_geographic() {
            point = (point.0.to_degrees(), point.1.to_degrees(), point.2);
        }
        let z = if self.is_spatial() { point.2 } else { z };
        let is_place = point.0.is_finite() && point.1.is_finite() && !z.is_nan();
        is_place.then_some([point.0, point.1, z])
    }
}
