//! How much of a selection was read.

use std::sync::atomic::{AtomicU64, Ordering};

use ept_format::Node;

/// What the streams of a selection have read so far, each node once for each stream that read it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reads {
    /// Nodes that were fetched and decoded.
    pub nodes: u64,
    /// Points of these nodes, whether they are selected or not.
    pub points: u64,
}

/// The count while it goes on.
#[derive(Debug, Default)]
pub(crate) struct ReadCounts {
    nodes: AtomicU64,
    points: AtomicU64,
}

impl ReadCounts {
    pub(crate) fn count(&self, node: &Node) {
        self.nodes.fetch_add(1, Ordering::Relaxed);
        self.points.fetch_add(node.points, Ordering::Relaxed);
    }

    pub(crate) fn now(&self) -> Reads {
        Reads {
            nodes: self.nodes.load(Ordering::Relaxed),
            points: self.points.load(Ordering::Relaxed),
        }
    }
}
