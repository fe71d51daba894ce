//! The nodes that the first points of a result can be in.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use ept_reader::{Error, Node, NodeName, NodeStream, Relation, Selection};
use futures::{Stream, StreamExt};

/// Nodes of a selection, as far as they are needed for a number of points.
#[derive(Debug)]
pub(crate) struct Limited {
    nodes: NodeStream,
    selection: Selection,
    /// Points that the nodes so far do not have for certain. `None` if all nodes are needed.
    missing: Option<u64>,
}

impl Limited {
    /// The nodes of a selection up to the one with its `most`-th point, or all of them without a limit.
    pub(crate) fn new(selection: &Selection, most: Option<u64>) -> Limited {
        Limited {
            nodes: selection.nodes(),
            selection: selection.clone(),
            missing: most,
        }
    }
}

/// How many points of a node are in the result for certain, before it is read.
pub(crate) fn certain(selection: &Selection, node: &Node) -> u64 {
    let query = selection.query();
    // A thinned result comes in another order.
    let is_chosen = query.filter().is_some() || query.origin().is_some() || query.thin().is_some();
    let is_inside = || {
        // The box of a file is a claim, and the cells of several sources are each in their own system.
        let has_cell =
            matches!(node.name, NodeName::Key(_)) && selection.dataset().locations().len() == 1;
        has_cell && selection.relation(&node.cell) == Relation::Inside
    };
    let has_areas = query.has_areas() || query.core().is_some();
    if !is_chosen && (!has_areas || is_inside()) {
        node.points
    } else {
        0
    }
}

impl Stream for Limited {
    type Item = Result<Node, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.missing == Some(0) {
            return Poll::Ready(None);
        }
        let node = ready!(self.nodes.poll_next_unpin(context));
        if let (Some(Ok(node)), Some(missing)) = (&node, self.missing) {
            self.missing = Some(missing.saturating_sub(certain(&self.selection, node)));
        }
        Poll::Ready(node)
    }
}
