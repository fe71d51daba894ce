//! What the colour of a point says.

use std::fmt;
use std::str::FromStr;

use ept_points::{PointBatch, Values};
use ept_select::Frame;

/// What the colour of a point says: the colour that was measured, or one of its numbers.
///
/// ```
/// use ept_scene::ColorBy;
///
/// assert_eq!("height".parse(), Ok(ColorBy::Height));
/// assert_eq!(ColorBy::Class.dimensions(), ["Classification"]);
/// assert!("heigth".parse::<ColorBy>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColorBy {
    /// Red, Green and Blue.
    Rgb,
    /// Z.
    Height,
    /// Intensity.
    Intensity,
    /// Classification.
    Class,
    /// `ReturnNumber`.
    Return,
    /// `PointSourceId`: the flight line, as a rule.
    Source,
    /// `GpsTime`.
    Time,
}

/// Not the name of a [`ColorBy`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown colour \"{0}\"; use rgb, height, intensity, class, return, source or time")]
pub struct ColorByError(String);

impl ColorBy {
    /// All of them, in the order in which they are offered.
    pub const ALL: [ColorBy; 7] = [
        ColorBy::Rgb,
        ColorBy::Height,
        ColorBy::Intensity,
        ColorBy::Class,
        ColorBy::Return,
        ColorBy::Source,
        ColorBy::Time,
    ];

    /// Its name, as [`ColorBy::from_str`] reads it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ColorBy::Rgb => "rgb",
            ColorBy::Height => "height",
            ColorBy::Intensity => "intensity",
            ColorBy::Class => "class",
            ColorBy::Return => "return",
            ColorBy::Source => "source",
            ColorBy::Time => "time",
        }
    }

    /// The dimensions that it needs.
    #[must_use]
    pub fn dimensions(self) -> &'static [&'static str] {
        match self {
            ColorBy::Rgb => &["Red", "Green", "Blue"],
            ColorBy::Height => &["Z"],
            ColorBy::Intensity => &["Intensity"],
            ColorBy::Class => &["Classification"],
            ColorBy::Return => &["ReturnNumber"],
            ColorBy::Source => &["PointSourceId"],
            ColorBy::Time => &["GpsTime"],
        }
    }

    /// Whether its numbers are measured on a scale, so that a ramp between two limits shows them. Otherwise they are
    /// measured colours, or codes that have a colour each.
    #[must_use]
    pub fn is_continuous(self) -> bool {
        matches!(self, ColorBy::Height | ColorBy::Intensity | ColorBy::Time)
    }

    /// Whether a source has its dimensions.
    #[must_use]
    pub fn is_in(self, frame: &Frame) -> bool {
        let mut names = self.dimensions().iter();
        names.all(|name| frame.dimension(name).is_some())
    }

    /// Those whose dimensions a source has, in the order of [`ColorBy::ALL`].
    #[must_use]
    pub fn available(frame: &Frame) -> Vec<ColorBy> {
        let all = ColorBy::ALL.into_iter();
        all.filter(|by| by.is_in(frame)).collect()
    }

    /// What to start with: measured colours, else intensity, else height.
    ///
    /// Many sources have dimensions in which all points are 0, such as point formats with colours that nobody measured.
    /// They don't count, as far as that is known: from the statistics of the schema, else from `sample`, some of the
    /// points (those of the root of an octree are spread over all of it).
    #[must_use]
    pub fn default_of(frame: &Frame, sample: Option<&PointBatch>) -> ColorBy {
        let candidates = [ColorBy::Rgb, ColorBy::Intensity].into_iter();
        let mut useful = candidates.filter(|by| {
            let mut names = by.dimensions().iter();
            by.is_in(frame) && names.any(|name| is_used(name, frame, sample))
        });
        useful.next().unwrap_or(ColorBy::Height)
    }
}

/// Whether a dimension may have values other than 0.
fn is_used(name: &str, frame: &Frame, sample: Option<&PointBatch>) -> bool {
    let statistics = frame
        .dimension(name)
        .and_then(|dimension| dimension.statistics.as_ref());
    let known = statistics.and_then(|known| Some([known.minimum?, known.maximum?]));
    if let Some(ends) = known {
        return ends != [0.0; 2];
    }
    let values = sample.filter(|points| !points.is_empty());
    let values = values.map(|points| points.find(name).and_then(Values::to_f64));
    values.is_none_or(|values| values.is_some_and(|values| values.iter().any(|v| *v != 0.0)))
}

impl fmt::Display for ColorBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ColorBy {
    type Err = ColorByError;

    /// Reads a name, in any case.
    fn from_str(text: &str) -> Result<ColorBy, ColorByError> {
        let mut all = ColorBy::ALL.into_iter();
        let found = all.find(|by| by.name().eq_ignore_ascii_case(text));
        found.ok_or_else(|| ColorByError(text.to_owned()))
    }
}
