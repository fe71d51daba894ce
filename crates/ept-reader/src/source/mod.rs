//! Sources of nodes and their points. A new kind of source is one file here.

mod addon;
mod chunk_runs;
mod copc;
mod ept;
mod hierarchy;
mod known;
mod known_file;
mod las;
mod las_file;
mod octree;
pub(crate) mod text;

use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use ept_format::{Node, Policy};
use ept_las::Header;
use ept_points::{PointBatch, TileHeader, Wish};
use ept_select::Frame;
use futures::future::{BoxFuture, ready};
use futures::{FutureExt, TryFutureExt};

use crate::engine::{Engine, Fetcher, Retry};
use crate::{Error, LossCause, NodeStream};

pub use ept::Ept;

pub(crate) use known::Known;
pub(crate) use known_file::KnownFile;
pub(crate) use las_file::{Head, LasFile};

use copc::Copc;
use las::Las;

pub(crate) use octree::Octree;

/// A policy shared by several walks.
pub(crate) type SharedPolicy = Arc<dyn Policy + Send + Sync>;

/// A source of points in nodes, as a [`Dataset`](crate::Dataset) reads it.
pub(crate) trait Source: Debug + Send + Sync {
    /// What selections need to know of it.
    fn frame(&self) -> &Arc<Frame>;

    /// What fetches its bytes.
    fn fetcher(&self) -> &Fetcher;

    /// The engine whose limits apply to it.
    fn engine(&self) -> &Engine {
        self.fetcher().engine()
    }

    /// Path or URL of the file that describes it, without secrets.
    fn location(&self) -> String;

    /// The nodes that a policy selects, in its order. No points are read.
    fn nodes(self: Arc<Self>, policy: SharedPolicy) -> NodeStream;

    /// The bytes of a node. This waits for I/O and does nothing else.
    fn fetch<'a>(
        &'a self,
        node: &'a Node,
        retry: &'a Retry,
    ) -> BoxFuture<'a, Result<Encoded, Error>>;

    /// The requested points of a node. Computes, so call it in [`Engine::compute`].
    fn decode(&self, wish: &Wish, node: &Node, encoded: Encoded) -> Result<PointBatch, Error>;

    /// Removes a node that can't be decoded from the cache. Returns whether it is worth fetching again.
    fn forget<'a>(&'a self, node: &'a Node) -> BoxFuture<'a, bool>;

    /// The byte range of a node in the source's file. `None` if the node is a file of its own.
    fn node_place<'a>(
        &'a self,
        _node: &'a Node,
    ) -> BoxFuture<'a, Result<Option<Range<u64>>, Error>> {
        ready(Ok(None)).boxed()
    }

    /// The size of a node in bytes as stored, without fetching it. `None` if the store can't tell sizes.
    fn node_size<'a>(&'a self, node: &'a Node) -> BoxFuture<'a, Result<Option<u64>, Error>> {
        let place = self.node_place(node);
        let size = place.map_ok(|place| place.map(|place| place.end - place.start));
        size.boxed()
    }

    /// What a reader of these nodes needs to know, so that it asks for their bytes only.
    fn known<'a>(&'a self, nodes: &'a [Node]) -> BoxFuture<'a, Result<Known, Error>>;

    /// The header of the file. `None` if the source is not a LAS, LAZ or COPC file.
    fn header(&self) -> Option<&Header> {
        None
    }

    /// The header of a node's tile. `None` if it has none.
    fn tile_header<'a>(
        &'a self,
        node: &'a Node,
    ) -> BoxFuture<'a, Result<Option<TileHeader>, LossCause>>;

    /// The source as an octree. `None` if it isn't one.
    fn as_octree(&self) -> Option<&dyn Octree> {
        None
    }

    /// The source as EPT. `None` if it isn't.
    fn as_ept(&self) -> Option<&Ept> {
        None
    }
}

/// Opens a LAS, LAZ or COPC file.
pub(crate) async fn open_file(fetcher: Fetcher, path: String) -> Result<Arc<dyn Source>, Error> {
    let file = LasFile::open(fetcher, path).await?;
    Ok(match file.copc().cloned() {
        Some(info) => Arc::new(Copc::new(file, &info)?),
        None => Arc::new(Las::new(file)),
    })
}

/// Whether a LAS or LAZ file says where all of its points are.
pub(crate) async fn check_chunks(fetcher: Fetcher, path: String) -> Result<(), Error> {
    let retry = fetcher.engine().options().retry;
    let file = Las::new(LasFile::open(fetcher, path).await?);
    file.chunks(&retry).await.map(drop)
}

/// Fetches a node and processes it on the cores, with this place in its stream. If it can't be decoded, it is fetched
/// again if a cached copy may be at fault.
pub(crate) async fn read<T: Send + 'static>(
    source: &dyn Source,
    node: &Node,
    retry: &Retry,
    place: u64,
    work: impl Fn(Encoded) -> Result<T, Error> + Clone + Send + 'static,
) -> Result<T, Error> {
    let mut is_last = false;
    loop {
        let encoded = source.fetch(node, retry).await?;
        let work = work.clone();
        let made = source
            .engine()
            .compute(place, move || work(encoded))
            .await?;
        match made {
            Err(error) if is_undecodable(&error) && source.forget(node).await && !is_last => {
                is_last = true;
            }
            made => return made,
        }
    }
}

fn is_undecodable(error: &Error) -> bool {
    let loss = error.loss();
    loss.is_some_and(|loss| matches!(loss.cause, LossCause::Decode(_)))
}

/// A node as fetched.
#[derive(Debug, Clone)]
pub(crate) struct Encoded {
    pub(crate) tile: Bytes,
    /// Values of the node stored in addons. `None` for addons that have none.
    pub(crate) beside: Vec<Option<Bytes>>,
}
