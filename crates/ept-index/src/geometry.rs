//! Boxes in GeoJSON (RFC 7946, sections 3.1 and 5).

use ept_format::Bounds;
use serde_json::Value;

use crate::record::flat;

/// The bounds of a geometry. `None` if it is null or empty. The error says what is wrong with it.
pub(crate) fn bounds_of(geometry: &Value) -> Result<Option<Bounds>, String> {
    let mut extent = Extent {
        min: [f64::INFINITY; 2],
        max: [f64::NEG_INFINITY; 2],
    };
    extent.add_geometry(geometry)?;
    Ok(flat(extent.min, extent.max))
}

/// A `bbox` of four numbers, or six with heights. If `is_geographic`, a western side above the eastern one means that
/// the box crosses the antimeridian. `None` if it is not a box.
pub(crate) fn bbox(value: &Value, is_geographic: bool) -> Option<Bounds> {
    let numbers: Option<Vec<f64>> = value.as_array()?.iter().map(Value::as_f64).collect();
    let (min, mut max) = match *numbers?.as_slice() {
        [x0, y0, x1, y1] => ([x0, y0, f64::NEG_INFINITY], [x1, y1, f64::INFINITY]),
        [x0, y0, z0, x1, y1, z1] => ([x0, y0, z0], [x1, y1, z1]),
        _ => return None,
    };
    if is_geographic && min[0] > max[0] {
        max[0] += 360.0;
    }
    Bounds::new(min, max).ok()
}

struct Extent {
    min: [f64; 2],
    max: [f64; 2],
}

impl Extent {
    fn add_geometry(&mut self, geometry: &Value) -> Result<(), String> {
        if geometry.is_null() {
            return Ok(());
        }
        // The JSON parser limits the nesting.
        if let Some(parts) = geometry["geometries"].as_array() {
            return parts.iter().try_for_each(|part| self.add_geometry(part));
        }
        match &geometry["coordinates"] {
            Value::Array(coordinates) => self.add(coordinates),
            _ => Err("the geometry has no coordinates".into()),
        }
    }

    /// Adds a position, or positions in nested arrays.
    fn add(&mut self, coordinates: &[Value]) -> Result<(), String> {
        match coordinates {
            [x, y, ..] if x.is_number() => {
                let place = [x.as_f64(), y.as_f64()];
                for (axis, number) in place.into_iter().enumerate() {
                    let number = number.filter(|number| number.is_finite());
                    let number =
                        number.ok_or("a position has a coordinate that is not a finite number")?;
                    self.min[axis] = self.min[axis].min(number);
                    self.max[axis] = self.max[axis].max(number);
                }
                Ok(())
            }
            parts => parts.iter().try_for_each(|part| match part {
                Value::Array(part) => self.add(part),
                _ => Err("a position is not two or more numbers".into()),
            }),
        }
    }
}
