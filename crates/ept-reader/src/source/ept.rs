//! EPT: `ept.json`, hierarchy pages and tiles in a store.

use std::num::NonZeroUsize;
use std::sync::Arc;

use bytes::Bytes;
use ept_format::{
    Bounds, DataType, Dimension, FormatError, Key, Metadata, Node, NodeName, Page, SourceDetail,
    SourceFile, is_same_dimension, position_of_dimension,
};
use ept_points::{DecodeError, Decoder, PointBatch, TileHeader, Wish};
use ept_select::{Frame, Origin};
use futures::FutureExt;
use futures::future::{BoxFuture, join, join_all, try_join, try_join_all};
use sha2::{Digest, Sha256};

use super::addon::Addon;
use super::{Encoded, Octree, SharedPolicy, Source, hierarchy, text};
use crate::engine::{Engine, Fetcher, Retry};
use crate::store::{Store, StoreError};
use crate::{Error, Loss, LossCause, LostPart, NodeStream};

/// A dataset in the Entwine Point Tile format, with all that only this format has: `ept.json`, pages of a hierarchy and
/// the list of the files that it was built from. [`Dataset::ept`](crate::Dataset::ept) gives it.
#[derive(Debug, Clone)]
pub struct Ept {
    metadata: Arc<Metadata>,
    frame: Arc<Frame>,
    /// Of all points and dimensions. Clones share the memory of decompression, which is worth keeping.
    decoder: Decoder,
    fetcher: Fetcher,
    addons: Vec<Arc<Addon>>,
    /// Hash of the text of `ept.json`; `None` if it was not read from there.
    text_hash: Option<[u8; 32]>,
}

fn hash(text: &[u8]) -> [u8; 32] {
    Sha256::digest(text).into()
}

impl Ept {
    pub(crate) const METADATA_PATH: &str = "ept.json";

    pub(crate) async fn open(store: Arc<dyn Store>, engine: &Engine) -> Result<Ept, Error> {
        let fetcher = Fetcher::new(store, engine);
        let path = Ept::METADATA_PATH;
        let most = engine.limits().metadata_bytes;
        let from_json = |text: &[u8]| Ok((Metadata::from_json(text)?, hash(text)));
        match parsed(&fetcher, path, most, from_json).await {
            Ok((metadata, hash)) => Ok(Ept {
                text_hash: Some(hash),
                ..Ept::new(fetcher, metadata)
            }),
            Err(Error::Store(error)) => Err(explain_missing(&fetcher, error).await),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn new(fetcher: Fetcher, metadata: Metadata) -> Ept {
        Ept {
            decoder: Decoder::new(&metadata),
            frame: Arc::new(Frame::from(&metadata)),
            metadata: Arc::new(metadata),
            fetcher,
            addons: Vec::new(),
            text_hash: None,
        }
    }

    /// Looks whether `ept.json` still is what was read when the dataset was opened: to be asked after much was read.
    ///
    /// # Errors
    /// [`Error::Changed`] if it is different or gone. That it can't be fetched for another reason is no error.
    pub async fn check_unchanged(&self) -> Result<(), Error> {
        let limits = self.fetcher.engine().limits();
        let most = limits.text_bytes(limits.metadata_bytes);
        let is_same = match self.fetcher.get_anew(Ept::METADATA_PATH, most).await {
            Ok(bytes) => text::decompressed(&bytes, most)
                .is_ok_and(|text| self.text_hash.is_none_or(|known| known == hash(&text))),
            Err(StoreError::NotFound { .. }) => self.text_hash.is_none(),
            Err(_) => true,
        };
        if is_same {
            return Ok(());
        }
        Err(Error::Changed {
            location: self.location(Ept::METADATA_PATH),
        })
    }

    /// The bytes of `ept.json`.
    pub(crate) async fn fetch_metadata(fetcher: &Fetcher) -> Result<Bytes, Error> {
        let options = fetcher.engine().options();
        let most = options.limits.text_bytes(options.limits.metadata_bytes);
        match fetcher
            .get_with(Ept::METADATA_PATH, most, &options.retry)
            .await
        {
            Ok(bytes) => Ok(bytes),
            Err(error) => Err(explain_missing(fetcher, error).await),
        }
    }

    /// The dataset with a dimension from an addon in a store, in place of one of that name if there is one.
    pub(crate) async fn with_addon(
        mut self,
        name: &str,
        store: Arc<dyn Store>,
    ) -> Result<Ept, Error> {
        let addon = Addon::open(name, Fetcher::new(store, self.fetcher.engine())).await?;
        let frame = Arc::make_mut(&mut self.frame);
        let dimension = addon.dimension().clone();
        let names = frame.schema.iter().map(|other| other.name.as_str());
        match position_of_dimension(names, name) {
            Some(at) => frame.schema[at] = dimension,
            None => frame.schema.push(dimension),
        }
        self.addons.push(Arc::new(addon));
        Ok(self)
    }

    /// The dataset with dimensions that some of its tiles have and the schema lacks.
    pub(crate) fn with_tile_dimensions(mut self, dimensions: Vec<Dimension>) -> Ept {
        let names = dimensions.iter().map(|dimension| dimension.name.clone());
        self.decoder = self.decoder.with_known(names.collect());
        Arc::make_mut(&mut self.frame).schema.extend(dimensions);
        self
    }

    /// What `ept.json` says.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    pub(crate) fn fetcher(&self) -> &Fetcher {
        &self.fetcher
    }

    /// Path or URL of a file of the dataset, for messages: without passwords, tokens or query string.
    #[must_use]
    pub fn location(&self, path: &str) -> String {
        self.fetcher.location(path)
    }

    /// One page of the hierarchy.
    ///
    /// # Errors
    /// An [`Error::Lost`] when the page cannot be read.
    pub async fn page(&self, key: Key) -> Result<Page, Error> {
        self.page_with(key, &self.fetcher.engine().options().retry)
            .await
    }

    pub(crate) async fn page_with(&self, key: Key, retry: &Retry) -> Result<Page, Error> {
        let path = self.metadata.page_path(key);
        let limits = self.fetcher.engine().limits();
        let most = limits.text_bytes(limits.page_bytes);
        let page = text::read(&self.fetcher, &path, most, retry, Page::from_json).await?;
        page.map_err(|cause| self.lost_subtree(key, cause))
    }

    /// The size of a node's tile in bytes, as stored, without fetching it. `None` if the store can't tell sizes.
    ///
    /// # Errors
    /// An [`Error::Lost`] when the store says that there is no such tile, or cannot be asked.
    pub async fn tile_size(&self, node: &Node) -> Result<Option<u64>, Error> {
        let size = self.fetcher.size(&self.metadata.tile_path(node.name)).await;
        size.map_err(|error| self.lost_tile(node, LossCause::Fetch(error)))
    }

    /// The files that the dataset was built from, in the order of their `OriginId`; none if the dataset does not list
    /// them.
    ///
    /// # Errors
    /// When the list is there and cannot be read.
    pub async fn source_files(&self) -> Result<Vec<SourceFile>, Error> {
        for path in [SourceFile::MANIFEST_PATH, SourceFile::LIST_PATH] {
            let most = self.fetcher.engine().limits().sources_bytes;
            match parsed(&self.fetcher, path, most, SourceFile::list_from_json).await {
                // Some object stores deny what does not exist.
                Err(Error::Store(StoreError::NotFound { .. } | StoreError::Denied { .. })) => {}
                list => return list,
            }
        }
        Ok(Vec::new())
    }

    /// The further metadata of a source file. `None` if it has none.
    ///
    /// # Errors
    /// When the source file names a file that cannot be read.
    pub async fn source_detail(&self, source: &SourceFile) -> Result<Option<SourceDetail>, Error> {
        let path = source.detail_path().map_err(|fault| Error::Format {
            location: self.location("ept-sources"),
            fault,
        })?;
        let Some(path) = path else {
            return Ok(None);
        };
        let source = source.clone();
        let detail = move |text: &[u8]| source.detail_from_json(text);
        // Several sources may share a file.
        let most = self.fetcher.engine().limits().sources_bytes;
        parsed(&self.fetcher, &path, most, detail).await.map(Some)
    }

    /// The source file that a text names: by its number in the list, its path, its file name with or without extension, or
    /// a part of its path.
    ///
    /// # Errors
    /// When the list cannot be read, or the text names no source file or more than one; the message lists candidates.
    pub async fn origin(&self, text: &str) -> Result<Origin, Error> {
        Ok(Origin::find(&self.source_files().await?, text)?)
    }

    fn lost_subtree(&self, key: Key, cause: LossCause) -> Error {
        let path = self.metadata.page_path(key);
        self.lost(
            LostPart::Page,
            key.into(),
            self.metadata.bounds().cell(key),
            &path,
            cause,
        )
    }

    fn lost_tile(&self, node: &Node, cause: LossCause) -> Error {
        let part = LostPart::Tile {
            points: node.points,
        };
        let path = self.metadata.tile_path(node.name);
        self.lost(part, node.name, node.cell, &path, cause)
    }

    fn lost(
        &self,
        part: LostPart,
        node: NodeName,
        cell: Bounds,
        path: &str,
        cause: LossCause,
    ) -> Error {
        Error::Lost(Box::new(Loss {
            part,
            node,
            cell,
            location: self.location(path),
            cause,
        }))
    }

    /// Size of the largest file that a node's tile may be.
    pub(crate) fn most_tile_bytes(&self, node: &Node) -> usize {
        let sizes = self.metadata.schema().iter().map(|d| d.scalar.size());
        let limits = self.fetcher.engine().limits();
        limits.tile_bytes(node.points, sizes.sum())
    }

    async fn tile_bytes(&self, node: &Node, retry: &Retry) -> Result<Bytes, Error> {
        let limits = self.fetcher.engine().limits();
        if node.points > limits.tile_points {
            return Err(self.lost_tile(node, LossCause::TooLarge(limits.tile_points)));
        }
        let most = self.most_tile_bytes(node);
        let path = self.metadata.tile_path(node.name);
        let bytes = self.fetcher.get_with(&path, most, retry).await;
        bytes.map_err(|error| self.lost_tile(node, LossCause::Fetch(error)))
    }

    fn decode_tile(&self, wish: &Wish, node: &Node, tile: &[u8]) -> Result<PointBatch, Error> {
        let decoder = self.decoder.clone().with_wish(wish);
        let decoded = decoder.decode(node.points, tile);
        decoded.map_err(|error| match error {
            // Not the tile's fault.
            DecodeError::NoDimension { .. } | DecodeError::Schema(_) => Error::Decode(error),
            error => self.lost_tile(node, LossCause::Decode(error)),
        })
    }

    /// What to decode of the tile itself when addons follow: all its points, since their values are by place, and no
    /// dimension that only an addon has.
    fn tile_wish(&self, wish: &Wish) -> Wish {
        let is_beside = |name: &str| {
            let mut addons = self.addons.iter();
            addons.any(|addon| is_same_dimension(&addon.dimension().name, name))
                && self.metadata.dimension(name).is_none()
        };
        let dimensions = wish.dimensions.clone().map(|mut names| {
            names.extend(["X", "Y", "Z"].map(str::to_owned));
            names.retain(|name| !is_beside(name));
            names
        });
        Wish {
            dimensions,
            ..Wish::default()
        }
    }
}

impl Octree for Ept {
    fn cube(&self) -> &Bounds {
        self.metadata.bounds()
    }

    fn engine(&self) -> &Engine {
        self.fetcher.engine()
    }

    fn hierarchy_location(&self) -> String {
        self.location("ept-hierarchy")
    }

    fn page<'a>(&'a self, key: Key, retry: &'a Retry) -> BoxFuture<'a, Result<Arc<Page>, Error>> {
        let page = self.page_with(key, retry);
        page.map(|page| page.map(Arc::new)).boxed()
    }

    fn lost_page(&self, key: Key, fault: FormatError) -> Error {
        self.lost_subtree(key, LossCause::Format(fault))
    }
}

impl Source for Ept {
    fn frame(&self) -> &Arc<Frame> {
        &self.frame
    }

    fn engine(&self) -> &Engine {
        self.fetcher.engine()
    }

    fn location(&self) -> String {
        self.fetcher.location(Ept::METADATA_PATH)
    }

    fn nodes(self: Arc<Self>, policy: SharedPolicy) -> NodeStream {
        hierarchy::nodes(self, policy)
    }

    fn fetch<'a>(
        &'a self,
        node: &'a Node,
        retry: &'a Retry,
    ) -> BoxFuture<'a, Result<Encoded, Error>> {
        let beside = self
            .addons
            .iter()
            .map(move |addon| addon.fetch(node, retry));
        let parts = try_join(self.tile_bytes(node, retry), try_join_all(beside));
        async move {
            let (tile, beside) = parts.await?;
            Ok(Encoded { tile, beside })
        }
        .boxed()
    }

    fn decode(&self, wish: &Wish, node: &Node, encoded: Encoded) -> Result<PointBatch, Error> {
        if self.addons.is_empty() {
            return self.decode_tile(wish, node, &encoded.tile);
        }
        let mut points = self.decode_tile(&self.tile_wish(wish), node, &encoded.tile)?;
        for (addon, bytes) in self.addons.iter().zip(&encoded.beside) {
            if let Some(bytes) = bytes {
                points = addon.attach(node, points, bytes)?;
            }
        }
        points.clip(&wish.bounds);
        Ok(match &wish.dimensions {
            Some(names) => points.with_dimensions(names),
            None => points,
        })
    }

    fn forget<'a>(&'a self, node: &'a Node) -> BoxFuture<'a, bool> {
        async move {
            let path = self.metadata.tile_path(node.name);
            let beside = self.addons.iter().map(|addon| addon.forget(node));
            let (tile, beside) = join(self.fetcher.forget(&path), join_all(beside)).await;
            tile || beside.into_iter().any(|is_kept| is_kept)
        }
        .boxed()
    }

    fn tile_header<'a>(
        &'a self,
        node: &'a Node,
    ) -> BoxFuture<'a, Result<Option<TileHeader>, LossCause>> {
        async move {
            match self.metadata.data_type() {
                DataType::Laszip => self.header(node).await.map(Some),
                DataType::Binary | DataType::Zstandard => Ok(None),
            }
        }
        .boxed()
    }

    fn node_size<'a>(&'a self, node: &'a Node) -> BoxFuture<'a, Result<Option<u64>, Error>> {
        self.tile_size(node).boxed()
    }

    fn as_octree(&self) -> Option<&dyn Octree> {
        Some(self)
    }

    fn as_ept(&self) -> Option<&Ept> {
        Some(self)
    }
}

/// A JSON file; a fault names it.
async fn parsed<T: Send + 'static>(
    fetcher: &Fetcher,
    path: &str,
    most: NonZeroUsize,
    from_json: impl Fn(&[u8]) -> Result<T, FormatError> + Clone + Send + 'static,
) -> Result<T, Error> {
    let options = fetcher.engine().options();
    let most = options.limits.text_bytes(most);
    let read = text::read(fetcher, path, most, &options.retry, from_json).await?;
    read.map_err(|cause| match cause {
        LossCause::Fetch(error) => error.into(),
        LossCause::Format(fault) => Error::Format {
            location: fetcher.location(path),
            fault,
        },
        other => Error::Internal(other.to_string()),
    })
}

/// Says what is there in place of a dataset without `ept.json`.
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
