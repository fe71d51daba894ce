//! A LAS, LAZ or COPC file whose nodes are known in advance, so that only their bytes are asked for.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use ept_format::{Node, NodeName, Policy as _};
use ept_las::{Chunk, Header};
use ept_points::{PointBatch, TileHeader, Wish};
use ept_select::Frame;
use futures::FutureExt;
use futures::future::{BoxFuture, ready};

use super::las_file::LasFile;
use super::{Encoded, Known, SharedPolicy, Source, las};
use crate::engine::{Fetcher, Retry};
use crate::{Error, LossCause, NodeStream};

/// A LAS, LAZ or COPC file whose nodes are known in advance.
#[derive(Debug)]
pub(crate) struct KnownFile {
    file: LasFile,
    frame: Arc<Frame>,
    /// The nodes and their chunks, which are contiguous.
    nodes: BTreeMap<NodeName, (Node, Vec<Chunk>)>,
}

impl KnownFile {
    /// A file with these nodes, each with its chunks, which must be contiguous, one or more.
    pub(crate) fn new(
        file: LasFile,
        frame: Frame,
        nodes: impl IntoIterator<Item = (Node, Vec<Chunk>)>,
    ) -> KnownFile {
        let nodes = nodes.into_iter();
        KnownFile {
            file,
            frame: Arc::new(frame),
            nodes: nodes
                .map(|(node, chunks)| (node.name, (node, chunks)))
                .collect(),
        }
    }

    fn chunks_of(&self, node: &Node) -> Option<&[Chunk]> {
        self.nodes.get(&node.name).map(|(_, chunks)| &chunks[..])
    }

    fn place(&self, node: &Node) -> Option<Range<u64>> {
        self.chunks_of(node).map(las::place)
    }
}

impl Source for KnownFile {
    fn frame(&self) -> &Arc<Frame> {
        &self.frame
    }

    fn fetcher(&self) -> &Fetcher {
        self.file.fetcher()
    }

    fn location(&self) -> String {
        self.file.location()
    }

    fn nodes(self: Arc<Self>, policy: SharedPolicy) -> NodeStream {
        NodeStream::spawn(|sender| async move {
            let nodes = self.nodes.values().map(|(node, _)| *node);
            let reached = nodes.filter(|node| {
                let key = node.key().unwrap_or(ept_format::Key::ROOT);
                policy.rank(key, &node.cell).is_some()
            });
            // The receiver may be gone.
            let _ = sender.send(reached.map(Ok).collect()).await;
        })
    }

    fn fetch<'a>(
        &'a self,
        node: &'a Node,
        retry: &'a Retry,
    ) -> BoxFuture<'a, Result<Encoded, Error>> {
        self.file
            .fetch(node, ready(Ok(self.place(node))), retry)
            .boxed()
    }

    fn decode(&self, wish: &Wish, node: &Node, encoded: Encoded) -> Result<PointBatch, Error> {
        let chunks = self.chunks_of(node).unwrap_or_default();
        if node.key().is_some() {
            self.file.check_count(node, &encoded.tile)?;
        }
        let chunks = las::parts(chunks, &encoded.tile);
        self.file.decode(wish, node, &chunks)
    }

    fn forget<'a>(&'a self, node: &'a Node) -> BoxFuture<'a, bool> {
        self.file.forget(ready(Ok(self.place(node)))).boxed()
    }

    fn node_place<'a>(
        &'a self,
        node: &'a Node,
    ) -> BoxFuture<'a, Result<Option<Range<u64>>, Error>> {
        ready(Ok(self.place(node))).boxed()
    }

    fn known<'a>(&'a self, nodes: &'a [Node]) -> BoxFuture<'a, Result<Known, Error>> {
        let chunks = nodes.iter().map(|node| {
            let chunks = self.chunks_of(node).map(<[Chunk]>::to_vec);
            chunks.ok_or_else(|| self.file.miscounted(node, 0))
        });
        let known = chunks.collect::<Result<_, _>>();
        ready(known.map(|chunks| Known::File(self.file.head().clone(), chunks))).boxed()
    }

    fn tile_header<'a>(
        &'a self,
        _node: &'a Node,
    ) -> BoxFuture<'a, Result<Option<TileHeader>, LossCause>> {
        self.file.tile_header()
    }

    fn header(&self) -> Option<&Header> {
        Some(self.file.header())
    }
}
