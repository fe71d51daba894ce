//! Boxes as polygons in longitude and latitude.

use ept_crs::{Crs, Local, Transform};
use ept_format::Bounds;
use serde_json::{Value, json};

use crate::IndexError;

/// Parts of each side of a box, whose ends become vertices of the polygon: straight sides are curves in another system.
const PARTS: u32 = 4;

/// Transforms to longitude and latitude.
#[derive(Debug)]
pub(crate) struct Degrees(Transform);

/// A box in longitude and latitude.
#[derive(Debug)]
pub(crate) struct Outline {
    /// GeoJSON polygon.
    pub(crate) polygon: Value,
    /// Minimum and maximum longitude and latitude (RFC 7946, section 5).
    pub(crate) bbox: [f64; 4],
}

impl Degrees {
    pub(crate) fn new(crs: &Crs) -> Result<Degrees, IndexError> {
        let unwritable = |error: ept_crs::CrsError| {
            IndexError::unwritable(&format!("the coordinate system {crs}"), error.to_string())
        };
        let degrees = Crs::wgs84().map_err(unwritable)?;
        Ok(Degrees(crs.to(&degrees).map_err(unwritable)?))
    }

    /// The image of a box. `None` if it can't be transformed.
    pub(crate) fn outline(&self, bounds: &Bounds) -> Option<Outline> {
        let ring = ring(bounds, PARTS);
        let first = self.0.apply(ring[0])?[0];
        let turned = |[x, y, z]: [f64; 3]| {
            // Across the antimeridian, longitudes continue beyond 180.
            let turns = ((x - first) / 360.0).round();
            [x - turns * 360.0, y, z]
        };
        let place = |place: &[f64; 3]| self.0.apply(*place).map(turned);
        let places: Vec<[f64; 3]> = ring.iter().map(place).collect::<Option<_>>()?;
        let (mut min, mut max) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        // The image of the box bulges between the vertices.
        let local = Local::new(&self.0, turned, bounds).filter(|_| !self.0.is_identity());
        let image = local.map(|local| local.image(self.0.is_spatial()));
        for place in places.iter().chain(image.iter().flatten()) {
            for axis in 0..2 {
                min[axis] = min[axis].min(place[axis]);
                max[axis] = max[axis].max(place[axis]);
            }
        }
        if max[0] > 180.0 {
            max[0] -= 360.0;
        }
        Some(Outline {
            polygon: polygon(&places),
            bbox: [min[0], min[1], max[0], max[1]],
        })
    }
}

/// The box as a polygon in its own coordinate system.
pub(crate) fn native_polygon(bounds: &Bounds) -> Value {
    polygon(&ring(bounds, 1))
}

/// The places around a box, counter-clockwise. The first is repeated at the end.
fn ring(bounds: &Bounds, parts: u32) -> Vec<[f64; 3]> {
    let (min, max) = (bounds.min(), bounds.max());
    let z = if min[2].is_finite() { min[2] } else { 0.0 };
    let corners = [
        [min[0], min[1]],
        [max[0], min[1]],
        [max[0], max[1]],
        [min[0], max[1]],
    ];
    let mut ring = Vec::new();
    for (at, from) in corners.iter().enumerate() {
        let to = corners[(at + 1) % 4];
        for part in 0..parts {
            let share = f64::from(part) / f64::from(parts);
            let [x, y] = [0, 1].map(|axis| from[axis] + (to[axis] - from[axis]) * share);
            ring.push([x, y, z]);
        }
    }
    ring.push(ring[0]);
    ring
}

fn polygon(ring: &[[f64; 3]]) -> Value {
    let places: Vec<[f64; 2]> = ring.iter().map(|place| [place[0], place[1]]).collect();
    json!({ "type": "Polygon", "coordinates": [places] })
}
