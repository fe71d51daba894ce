//! What can go wrong with reading, and what is lost by it.

use std::fmt;

use ept_format::{Bounds, FormatError, NodeName};
use ept_index::IndexError;
use ept_points::DecodeError;
use ept_scene::CameraError;
use ept_select::SelectError;

use crate::StoreError;

/// A failure of opening or reading a dataset.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The location is of a kind that cannot be read, or nothing that EPT begins with is there.
    #[error("{location}: {problem}")]
    Location {
        /// The location as given, without secrets.
        location: String,
        /// What is wrong with it and what to do.
        problem: String,
    },
    /// A file that everything depends on cannot be fetched.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file says something that it must not.
    #[error("{location}: {fault}")]
    Format {
        /// Path or URL of the file, without secrets.
        location: String,
        /// What is wrong with it.
        fault: FormatError,
    },
    /// Sources that cannot be read together.
    #[error("{0}")]
    Mixed(String),
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
    /// A tile or a hierarchy page cannot be read. The stream goes on: only this part is lost.
    #[error(transparent)]
    Lost(Box<Loss>),
    /// The dataset is larger than its reader allows; see [`crate::Limits`].
    #[error("{location}: {problem}")]
    TooLarge {
        /// Path or URL of what is too large, without secrets.
        location: String,
        /// What is too large, and the limit.
        problem: String,
    },
    /// The query asks for what the dataset can't give.
    #[error(transparent)]
    Select(#[from] SelectError),
    /// What the caller gave is malformed, such as bounds or a resolution.
    #[error(transparent)]
    Argument(#[from] FormatError),
    /// The query asks for a dimension that the dataset does not have, or the schema describes no point.
    #[error(transparent)]
    Decode(DecodeError),
    /// Only EPT has what was asked for.
    #[error("{location}: is not an EPT dataset, and only EPT has what was asked for")]
    NotEpt {
        /// Path or URL of the dataset, without secrets.
        location: String,
    },
    /// Only octrees have what was asked for.
    #[error(
        "{location}: has no octree, and only octrees have what was asked for; write it as COPC first"
    )]
    NoOctree {
        /// Path or URL of the dataset, without secrets.
        location: String,
    },
    /// The dataset was rebuilt or removed while it was read.
    #[error(
        "{location}: has changed since it was opened: the dataset was rebuilt meanwhile, and what was read may be of both \
         builds; read it again"
    )]
    Changed {
        /// Path or URL of the file that changed, without secrets.
        location: String,
    },
    /// A camera that sees nothing.
    #[error(transparent)]
    Camera(#[from] CameraError),
    /// Background work was started outside of a tokio runtime.
    #[error("a scene needs a tokio runtime; see Blocking")]
    NoRuntime,
    /// A fault of this library: a task ended without a result.
    #[error("internal fault: {0}")]
    Internal(String),
}

/// A part of a dataset that could not be read.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{part} {node} ({location}): {cause}")]
pub struct Loss {
    /// What it is, and how much of the dataset goes with it.
    pub part: LostPart,
    /// The node of the tile, or the root of the page.
    pub node: NodeName,
    /// The node's cell: within it, data is missing.
    pub cell: Bounds,
    /// Path or URL of the file, without secrets.
    pub location: String,
    /// Why it could not be read.
    pub cause: LossCause,
}

/// The kind of a lost part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LostPart {
    /// A tile with this many points.
    Tile {
        /// Points by the hierarchy.
        points: u64,
    },
    /// A whole LAS or LAZ file.
    File {
        /// Points by its header. `None` if that can't be read.
        points: Option<u64>,
    },
    /// A page of the hierarchy: the node that it is rooted at and all below it, how many is unknown.
    Page,
}

/// Why a part could not be read.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LossCause {
    /// It could not be fetched.
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
}

impl Error {
    /// The part of the dataset that is lost by this error, when reading can go on without it.
    #[must_use]
    pub fn loss(&self) -> Option<&Loss> {
        match self {
            Error::Lost(loss) => Some(loss),
            _ => None,
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
