//! Coordinates as 32-bit integers.

use ept_format::Bounds;
use ept_points::Scaling;

/// The integer of a coordinate, halves rounded away from zero. `None` if it doesn't fit in 32 bits.
///
/// If the coordinate was computed as `integer * scale + offset`, this is that integer, since the two roundings amount
/// to far less than half a step.
#[inline]
pub(crate) fn quantise(coordinate: f64, scale: f64, offset: f64) -> Option<i32> {
    let steps = (coordinate - offset) / scale;
    // Not for infinities and NaN.
    if steps.abs() > -2.0 * f64::from(i32::MIN) || steps.is_nan() {
        return None;
    }
    // What `round` does, which calls a function where the processor has no instruction for it.
    let whole = steps as i64;
    let part = steps - whole as f64;
    let rounded = whole + i64::from(part >= 0.5) - i64::from(part <= -0.5);
    rounded.try_into().ok()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_rounded_away_from_zero_as_by_the_standard_library() {
        let near = [
            0.0,
            0.5,
            1.5,
            2.5,
            1e6 + 0.5,
            f64::from(i32::MAX),
            2_147_483_648.5,
        ];
        let near = near.into_iter().flat_map(|at| [at, -at]);
        let around = near.flat_map(|at| [at.next_down(), at, at.next_up(), at + 0.25, at - 0.5]);
        for steps in around.chain([1e300, f64::INFINITY, f64::NAN, f64::NEG_INFINITY]) {
            let rounded = steps.round();
            let is_in_range = (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&rounded);
            let expected = is_in_range.then_some(rounded as i32);
            assert_eq!(quantise(steps, 1.0, 0.0), expected, "{steps}");
        }
    }
}
