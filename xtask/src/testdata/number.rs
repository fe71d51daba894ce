//! Numbers as Entwine writes them to JSON.

use serde_json::Value as Json;

/// A number; a whole one without a decimal point.
pub(super) fn number(value: f64) -> Json {
    // Doubles beyond 2^53 no longer name one whole number.
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
