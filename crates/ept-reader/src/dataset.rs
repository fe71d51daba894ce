//! A dataset: its metadata, its store and what may be done with them at once.

use std::sync::Arc;

use bytes::Bytes;
use ept_format::{FormatError, Key, Metadata, Node, Page, Policy, Source, SourceDetail};
use ept_points::{DecodeError, Decoder, PointBatch};
use futures::Stream;
use tokio::sync::Semaphore;

use crate::cores::Cores;
use crate::store::{Store, StoreError};
use crate::traffic::{Counters, Traffic};
use crate::{
    Error, Limits, Loss, LossCause, LostPart, NodeStream, Query, Tile, TileStream, location, text,
};

/// An EPT dataset. Cloning it is cheap; clones share connections and limits.
#[derive(Debug, Clone)]
pub struct Dataset {
    shared: Arc<Shared>,
}

/// What the streams of one dataset share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) metadata: Metadata,
    pub(crate) limits: Limits,
    traffic: Counters,
    requests: Semaphore,
    pub(crate) cores: Arc<Cores>,
}

impl Dataset {
    /// Opens the dataset at a folder, an `ept.json`, or an `http(s)` URL of either. A query string
    /// of the URL is repeated on every request.
    ///
    /// # Errors
    /// When there is no `ept.json`, or it is not valid; see [`Metadata::from_json`].
    pub async fn open(location: &str) -> Result<Dataset, Error> {
        Dataset::from_store(location::open(location)?).await
    }

    /// Opens the dataset in a store.
    ///
    /// # Errors
    /// As [`Dataset::open`].
    pub async fn from_store(store: Arc<dyn Store>) -> Result<Dataset, Error> {
        let bytes = match store.get("ept.json").await {
            Ok(bytes) => bytes,
            Err(error) => return Err(explain_missing(&*store, error).await),
        };
        let metadata = parse(&*store, "ept.json", &bytes, Metadata::from_json)?;
        Ok(Dataset {
            shared: Arc::new(Shared::new(store, metadata, Limits::default())),
        })
    }

    /// The same dataset with other limits, which hold for queries of the result.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Dataset {
        let (store, metadata) = (Arc::clone(&self.shared.store), self.shared.metadata.clone());
        Dataset {
            shared: Arc::new(Shared::new(store, metadata, limits)),
        }
    }

    /// What was fetched so far, by all clones of this dataset.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.shared.traffic.now()
    }

    /// What `ept.json` says.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        &self.shared.metadata
    }

    /// Path or URL of a file of this dataset, for messages: without passwords, tokens or query string.
    #[must_use]
    pub fn location(&self, path: &str) -> String {
        self.shared.store.location(path)
    }

    /// The nodes that a query selects, in ascending depth, x, y, z. Only pages that it can reach are fetched.
    ///
    /// A page that cannot be read is an [`Error::Lost`] in the stream.
    ///
    /// # Errors
    /// When the query asks for what cannot be, such as a negative resolution.
    pub fn nodes(&self, query: &Query) -> Result<NodeStream, Error> {
        Ok(self.walk(query.region(self.metadata())?))
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
        Ok(self.map_tiles(self.nodes(query)?, query, make))
    }

    /// What `make` makes of the tiles of `nodes`, in their order: [`Dataset::map_points`] for nodes that the
    /// caller already has. Of the query, the area and the dimensions count.
    pub fn map_tiles<T, F, S>(&self, nodes: S, query: &Query, make: F) -> TileStream<T>
    where
        T: Send + 'static,
        F: Fn(Tile) -> T + Send + Sync + 'static,
        S: Stream<Item = Result<Node, Error>> + Send + Unpin + 'static,
    {
        let shared = Arc::clone(&self.shared);
        let (decoder, point_size) = (self.decoder(query), self.point_size(query));
        TileStream::new(shared, nodes, decoder, point_size, make)
    }

    /// All points of one node.
    ///
    /// # Errors
    /// An [`Error::Lost`] when the tile cannot be read.
    pub async fn tile(&self, node: &Node) -> Result<PointBatch, Error> {
        let bytes = self.shared.tile_bytes(node).await?;
        let (shared, node) = (Arc::clone(&self.shared), *node);
        let decoder = self.decoder(&Query::new());
        self.shared
            .cores
            .run(move || shared.decoded(&decoder, &node, &bytes))
            .await?
    }

    /// One page of the hierarchy.
    ///
    /// # Errors
    /// An [`Error::Lost`] when the page cannot be read.
    pub async fn page(&self, key: Key) -> Result<Page, Error> {
        self.shared.page(key).await
    }

    /// The input files that the dataset was built from, in the order of their `OriginId`; none when the
    /// dataset does not list them.
    ///
    /// # Errors
    /// When the list is there and cannot be read.
    pub async fn sources(&self) -> Result<Vec<Source>, Error> {
        for path in [Source::MANIFEST_PATH, Source::LIST_PATH] {
            match self.shared.fetch(path).await {
                Ok(bytes) => {
                    return parse(&*self.shared.store, path, &bytes, Source::list_from_json);
                }
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
        let Some(path) = source.detail_path() else {
            return Ok(None);
        };
        let bytes = self.shared.fetch(&path).await?;
        let detail = |text: &[u8]| source.detail_from_json(text);
        parse(&*self.shared.store, &path, &bytes, detail).map(Some)
    }

    fn decoder(&self, query: &Query) -> Decoder {
        let mut decoder = Decoder::new(self.metadata());
        if let Some(bounds) = query.selected_bounds() {
            decoder = decoder.with_bounds(*bounds);
        }
        if let Some(names) = query.selected_dimensions() {
            decoder = decoder.with_dimensions(names.to_vec());
        }
        decoder
    }

    /// About how many bytes a decoded point of a query takes.
    fn point_size(&self, query: &Query) -> usize {
        let is_wanted = |name: &str| {
            let names = query.selected_dimensions();
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

impl Shared {
    fn new(store: Arc<dyn Store>, metadata: Metadata, limits: Limits) -> Shared {
        Shared {
            store,
            metadata,
            limits,
            traffic: Counters::default(),
            requests: Semaphore::new(limits.requests.get().min(Semaphore::MAX_PERMITS)),
            cores: Arc::new(Cores::new(limits.threads.get())),
        }
    }

    /// A file, once there is a request to spare.
    async fn fetch(&self, path: &str) -> Result<Bytes, StoreError> {
        // The semaphore is never closed; without a permit the limit is all that would be missed.
        let _permit = self.requests.acquire().await.ok();
        let result = self.store.get(path).await;
        self.traffic.count(result.as_ref().map_or(0, Bytes::len));
        result
    }

    pub(crate) async fn page(&self, key: Key) -> Result<Page, Error> {
        let path = self.metadata.page_path(key);
        let bytes = self.fetch(&path).await;
        let bytes =
            bytes.map_err(|e| self.lost(LostPart::Page, key, &path, LossCause::Fetch(e)))?;
        let page = text::decompressed(&bytes)
            .map_err(FormatError::NotJson)
            .and_then(|text| Page::from_json(&text));
        page.map_err(|fault| self.lost_page(key, fault))
    }

    pub(crate) async fn tile_bytes(&self, node: &Node) -> Result<Bytes, Error> {
        let bytes = self.fetch(&self.metadata.tile_path(node.key)).await;
        bytes.map_err(|error| self.lost_tile(node, LossCause::Fetch(error)))
    }

    /// Decodes a tile; call it where computing is allowed: in [`Cores::run`].
    pub(crate) fn decoded(
        &self,
        decoder: &Decoder,
        node: &Node,
        bytes: &[u8],
    ) -> Result<PointBatch, Error> {
        decoder
            .decode(node.points, bytes)
            .map_err(|error| match error {
                // Not the tile's fault.
                DecodeError::NoDimension { .. } | DecodeError::Schema(_) => {
                    Error::Query(error.to_string())
                }
                error => self.lost_tile(node, LossCause::Decode(error)),
            })
    }

    pub(crate) fn lost_page(&self, key: Key, fault: FormatError) -> Error {
        let path = self.metadata.page_path(key);
        self.lost(LostPart::Page, key, &path, LossCause::Format(fault))
    }

    fn lost_tile(&self, node: &Node, cause: LossCause) -> Error {
        let part = LostPart::Tile {
            points: node.points,
        };
        self.lost(part, node.key, &self.metadata.tile_path(node.key), cause)
    }

    fn lost(&self, part: LostPart, key: Key, path: &str, cause: LossCause) -> Error {
        Error::Lost(Box::new(Loss {
            part,
            key,
            cell: self.metadata.bounds().cell(key),
            location: self.store.location(path),
            cause,
        }))
    }
}

/// Parses a JSON file; a fault names the file.
fn parse<T>(
    store: &dyn Store,
    path: &str,
    bytes: &[u8],
    from_json: impl FnOnce(&[u8]) -> Result<T, FormatError>,
) -> Result<T, Error> {
    let text = text::decompressed(bytes).map_err(FormatError::NotJson);
    text.and_then(|text| from_json(&text))
        .map_err(|fault| Error::Format {
            location: store.location(path),
            fault,
        })
}

/// Says what is there in the place of a dataset without `ept.json`.
async fn explain_missing(store: &dyn Store, error: StoreError) -> Error {
    let (StoreError::NotFound { location } | StoreError::Denied { location, .. }) = &error else {
        return error.into();
    };
    let problem = match store.get("entwine.json").await {
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
