//! A dataset: a source of points with what may be done with it.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, Weak};

use ept_format::{Key, Node, Page, Policy};
use ept_las::Header;
use ept_points::{DecodeError, PointBatch, Wish};
use ept_select::{Frame, Origin, Query};

use crate::engine::Fetcher;
use crate::location::Place;
use crate::source::{self, Ept, Octree, Source};
use crate::store::Store;
use crate::tile_sizes::SAMPLE;
use crate::{Engine, Error, NodeStream, Options, Selection, TileSizes, Traffic, location};

/// A dataset that is open. Cloning it is cheap; clones are one dataset.
#[derive(Debug, Clone)]
pub struct Dataset {
    source: Arc<dyn Source>,
}

impl Dataset {
    /// Opens the dataset at a folder that holds an `ept.json`, an `ept.json`, a COPC, LAZ or LAS file, or a URL of any:
    /// `http(s)`, whose query string is repeated on every request, or with the feature `cloud` `s3`, `gs` and `az`.
    ///
    /// What a file is, its first bytes tell. Of a COPC, LAZ or LAS file, no more is fetched than its header and records.
    ///
    /// # Errors
    /// When there is nothing of the kind, or it is not valid; see [`ept_format::Metadata::from_json`].
    pub async fn open(location: &str) -> Result<Dataset, Error> {
        Dataset::open_with(location, &Options::default()).await
    }

    /// As [`Dataset::open`], with other options than the default ones.
    ///
    /// # Errors
    /// As [`Dataset::open`].
    pub async fn open_with(location: &str, options: &Options) -> Result<Dataset, Error> {
        Dataset::open_in(location, &Engine::new(options)).await
    }

    /// As [`Dataset::open`], with an engine that other datasets share.
    ///
    /// # Errors
    /// As [`Dataset::open`].
    pub async fn open_in(location: &str, engine: &Engine) -> Result<Dataset, Error> {
        match location::place(location, engine.options())? {
            Place::File(store, name) => Dataset::from_file_in(store, &name, engine).await,
            Place::Folder(store) => Dataset::from_folder(location, store, engine).await,
        }
    }

    /// A folder, or a file whose name does not say so.
    async fn from_folder(
        location: &str,
        store: Arc<dyn Store>,
        engine: &Engine,
    ) -> Result<Dataset, Error> {
        let missing = match Dataset::from_store_in(store, engine).await {
            Err(error @ Error::Location { .. }) => error,
            opened => return opened,
        };
        let Some((store, name)) = location::file(location, engine.options())? else {
            return Err(missing);
        };
        let opened = Dataset::from_file_in(store, &name, engine).await;
        match opened {
            Err(Error::Store(_) | Error::Location { .. }) => Err(missing),
            Err(Error::File { fault, .. })
                if matches!(fault, DecodeError::NotLas(_) | DecodeError::Empty) =>
            {
                Err(missing)
            }
            opened => opened,
        }
    }

    /// Opens the COPC, LAZ or LAS file of that path in a store, with an engine that other datasets share.
    ///
    /// # Errors
    /// When the file cannot be fetched, or is none of these.
    pub async fn from_file_in(
        store: Arc<dyn Store>,
        path: &str,
        engine: &Engine,
    ) -> Result<Dataset, Error> {
        let source = source::open_file(Fetcher::new(store, engine), path.to_owned()).await?;
        Ok(Dataset { source })
    }

    /// Opens the dataset in a store.
    ///
    /// # Errors
    /// As [`Dataset::open`].
    pub async fn from_store(store: Arc<dyn Store>, options: &Options) -> Result<Dataset, Error> {
        Dataset::from_store_in(store, &Engine::new(options)).await
    }

    /// Opens the dataset in a store, with an engine that other datasets share.
    ///
    /// # Errors
    /// As [`Dataset::open`].
    pub async fn from_store_in(store: Arc<dyn Store>, engine: &Engine) -> Result<Dataset, Error> {
        Ok(Dataset::from(Ept::open(store, engine).await?))
    }

    /// The dataset with a dimension that PDAL's `writers.ept_addon` stored in the folder or at the URL `location`. It
    /// replaces a dimension of that name. Where the addon has no values for a node, the points of that node keep what
    /// they have.
    ///
    /// # Errors
    /// When there is no addon at the location, or the dataset is not EPT.
    pub async fn with_addon(self, name: &str, location: &str) -> Result<Dataset, Error> {
        let ept = self.ept()?.clone();
        let folder = location.trim_end_matches(ept_format::Addon::METADATA_PATH);
        let store = location::open(folder, self.engine().options())?;
        Ok(Dataset::from(ept.with_addon(name, store).await?))
    }

    pub(crate) fn source(&self) -> &Arc<dyn Source> {
        &self.source
    }

    /// The dataset as EPT, with what only that format has.
    ///
    /// # Errors
    /// When it is in another format.
    pub fn ept(&self) -> Result<&Ept, Error> {
        self.source.as_ept().ok_or_else(|| Error::NotEpt {
            location: self.location(),
        })
    }

    /// The header of the dataset's file. `None` if the dataset is not a LAS, LAZ or COPC file.
    #[must_use]
    pub fn header(&self) -> Option<&Header> {
        self.source.header()
    }

    /// The engine by whose limits the dataset is read.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        self.source.engine()
    }

    /// What was fetched so far, for all datasets of the engine.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.engine().traffic()
    }

    /// What selections know of the dataset: bounds, schema, coordinate system, spacing.
    #[must_use]
    pub fn frame(&self) -> &Frame {
        self.source.frame()
    }

    /// Path or URL of the file that describes the dataset, for messages: without passwords, tokens or query string.
    #[must_use]
    pub fn location(&self) -> String {
        self.source.location()
    }

    /// Binds a query to the dataset.
    ///
    /// # Errors
    /// When the query asks for what the dataset can't give; see [`ept_select::Selection::new`].
    pub fn select(&self, query: &Query) -> Result<Selection, Error> {
        Selection::new(self, query)
    }

    /// The nodes that a policy visits, in its order.
    ///
    /// A page that cannot be read is an [`Error::Lost`] in the stream.
    #[must_use]
    pub fn walk(&self, policy: impl Policy + Send + 'static) -> NodeStream {
        Arc::clone(&self.source).nodes(Box::new(policy))
    }

    /// The page of the hierarchy that is rooted at a key.
    ///
    /// # Errors
    /// An [`Error::Lost`] when the page cannot be read, [`Error::NoOctree`] when the dataset has no hierarchy.
    pub async fn page(&self, key: Key) -> Result<Arc<Page>, Error> {
        let retry = self.engine().options().retry;
        self.octree()?.page(key, &retry).await
    }

    /// The dataset as an octree.
    pub(crate) fn octree(&self) -> Result<&dyn Octree, Error> {
        self.source.as_octree().ok_or_else(|| Error::NoOctree {
            location: self.location(),
        })
    }

    /// All points of one node.
    ///
    /// # Errors
    /// An [`Error::Lost`] when the node cannot be read.
    pub async fn tile(&self, node: &Node) -> Result<PointBatch, Error> {
        let retry = &self.engine().options().retry;
        let encoded = self.source.fetch(node, retry).await?;
        let (source, node) = (Arc::clone(&self.source), *node);
        let work = move || source.decode(&Wish::default(), &node, encoded);
        self.engine().compute(0, work).await?
    }

    /// How large the tiles of these nodes are together, from the sizes of at most 64 of them. `None` if the store can't
    /// tell sizes, or none of the tiles is there.
    pub async fn tile_sizes(&self, nodes: &[Node]) -> Option<TileSizes> {
        let mut by_points: Vec<&Node> = nodes.iter().collect();
        by_points.sort_by_key(|node| (node.points, node.name));
        let step = by_points.len().div_ceil(SAMPLE).max(1);
        let sample = by_points.into_iter().skip(step / 2).step_by(step);
        let asked =
            sample.map(async |node| Some((node.points, self.source.node_size(node).await.ok()??)));
        let known = futures::future::join_all(asked).await;
        let known: Vec<(u64, u64)> = known.into_iter().flatten().collect();
        TileSizes::of(&known, nodes)
    }

    /// The source file that a text names; see [`Ept::origin`].
    ///
    /// # Errors
    /// As there, and when the dataset is not EPT.
    pub async fn origin(&self, text: &str) -> Result<Origin, Error> {
        self.ept()?.origin(text).await
    }

    /// What tells this dataset from others, as long as it exists.
    pub(crate) fn id(&self) -> DatasetId {
        DatasetId(Arc::downgrade(&self.source))
    }
}

impl From<Ept> for Dataset {
    fn from(ept: Ept) -> Dataset {
        Dataset {
            source: Arc::new(ept),
        }
    }
}

/// A dataset's identity: that of its allocation, which is not reused while it is kept.
#[derive(Debug, Clone)]
pub(crate) struct DatasetId(Weak<dyn Source>);

impl DatasetId {
    fn address(&self) -> *const () {
        self.0.as_ptr().cast()
    }
}

impl PartialEq for DatasetId {
    fn eq(&self, other: &DatasetId) -> bool {
        self.address() == other.address()
    }
}

impl Eq for DatasetId {}

impl Hash for DatasetId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.address().hash(state);
    }
}
