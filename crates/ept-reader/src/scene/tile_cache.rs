//! A cache of tiles and pages in limited memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use ept_format::{Key, Node, NodeName, Page};
use ept_points::Wish;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared, WeakShared};
use lru::LruCache;

use crate::dataset_id::DatasetId;
use crate::engine::{Retry, Task};
use crate::{CachedTile, Dataset, Error, source};

/// Decoded tiles and hierarchy pages of any datasets, in limited memory. Cloning it is cheap; clones are the same
/// cache.
///
/// The least recently used parts are dropped first. A tile that is still in use elsewhere can be found again even then,
/// since it takes no memory of the cache. So the memory used is the limit plus what is in use. A tile that is requested
/// several times concurrently is fetched once, until all requests are dropped.
///
/// ```
/// use ept_reader::{Dataset, Query, TileCache};
/// use futures::TryStreamExt;
///
/// # async fn example(dataset: Dataset) -> Result<(), ept_reader::Error> {
/// let cache = TileCache::new(512 << 20);
/// let mut nodes = dataset.select(&Query::new().with_depth(3))?.nodes();
/// while let Some(node) = nodes.try_next().await? {
///     let tile = cache.tile(&dataset, &node).await?;
///     println!("{}: {} points", node.name, tile.positions().len());
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct TileCache {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    limit: usize,
    /// `None` for all.
    dimensions: Option<Vec<String>>,
    state: Mutex<State>,
}

struct State {
    parts: LruCache<Id, Resident>,
    /// Total bytes of `parts`.
    bytes: usize,
    /// Parts that were dropped from the cache while in use.
    lent: HashMap<Id, Lent>,
    flights: HashMap<Id, WeakShared<Flight>>,
}

type Flight = BoxFuture<'static, Result<Resident, Error>>;

/// A load in progress. Dropping the last clone ends its requests.
pub(crate) type Load = Shared<Flight>;

/// A part of a dataset, in memory.
#[derive(Debug, Clone)]
pub(crate) enum Resident {
    Tile(Arc<CachedTile>),
    Page(Arc<Page>),
}

#[derive(Debug)]
enum Lent {
    Tile(Weak<CachedTile>),
    Page(Weak<Page>),
}

/// What to load.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Wanted {
    Page(Key),
    Tile(Node),
}

/// The name of a part, unique within its dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Name {
    Page(Key),
    Tile(NodeName),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Id {
    dataset: DatasetId,
    name: Name,
}

/// The default dimensions for viewers.
const DRAWN: [&str; 8] = [
    "X",
    "Y",
    "Z",
    "Intensity",
    "Classification",
    "Red",
    "Green",
    "Blue",
];

const AXES: [&str; 3] = ["X", "Y", "Z"];

impl TileCache {
    /// A cache of at most `bytes` bytes for tiles with X, Y, Z, Intensity, Classification, Red, Green and Blue, as far
    /// as the datasets have them.
    #[must_use]
    pub fn new(bytes: usize) -> TileCache {
        TileCache::of(bytes, Some(DRAWN.map(str::to_owned).to_vec()))
    }

    /// A cache of at most `bytes` bytes for tiles with these dimensions, as far as the datasets have them, and X, Y and
    /// Z.
    #[must_use]
    pub fn with_dimensions<N: Into<String>>(
        bytes: usize,
        names: impl IntoIterator<Item = N>,
    ) -> TileCache {
        let axes = AXES.map(str::to_owned).into_iter();
        TileCache::of(
            bytes,
            Some(axes.chain(names.into_iter().map(Into::into)).collect()),
        )
    }

    /// A cache of at most `bytes` bytes for tiles with all their dimensions.
    #[must_use]
    pub fn with_all_dimensions(bytes: usize) -> TileCache {
        TileCache::of(bytes, None)
    }

    fn of(limit: usize, dimensions: Option<Vec<String>>) -> TileCache {
        let state = State {
            parts: LruCache::unbounded(),
            bytes: 0,
            lent: HashMap::new(),
            flights: HashMap::new(),
        };
        TileCache {
            inner: Arc::new(Inner {
                limit,
                dimensions,
                state: Mutex::new(state),
            }),
        }
    }

    /// Maximum size in bytes.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.inner.limit
    }

    /// Current size in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.inner.state().bytes
    }

    /// The tile of a node if it is in memory.
    #[must_use]
    pub fn resident(
        &self,
        dataset: &Dataset,
        node: impl Into<NodeName>,
    ) -> Option<Arc<CachedTile>> {
        match self.find(dataset, Name::Tile(node.into()))? {
            Resident::Tile(tile) => Some(tile),
            Resident::Page(_) => None,
        }
    }

    /// The tile of a node, from memory or else fetched and decoded. Failed requests are retried according to the
    /// dataset's [`crate::Retry`].
    ///
    /// # Errors
    /// [`Error::Lost`] if the tile can't be read.
    pub async fn tile(&self, dataset: &Dataset, node: &Node) -> Result<Arc<CachedTile>, Error> {
        let retry = dataset.engine().options().retry;
        match self.load(dataset, Wanted::Tile(*node), retry).await? {
            Resident::Tile(tile) => Ok(tile),
            Resident::Page(_) => Err(Error::Internal("a page in the place of a tile".into())),
        }
    }

    /// A part if it is in memory.
    pub(crate) fn find(&self, dataset: &Dataset, name: Name) -> Option<Resident> {
        let dataset = dataset.id();
        self.inner.state().find(&Id { dataset, name })
    }

    /// Returns a part that is no longer in use. If it had been dropped, it is added again.
    pub(crate) fn keep(&self, dataset: &Dataset, name: Name, part: Resident) {
        let id = Id {
            dataset: dataset.id(),
            name,
        };
        let mut state = self.inner.state();
        let left = match state.parts.get(&id) {
            Some(_) => Vec::new(),
            None => state.insert(id, part, self.inner.limit),
        };
        // Dropped parts are freed after the lock is released.
        drop(state);
        drop(left);
    }

    /// A part, from memory or being loaded. Must be called within a runtime.
    pub(crate) fn load(&self, dataset: &Dataset, wanted: Wanted, retry: Retry) -> Load {
        let id = Id {
            dataset: dataset.id(),
            name: wanted.name(),
        };
        let mut state = self.inner.state();
        if let Some(part) = state.find(&id) {
            return async { Ok(part) }.boxed().shared();
        }
        if let Some(flight) = state.flights.get(&id).and_then(WeakShared::upgrade) {
            return flight;
        }
        let inner = Arc::clone(&self.inner);
        let work = Arc::clone(&inner).fetch(dataset.clone(), wanted, retry, id.clone());
        let task = Task::spawn(work);
        let flight = async { task.await? }.boxed().shared();
        state.flights.retain(|_, flight| flight.upgrade().is_some());
        state
            .flights
            .extend(flight.downgrade().map(|weak| (id, weak)));
        flight
    }
}

impl Inner {
    async fn fetch(
        self: Arc<Self>,
        dataset: Dataset,
        wanted: Wanted,
        retry: Retry,
        id: Id,
    ) -> Result<Resident, Error> {
        let part = match wanted {
            Wanted::Page(key) => Resident::Page(dataset.octree()?.page(key, &retry).await?),
            Wanted::Tile(node) => {
                let names = self.dimensions.as_deref();
                let tile = load_tile(&dataset, node, names, &retry).await?;
                Resident::Tile(Arc::new(tile))
            }
        };
        // Dropped parts are freed after the lock is released.
        let mut state = self.state();
        state.flights.remove(&id);
        let left = state.insert(id, part.clone(), self.limit);
        drop(state);
        drop(left);
        Ok(part)
    }

    /// The lock can't be poisoned: no code that can panic runs under it.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn find(&mut self, id: &Id) -> Option<Resident> {
        let found = self.parts.get(id).cloned();
        found.or_else(|| self.lent.get(id)?.find())
    }

    /// Adds a part. Returns those that are dropped for it.
    fn insert(&mut self, id: Id, part: Resident, limit: usize) -> Vec<Resident> {
        let size = part.bytes();
        let mut left = Vec::new();
        if size > limit {
            self.lend(id, &part);
            return left;
        }
        while self.bytes + size > limit {
            let Some((old, oldest)) = self.parts.pop_lru() else {
                break;
            };
            self.bytes -= oldest.bytes();
            self.lend(old, &oldest);
            left.push(oldest);
        }
        self.bytes += size;
        if let Some((_, old)) = self.parts.push(id, part) {
            self.bytes -= old.bytes();
            left.push(old);
        }
        left
    }

    fn lend(&mut self, id: Id, part: &Resident) {
        const MANY: usize = 64;
        if self.lent.len() >= MANY {
            self.lent.retain(|_, lent| lent.find().is_some());
        }
        self.lent.insert(id, part.lent());
    }
}

impl Resident {
    fn bytes(&self) -> usize {
        match self {
            Resident::Tile(tile) => tile.bytes(),
            Resident::Page(page) => size_of::<Page>() + size_of_val(page.entries()),
        }
    }

    fn lent(&self) -> Lent {
        match self {
            Resident::Tile(tile) => Lent::Tile(Arc::downgrade(tile)),
            Resident::Page(page) => Lent::Page(Arc::downgrade(page)),
        }
    }
}

impl Lent {
    fn find(&self) -> Option<Resident> {
        Some(match self {
            Lent::Tile(tile) => Resident::Tile(tile.upgrade()?),
            Lent::Page(page) => Resident::Page(page.upgrade()?),
        })
    }
}

impl Wanted {
    pub(crate) fn name(&self) -> Name {
        match self {
            Wanted::Page(key) => Name::Page(*key),
            Wanted::Tile(node) => Name::Tile(node.name),
        }
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut state = f.debug_struct("State");
        state
            .field("parts", &self.parts.len())
            .field("bytes", &self.bytes)
            .field("lent", &self.lent.len())
            .field("flights", &self.flights.len())
            .finish()
    }
}

/// Reads a node with these dimensions, as far as the dataset has them. `None` for all.
async fn load_tile(
    dataset: &Dataset,
    node: Node,
    names: Option<&[String]>,
    retry: &Retry,
) -> Result<CachedTile, Error> {
    let frame = dataset.frame();
    let known = names.map(|names| {
        let known = names.iter().filter(|name| frame.dimension(name).is_some());
        known.cloned().collect()
    });
    let wish = Wish {
        dimensions: known,
        ..Wish::default()
    };
    let source = Arc::clone(dataset.source_of(&node)?);
    let decoding = Arc::clone(&source);
    let work = move |encoded| {
        let points = decoding.decode(&wish, &node, encoded)?;
        Ok(CachedTile::new(node, points, decoding.frame()))
    };
    source::read(&*source, &node, retry, 0, work).await
}
