//! LAS and LAZ files without an octree: their nodes are runs of chunks.

use std::ops::Range;
use std::sync::Arc;

use ept_format::{Bounds, Key, Node, NodeName, Policy as _};
use ept_las::{Chunk, ChunkTable, Chunking, Header, Lax};
use ept_points::{DecodeError, PointBatch, TileHeader, Wish};
use ept_select::Frame;
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::OnceCell;
use tokio::sync::mpsc::Sender;

use super::chunk_runs::{runs, wants_all};
use super::las_file::LasFile;
use super::{Encoded, Known, SharedPolicy, Source};
use crate::engine::{Fetcher, Retry};
use crate::nodes::Found;
use crate::{Error, LossCause, LostPart, NodeStream};

/// A LAS or LAZ file. Its chunk table is read when nodes are needed.
#[derive(Debug)]
pub(crate) struct Las {
    file: LasFile,
    frame: Arc<Frame>,
    chunks: OnceCell<Arc<ChunkTable>>,
    lax: OnceCell<Option<Lax>>,
}

/// Number of chunks from which on a spatial index is worth a request.
const INDEXED_CHUNKS: usize = 4;
/// Maximum number of nodes sent at a time.
const TOGETHER: usize = 1024;

impl Las {
    pub(crate) fn new(file: LasFile) -> Las {
        let extent = file.extent();
        let frame = Frame {
            srs: file.srs().clone(),
            bounds: extent.unwrap_or_else(|| reach(file.header())),
            conforming: extent,
            slack: file.quantum(),
            schema: file.schema().to_vec(),
            spacing: None,
        };
        Las {
            frame: Arc::new(frame),
            file,
            chunks: OnceCell::new(),
            lax: OnceCell::new(),
        }
    }

    /// The chunks of the file.
    pub(crate) async fn chunks(&self, retry: &Retry) -> Result<&Arc<ChunkTable>, Error> {
        self.chunks
            .get_or_try_init(|| self.read_chunks(retry))
            .await
    }

    async fn read_chunks(&self, retry: &Retry) -> Result<Arc<ChunkTable>, Error> {
        let (header, size) = (self.file.header(), self.file.size());
        let Some(compression) = self.file.decoder().compression() else {
            return self.checked(ChunkTable::uncompressed(header, size)).await;
        };
        let start = u64::from(header.points_at);
        if compression.chunking() == Chunking::Whole || header.points == 0 {
            let whole = ChunkTable::whole(header, size);
            return self.checked(Ok(whole)).await;
        }
        let places = [
            start..start.saturating_add(8).min(size),
            size.saturating_sub(8)..size,
        ];
        let mut at = None;
        for place in places {
            let bytes = self.file.range(place, retry).await;
            let bytes = bytes.map_err(|error| self.lost_file(LossCause::Fetch(error)))?;
            at = at.or_else(|| ChunkTable::place(&bytes, header, size));
            if at.is_some() {
                break;
            }
        }
        let Some(at) = at else {
            let problem = "its offset is outside the file, which may be truncated".into();
            let what = "chunk table";
            return Err(self.lost_file(LossCause::Decode(DecodeError::Corrupt { what, problem })));
        };
        // What follows the table does not belong to it.
        let end = header.evlrs_at.max(at);
        let end = if header.evlr_count > 0 && end > at {
            end.min(size)
        } else {
            size
        };
        let table = self.file.range(at..end, retry).await;
        let table = table.map_err(|error| self.lost_file(LossCause::Fetch(error)))?;
        self.checked(ChunkTable::parse(&table, at, header, compression))
            .await
    }

    async fn checked(
        &self,
        table: Result<ChunkTable, ept_las::LasError>,
    ) -> Result<Arc<ChunkTable>, Error> {
        let table = table.map_err(|error| self.lost_file(LossCause::Decode(error.into())))?;
        Ok(Arc::new(table))
    }

    /// The points that a policy may want according to the file's spatial index. `None` if there is no index, or it is
    /// not worth a request.
    async fn narrowed(&self, policy: &SharedPolicy, chunks: usize) -> Option<Vec<Range<u64>>> {
        let cell = &self.frame.bounds;
        if chunks < INDEXED_CHUNKS || wants_all(policy, cell) {
            return None;
        }
        let lax = self.lax.get_or_init(|| self.file.lax()).await.as_ref()?;
        let heights = [cell.min()[2], cell.max()[2]];
        Some(lax.points(heights, |cell| policy.rank(Key::ROOT, cell).is_some()))
    }

    /// The error for a file whose chunks can't be read.
    fn lost_file(&self, cause: LossCause) -> Error {
        let points = Some(self.file.header().points);
        let part = LostPart::File { points };
        self.file
            .lost(part, NodeName::WHOLE, self.frame.bounds, cause)
    }

    /// The chunks of a node. `None` if the file has no such node.
    fn chunks_of(&self, node: &Node) -> Option<&[Chunk]> {
        let NodeName::Chunks { first, count } = node.name else {
            return None;
        };
        let first = usize::try_from(first).ok()?;
        let end = first.checked_add(usize::try_from(count).ok()?)?;
        let chunks = self.chunks.get()?.chunks().get(first..end)?;
        (!chunks.is_empty()).then_some(chunks)
    }
}

/// Bounds that contain all points according to the header.
fn reach(header: &Header) -> Bounds {
    let end = |stored: i32| {
        [0, 1, 2].map(|axis| {
            let scaling = &header.scaling;
            f64::from(stored) * scaling.scale[axis] + scaling.offset[axis]
        })
    };
    let (a, b) = (end(i32::MIN), end(i32::MAX));
    let min = [0, 1, 2].map(|axis| a[axis].min(b[axis]));
    let max = [0, 1, 2].map(|axis| a[axis].max(b[axis]));
    Bounds::new(min, max).unwrap_or(Bounds::EVERYTHING)
}

async fn run(las: Arc<Las>, policy: SharedPolicy, sender: Sender<Vec<Found>>) {
    let cell = las.frame.bounds;
    if policy.rank(Key::ROOT, &cell).is_none() {
        return;
    }
    let retry = las.engine().options().retry;
    let nodes = match las.chunks(&retry).await {
        Ok(chunks) => {
            let points = las.narrowed(&policy, chunks.chunks().len()).await;
            runs(chunks.chunks(), points.as_deref(), cell)
        }
        Err(error) => {
            // The receiver may be gone.
            let _ = sender.send(vec![Err(error)]).await;
            return;
        }
    };
    for nodes in nodes.chunks(TOGETHER) {
        let found = nodes.iter().map(|node| Ok(*node)).collect();
        if sender.send(found).await.is_err() {
            return;
        }
    }
}

/// Byte range of consecutive chunks.
pub(super) fn place(chunks: &[Chunk]) -> Range<u64> {
    let start = chunks.first().map_or(0, |chunk| chunk.at);
    let end = chunks.last().map_or(0, |chunk| chunk.at + chunk.size);
    start..end.max(start)
}

/// The number of points and the bytes of each of these consecutive chunks, all of which were fetched.
pub(super) fn parts<'a>(chunks: &[Chunk], tile: &'a [u8]) -> Vec<(u64, &'a [u8])> {
    let start = place(chunks).start;
    let bytes = |chunk: &Chunk| {
        let at = (chunk.at - start) as usize;
        (chunk.points, &tile[at..at + chunk.size as usize])
    };
    chunks.iter().map(bytes).collect()
}

impl Source for Las {
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
        NodeStream::spawn(|sender| run(self, policy, sender))
    }

    fn fetch<'a>(
        &'a self,
        node: &'a Node,
        retry: &'a Retry,
    ) -> BoxFuture<'a, Result<Encoded, Error>> {
        async move {
            let place = self.node_place(node);
            self.file.fetch(node, place, retry).await
        }
        .boxed()
    }

    fn decode(&self, wish: &Wish, node: &Node, encoded: Encoded) -> Result<PointBatch, Error> {
        let chunks = self.chunks_of(node).unwrap_or_default();
        let chunks = parts(chunks, &encoded.tile);
        self.file.decode(wish, node, &chunks)
    }

    fn forget<'a>(&'a self, node: &'a Node) -> BoxFuture<'a, bool> {
        self.file.forget(self.node_place(node)).boxed()
    }

    fn node_place<'a>(
        &'a self,
        node: &'a Node,
    ) -> BoxFuture<'a, Result<Option<Range<u64>>, Error>> {
        async move {
            self.chunks(&self.engine().options().retry).await?;
            Ok(self.chunks_of(node).map(place))
        }
        .boxed()
    }

    fn known<'a>(&'a self, nodes: &'a [Node]) -> BoxFuture<'a, Result<Known, Error>> {
        async move {
            self.chunks(&self.engine().options().retry).await?;
            let chunks = nodes.iter().map(|node| {
                let chunks = self.chunks_of(node).map(<[Chunk]>::to_vec);
                chunks.ok_or_else(|| self.file.miscounted(node, 0))
            });
            let chunks = chunks.collect::<Result<_, _>>()?;
            Ok(Known::File(self.file.head().clone(), chunks))
        }
        .boxed()
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
