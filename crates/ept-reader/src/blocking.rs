//! A runtime for programs without async.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use tokio::runtime::Runtime;

use crate::{
    CachedTile, Dataset, Error, Node, Options, Scene, SceneOptions, Selection, Tile, TileCache,
};

/// A runtime for programs that have none. Each method blocks the thread until it is done, except for
/// [`Blocking::scene`], whose work continues in the background as long as this value exists.
///
/// ```
/// use ept_reader::{Blocking, Options, Query};
///
/// let blocking = Blocking::new()?;
/// # let location = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/terrain");
/// let dataset = blocking.open(location, &Options::default())?;
/// let mut points = 0;
/// for tile in blocking.points(&dataset.select(&Query::new())?) {
///     points += tile?.points.len();
/// }
/// assert_eq!(points, 25_000);
/// # Ok::<(), ept_reader::Error>(())
/// ```
#[derive(Debug)]
pub struct Blocking {
    runtime: Runtime,
}

impl Blocking {
    /// A runtime with a thread per core.
    ///
    /// # Errors
    /// If the system can't create threads.
    pub fn new() -> Result<Blocking, Error> {
        let runtime = Runtime::new().map_err(|error| Error::Internal(error.to_string()))?;
        Ok(Blocking { runtime })
    }

    /// As [`Dataset::open_with`].
    ///
    /// # Errors
    /// As for [`Dataset::open_with`].
    pub fn open(&self, location: &str, options: &Options) -> Result<Dataset, Error> {
        self.runtime.block_on(Dataset::open_with(location, options))
    }

    /// As [`Selection::points`], as an iterator.
    pub fn points<'a>(
        &'a self,
        selection: &Selection,
    ) -> impl Iterator<Item = Result<Tile, Error>> + use<'a> {
        let _guard = self.runtime.enter();
        let mut tiles = selection.points();
        std::iter::from_fn(move || self.runtime.block_on(tiles.next()))
    }

    /// As [`Selection::nodes`], as an iterator.
    pub fn nodes<'a>(
        &'a self,
        selection: &Selection,
    ) -> impl Iterator<Item = Result<Node, Error>> + use<'a> {
        let _guard = self.runtime.enter();
        let mut nodes = selection.nodes();
        std::iter::from_fn(move || self.runtime.block_on(nodes.next()))
    }

    /// As [`TileCache::tile`].
    ///
    /// # Errors
    /// As for [`TileCache::tile`].
    pub fn tile(
        &self,
        cache: &TileCache,
        dataset: &Dataset,
        node: &Node,
    ) -> Result<Arc<CachedTile>, Error> {
        self.runtime.block_on(cache.tile(dataset, node))
    }

    /// As [`Scene::new`]. Use [`crate::Arrivals::wait`] to wait for tiles.
    ///
    /// # Errors
    /// None in practice.
    pub fn scene(&self, dataset: Dataset, options: SceneOptions) -> Result<Scene, Error> {
        let _guard = self.runtime.enter();
        Scene::new(dataset, options)
    }

    /// Ends all work without waiting for it. Dropping waits for tiles that are being decoded. Neither may be done in a
    /// task.
    pub fn stop(self) {
        self.runtime.shutdown_timeout(Duration::ZERO);
    }
}
