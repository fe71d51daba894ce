//! Errors of selections.

use ept_crs::CrsError;

/// An invalid selection. The message says what to do.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SelectError {
    /// An invalid coordinate system or length.
    #[error(transparent)]
    Crs(#[from] CrsError),
    /// A geometry that is malformed or not an area.
    #[error("the geometry is not an area: {0}")]
    Geometry(String),
    /// Corners that are malformed or not those of a box.
    #[error("the bounds are not a box: {0}")]
    Bounds(String),
    /// Lines or points, of which only a buffer makes an area; of several areas, with the number of the area from 1.
    #[error(
        "the geometry is not an area: {}it has lines or points, which have no inside: give a buffer",
        .0.map_or_else(String::new, |number| format!("area {number}: "))
    )]
    NoInside(Option<usize>),
    /// An area that can't be compared with the boxes of an index, whose coordinate system nobody names.
    #[error(
        "{0}, and the index does not name its coordinate system; give the area in the coordinates of the index, or name the \
         system"
    )]
    IndexCrs(String),
    /// A malformed line.
    #[error("the line is invalid: {0}")]
    Line(String),
    /// A malformed condition.
    #[error("the condition is wrong at character {at}, {problem}\n{}", pointed(text, *at))]
    Filter {
        /// The expression.
        text: String,
        /// What is wrong with it.
        problem: String,
        /// Number of the character where it is wrong, from 1.
        at: usize,
    },
    /// A resolution that is not a finite number greater than 0.
    #[error("resolution {0}: must be a finite number greater than 0")]
    Resolution(f64),
    /// A depth or resolution for a source that is not an octree.
    #[error("the source is not an octree and has no depths; thin its points instead")]
    NoDepths,
    /// A dimension in a condition that is in neither the points nor the schema.
    #[error(
        "the condition names {name}, which the dataset does not have; available are {available}"
    )]
    NoDimension {
        /// The name in the condition.
        name: String,
        /// Names in the schema, separated by commas.
        available: String,
    },
    /// Points of one source are requested, but points have no `OriginId`.
    #[error(
        "the tiles have no OriginId, so points can't be selected by their source; take all points within the source's \
         bounds instead if an overlap does not matter"
    )]
    NoOriginId,
    /// The text for a source matches none or several.
    #[error("{0}")]
    Origin(String),
    /// The coarsest depth has more points than allowed.
    #[error("the coarsest depth of the selection alone has {points} points, more than {most}")]
    Budget {
        /// Points of the coarsest depth.
        points: u64,
        /// Maximum number of points.
        most: u64,
    },
    /// A text that is not a query.
    #[error("not a query: {0}")]
    Query(String),
    /// An area or output that can't be related to the dataset's coordinates.
    #[error("{0}")]
    Unrelated(String),
}

/// Characters of a condition shown before and after the error.
const SHOWN: usize = 35;

/// The text around a character, counted from 1, with a line below that points at it.
fn pointed(text: &str, at: usize) -> String {
    let skipped = at.saturating_sub(1 + SHOWN);
    let shown = text.chars().skip(skipped).take(2 * SHOWN);
    // A tab or line break would misalign the pointer.
    let shown: String = shown
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let before = " ".repeat(at.saturating_sub(1 + skipped));
    format!("  {}\n  {before}^", shown.trim_end())
}
