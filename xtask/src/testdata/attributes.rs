//! The dimensions used in fixtures, by their EPT names.

use super::dimension::Dimension;
use super::point::Point;
use super::value::Value;

const INTENSITY: Dimension = plain("Intensity", |p| Value::U16(p.intensity));
const RETURN_NUMBER: Dimension = plain("ReturnNumber", |p| Value::U8(p.return_number));
const NUMBER_OF_RETURNS: Dimension = plain("NumberOfReturns", |p| Value::U8(p.number_of_returns));
const SCAN_DIRECTION: Dimension = plain("ScanDirectionFlag", |p| Value::U8(p.scan_direction));
const EDGE: Dimension = plain("EdgeOfFlightLine", |p| Value::U8(p.edge_of_flight_line));
const CLASSIFICATION: Dimension = plain("Classification", |p| Value::U8(p.classification));
const SYNTHETIC: Dimension = plain("Synthetic", |p| Value::U8(p.synthetic));
const KEY_POINT: Dimension = plain("KeyPoint", |p| Value::U8(p.key_point));
const WITHHELD: Dimension = plain("Withheld", |p| Value::U8(p.withheld));
const OVERLAP: Dimension = plain("Overlap", |p| Value::U8(p.overlap));
const SCAN_CHANNEL: Dimension = plain("ScanChannel", |p| Value::U8(p.scan_channel));
const ANGLE_RANK: Dimension = plain("ScanAngleRank", |p| {
    Value::F32(f32::from(p.scan_angle_rank()))
});
const ANGLE_STEPS: Dimension = plain("ScanAngleRank", |p| Value::F32(p.scan_angle_degrees()));
const USER_DATA: Dimension = plain("UserData", |p| Value::U8(p.user_data));
const POINT_SOURCE_ID: Dimension = plain("PointSourceId", |p| Value::U16(p.point_source_id));
const GPS_TIME: Dimension = plain("GpsTime", |p| Value::F64(p.gps_time));
const RED: Dimension = plain("Red", |p| Value::U16(p.colour[0]));
const GREEN: Dimension = plain("Green", |p| Value::U16(p.colour[1]));
const BLUE: Dimension = plain("Blue", |p| Value::U16(p.colour[2]));
const INFRARED: Dimension = plain("Infrared", |p| Value::U16(p.infrared));

/// Number of the source that a point comes from.
pub(super) const ORIGIN_ID: Dimension = plain("OriginId", |p| Value::U32(p.origin_id));
/// 64 bits, most of them above 2^53.
pub(super) const PULSE_ID: Dimension = plain("PulseId", |p| Value::U64(p.bits));
/// Any double.
pub(super) const REFLECTANCE: Dimension = plain("Reflectance", |p| {
    Value::F64((p.bits >> 20) as f64 / 3e12 - 2.0)
});
/// Meaningless bytes.
pub(super) const RESERVED: Dimension = plain("Reserved", |p| {
    Value::Bytes(p.bits.to_le_bytes()[3..].to_vec())
});

/// The dimensions of a LAS point format except X, Y and Z.
pub(super) fn las(format: u8) -> Vec<Dimension> {
    let extended = format >= 6;
    let mut dimensions = vec![
        INTENSITY,
        RETURN_NUMBER,
        NUMBER_OF_RETURNS,
        SCAN_DIRECTION,
        EDGE,
        CLASSIFICATION,
        SYNTHETIC,
        KEY_POINT,
        WITHHELD,
    ];
    if extended {
        dimensions.extend([OVERLAP, SCAN_CHANNEL, ANGLE_STEPS]);
    } else {
        dimensions.push(ANGLE_RANK);
    }
    dimensions.extend([USER_DATA, POINT_SOURCE_ID]);
    if extended || format & 1 == 1 {
        dimensions.push(GPS_TIME);
    }
    if matches!(format, 2 | 3 | 7 | 8) {
        dimensions.extend([RED, GREEN, BLUE]);
    }
    if format == 8 {
        dimensions.push(INFRARED);
    }
    dimensions
}

/// Dimensions as Entwine writes them for a LAS file with colours in binary tiles, plus every other type of the
/// specification.
pub(super) fn every_type() -> Vec<Dimension> {
    let mut dimensions = lean();
    dimensions.extend([
        ANGLE_STEPS,
        USER_DATA,
        POINT_SOURCE_ID,
        RED,
        GREEN,
        BLUE,
        ORIGIN_ID,
        PULSE_ID,
        plain("Temperature", |p| Value::I8(p.bits as i8)),
        plain("Deviation", |p| Value::I16((p.bits >> 8) as i16)),
        plain("Curvature", |p| Value::I32((p.bits >> 24) as i32)),
        plain("ClockDrift", |p| {
            Value::I64((p.bits as i64).rotate_left(32))
        }),
    ]);
    dimensions
}

/// Few dimensions besides coordinates.
pub(super) fn lean() -> Vec<Dimension> {
    vec![
        INTENSITY,
        RETURN_NUMBER,
        NUMBER_OF_RETURNS,
        CLASSIFICATION,
        GPS_TIME,
    ]
}

/// Types, names and values that break readers which convert to doubles or require identifiers.
pub(super) fn odd() -> Vec<Dimension> {
    vec![
        CLASSIFICATION,
        PULSE_ID,
        plain("ClockDrift", |p| {
            Value::I64(i64::MIN + p.bits as u32 as i64)
        }),
        plain("Temperature", |p| Value::I8(p.bits as i8)),
        plain("Deviation", |p| Value::I16((p.bits >> 8) as i16)),
        plain("Roughness", |p| Value::F32((p.bits >> 40) as f32 / 7.0)),
        plain("Label", |p| {
            Value::Bytes(format!("{:06X}", p.bits >> 40).into_bytes())
        }),
        plain("Pulse width", |p| Value::U16((p.bits >> 48) as u16)),
        Dimension::scaled("Amplitude", (0.01, -10.0), |p| {
            Value::U16((p.bits >> 16) as u16)
        }),
    ]
}

/// Extra bytes of most types of LAS.
pub(super) fn extra_bytes() -> Vec<Dimension> {
    vec![
        Dimension::scaled("Amplitude", (0.01, 5.0), |p| Value::I16(p.bits as i16)),
        REFLECTANCE,
        RESERVED,
        PULSE_ID,
    ]
}

const fn plain(name: &'static str, attribute: fn(&Point) -> Value) -> Dimension {
    Dimension::plain(name, attribute)
}
