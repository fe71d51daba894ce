//! The numbers at the ends of a ramp.

use ept_format::Dimension;
use ept_select::Frame;

use crate::{ColorBy, channels};

/// How far the limits are from the mean, in standard deviations.
const DEVIATIONS: f64 = 2.0;

/// What is known of the limits of a colour, `[low, high]`, before any point is read. `None` if nothing is, or the colour is
/// that of a code.
///
/// For measured colours, the values of a black and of a full channel: 0 and 255 or 65,535, see
/// [`crate::CachedTile::colors`]. For numbers on a scale, two standard deviations below and above the mean, but not beyond
/// the extremes, so that few outliers don't take the colours of all others; the extremes alone, if only they are known.
/// For heights the bounds of the points are extremes too.
#[must_use]
pub fn known_limits(by: ColorBy, frame: &Frame) -> Option<[f64; 2]> {
    match by {
        ColorBy::Rgb => channels::known_full(frame).map(|full| [0.0, full]),
        ColorBy::Height => of_statistics(frame, "Z").or_else(|| of_bounds(frame)),
        ColorBy::Intensity => of_statistics(frame, "Intensity"),
        ColorBy::Time => of_statistics(frame, "GpsTime"),
        ColorBy::Class | ColorBy::Return | ColorBy::Source => None,
    }
}

fn of_statistics(frame: &Frame, name: &str) -> Option<[f64; 2]> {
    let Dimension { statistics, .. } = frame.dimension(name)?;
    let known = statistics.as_ref()?;
    let (low, high) = (known.minimum?, known.maximum?);
    let deviation = known.stddev.or(known.variance.map(f64::sqrt));
    let around = known.mean.zip(deviation).map(|(mean, deviation)| {
        let reach = DEVIATIONS * deviation;
        [(mean - reach).max(low), (mean + reach).min(high)]
    });
    // Statistics are only claims.
    let is_range = |[low, high]: &[f64; 2]| low.is_finite() && high.is_finite() && low < high;
    around
        .filter(is_range)
        .or_else(|| Some([low, high]).filter(is_range))
}

fn of_bounds(frame: &Frame) -> Option<[f64; 2]> {
    let bounds = frame.conforming.as_ref()?;
    let (low, high) = (bounds.min()[2], bounds.max()[2]);
    (low.is_finite() && high.is_finite() && low < high).then_some([low, high])
}

/// The limits of numbers on a scale, `[low, high]`: the 2nd and 98th percentile (of those that are finite, in order, the one
/// at the rounded rank), so that few outliers don't take the colours of all others; the extremes, if both percentiles are
/// the same. `None` if no number is finite.
///
/// ```
/// let heights = (0..=1000).map(f64::from).chain([9999.0]);
/// assert_eq!(ept_scene::robust_limits(heights), Some([20.0, 981.0]));
/// ```
#[must_use]
pub fn robust_limits(values: impl IntoIterator<Item = f64>) -> Option<[f64; 2]> {
    let finite = values.into_iter().filter(|value| value.is_finite());
    let mut values: Vec<f64> = finite.collect();
    let last = values.len().checked_sub(1)?;
    let mut at = |percent: usize| {
        let rank = (last * percent + 50) / 100;
        *values.select_nth_unstable_by(rank, f64::total_cmp).1
    };
    let found = [at(2), at(98)];
    Some(if found[0] < found[1] {
        found
    } else {
        [at(0), at(100)]
    })
}
