//! The points of a query: fetch and decode, overlapped, bounded and in order.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use ept_format::Node;
use ept_points::{Decoder, PointBatch};
use futures::future::try_join;
use futures::{FutureExt, Stream, StreamExt};
use tokio::sync::mpsc::Sender;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Error;
use crate::addon::{self, AddonReader};
use crate::background::{Background, Task};
use crate::shared::Shared;

/// The points of one node that a query selects.
#[derive(Debug, Clone, PartialEq)]
pub struct Tile {
    /// The node, with its number of points before selection.
    pub node: Node,
    /// The selected points, possibly none, in the order of the tile.
    pub points: PointBatch,
}

/// Tiles, or what was made of them, in the order of their nodes; see [`crate::Dataset::points`].
#[derive(Debug)]
pub struct TileStream<T = Tile> {
    /// Tiles under way, in order; each holds its share of the memory until it is taken.
    tiles: Background<Work<T>>,
    /// The next of them, once it is known.
    next: Option<Work<T>>,
}

type Work<T> = Task<Result<(T, OwnedSemaphorePermit), Error>>;

impl<T: Send + 'static> Stream for TileStream<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.next.is_none() {
            match ready!(self.tiles.poll_next_unpin(context)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(work)) => self.next = Some(work),
            }
        }
        let Some(work) = &mut self.next else {
            return Poll::Ready(None);
        };
        let result = ready!(work.poll_unpin(context));
        self.next = None;
        let item = result.and_then(|result| result).map(|(item, _memory)| item);
        Poll::Ready(Some(item))
    }
}

/// Units of the memory limit, since semaphores count in 32 bits.
const MEMORY_UNIT: usize = 1024;

impl<T: Send + 'static> TileStream<T> {
    /// Reads the tiles of `nodes` and makes a `T` of the points of each with `make`, on the thread that decoded
    /// them.
    pub(crate) fn new<F, S>(
        shared: Arc<Shared>,
        addons: Arc<Vec<Arc<AddonReader>>>,
        nodes: S,
        decoder: Decoder,
        point_size: usize,
        make: F,
    ) -> TileStream<T>
    where
        F: Fn(Node, PointBatch) -> Result<T, Error> + Send + Sync + 'static,
        S: Stream<Item = Result<Node, Error>> + Send + Unpin + 'static,
    {
        let limits = &shared.limits;
        let ahead = limits.requests.get() + 2 * limits.threads.get();
        let memory = (limits.memory.get() / MEMORY_UNIT).clamp(1, Semaphore::MAX_PERMITS);
        let job = Arc::new(Job {
            shared,
            addons,
            decoder,
            make,
        });
        let start = Start {
            memory: Arc::new(Semaphore::new(memory)),
            most: u32::try_from(memory).unwrap_or(u32::MAX),
            point_size,
        };
        TileStream {
            tiles: Background::spawn(ahead, |tiles| start.run(nodes, job, tiles)),
            next: None,
        }
    }
}

/// Starts the work on each node once there is memory for it. Memory is given out in the order of the nodes
/// and the first of them always has its share, so the stream cannot stand still.
struct Start {
    memory: Arc<Semaphore>,
    most: u32,
    point_size: usize,
}

impl Start {
    async fn run<T, F, S>(self, mut nodes: S, job: Arc<Job<F>>, tiles: Sender<Work<T>>)
    where
        T: Send + 'static,
        F: Fn(Node, PointBatch) -> Result<T, Error> + Send + Sync + 'static,
        S: Stream<Item = Result<Node, Error>> + Send + Unpin + 'static,
    {
        for place in 0.. {
            let Some(node) = nodes.next().await else {
                return;
            };
            let share = node.as_ref().map_or(1, |node| self.share(node));
            let memory = Arc::clone(&self.memory).acquire_many_owned(share).await;
            let job = Arc::clone(&job);
            let work = Task::spawn(async move {
                let memory = memory.map_err(|error| Error::Internal(error.to_string()))?;
                Ok((job.run(place, node?).await?, memory))
            });
            if tiles.send(work).await.is_err() {
                return;
            }
        }
    }

    fn share(&self, node: &Node) -> u32 {
        let bytes = node.points.saturating_mul(self.point_size as u64);
        let units = bytes / MEMORY_UNIT as u64;
        u32::try_from(units)
            .unwrap_or(self.most)
            .clamp(1, self.most)
    }
}

/// What is done with each node of one stream.
struct Job<F> {
    shared: Arc<Shared>,
    addons: Arc<Vec<Arc<AddonReader>>>,
    decoder: Decoder,
    make: F,
}

impl<F> Job<F> {
    async fn run<T>(self: Arc<Self>, place: u64, node: Node) -> Result<T, Error>
    where
        T: Send + 'static,
        F: Fn(Node, PointBatch) -> Result<T, Error> + Send + Sync + 'static,
    {
        let bytes = self.shared.tile_bytes(&node, true);
        let (bytes, values) = try_join(bytes, addon::values(&self.addons, &node)).await?;
        let cores = Arc::clone(&self.shared.cores);
        let work = move || {
            let points = self.shared.decoded(&self.decoder, &node, &bytes)?;
            let points = addon::attached(&self.addons, points, values)?;
            (self.make)(node, points)
        };
        cores.run(place, work).await?
    }
}
