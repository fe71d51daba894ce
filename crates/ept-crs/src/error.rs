//! Errors in coordinate systems and lengths.

/// Maximum characters of a text that a message repeats.
const SHOWN: usize = 60;

/// An invalid coordinate system or length. The message says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CrsError {
    /// A coordinate system that is unknown, or in an unsupported form.
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
        /// What it names instead, such as ` but as ESRI:102100`, or nothing.
        named: String,
    },
    /// An output system with a vertical system that the heights are not in: heights are not transformed.
    #[error(
        "heights can't be transformed to those of {to} ({named}): the vertical system of the dataset is {own}; give a \
         horizontal system alone to keep the heights as they are"
    )]
    Heights {
        /// The name of the system.
        to: String,
        /// Its vertical system.
        named: String,
        /// The vertical system of the dataset, or `not known`.
        own: String,
    },
    /// There is no transform between two systems, for example of different planets.
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
