//! Coordinates as 32-bit integers.

use ept_format::Bounds;
use ept_points::Scaling;

/// The integer of a coordinate, halves rounded away from zero. `None` if it doesn't fit in 32 bits.
///
/// If the coordinate was computed as `integer * scale + offset`, this is that integer, since the two roundings amount
/// to far less than half a step.
#[inline]
pub(crate) fn quantise(coordinate: f64, scale: f64, offset: f64) -> Option<i32> {
    let steps = ((coordinate - offset) / scale).round();
    let is_in_range = steps >= f64::from(i32::MIN) && steps <= f64::from(i32::MAX);
    is_in_range.then_some(steps as i32)
}

/// Scale and offset for coordinates within `bounds` that were not stored as integers.
///
/// On each axis, the scale is the finest power of ten, from 1e-9, with which the extent takes less than 2^31 steps, and
/// the offset is its centre rounded down to an integer. An infinite axis gets 0.001 and 0.
pub(crate) fn scaling_of(bounds: &Bounds) -> Scaling {
    let mut scaling = Scaling {
        scale: [0.001; 3],
        offset: [0.0; 3],
    };
    for (axis, (min, max)) in bounds.min().into_iter().zip(bounds.max()).enumerate() {
        let extent = max - min;
        if extent.is_finite() {
            scaling.scale[axis] = power_of_ten(extent / 2_f64.powi(31));
            scaling.offset[axis] = (min + extent / 2.0).floor();
        }
    }
    scaling
}

/// The least power of ten that is at least `least` and at least 1e-9.
fn power_of_ten(least: f64) -> f64 {
    // Powers of ten up to 1e22 are exact, so their reciprocals are the floats nearest to 0.1, 0.01, ...
    let fractions = (1..=9).rev().map(|digits| 1.0 / 10_f64.powi(digits));
    let wholes = (0..=f64::MAX_10_EXP).map(|digits| 10_f64.powi(digits));
    let mut powers = fractions.chain(wholes);
    powers.find(|power| *power >= least).unwrap_or(f64::MAX)
}
