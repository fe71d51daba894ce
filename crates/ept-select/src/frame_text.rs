//! Frames as JSON that parses as the same frame, without statistics.

use ept_format::{Bounds, Dimension, ScalarType, Srs};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::Frame;

/// The JSON form of a frame.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FrameText {
    srs: SrsText,
    bounds: BoundsText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    conforming: Option<BoundsText>,
    slack: [f64; 3],
    schema: Vec<DimensionText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    spacing: Option<f64>,
}

/// Minimum x, y and z, then the maximum. An infinite side is null.
type BoundsText = [Option<f64>; 6];

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct SrsText {
    #[serde(skip_serializing_if = "Option::is_none")]
    authority: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    horizontal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vertical: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wkt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wkt2: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DimensionText {
    name: String,
    #[serde(rename = "type")]
    kind: Kind,
    size: u16,
    scale: f64,
    offset: f64,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Signed,
    Unsigned,
    Float,
    Bytes,
}

impl Serialize for Frame {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        FrameText::from(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Frame {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Frame, D::Error> {
        let text = FrameText::deserialize(deserializer)?;
        text.frame().map_err(de::Error::custom)
    }
}

impl From<&Frame> for FrameText {
    fn from(frame: &Frame) -> FrameText {
        let srs = frame.srs.clone();
        FrameText {
            srs: SrsText {
                authority: srs.authority,
                horizontal: srs.horizontal,
                vertical: srs.vertical,
                wkt: srs.wkt,
                wkt2: srs.wkt2,
            },
            bounds: sides(&frame.bounds),
            conforming: frame.conforming.as_ref().map(sides),
            slack: frame.slack,
            schema: frame.schema.iter().map(DimensionText::from).collect(),
            spacing: frame.spacing,
        }
    }
}

impl FrameText {
    fn frame(self) -> Result<Frame, String> {
        let srs = self.srs;
        let is_length = |number: &f64| number.is_finite() && *number >= 0.0;
        if !self.slack.iter().chain(&self.spacing).all(is_length) {
            return Err("slack and spacing are finite numbers from 0".into());
        }
        let schema = self.schema.into_iter().map(DimensionText::dimension);
        Ok(Frame {
            srs: Srs {
                authority: srs.authority,
                horizontal: srs.horizontal,
                vertical: srs.vertical,
                wkt: srs.wkt,
                wkt2: srs.wkt2,
            },
            bounds: bounds(self.bounds)?,
            conforming: self.conforming.map(bounds).transpose()?,
            slack: self.slack,
            schema: schema.collect::<Result<_, _>>()?,
            spacing: self.spacing,
        })
    }
}

fn sides(bounds: &Bounds) -> BoundsText {
    let ([x0, y0, z0], [x1, y1, z1]) = (bounds.min(), bounds.max());
    [x0, y0, z0, x1, y1, z1].map(|side| Some(side).filter(|side| side.is_finite()))
}

fn bounds(sides: BoundsText) -> Result<Bounds, String> {
    let min = [0, 1, 2].map(|axis| sides[axis].unwrap_or(f64::NEG_INFINITY));
    let max = [3, 4, 5].map(|axis| sides[axis].unwrap_or(f64::INFINITY));
    Bounds::new(min, max).map_err(|error| error.to_string())
}

impl From<&Dimension> for DimensionText {
    fn from(dimension: &Dimension) -> DimensionText {
        let kind = match dimension.scalar {
            ScalarType::I8 | ScalarType::I16 | ScalarType::I32 | ScalarType::I64 => Kind::Signed,
            ScalarType::U8 | ScalarType::U16 | ScalarType::U32 | ScalarType::U64 => Kind::Unsigned,
            ScalarType::F32 | ScalarType::F64 => Kind::Float,
            ScalarType::Bytes(_) => Kind::Bytes,
        };
        DimensionText {
            name: dimension.name.clone(),
            kind,
            // Sizes of numbers are up to 8, and those of bytes have 16 bits.
            size: dimension.scalar.size() as u16,
            scale: dimension.scale,
            offset: dimension.offset,
        }
    }
}

impl DimensionText {
    fn dimension(self) -> Result<Dimension, String> {
        let scalar = match (self.kind, self.size) {
            (Kind::Signed, 1) => ScalarType::I8,
            (Kind::Signed, 2) => ScalarType::I16,
            (Kind::Signed, 4) => ScalarType::I32,
            (Kind::Signed, 8) => ScalarType::I64,
            (Kind::Unsigned, 1) => ScalarType::U8,
            (Kind::Unsigned, 2) => ScalarType::U16,
            (Kind::Unsigned, 4) => ScalarType::U32,
            (Kind::Unsigned, 8) => ScalarType::U64,
            (Kind::Float, 4) => ScalarType::F32,
            (Kind::Float, 8) => ScalarType::F64,
            (Kind::Bytes, 1..) => ScalarType::Bytes(self.size),
            (_, size) => return Err(format!("{}: no such number has {size} bytes", self.name)),
        };
        if self.scale == 0.0 {
            return Err(format!("{}: its scale is 0", self.name));
        }
        Ok(Dimension {
            name: self.name,
            scalar,
            scale: self.scale,
            offset: self.offset,
            statistics: None,
        })
    }
}
