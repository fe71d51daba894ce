//! Points as GeoParquet 1.1 geometries.

use std::sync::Arc;

use arrow_array::{ArrayRef, BinaryArray, Float32Array, StructArray};
use arrow_buffer::{Buffer, OffsetBuffer};
use arrow_schema::{DataType, Field, Fields};
use ept_crs::srs_projjson;
use ept_format::Srs;
use parquet::schema::types::ColumnPath;
use serde_json::{Value, json};

use crate::ExportError;

/// Size of a point in bytes: byte order, type, X, Y and Z.
const POINT_BYTES: usize = 29;
/// Little endian, type 1001: `Point Z` of ISO WKB, as GeoParquet requires.
const POINT_Z: [u8; 5] = [1, 0xe9, 3, 0, 0];

/// The geometry column.
#[derive(Debug)]
pub(crate) struct Geometry {
    pub(crate) name: String,
}

/// The column of bounding boxes.
#[derive(Debug)]
pub(crate) struct Covering {
    name: String,
    fields: Fields,
}

/// The minimum and maximum coordinates so far.
#[derive(Debug)]
pub(crate) struct Extent {
    min: [f64; 3],
    max: [f64; 3],
}

impl Geometry {
    /// A column whose name no dimension has.
    pub(crate) fn beside(names: &[&str]) -> Geometry {
        Geometry {
            name: free_name("geometry", names),
        }
    }

    pub(crate) fn field(&self) -> Field {
        Field::new(&self.name, DataType::Binary, false)
    }

    /// The points, from columns of coordinates.
    pub(crate) fn array(&self, [x, y, z]: [&[f64]; 3]) -> Result<ArrayRef, ExportError> {
        let mut bytes = Vec::with_capacity(x.len() * POINT_BYTES);
        for ((x, y), z) in x.iter().zip(y).zip(z) {
            bytes.extend_from_slice(&POINT_Z);
            bytes.extend_from_slice(&x.to_le_bytes());
            bytes.extend_from_slice(&y.to_le_bytes());
            bytes.extend_from_slice(&z.to_le_bytes());
        }
        let offsets = OffsetBuffer::from_repeated_length(POINT_BYTES, x.len());
        let points = BinaryArray::try_new(offsets, Buffer::from_vec(bytes), None)?;
        Ok(Arc::new(points))
    }

    /// The value of the key `geo`.
    pub(crate) fn metadata(&self, srs: &Srs, covering: &Covering, extent: &Extent) -> Value {
        let mut column = json!({
            "encoding": "WKB",
            "geometry_types": ["Point Z"],
            // Null means unknown. Leaving out `crs` would mean longitude and latitude.
            "crs": crs(srs),
            "covering": {"bbox": covering.paths()},
        });
        if let Some(bbox) = extent.bbox() {
            column["bbox"] = json!(bbox);
        }
        let mut columns = serde_json::Map::new();
        columns.insert(self.name.clone(), column);
        let mut metadata = json!({
            "version": "1.1.0",
            "primary_column": self.name,
            "columns": columns,
        });
        // Otherwise the order of keys would depend on features that other crates enable.
        metadata.sort_all_objects();
        metadata
    }
}

impl Covering {
    /// A column whose name no dimension has.
    pub(crate) fn beside(names: &[&str]) -> Covering {
        let fields = ["xmin", "ymin", "xmax", "ymax"];
        Covering {
            name: free_name("bbox", names),
            fields: fields
                .map(|name| Field::new(name, DataType::Float32, false))
                .into_iter()
                .collect(),
        }
    }

    pub(crate) fn field(&self) -> Field {
        Field::new(&self.name, DataType::Struct(self.fields.clone()), false)
    }

    /// Its columns, as named in Parquet.
    pub(crate) fn columns(&self) -> impl Iterator<Item = ColumnPath> {
        let parts = self.fields.iter().map(|field| field.name().clone());
        parts.map(|part| ColumnPath::new(vec![self.name.clone(), part]))
    }

    fn paths(&self) -> Value {
        let paths = self.fields.iter().map(|field| {
            let path = json!([self.name, field.name()]);
            (field.name().clone(), path)
        });
        Value::Object(paths.collect())
    }

    /// The boxes of points, from columns of coordinates.
    pub(crate) fn array(&self, [x, y, _]: [&[f64]; 3]) -> Result<ArrayRef, ExportError> {
        let round = |axis: &[f64], round: fn(f64) -> f32| -> ArrayRef {
            Arc::new(Float32Array::from_iter_values(
                axis.iter().map(|value| round(*value)),
            ))
        };
        let sides = vec![
            round(x, below),
            round(y, below),
            round(x, above),
            round(y, above),
        ];
        let boxes = StructArray::try_new(self.fields.clone(), sides, None)?;
        Ok(Arc::new(boxes))
    }
}

impl Default for Extent {
    fn default() -> Extent {
        Extent {
            min: [f64::INFINITY; 3],
            max: [f64::NEG_INFINITY; 3],
        }
    }
}

impl Extent {
    /// Adds coordinates. NaN is ignored.
    pub(crate) fn add(&mut self, coordinates: [&[f64]; 3]) {
        for (axis, values) in coordinates.into_iter().enumerate() {
            self.min[axis] = values.iter().copied().fold(self.min[axis], f64::min);
            self.max[axis] = values.iter().copied().fold(self.max[axis], f64::max);
        }
    }

    /// Adds the coordinates of another extent.
    pub(crate) fn join(&mut self, other: &Extent) {
        for axis in 0..3 {
            self.min[axis] = self.min[axis].min(other.min[axis]);
            self.max[axis] = self.max[axis].max(other.max[axis]);
        }
    }

    /// The `bbox` of GeoParquet. `None` if there are no points, or for numbers that JSON can't represent.
    fn bbox(&self) -> Option<[f64; 6]> {
        let ([a, b, c], [d, e, f]) = (self.min, self.max);
        let bbox = [a, b, c, d, e, f];
        bbox.iter().all(|value| value.is_finite()).then_some(bbox)
    }
}

/// The coordinate system as PROJJSON.
fn crs(srs: &Srs) -> Option<Value> {
    serde_json::from_str(&srs_projjson(srs)?).ok()
}

/// The greatest 32-bit float that is at most `value`.
fn below(value: f64) -> f32 {
    let single = value as f32;
    if f64::from(single) > value {
        single.next_down()
    } else {
        single
    }
}

/// The least 32-bit float that is at least `value`.
fn above(value: f64) -> f32 {
    -below(-value)
}

/// A name that no other column has in any case, since DuckDB ignores case.
fn free_name(name: &str, others: &[&str]) -> String {
    let is_free = |name: &String| others.iter().all(|other| !other.eq_ignore_ascii_case(name));
    let numbered = (2..).map(|number: u32| format!("{name}_{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(is_free).unwrap_or_default()
}
