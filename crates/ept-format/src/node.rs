//! Nodes: what is read at a time, in any kind of source.

use std::fmt;

use crate::{Bounds, Key};

/// A part of a source that is read as a whole and has points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Node {
    /// Index of its source in the dataset, from 0.
    pub source: u32,
    /// Name of the node, unique within its source.
    pub name: NodeName,
    /// Number of points according to the source, 1 or more.
    pub points: u64,
    /// The box that contains its points, in units of the coordinate system.
    pub cell: Bounds,
}

/// The name of a node, unique within its source.
///
/// Names are ordered as nodes are read.
///
/// ```
/// use ept_format::{Key, NodeName};
///
/// let key: Key = "3-1-2-0".parse()?;
/// assert_eq!(NodeName::from(key).to_string(), "3-1-2-0");
/// assert_eq!(NodeName::from(key).depth(), Some(3));
/// let run = NodeName::Chunks { first: 4, count: 3 };
/// assert_eq!(run.to_string(), "chunks 4 to 6");
/// assert_eq!(run.depth(), None);
/// # Ok::<(), ept_format::FormatError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeName {
    /// A node of an octree.
    Key(Key),
    /// A run of chunks of a LAS or LAZ file.
    Chunks {
        /// Index of the first chunk.
        first: u32,
        /// Number of chunks, 1 or more.
        count: u32,
    },
}

impl Node {
    /// The key. `None` if it is not a node of an octree.
    #[must_use]
    pub fn key(&self) -> Option<Key> {
        self.name.key()
    }

    /// The depth. `None` if it is not a node of an octree.
    #[must_use]
    pub fn depth(&self) -> Option<u32> {
        self.name.depth()
    }
}

impl NodeName {
    /// All chunks of a file, however many.
    pub const WHOLE: NodeName = NodeName::Chunks {
        first: 0,
        count: u32::MAX,
    };

    /// The key. `None` if it is not a node of an octree.
    #[must_use]
    pub fn key(self) -> Option<Key> {
        match self {
            NodeName::Key(key) => Some(key),
            NodeName::Chunks { .. } => None,
        }
    }

    /// The depth. `None` if it is not a node of an octree.
    #[must_use]
    pub fn depth(self) -> Option<u32> {
        self.key().map(Key::depth)
    }
}

impl From<Key> for NodeName {
    fn from(key: Key) -> NodeName {
        NodeName::Key(key)
    }
}

impl PartialEq<Key> for NodeName {
    fn eq(&self, key: &Key) -> bool {
        self.key() == Some(*key)
    }
}

impl fmt::Display for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NodeName::Key(key) => key.fmt(f),
            &NodeName::WHOLE => f.write_str("all chunks"),
            NodeName::Chunks { first, count: 1 } => write!(f, "chunk {first}"),
            NodeName::Chunks { first, count } => {
                let last = u64::from(*first) + u64::from(*count).saturating_sub(1);
                write!(f, "chunks {first} to {last}")
            }
        }
    }
}
