//! The points of a selection: tiles are fetched and decoded concurrently, within limits, in order.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use ept_format::Node;
use ept_points::{PointBatch, Wish};
use futures::stream::BoxStream;
use futures::{FutureExt, Stream, StreamExt};
use tokio::sync::mpsc::Sender;

use crate::engine::{Background, Engine, Interest, Interested, Share, Taken, Task, log};
use crate::source;
use crate::{Dataset, Error};

/// The selected points of a node.
#[derive(Debug, Clone, PartialEq)]
pub struct Tile {
    /// The node, with its number of points before selection.
    pub node: Node,
    /// The selected points, possibly none, in the order of the tile.
    pub points: PointBatch,
}

/// Tiles, or what they were mapped to, see [`crate::Selection::points`].
pub struct TileStream<T = Tile> {
    items: BoxStream<'static, Result<T, Error>>,
}

impl<T> TileStream<T> {
    pub(crate) fn new(items: impl Stream<Item = Result<T, Error>> + Send + 'static) -> Self {
        TileStream {
            items: items.boxed(),
        }
    }
}

impl<T> Stream for TileStream<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.items.poll_next_unpin(context)
    }
}

impl<T> fmt::Debug for TileStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TileStream").finish_non_exhaustive()
    }
}

/// The result for each node, in the order of the nodes.
pub(crate) struct Ordered<T> {
    /// Dropped before the works are aborted.
    _interest: Interest,
    /// Nodes in progress, in order. Each holds its share of memory until it is taken.
    works: Background<Work<T>>,
    /// The next of them, once it was received.
    next: Option<Work<T>>,
    taken: Arc<Taken>,
}

type Work<T> = Task<Result<(T, Share), Error>>;

impl<T: Send + 'static> Ordered<T> {
    /// Reads `nodes` and maps the points of each with `make`, on the thread that decoded them. `wishes` contains what
    /// to decode of each source, `point_size` is the approximate size of a decoded point in bytes.
    pub(crate) fn new<F, S>(
        dataset: Dataset,
        nodes: S,
        wishes: Vec<Wish>,
        point_size: usize,
        make: F,
    ) -> Ordered<T>
    where
        F: Fn(Node, PointBatch) -> Result<T, Error> + Send + Sync + 'static,
        S: Stream<Item = Result<Node, Error>> + Send + Unpin + 'static,
    {
        let limits = dataset.engine().limits();
        let threads = limits.threads.get().saturating_mul(2);
        let ahead = limits.requests.get().saturating_add(threads);
        let taken = Arc::<Taken>::default();
        let interest = Interest::default();
        let start = Start {
            engine: dataset.engine().clone(),
            taken: Arc::clone(&taken),
            point_size: (point_size + stored_size(&dataset)) as u64,
            interested: interest.interested(),
        };
        let job = Arc::new(Job {
            dataset,
            wishes,
            make,
        });
        Ordered {
            _interest: interest,
            works: Background::spawn(ahead, |works| start.run(nodes, job, works)),
            next: None,
            taken,
        }
    }
}

impl<T: Send + 'static> Stream for Ordered<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.next.is_none() {
            match ready!(self.works.poll_next_unpin(context)) {
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
        // Its memory is released before the next node may proceed without memory, so that it rarely has to.
        let item = result.and_then(|result| result).map(|(item, _memory)| item);
        self.taken.add();
        Poll::Ready(Some(item))
    }
}

/// About how many bytes a point takes as it is fetched: LAZ needs less than half of what the values take, other encodings up to
/// all of it.
fn stored_size(dataset: &Dataset) -> usize {
    let schema = &dataset.members().frame().schema;
    let sizes = schema.iter().map(|dimension| dimension.scalar.size());
    sizes.sum::<usize>() / 2
}

/// Starts the work on each node once there is memory for it, in the order of the nodes.
struct Start {
    engine: Engine,
    taken: Arc<Taken>,
    /// Of a point as it comes and as it is decoded.
    point_size: u64,
    interested: Interested,
}

impl Start {
    async fn run<T, F, S>(self, mut nodes: S, job: Arc<Job<F>>, works: Sender<Work<T>>)
    where
        T: Send + 'static,
        F: Fn(Node, PointBatch) -> Result<T, Error> + Send + Sync + 'static,
        S: Stream<Item = Result<Node, Error>> + Send + Unpin + 'static,
    {
        for place in 0.. {
            let Some(node) = nodes.next().await else {
                return;
            };
            let points = node.as_ref().map_or(0, |node| node.points);
            let bytes = points.saturating_mul(self.point_size);
            let memory = self.engine.memory().share(bytes, place, &self.taken).await;
            let job = Arc::clone(&job);
            let work = async move { Ok((job.run(place, node?).await?, memory)) };
            let work = Task::spawn(self.interested.in_work(work));
            if works.send(work).await.is_err() {
                return;
            }
        }
    }
}

/// What to do with each node of a stream.
struct Job<F> {
    dataset: Dataset,
    wishes: Vec<Wish>,
    make: F,
}

impl<F> Job<F> {
    async fn run<T>(self: Arc<Self>, place: u64, node: Node) -> Result<T, Error>
    where
        T: Send + 'static,
        F: Fn(Node, PointBatch) -> Result<T, Error> + Send + Sync + 'static,
    {
        let retry = self.dataset.engine().options().retry;
        let source = self.dataset.source_of(&node)?;
        let (job, decoding) = (Arc::clone(&self), Arc::clone(source));
        let work = move |encoded| {
            // There is a wish for each source.
            let wish = &job.wishes[node.source as usize];
            let start = Instant::now();
            let points = decoding.decode(wish, &node, encoded)?;
            let made = (job.make)(node, points);
            log::decoded(&node, start);
            made
        };
        let made = source::read(&**source, &node, &retry, place, work).await;
        made.map_err(|mut error| {
            error.set_source(node.source);
            error
        })
    }
}
