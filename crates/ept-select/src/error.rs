//! What can be wrong with a selection.

use ept_crs::CrsError;

/// A selection that cannot be understood. The message says what to do.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SelectError {
    /// A coordinate system or a length that is not understood.
    #[error(transparent)]
    Crs(#[from] CrsError),
    /// A geometry that is malformed or not an area.
    #[error("the geometry is not an area: {0}")]
    Geometry(String),
    /// Corners that are malformed or not those of a box.
    #[error("the bounds are not a box: {0}")]
    Bounds(String),
    /// A line that is malformed.
    #[error("the line cannot be followed: {0}")]
    Line(String),
    /// A filter that is not an expression.
    #[error("the condition is wrong at character {at}, {problem}\n{}", pointed(text, *at))]
    Filter {
        /// The expression.
        text: String,
        /// What is wrong.
        problem: String,
        /// The character where it goes wrong, from 1.
        at: usize,
    },
    /// A resolution that selects nothing meaningful.
    #[error("resolution {0}: must be a finite number greater than 0")]
    Resolution(f64),
    /// A depth or resolution of a source that is not an octree.
    #[error("the source is not an octree and has no depths; thin its points instead (--thin)")]
    NoDepths,
    /// A dimension that a condition asks for and that neither the points nor the schema have.
    #[error("the filter asks for {name}, which the dataset does not have; there are {available}")]
    NoDimension {
        /// The name in the condition.
        name: String,
        /// Names in the schema, separated by commas.
        available: String,
    },
    /// Points of one source are wanted, and the points don't tell theirs.
    #[error(
        "the tiles have no OriginId, so points cannot be told by their source; take all points within the source's \
         bounds instead if an overlap does not matter"
    )]
    NoOriginId,
    /// A source that is named in a way that fits none or several.
    #[error("{0}")]
    Origin(String),
    /// More points at the coarsest depth than are allowed.
    #[error("the coarsest depth of the selection alone has {points} points, more than {most}")]
    Budget {
        /// Points of the coarsest depth.
        points: u64,
        /// Points that are allowed.
        most: u64,
    },
    /// A text that is not a query.
    #[error("not a query: {0}")]
    Query(String),
    /// An area and a dataset that cannot be brought together.
    #[error("{0}")]
    Unrelated(String),
}

/// Characters of a condition that a message shows on each side of a place in it.
const SHOWN: usize = 35;

/// What a text has around a character, counted from 1, and a line below that points at it.
fn pointed(text: &str, at: usize) -> String {
    let skipped = at.saturating_sub(1 + SHOWN);
    let shown = text.chars().skip(skipped).take(2 * SHOWN);
    // A tab or a line break would move the place away from what points at it.
    let shown: String = shown
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let before = " ".repeat(at.saturating_sub(1 + skipped));
    format!("  {}\n  {before}^", shown.trim_end())
}
