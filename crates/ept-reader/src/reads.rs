//! Counts of what was read of a selection.

use std::sync::atomic::{AtomicU64, Ordering};

use ept_format::Node;

/// What the streams of a selection have read so far. A node counts once for each stream that reads it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reads {
    /// Nodes that were fetched and decoded.
    pub nodes: u64,
    /// Points of these nodes, selected or not.
    pub points: u64,
}

/// The running counts.
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
