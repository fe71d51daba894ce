//! Where nodes and their points come from. A new kind of source is one file here.

mod addon;
mod ept;
mod hierarchy;
pub(crate) mod text;

use std::fmt::Debug;
use std::sync::Arc;

use bytes::Bytes;
use ept_format::{Node, Policy};
use ept_points::{PointBatch, Wish};
use ept_select::Frame;
use futures::future::BoxFuture;

use crate::engine::{Engine, Retry};
use crate::{Error, NodeStream};

pub use ept::Ept;

/// A place where points lie, in nodes: what a [`Dataset`](crate::Dataset) reads.
pub(crate) trait Source: Debug + Send + Sync {
    /// What selections know of it.
    fn frame(&self) -> &Arc<Frame>;

    /// The engine by whose limits it is read.
    fn engine(&self) -> &Engine;

    /// Path or URL of the file that describes it, without secrets.
    fn location(&self) -> String;

    /// The nodes that a policy selects, in its order. No points are read.
    fn nodes(self: Arc<Self>, policy: Box<dyn Policy + Send>) -> NodeStream;

    /// The bytes of a node. All that waits for I/O is here, nothing else is.
    fn fetch<'a>(
        &'a self,
        node: &'a Node,
        retry: &'a Retry,
    ) -> BoxFuture<'a, Result<Encoded, Error>>;

    /// The points of a node as far as they are wished for. Call it where computing is allowed:
    /// in [`Engine::compute`].
    fn decode(&self, wish: &Wish, node: &Node, encoded: Encoded) -> Result<PointBatch, Error>;

    /// The source as EPT, if it is one.
    fn as_ept(&self) -> Option<&Ept> {
        None
    }
}

/// A node as it was fetched.
#[derive(Debug, Clone)]
pub(crate) struct Encoded {
    pub(crate) tile: Bytes,
    /// What is stored of the node beside the source: `None` where there is nothing.
    pub(crate) beside: Vec<Option<Bytes>>,
}
