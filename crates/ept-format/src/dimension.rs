//! One entry of the schema: a dimension's name, type, scale and statistics.

use std::fmt;

use serde_json::Value;

use crate::FormatError;
use crate::json::{self, Object};

/// A dimension of the schema (specification, section "schema").
#[derive(Debug, Clone, PartialEq)]
pub struct Dimension {
    /// Name: PDAL's if it is a [known](crate::known_dimension) one, otherwise as the builder wrote it, spaces included.
    pub name: String,
    /// Type of the stored value.
    pub scalar: ScalarType,
    /// The value is `stored * scale + offset`; 1 when absent.
    pub scale: f64,
    /// See `scale`. 0 when absent.
    pub offset: f64,
    /// Statistics, if the builder wrote them.
    pub statistics: Option<Statistics>,
}

/// Type of a stored value: one of ten numeric types, or the bytes of an application's own type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScalarType {
    /// `signed`, 1 byte.
    I8,
    /// `signed`, 2 bytes.
    I16,
    /// `signed`, 4 bytes.
    I32,
    /// `signed`, 8 bytes.
    I64,
    /// `unsigned`, 1 byte.
    U8,
    /// `unsigned`, 2 bytes.
    U16,
    /// `unsigned`, 4 bytes.
    U32,
    /// `unsigned`, 8 bytes.
    U64,
    /// `float`, 4 bytes.
    F32,
    /// `float`, 8 bytes.
    F64,
    /// Any other type, kept as bytes (1 to 65,535).
    Bytes(u16),
}

/// Statistics of a dimension over the whole dataset, as its builder claims them.
///
/// Values are in the units of the dimension, with scale and offset applied. They may be wrong: merged and edited
/// datasets contain stale ones.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Statistics {
    /// Number of points counted.
    pub count: Option<u64>,
    /// Minimum value.
    pub minimum: Option<f64>,
    /// Maximum value.
    pub maximum: Option<f64>,
    /// Arithmetic mean (`average` in old files).
    pub mean: Option<f64>,
    /// Standard deviation.
    pub stddev: Option<f64>,
    /// Variance.
    pub variance: Option<f64>,
    /// Value and number of points that have it, for dimensions with few values.
    pub counts: Vec<(f64, u64)>,
}

impl ScalarType {
    /// Size of a value in bytes, 1 or more.
    #[must_use]
    pub fn size(self) -> usize {
        match self {
            ScalarType::I8 | ScalarType::U8 => 1,
            ScalarType::I16 | ScalarType::U16 => 2,
            ScalarType::I32 | ScalarType::U32 | ScalarType::F32 => 4,
            ScalarType::I64 | ScalarType::U64 | ScalarType::F64 => 8,
            ScalarType::Bytes(size) => usize::from(size),
        }
    }

    /// Whether values are whole numbers.
    #[must_use]
    pub fn is_integer(self) -> bool {
        !matches!(
            self,
            ScalarType::F32 | ScalarType::F64 | ScalarType::Bytes(_)
        )
    }

    /// The type of a schema entry, from `type` and, unless the name of the type contains it, `size`.
    fn from_json(object: &Object) -> Result<ScalarType, String> {
        let name = object.get("type").and_then(Value::as_str).unwrap_or("");
        let size = match object.get("size") {
            Some(value) => Some(json::whole(value).ok_or("size is not a whole number")?),
            None => None,
        };
        let name = name.to_ascii_lowercase();
        Ok(match (name.as_str(), size) {
            ("signed", Some(1)) | ("int8" | "int8_t", None | Some(1)) => ScalarType::I8,
            ("signed", Some(2)) | ("int16" | "int16_t", None | Some(2)) => ScalarType::I16,
            ("signed", Some(4)) | ("int32" | "int32_t", None | Some(4)) => ScalarType::I32,
            ("signed", Some(8)) | ("int64" | "int64_t", None | Some(8)) => ScalarType::I64,
            ("unsigned", Some(1)) | ("uint8" | "uint8_t", None | Some(1)) => ScalarType::U8,
            ("unsigned", Some(2)) | ("uint16" | "uint16_t", None | Some(2)) => ScalarType::U16,
            ("unsigned", Some(4)) | ("uint32" | "uint32_t", None | Some(4)) => ScalarType::U32,
            ("unsigned", Some(8)) | ("uint64" | "uint64_t", None | Some(8)) => ScalarType::U64,
            ("float" | "floating" | "float32", Some(4)) | ("float" | "float32", None) => {
                ScalarType::F32
            }
            ("float" | "floating" | "float64" | "double", Some(8))
            | ("float64" | "double", None) => ScalarType::F64,
            (_, None) => return Err(format!("type \"{name}\" needs a size in bytes")),
            (_, Some(size)) => match u16::try_from(size) {
                Ok(size @ 1..) => ScalarType::Bytes(size),
                _ => return Err(format!("size {size} is not between 1 and 65535 bytes")),
            },
        })
    }
}

impl fmt::Display for ScalarType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ScalarType::I8 => "int8",
            ScalarType::I16 => "int16",
            ScalarType::I32 => "int32",
            ScalarType::I64 => "int64",
            ScalarType::U8 => "uint8",
            ScalarType::U16 => "uint16",
            ScalarType::U32 => "uint32",
            ScalarType::U64 => "uint64",
            ScalarType::F32 => "float32",
            ScalarType::F64 => "float64",
            ScalarType::Bytes(size) => return write!(f, "bytes{size}"),
        })
    }
}

impl Dimension {
    /// A dimension without scale, offset or statistics.
    #[must_use]
    pub fn new(name: impl Into<String>, scalar: ScalarType) -> Dimension {
        Dimension {
            name: name.into(),
            scalar,
            scale: 1.0,
            offset: 0.0,
            statistics: None,
        }
    }

    pub(crate) fn from_json(place: &str, value: &Value) -> Result<Dimension, FormatError> {
        let fail = |problem: String| FormatError::field(place, problem);
        let object = value.as_object();
        let object = object.ok_or_else(|| fail("must be an object".into()))?;
        let name = object.get("name").and_then(Value::as_str).unwrap_or("");
        if name.is_empty() {
            return Err(fail("has no name".into()));
        }
        let number = |key: &str, otherwise: f64| match object.get(key) {
            None | Some(Value::Null) => Ok(otherwise),
            Some(value) => match value.as_f64() {
                Some(number) if number.is_finite() => Ok(number),
                _ => Err(fail(format!("{key} of {name} is not a finite number"))),
            },
        };
        let scale = number("scale", 1.0)?;
        if scale == 0.0 {
            return Err(fail(format!("scale of {name} is 0")));
        }
        Ok(Dimension {
            scalar: ScalarType::from_json(object).map_err(|p| fail(format!("{name}: {p}")))?,
            scale,
            offset: number("offset", 0.0)?,
            statistics: Statistics::from_json(object),
            name: name.to_owned(),
        })
    }
}

impl Statistics {
    /// The statistics in a schema entry. `None` if it has none of their keys.
    fn from_json(object: &Object) -> Option<Statistics> {
        let number = |key: &str| object.get(key).and_then(Value::as_f64);
        let statistics = Statistics {
            count: object.get("count").and_then(json::whole),
            minimum: number("minimum"),
            maximum: number("maximum"),
            mean: number("mean").or_else(|| number("average")),
            stddev: number("stddev"),
            variance: number("variance"),
            counts: match object.get("counts").and_then(Value::as_array) {
                Some(list) => list.iter().filter_map(value_count).collect(),
                None => Vec::new(),
            },
        };
        (statistics != Statistics::default()).then_some(statistics)
    }
}

/// An entry of `counts`: `{"value": 2, "count": 10}`, or `"2/10"` in old files.
fn value_count(entry: &Value) -> Option<(f64, u64)> {
    match entry {
        Value::Object(pair) => Some((
            pair.get("value")?.as_f64()?,
            json::whole(pair.get("count")?)?,
        )),
        Value::String(text) => {
            let (value, count) = text.split_once('/')?;
            Some((value.trim().parse().ok()?, count.trim().parse().ok()?))
        }
        _ => None,
    }
}
