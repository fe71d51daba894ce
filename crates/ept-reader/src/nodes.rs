//! Streams of nodes.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use ept_format::Node;
use futures::{Stream, StreamExt};
use tokio::sync::mpsc::Sender;

use crate::Error;
use crate::engine::Background;

/// The nodes visited by a policy or selection, in its order, see [`crate::Selection::nodes`].
#[derive(Debug)]
pub struct NodeStream {
    found: Background<Vec<Found>>,
    /// The nodes received.
    next: std::vec::IntoIter<Found>,
}

pub(crate) type Found = Result<Node, Error>;

/// Number of batches of nodes that are found ahead: enough to keep tile requests going.
const AHEAD: usize = 2;

impl NodeStream {
    /// These nodes.
    pub(crate) fn of(nodes: &[Node]) -> NodeStream {
        let next: Vec<Found> = nodes.iter().copied().map(Ok).collect();
        NodeStream {
            found: Background::spawn(1, |_| std::future::ready(())),
            next: next.into_iter(),
        }
    }

    /// The nodes that `find` sends in batches, since sending them one by one takes longer than finding them.
    pub(crate) fn spawn<F>(find: impl FnOnce(Sender<Vec<Found>>) -> F) -> NodeStream
    where
        F: Future<Output = ()> + Send + 'static,
    {
        NodeStream {
            found: Background::spawn(AHEAD, find),
            next: Vec::new().into_iter(),
        }
    }
}

impl Stream for NodeStream {
    type Item = Found;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Found>> {
        loop {
            if let Some(found) = self.next.next() {
                return Poll::Ready(Some(found));
            }
            match ready!(self.found.poll_next_unpin(context)) {
                Some(Ok(found)) => self.next = found.into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}
