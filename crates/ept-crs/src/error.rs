//! What can be wrong with a coordinate system or a length.

/// Characters of a text that a message repeats.
const SHOWN: usize = 60;

/// A coordinate system or a length that is not understood. The message says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CrsError {
    /// A coordinate system that is unknown, or written in no known way.
    #[error(
        "the coordinate system {text:?} is not understood ({problem}); give an EPSG code such as EPSG:4326, WKT or a \
         PROJ string"
    )]
    Unknown {
        /// The coordinate system as it was given, shortened.
        text: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A dataset that does not name its coordinate system.
    #[error(
        "the dataset does not name its coordinate system{named}: give the area, and lengths, in its own units"
    )]
    Unnamed {
        /// What it says instead, such as ` but as ESRI:102100`, or nothing.
        named: String,
    },
    /// A system of the result that says of the heights what they are not: heights are not transformed.
    #[error(
        "heights are not transformed, so they would not be those of {to} ({named}): the vertical system of the dataset is \
         {own}; name a horizontal system alone, heights keep their own"
    )]
    Heights {
        /// The name of the system.
        to: String,
        /// Its vertical system.
        named: String,
        /// The vertical system of the dataset, or that it is not known.
        own: String,
    },
    /// Two systems without a transform between them, as of different planets.
    #[error("coordinates can't be transformed from {from} to {to}: {problem}")]
    NoTransform {
        /// The name of the first system.
        from: String,
        /// The name of the other.
        to: String,
        /// Why not.
        problem: String,
    },
    /// Not a length.
    #[error("{text:?} is not a length: give a number with m, cm, mm, km, ft or us-ft")]
    Length {
        /// The text that was given.
        text: String,
    },
}

impl CrsError {
    pub(crate) fn unknown(text: &str, problem: impl Into<String>) -> CrsError {
        let mut short: String = text.chars().take(SHOWN).collect();
        if short.len() < text.len() {
            short.push_str("...");
        }
        CrsError::Unknown {
            text: short,
            problem: problem.into(),
        }
    }
}
