//! Errors of reading, and lost parts.

use std::fmt;

use ept_format::{Bounds, FormatError, NodeName};
use ept_index::IndexError;
use ept_points::DecodeError;
use ept_scene::CameraError;
use ept_select::SelectError;

use crate::StoreError;

/// An error of opening or reading a dataset.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The location is not supported, or does not contain a dataset.
    #[error("{location}: {problem}")]
    Location {
        /// The location as given, without secrets.
        location: String,
        /// What is wrong with it, and what to do.
        problem: String,
    },
    /// A file that is needed for everything can't be fetched.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file has invalid contents.
    #[error("{location}: {fault}")]
    Format {
        /// Path or URL of the file, without secrets.
        location: String,
        /// What is wrong with it.
        fault: FormatError,
    },
    /// Sources can't be read together.
    #[error("{0}")]
    Mixed(String),
    /// A selection can't be divided into work units, or a work unit is invalid.
    #[error("{0}")]
    Unit(String),
    /// Sources with different vertical systems, each with the first source that has it; see [`crate::Heights`].
    #[error(
        "the sources have different vertical systems: {0}; heights of different systems can't be mixed; take them as they are to ignore this"
    )]
    Heights(String),
    /// A LAS, LAZ or COPC file can't be opened.
    #[error("{location}: {fault}")]
    File {
        /// Path or URL of the file, without secrets.
        location: String,
        /// What is wrong with it.
        fault: DecodeError,
    },
    /// A tile index can't be read.
    #[error("{location}: {fault}")]
    Index {
        /// Path or URL of the index, without secrets.
        location: String,
        /// What is wrong with it.
        fault: IndexError,
    },
    /// A tile or hierarchy page can't be read. The stream continues: only this part is lost.
    #[error(transparent)]
    Lost(Box<Loss>),
    /// The dataset exceeds a limit, see [`crate::Limits`].
    #[error("{location}: {problem}")]
    TooLarge {
        /// Path or URL of the file, without secrets.
        location: String,
        /// What is too large, and the limit.
        problem: String,
    },
    /// The dataset does not support the query.
    #[error(transparent)]
    Select(#[from] SelectError),
    /// An argument is malformed, such as bounds or a resolution.
    #[error(transparent)]
    Argument(#[from] FormatError),
    /// The query names a dimension that the dataset does not have, or the schema does not describe points.
    #[error(transparent)]
    Decode(DecodeError),
    /// The request is supported only for EPT.
    #[error("{location}: not an EPT dataset, and this is available only for EPT")]
    NotEpt {
        /// Path or URL of the dataset, without secrets.
        location: String,
    },
    /// The request is supported only for octrees.
    #[error(
        "{location}: not an octree, and this is available only for octrees; convert it to COPC first"
    )]
    NoOctree {
        /// Path or URL of the dataset, without secrets.
        location: String,
    },
    /// The dataset was rebuilt or removed while it was being read.
    #[error(
        "{location}: has changed since it was opened: the dataset was rebuilt, and the points read may be of both \
         builds; read it again"
    )]
    Changed {
        /// Path or URL of the changed file, without secrets.
        location: String,
    },
    /// A camera with invalid parameters.
    #[error(transparent)]
    Camera(#[from] CameraError),
    /// Background work was started outside a tokio runtime.
    #[error("a scene needs a tokio runtime; see Blocking")]
    NoRuntime,
    /// A bug in this library: a task ended without a result.
    #[error("internal error: {0}")]
    Internal(String),
}

/// A part of a dataset that could not be read.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{part} {node} ({location}): {cause}")]
pub struct Loss {
    /// The kind of part.
    pub part: LostPart,
    /// The node of the tile, or the root of the page.
    pub node: NodeName,
    /// Index of its source in the dataset, from 0.
    pub source_number: u32,
    /// The node's cell in the coordinates of the source, within which points are missing.
    pub cell: Bounds,
    /// Path or URL of the file, without secrets.
    pub location: String,
    /// Why it could not be read.
    pub cause: LossCause,
}

/// The kind of a lost part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LostPart {
    /// A tile.
    Tile {
        /// Number of points according to the hierarchy.
        points: u64,
    },
    /// A whole LAS or LAZ file.
    File {
        /// Number of points according to its header. `None` if the header can't be read.
        points: Option<u64>,
    },
    /// A page of the hierarchy: its root node and an unknown number of descendants.
    Page,
}

/// Why a part could not be read.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LossCause {
    /// It can't be fetched.
    #[error("{}", .0.cause())]
    Fetch(StoreError),
    /// Its bytes are not a tile of this dataset.
    #[error(transparent)]
    Decode(DecodeError),
    /// It has more points than [`crate::Limits::tile_points`] allows.
    #[error("more points than the limit of {0}")]
    TooLarge(u64),
    /// Its text is not a hierarchy page.
    #[error(transparent)]
    Format(FormatError),
    /// Whoever divided the selection into work units could not read it, for this reason.
    #[error("{0}")]
    Told(String),
}

impl Error {
    /// The lost part, if this error is a loss after which reading continues.
    #[must_use]
    pub fn loss(&self) -> Option<&Loss> {
        match self {
            Error::Lost(loss) => Some(loss),
            _ => None,
        }
    }

    /// Says which source of the dataset a loss is of.
    pub(crate) fn set_source(&mut self, number: u32) {
        if let Error::Lost(loss) = self {
            loss.source_number = number;
        }
    }
}

impl fmt::Display for LostPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LostPart::Tile { points } => write!(f, "tile of {points} points"),
            LostPart::File {
                points: Some(points),
            } => write!(f, "file of {points} points"),
            LostPart::File { points: None } => f.write_str("file"),
            LostPart::Page => f.write_str("hierarchy page"),
        }
    }
}
