//! Headers of tiles, read before the tiles.

use std::ops::Range;

use bytes::Bytes;
use ept_format::Node;
use ept_points::TileHeader;
use futures::stream::BoxStream;
use futures::{Stream, StreamExt, stream};

use crate::engine::Task;
use crate::{Ept, LossCause, Selection};

/// Number of bytes read first for a header. Few are longer.
const START: u64 = 16 << 10;

impl Selection {
    /// The headers of the tiles that the selection reads, in the order of the nodes. They are needed for files whose
    /// columns and scale must be known before their points. Tiles whose headers can't be read are left out, and so are
    /// tiles without headers, which all match the schema.
    pub fn tile_headers(&self) -> impl Stream<Item = TileHeader> + Send + Unpin + use<> {
        let nodes = self.nodes();
        self.headers_of(nodes.filter_map(|node| std::future::ready(node.ok())))
    }

    /// The headers of the first tile of each source among some nodes, which are in the order of the sources. What can't be
    /// read is left out.
    pub fn source_headers(
        &self,
        mut nodes: Vec<Node>,
    ) -> impl Stream<Item = TileHeader> + Send + Unpin + use<> {
        nodes.dedup_by_key(|node| node.source);
        self.headers_of(stream::iter(nodes))
    }

    fn headers_of(
        &self,
        nodes: impl Stream<Item = Node> + Send + 'static,
    ) -> BoxStream<'static, TileHeader> {
        let ahead = self.dataset().engine().limits().requests.get() * 2;
        let dataset = self.dataset().clone();
        let mut last_file = None;
        let headers = nodes.filter_map(move |node| {
            // All nodes of a file have the same header.
            let source = dataset.source_of(&node).ok().cloned();
            let is_told = source
                .as_ref()
                .is_some_and(|source| source.header().is_some())
                && last_file.replace(node.source) == Some(node.source);
            let task = source.filter(|_| !is_told).map(|source| {
                Task::spawn(async move { source.tile_header(&node).await.ok().flatten() })
            });
            std::future::ready(task)
        });
        let headers = headers.buffered(ahead);
        headers
            .filter_map(|header| std::future::ready(header.ok().flatten()))
            .boxed()
    }

    /// The header of the first tile. `None` if there is none that can be read.
    pub async fn first_tile_header(&self) -> Option<TileHeader> {
        let node = self.nodes().next().await?.ok()?;
        let source = self.dataset().source_of(&node).ok()?;
        source.tile_header(&node).await.ok().flatten()
    }
}

impl Ept {
    /// The header of a laszip tile.
    pub(crate) async fn header(&self, node: &Node) -> Result<TileHeader, LossCause> {
        let path = self.metadata().tile_path(node.name);
        let start = self
            .fetcher()
            .range(&path, 0..START)
            .await
            .map_err(LossCause::Fetch)?;
        match self.fetcher().size(&path).await.map_err(LossCause::Fetch)? {
            Some(size) => self.header_of(&path, size, start).await,
            // Without a size, the whole file must be read.
            None => {
                let (usual, most) = (self.usual_tile_bytes(node), self.most_tile_bytes(node));
                let retry = self.fetcher().engine().options().retry;
                let whole = self.fetcher().get_roomy(&path, usual, most, &retry).await;
                let whole = whole.map_err(LossCause::Fetch)?;
                self.header_of(&path, whole.len() as u64, whole).await
            }
        }
    }

    /// The header of the laszip tile at a path, which has `size` bytes and starts with `start`.
    pub(crate) async fn header_of(
        &self,
        path: &str,
        size: u64,
        start: Bytes,
    ) -> Result<TileHeader, LossCause> {
        let most = self.fetcher().engine().limits().metadata_bytes.get() as u64;
        let length = TileHeader::length(&start).min(size).min(most);
        let read = |range: Range<u64>| async move {
            let bytes = self.fetcher().range(path, range).await;
            bytes.map_err(LossCause::Fetch)
        };
        let start = if start.len() as u64 >= length {
            start
        } else {
            read(0..length).await?
        };
        let place = TileHeader::evlrs(&start, size).map_err(LossCause::Decode)?;
        // Leaves out EVLRs that are too long to be descriptions, such as waveforms.
        let evlrs = if place.is_empty() || place.end - place.start > most {
            Bytes::new()
        } else {
            read(place).await?
        };
        TileHeader::parse(&start, size, &evlrs).map_err(LossCause::Decode)
    }
}
