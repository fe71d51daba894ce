//! What can be wrong with a selection.

/// A selection that cannot be understood. The message says what to do.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SelectError {
    /// A coordinate system that is unknown, or written in no known way.
    #[error(
        "the coordinate system {text:?} is not understood ({problem}); give an EPSG code such as EPSG:4326, WKT or a \
         PROJ string"
    )]
    Crs {
        /// The coordinate system as it was given, shortened.
        text: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A geometry that is none, or no area.
    #[error("the geometry is not an area: {0}")]
    Geometry(String),
    /// A line that is none.
    #[error("the line cannot be followed: {0}")]
    Line(String),
    /// A filter that is no expression.
    #[error("the filter is wrong at character {at}, {problem}: {text}")]
    Filter {
        /// The expression.
        text: String,
        /// What is wrong.
        problem: String,
        /// The character where it goes wrong, from 1.
        at: usize,
    },
    /// A length that is none.
    #[error("{text:?} is not a length: give a number with m, cm, mm, km, ft or us-ft")]
    Length {
        /// The text that was given.
        text: String,
    },
    /// An area and a dataset that cannot be brought together.
    #[error("{0}")]
    Unrelated(String),
}

impl SelectError {
    pub(crate) fn crs(text: &str, problem: impl Into<String>) -> SelectError {
        let mut short: String = text.chars().take(60).collect();
        if short.len() < text.len() {
            short.push_str("...");
        }
        SelectError::Crs {
            text: short,
            problem: problem.into(),
        }
    }
}
