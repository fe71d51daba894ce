//! Red, green and blue of points, whatever their range.

use ept_points::{PointBatch, Values};
use ept_select::Frame;

const CHANNELS: [&str; 3] = ["Red", "Green", "Blue"];

/// The columns of red, green and blue. `None` if one is missing.
pub(crate) fn channels(points: &PointBatch) -> Option<[&Values; 3]> {
    let [red, green, blue] = CHANNELS.map(|name| points.values(name));
    Some([red?, green?, blue?])
}

/// The value of a full channel, from the statistics in the schema. `None` if it has none.
pub(crate) fn known_full(frame: &Frame) -> Option<f64> {
    let [red, green, blue] = CHANNELS.map(|name| maximum(frame, name));
    Some(full(red?.max(green?).max(blue?)))
}

/// The value of a full channel, if `most` is the greatest: some builders store 8-bit values unscaled in 16 bits.
pub(crate) fn full(most: f64) -> f64 {
    if most <= 255.0 { 255.0 } else { 65535.0 }
}

/// The greatest value of any channel, at least 0.
pub(crate) fn greatest(channels: &[&Values; 3]) -> f64 {
    let values = channels.iter().filter_map(|values| values.to_f64());
    values.flatten().fold(0.0, f64::max)
}

/// The maximum of a dimension in the schema.
pub(crate) fn maximum(frame: &Frame, name: &str) -> Option<f64> {
    let dimension = frame.dimension(name)?;
    dimension.statistics.as_ref()?.maximum
}

/// Maps values from 0 to `full` to 0 to 255, rounded. `None` for bytes.
pub(crate) fn to_u8(values: &Values, full: f64) -> Option<Vec<u8>> {
    Some(match values {
        Values::U8(values) => values.iter().map(|&v| byte(v.into(), full)).collect(),
        Values::U16(values) => values.iter().map(|&v| byte(v.into(), full)).collect(),
        other => {
            let values = other.to_f64()?.into_iter();
            values.map(|v| byte(v, full)).collect()
        }
    })
}

/// Maps a value from 0 to `full` to 0 to 255, rounded. The conversion to `u8` saturates, and cuts off fractions:
/// `f64::round` is a call where not every processor has an instruction for it.
pub(crate) fn byte(value: f64, full: f64) -> u8 {
    (value * (255.0 / full) + 0.5) as u8
}
