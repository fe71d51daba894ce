//! From points to colours.

use ept_points::{PointBatch, Values};
use ept_select::Frame;

use crate::palette::{Color, NO_VALUE, RAMP, code_color};
use crate::{ColorBy, channels, class_color, known_limits, robust_limits};

/// What colours say, and between which limits: all that the colour of a point depends on besides the point.
///
/// ```
/// use ept_points::{Column, PointBatch, Values};
/// use ept_scene::{ColorBy, Paint, RAMP};
///
/// let points = PointBatch::new(vec![Column::new("Intensity", Values::U16(vec![10, 50, 90]))])?;
/// let paint = Paint::new(ColorBy::Intensity, [10.0, 50.0]);
/// assert_eq!(paint.colors(&points), [RAMP[0], RAMP[255], RAMP[255]]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paint {
    by: ColorBy,
    limits: [f64; 2],
}

impl Paint {
    /// Colours between limits, `[low, high]`: numbers at `low` and below have the first colour of [`RAMP`], those at
    /// `high` and above the last. A measured colour is black at 0 and full at `high`. Codes don't need limits.
    #[must_use]
    pub fn new(by: ColorBy, limits: [f64; 2]) -> Paint {
        Paint { by, limits }
    }

    /// Colours between the limits that are known of a source, else between those of some of its points, else between 0
    /// and 255.
    #[must_use]
    pub fn of(by: ColorBy, frame: &Frame, sample: Option<&PointBatch>) -> Paint {
        let of_points = || limits_of(by, sample?);
        let limits = known_limits(by, frame).or_else(of_points);
        Paint::new(by, limits.unwrap_or([0.0, 255.0]))
    }

    /// What the colours say.
    #[must_use]
    pub fn by(&self) -> ColorBy {
        self.by
    }

    /// The limits, see [`Paint::new`].
    #[must_use]
    pub fn limits(&self) -> [f64; 2] {
        self.limits
    }

    /// The colour of a number: a height, an intensity, a code. Not for measured colours, which are three numbers.
    #[must_use]
    pub fn color(&self, value: f64) -> Color {
        if value.is_nan() {
            return NO_VALUE;
        }
        match self.by {
            ColorBy::Class => class_color(value as u8),
            ColorBy::Return | ColorBy::Source => code_color(value as u64),
            _ => RAMP[self.step(value)],
        }
    }

    /// The colour of measured red, green and blue.
    #[must_use]
    pub fn measured(&self, channels: [f64; 3]) -> Color {
        channels.map(|value| channels::byte(value, self.limits[1]))
    }

    /// The colour of each point: [`NO_VALUE`] if the points lack a dimension.
    #[must_use]
    pub fn colors(&self, points: &PointBatch) -> Vec<Color> {
        let found = match self.by {
            ColorBy::Rgb => self.measured_colors(points),
            by => {
                let values = points.find(by.dimensions()[0]);
                let values = values.and_then(Values::to_f64);
                values.map(|values| values.into_iter().map(|v| self.color(v)).collect())
            }
        };
        found.unwrap_or_else(|| vec![NO_VALUE; points.len()])
    }

    /// The measured colour of each point. `None` if the points lack a channel.
    pub(crate) fn measured_colors(&self, points: &PointBatch) -> Option<Vec<Color>> {
        let bytes = |values| channels::to_u8(values, self.limits[1]);
        let [red, green, blue] = channels::channels(points)?.map(bytes);
        let (red, green, blue) = (red?, green?, blue?);
        let colors = red.iter().zip(&green).zip(&blue);
        Some(colors.map(|((&r, &g), &b)| [r, g, b]).collect())
    }

    /// The place of a number on the ramp: the middle one, if the limits are the same.
    fn step(&self, value: f64) -> usize {
        let [low, high] = self.limits;
        let width = high - low;
        let share = if width > 0.0 {
            (value - low) / width
        } else {
            0.5
        };
        (share * 255.0).round().clamp(0.0, 255.0) as usize
    }
}

/// The limits of a sample. `None` if it lacks the dimension.
fn limits_of(by: ColorBy, points: &PointBatch) -> Option<[f64; 2]> {
    if by == ColorBy::Rgb {
        let most = channels::greatest(&channels::channels(points)?);
        return Some([0.0, channels::full(most)]);
    }
    let is_continuous = by.is_continuous();
    let values = is_continuous.then(|| points.find(by.dimensions()[0])?.to_f64());
    robust_limits(values??)
}
