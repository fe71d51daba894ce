//! Numbers in JSON as Entwine writes them.

use serde_json::Value as Json;

/// A number. An integer has no decimal point.
pub(super) fn number(value: f64) -> Json {
    // Beyond 2^53 a float no longer stands for a single integer.
    if value.fract() == 0.0 && value.abs() < (1_u64 << 53) as f64 {
        Json::from(value as i64)
    } else {
        Json::from(value)
    }
}

/// The six numbers of a box.
pub(super) fn bounds([min, max]: [[f64; 3]; 2]) -> Json {
    min.into_iter().chain(max).map(number).collect()
}
