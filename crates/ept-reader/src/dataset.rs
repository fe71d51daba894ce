//! A dataset: its metadata, its store and what may be done with them at once.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, Weak};

use bytes::Bytes;
use ept_format::{Bounds, FormatError, Key, Metadata, Node, Page, Policy, Source, SourceDetail};
use ept_points::{Decoder, PointBatch};
use ept_select::{Reprojection, Thinner};
use futures::future::try_join;
use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt};

use crate::addon::{self, AddonReader};
use crate::cores::Cores;
use crate::fetch::Fetcher;
use crate::plan::{self, Plan, Surroundings, TileSizes};
use crate::selection::{Reach, Selection};
use crate::shared::Shared;
use crate::store::{Store, StoreError};
use crate::{
    CachedTile, Error, Limits, LossCause, NodeStream, Options, Origin, Query, Thin, Tile,
    TileStream, Traffic, budget, location, text,
};

pub(crate) const METADATA_PATH: &str = "ept.json";

/// An EPT dataset. Cloning it is cheap; clones share connections and limits.
#[derive(Debug, Clone)]
pub struct Dataset {
    shared: Arc<Shared>,
    addons: Arc<Vec<Arc<AddonReader>>>,
}

/// A dataset's identity: that of its allocations, which are not reused while it is kept.
#[derive(Debug, Clone)]
pub(crate) struct DatasetId {
    shared: Weak<Shared>,
    addons: Weak<Vec<Arc<AddonReader>>>,
}

impl Dataset {
    /// Opens the dataset at a folder, an `ept.json`, or a URL of either: `http(s)`, whose query string is repeated on
    /// every request, or with the feature `cloud` `s3`, `gs` and `az`.
    ///
    /// # Errors
    /// When there is no `ept.json`, or it is not valid; see [`Metadata::from_json`].
    pub async fn open(location: &str) -> Result<Dataset, Error> {
        Dataset::open_with(location, &Options::default()).await
    }

    /// As [`Dataset::open`], otherwise than by default.
    ///
    /// # Errors
    /// As [`Dataset::open`].
    pub async fn open_with(location: &str, options: &Options) -> Result<Dataset, Error> {
        Dataset::from_store(location::open(location, options)?, options).await
    }

    /// Opens the dataset in a store.
    ///
    /// # Errors
    /// As [`Dataset::open`].
    pub async fn from_store(store: Arc<dyn Store>, options: &Options) -> Result<Dataset, Error> {
        let fetcher = Fetcher::new(store, options);
        let limits = options.limits;
        let bytes = Dataset::fetch_metadata(&fetcher).await?;
        let text = text::decompressed(&bytes, limits.file_bytes.get());
        let metadata = text
            .map_err(FormatError::NotJson)
            .and_then(|text| Metadata::from_json(&text));
        let metadata = metadata.map_err(|fault| Error::Format {
            location: fetcher.location(METADATA_PATH),
            fault,
        })?;
        Ok(Dataset::from_parts(fetcher, metadata, limits))
    }

    /// The bytes of `ept.json`.
    pub(crate) async fn fetch_metadata(fetcher: &Fetcher) -> Result<Bytes, Error> {
        match fetcher.get(METADATA_PATH).await {
            Ok(bytes) => Ok(bytes),
            Err(error) => Err(explain_missing(fetcher, error).await),
        }
    }

    pub(crate) fn from_parts(fetcher: Fetcher, metadata: Metadata, limits: Limits) -> Dataset {
        Dataset {
            shared: Arc::new(Shared {
                decoder: Decoder::new(&metadata),
                metadata,
                limits,
                cores: Arc::new(Cores::new(limits.threads.get())),
                fetcher,
            }),
            addons: Arc::default(),
        }
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// The dataset with a dimension that PDAL's `writers.ept_addon` stored in the folder or at the URL `location`. It
    /// takes the place of a dimension of that name. Where the addon has no values for a node, the points of that node
    /// keep what they have.
    ///
    /// # Errors
    /// When there is no addon, or its hierarchy cannot be read.
    pub async fn with_addon(
        mut self,
        name: &str,
        location: &str,
        options: &Options,
    ) -> Result<Dataset, Error> {
        let addon = Arc::new(AddonReader::open(name, location, options).await?);
        Arc::make_mut(&mut self.addons).push(addon);
        Ok(self)
    }

    /// What was fetched so far, by all clones of this dataset.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.shared.fetcher.traffic()
    }

    /// What `ept.json` says.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        &self.shared.metadata
    }

    /// Path or URL of a file of this dataset, for messages: without passwords, tokens or query string.
    #[must_use]
    pub fn location(&self, path: &str) -> String {
        self.shared.fetcher.location(path)
    }

    /// The nodes that a query selects, in ascending depth, x, y, z. Only pages that it can reach are fetched.
    ///
    /// A page that cannot be read is an [`Error::Lost`] in the stream.
    ///
    /// # Errors
    /// When the query asks for what cannot be, such as a negative resolution.
    pub fn nodes(&self, query: &Query) -> Result<NodeStream, Error> {
        Ok(self.walk(Reach(self.selection(query)?)))
    }

    /// The source of the dataset that a text names: by its number in the list, its path, its file name with or without
    /// extension, or a part of its path.
    ///
    /// # Errors
    /// When the sources cannot be read, none is meant or more than one; the message lists candidates.
    pub async fn origin(&self, text: &str) -> Result<Origin, Error> {
        Origin::find(&self.sources().await?, text)
    }

    fn selection(&self, query: &Query) -> Result<Arc<Selection>, Error> {
        let addons = self.addons.iter().map(|addon| addon.name());
        let selection = Selection::new(query, self.metadata(), addons)?;
        Ok(Arc::new(selection))
    }

    /// The nodes that a policy selects, in its order.
    #[must_use]
    pub fn walk(&self, policy: impl Policy + Send + 'static) -> NodeStream {
        NodeStream::new(Arc::clone(&self.shared), policy)
    }

    /// The points that a query selects, tile by tile in the order of [`Dataset::nodes`].
    ///
    /// A tile or page that cannot be read is an [`Error::Lost`] in the stream, which goes on after it.
    ///
    /// # Errors
    /// When the query asks for what cannot be, such as a negative resolution.
    pub fn points(&self, query: &Query) -> Result<TileStream, Error> {
        self.map_points(query, |tile| tile)
    }

    /// What `make` makes of the points that a query selects, tile by tile in the order of
    /// [`Dataset::nodes`]. `make` runs on the thread that decoded the tile, so it runs on all cores.
    ///
    /// # Errors
    /// As [`Dataset::points`].
    pub fn map_points<T, F>(&self, query: &Query, make: F) -> Result<TileStream<T>, Error>
    where
        T: Send + 'static,
        F: Fn(Tile) -> T + Send + Sync + 'static,
    {
        self.map_tiles(self.nodes(query)?, query, make)
    }

    /// What `make` makes of the tiles of `nodes`, in their order: [`Dataset::map_points`] for nodes that the
    /// caller already has. Of the query, all but the depth counts.
    ///
    /// # Errors
    /// As [`Dataset::points`].
    pub fn map_tiles<T, F, S>(
        &self,
        nodes: S,
        query: &Query,
        make: F,
    ) -> Result<TileStream<T>, Error>
    where
        T: Send + 'static,
        F: Fn(Tile) -> T + Send + Sync + 'static,
        S: Stream<Item = Result<Node, Error>> + Send + Unpin + 'static,
    {
        let shared = Arc::clone(&self.shared);
        let selection = self.selection(query)?;
        let point_size = self.point_size(selection.decoded().as_deref());
        let decoder = selection.decoder(&shared.decoder);
        let select = move |node: Node, points: PointBatch| {
            let points = selection.select(&node.cell, points)?;
            Ok(make(Tile { node, points }))
        };
        let addons = Arc::clone(&self.addons);
        Ok(TileStream::new(
            shared, addons, nodes, decoder, point_size, select,
        ))
    }

    /// What a query will read: its nodes, and how many of their points lie in its areas, about. Besides the pages that the
    /// query itself needs, those of neighbouring nodes are read; no tile is.
    ///
    /// A page that cannot be read is an error of the second list, and its nodes are missing in the plan.
    ///
    /// # Errors
    /// As [`Dataset::nodes`], and those of pages that are no loss.
    pub async fn plan(&self, query: &Query) -> Result<(Plan, Vec<Error>), Error> {
        let mut found = self.walk(Surroundings::new(query, self.metadata())?);
        let (mut nodes, mut losses) = (Vec::new(), Vec::new());
        while let Some(node) = found.next().await {
            match node {
                Ok(node) => nodes.push(node),
                Err(error) if error.loss().is_some() => losses.push(error),
                Err(error) => return Err(error),
            }
        }
        Ok((plan::plan(nodes, query, self.metadata())?, losses))
    }

    /// The nodes among those of a query that `most` points allow: whole depths from the root down, then of the next
    /// depth those that lie most within the areas, as far as they fit. Points are counted before any condition but the
    /// choice of nodes, so that the result has at most as many.
    ///
    /// # Errors
    /// When the coarsest depth alone has more points, or an area cannot be brought to the dataset.
    pub fn within_budget(
        &self,
        nodes: Vec<Node>,
        query: &Query,
        most: u64,
    ) -> Result<Vec<Node>, Error> {
        budget::within(most, nodes, query, self.metadata())
    }

    /// The points of `nodes` that a query selects, thinned. A node's points can come in several parts, and not in the
    /// order of the nodes, which is part of what keeps the memory small; see [`Thin`].
    ///
    /// A tile that cannot be read is an [`Error::Lost`] in the stream, which goes on after it.
    ///
    /// # Errors
    /// As [`Dataset::points`].
    pub fn thinned(
        &self,
        mut nodes: Vec<Node>,
        query: &Query,
        thin: Thin,
    ) -> Result<BoxStream<'static, Result<Tile, Error>>, Error> {
        nodes.sort_by(|a, b| thin.compare(&a.key, &b.key));
        let nodes = stream::iter(nodes.into_iter().map(Ok));
        let reduced = move |tile: Tile| Tile {
            points: thin.reduced(tile.points),
            ..tile
        };
        let wanted = query.selected_dimensions().map(<[String]>::to_vec);
        let with_axes = match &wanted {
            Some(names) => {
                let axes = ["X", "Y", "Z"].map(str::to_owned);
                query
                    .clone()
                    .dimensions(axes.into_iter().chain(names.iter().cloned()))
            }
            None => query.clone(),
        };
        let tiles = self.map_tiles(nodes, &with_axes, reduced)?;
        let part = move |(node, points): (Node, PointBatch)| {
            let points = match &wanted {
                Some(names) => points.with_dimensions(names),
                None => points,
            };
            Ok(Tile { node, points })
        };
        let thinner = Thinner::new(thin, self.metadata());
        let parts = stream::unfold((tiles, Some(thinner)), async |(mut tiles, thinner)| {
            let mut thinner = thinner?;
            Some(match tiles.next().await {
                Some(Ok(Tile { node, points })) => {
                    (Ok(thinner.push(node, points)), (tiles, Some(thinner)))
                }
                Some(Err(error)) => (Err(error), (tiles, Some(thinner))),
                None => (Ok(thinner.finish()), (tiles, None)),
            })
        });
        let parts = parts.flat_map(move |done| match done {
            Ok(done) => stream::iter(done.into_iter().map(&part).collect::<Vec<_>>()),
            Err(error) => stream::iter(vec![Err(error)]),
        });
        Ok(parts.boxed())
    }

    /// A box that holds what a query can select, in the coordinate system of its result.
    ///
    /// # Errors
    /// When the result cannot be brought to that system.
    pub fn output_bounds(&self, query: &Query) -> Result<Bounds, Error> {
        Ok(match query.selected_output_crs() {
            Some(crs) => *Reprojection::new(self.metadata(), crs)?.bounds(),
            None => *self.metadata().bounds(),
        })
    }

    /// All points of one node.
    ///
    /// # Errors
    /// An [`Error::Lost`] when the tile cannot be read.
    pub async fn tile(&self, node: &Node) -> Result<PointBatch, Error> {
        let bytes = self.shared.tile_bytes(node, true).await?;
        let (shared, node) = (Arc::clone(&self.shared), *node);
        self.shared
            .cores
            .run(0, move || shared.decoded(&shared.decoder, &node, &bytes))
            .await?
    }

    /// The size of a node's tile in bytes, as stored, without fetching it; none when the store cannot tell.
    ///
    /// # Errors
    /// An [`Error::Lost`] when the store says that there is no such tile, or cannot be asked.
    pub async fn tile_size(&self, node: &Node) -> Result<Option<u64>, Error> {
        let path = self.metadata().tile_path(node.key);
        let size = self.shared.fetcher.size(&path).await;
        size.map_err(|error| self.shared.lost_tile(node, LossCause::Fetch(error)))
    }

    /// How large the tiles of these nodes are together, from the sizes of at most 64 of them; none when the store does
    /// not tell sizes, or none of the tiles is there.
    pub async fn tile_sizes(&self, nodes: &[Node]) -> Option<TileSizes> {
        let mut by_points: Vec<&Node> = nodes.iter().collect();
        by_points.sort_by_key(|node| (node.points, node.key));
        let step = by_points.len().div_ceil(plan::SAMPLE).max(1);
        let sample = by_points.into_iter().skip(step / 2).step_by(step);
        let asked = sample.map(async |node| Some((node.points, self.tile_size(node).await.ok()??)));
        let known = futures::future::join_all(asked).await;
        let known: Vec<(u64, u64)> = known.into_iter().flatten().collect();
        TileSizes::of(&known, nodes)
    }

    /// One page of the hierarchy.
    ///
    /// # Errors
    /// An [`Error::Lost`] when the page cannot be read.
    pub async fn page(&self, key: Key) -> Result<Page, Error> {
        self.shared.page(key).await
    }

    /// A page, with one attempt or as many as the dataset makes.
    pub(crate) async fn page_in(&self, key: Key, is_patient: bool) -> Result<Page, Error> {
        match is_patient {
            true => self.shared.page(key).await,
            false => self.shared.page_once(key).await,
        }
    }

    /// A tile for a cache: these dimensions as far as the dataset has them, all for none.
    pub(crate) async fn cached_tile(
        &self,
        node: Node,
        names: Option<&[String]>,
        is_patient: bool,
    ) -> Result<CachedTile, Error> {
        let (shared, addons) = (Arc::clone(&self.shared), Arc::clone(&self.addons));
        let decoder = shared.decoder.clone();
        let decoder = match names {
            Some(names) => {
                let known = names
                    .iter()
                    .filter(|name| self.metadata().dimension(name).is_some());
                decoder.with_dimensions(known.cloned().collect())
            }
            None => decoder,
        };
        let bytes = shared.tile_bytes(&node, is_patient);
        let (bytes, values) = try_join(bytes, addon::values(&addons, &node)).await?;
        let work = move || {
            let points = shared.decoded(&decoder, &node, &bytes)?;
            let points = addon::attached(&addons, points, values)?;
            Ok(CachedTile::new(node, points, &shared.metadata))
        };
        self.shared.cores.run(0, work).await?
    }

    /// What it means that a page says what cannot be.
    pub(crate) fn lost_page(&self, key: Key, fault: FormatError) -> Error {
        self.shared.lost_page(key, fault)
    }

    /// What tells this dataset from others, as long as someone knows it.
    pub(crate) fn id(&self) -> DatasetId {
        DatasetId {
            shared: Arc::downgrade(&self.shared),
            addons: Arc::downgrade(&self.addons),
        }
    }

    /// The input files that the dataset was built from, in the order of their `OriginId`; none when the
    /// dataset does not list them.
    ///
    /// # Errors
    /// When the list is there and cannot be read.
    pub async fn sources(&self) -> Result<Vec<Source>, Error> {
        for path in [Source::MANIFEST_PATH, Source::LIST_PATH] {
            match self.shared.fetcher.get(path).await {
                Ok(bytes) => return self.shared.parse(path, &bytes, Source::list_from_json),
                // Some object stores deny what does not exist.
                Err(StoreError::NotFound { .. } | StoreError::Denied { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Vec::new())
    }

    /// The further metadata of a source; none when it has none.
    ///
    /// # Errors
    /// When the source names a file that cannot be read.
    pub async fn source_detail(&self, source: &Source) -> Result<Option<SourceDetail>, Error> {
        let path = source.detail_path().map_err(|fault| Error::Format {
            location: self.location("ept-sources"),
            fault,
        })?;
        let Some(path) = path else {
            return Ok(None);
        };
        let bytes = self.shared.fetcher.get(&path).await?;
        let detail = |text: &[u8]| source.detail_from_json(text);
        self.shared.parse(&path, &bytes, detail).map(Some)
    }

    /// About how many bytes a decoded point with these dimensions takes.
    fn point_size(&self, names: Option<&[String]>) -> usize {
        let is_wanted = |name: &str| {
            names.is_none_or(|names| names.iter().any(|n| n.eq_ignore_ascii_case(name)))
        };
        let schema = self.metadata().schema().iter();
        let sizes = schema
            .filter(|d| is_wanted(&d.name))
            .map(|d| match &*d.name {
                "X" | "Y" | "Z" => size_of::<f64>(),
                _ => d.scalar.size(),
            });
        sizes.sum::<usize>().max(1)
    }
}

impl PartialEq for DatasetId {
    fn eq(&self, other: &DatasetId) -> bool {
        self.shared.ptr_eq(&other.shared) && self.addons.ptr_eq(&other.addons)
    }
}

impl Eq for DatasetId {}

impl Hash for DatasetId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.shared.as_ptr().hash(state);
    }
}

/// Says what is there in the place of a dataset without `ept.json`.
async fn explain_missing(fetcher: &Fetcher, error: StoreError) -> Error {
    let (StoreError::NotFound { location } | StoreError::Denied { location, .. }) = &error else {
        return error.into();
    };
    let problem = match fetcher.get("entwine.json").await {
        Ok(_) => format!("there is an entwine.json instead: {}", FormatError::PreEpt),
        Err(_) => format!(
            "{}; give the folder or URL that holds ept.json, or ept.json itself",
            error.cause()
        ),
    };
    Error::Location {
        location: location.clone(),
        problem,
    }
}
