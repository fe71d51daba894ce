//! Transforms between coordinate systems.

use std::fmt;
use std::sync::Arc;

use terrio_crs::Transformer;

use crate::{Crs, CrsError, Operation, engine};

/// A transform of coordinates, see [`Crs::to`].
///
/// ```
/// use ept_crs::Crs;
///
/// let feet = Crs::parse("EPSG:2994")?;
/// let degrees = Crs::wgs84()?;
/// let transform = feet.to(&degrees)?;
/// let place = [637_000.0, 850_000.0, 400.0];
/// let [lon, lat, z] = transform.apply(place).unwrap();
/// assert!((lon + 123.07).abs() < 0.01 && (lat - 44.06).abs() < 0.01 && z == 400.0);
/// let operation = transform.operation_at(place).unwrap();
/// assert!(operation.name().contains("HARN"));
/// # Ok::<(), ept_crs::CrsError>(())
/// ```
#[derive(Clone)]
pub struct Transform {
    from: Crs,
    to: Crs,
    /// `None` if both systems are the same.
    transformer: Option<Arc<Transformer>>,
}

impl Transform {
    pub(crate) fn new(from: &Crs, to: &Crs) -> Result<Transform, CrsError> {
        let transformer = if from == to {
            None
        } else {
            Some(Arc::new(transformer(from, to)?))
        };
        Ok(Transform {
            from: from.clone(),
            to: to.clone(),
            transformer,
        })
    }

    /// Whether both systems are the same.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        self.transformer.is_none()
    }

    /// Whether x and y depend on z, because one of the systems is geocentric.
    #[must_use]
    pub fn is_spatial(&self) -> bool {
        !self.is_identity() && (self.from.is_geocentric() || self.to.is_geocentric())
    }

    /// The target system.
    #[must_use]
    pub fn target(&self) -> &Crs {
        &self.to
    }

    /// Transforms a point. `None` if it can't be represented in the target system. z is not changed, unless one of the
    /// systems is geocentric.
    #[must_use]
    pub fn apply(&self, [x, y, z]: [f64; 3]) -> Option<[f64; 3]> {
        let Some(transformer) = &self.transformer else {
            return Some([x, y, z]);
        };
        let place = if self.is_spatial() {
            transformer.transform_3d(x, y, z).ok()?
        } else {
            let (x, y) = transformer.transform(x, y).ok()?;
            (x, y, z)
        };
        let is_place = place.0.is_finite() && place.1.is_finite() && !place.2.is_nan();
        is_place.then_some([place.0, place.1, place.2])
    }

    /// The operation between the datums at a place in the source system. `None` if there is none, as between systems of
    /// the same datum, or if the place can't be transformed.
    ///
    /// It depends on the place: each operation has an area of use.
    #[must_use]
    pub fn operation_at(&self, place: [f64; 3]) -> Option<Operation> {
        self.transformer.as_ref()?;
        let fresh = transformer(&self.from, &self.to).ok()?;
        Operation::of(&fresh, [self.from.system(), self.to.system()], place)
    }
}

fn transformer(from: &Crs, to: &Crs) -> Result<Transformer, CrsError> {
    engine::prepare();
    Transformer::new(from.system(), to.system()).map_err(|error| CrsError::NoTransform {
        from: from.to_string(),
        to: to.to_string(),
        problem: error.to_string(),
    })
}

/// Transforms are equal if their systems are.
impl PartialEq for Transform {
    fn eq(&self, other: &Transform) -> bool {
        self.from == other.from && self.to == other.to
    }
}

impl fmt::Debug for Transform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transform")
            .field("from", &self.from)
            .field("to", &self.to)
            .finish_non_exhaustive()
    }
}
