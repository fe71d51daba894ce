//! EPT: `ept.json`, hierarchy pages and tiles in a store.

mod source_files;
mod tiles;

use std::num::NonZeroUsize;
use std::sync::Arc;

use bytes::Bytes;
use ept_format::{
    Bounds, Dimension, FormatError, Key, Metadata, Node, NodeName, Page, position_of_dimension,
};
use ept_points::Decoder;
use ept_select::Frame;

use super::addon::Addon;
use super::text;
use crate::engine::{Engine, Fetcher, Retry};
use crate::store::{Store, StoreError};
use crate::{Error, Loss, LossCause, LostPart, StoredFile, foreign};

/// Bytes of text of pages that are read together.
const SMALL: usize = 256 << 10;

/// An EPT dataset, with everything specific to the format: `ept.json`, hierarchy pages and the list of source files.
/// See [`Dataset::ept`](crate::Dataset::ept).
#[derive(Debug, Clone)]
pub struct Ept {
    metadata: Arc<Metadata>,
    frame: Arc<Frame>,
    /// Decodes all points and dimensions. Clones share the memory for decompression, so it is kept.
    decoder: Decoder,
    fetcher: Fetcher,
    addons: Vec<Arc<Addon>>,
    /// The text of `ept.json`. `None` if it was not read from a file just now.
    text: Option<Bytes>,
}

impl Ept {
    pub(crate) const METADATA_PATH: &str = "ept.json";

    pub(crate) async fn open(store: Arc<dyn Store>, engine: &Engine) -> Result<Ept, Error> {
        let fetcher = Fetcher::new(store, engine);
        let path = Ept::METADATA_PATH;
        let most = engine.limits().metadata_bytes;
        let from_json = |text: &[u8]| {
            let metadata = Metadata::from_json(text)?;
            Ok((metadata, Bytes::copy_from_slice(text)))
        };
        match parsed(&fetcher, path, most, from_json).await {
            Ok((metadata, text)) => Ok(Ept {
                text: Some(text),
                ..Ept::new(fetcher, metadata)
            }),
            Err(Error::Store(error)) => Err(foreign::instead(&fetcher, error).await),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn new(fetcher: Fetcher, metadata: Metadata) -> Ept {
        let mut frame = Frame::from(&metadata);
        if let Some(srs) = &fetcher.engine().options().srs {
            frame.srs = srs.clone();
        }
        Ept {
            decoder: Decoder::new(&metadata).with_decompressors(fetcher.engine().decompressors()),
            frame: Arc::new(frame),
            metadata: Arc::new(metadata),
            fetcher,
            addons: Vec::new(),
            text: None,
        }
    }

    /// The dataset of which `ept.json` and the frame are known. Nothing is fetched.
    pub(crate) fn of_text(fetcher: Fetcher, text: &[u8], frame: Frame) -> Result<Ept, Error> {
        let metadata = Metadata::from_json(text).map_err(|fault| Error::Format {
            location: fetcher.location(Ept::METADATA_PATH),
            fault,
        })?;
        // The frame has what only tiles have, too.
        let own = metadata.schema().iter().map(|known| known.name.as_str());
        let only_in_tiles = frame.schema.iter().map(|known| &known.name);
        let only_in_tiles =
            only_in_tiles.filter(|name| position_of_dimension(own.clone(), name).is_none());
        let only_in_tiles = only_in_tiles.cloned().collect();
        let ept = Ept::new(fetcher, metadata);
        Ok(Ept {
            decoder: ept.decoder.with_known(only_in_tiles),
            frame: Arc::new(frame),
            ..ept
        })
    }

    /// Checks that `ept.json` has not changed since the dataset was opened. To be called after a long read.
    ///
    /// # Errors
    /// [`Error::Changed`] if it is different or gone. If it can't be fetched for another reason, that is not an error.
    pub async fn check_unchanged(&self) -> Result<(), Error> {
        let Some(known) = &self.text else {
            return Ok(());
        };
        let limits = self.fetcher.engine().limits();
        let most = limits.text_bytes(limits.metadata_bytes);
        let is_same = match self.fetcher.get_anew(Ept::METADATA_PATH, most).await {
            Ok(bytes) => text::decompressed(&bytes, most).is_ok_and(|text| *known == *text),
            Err(StoreError::NotFound { .. } | StoreError::Changed { .. }) => false,
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
            Err(error) => Err(foreign::instead(fetcher, error).await),
        }
    }

    /// Adds a dimension from an addon in a store, replacing any dimension with that name.
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

    /// Adds dimensions that some tiles have but the schema lacks.
    pub(crate) fn with_tile_dimensions(mut self, dimensions: Vec<Dimension>) -> Ept {
        let names = dimensions.iter().map(|dimension| dimension.name.clone());
        self.decoder = self.decoder.with_known(names.collect());
        Arc::make_mut(&mut self.frame).schema.extend(dimensions);
        self
    }

    /// The contents of `ept.json`.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    pub(crate) fn fetcher(&self) -> &Fetcher {
        &self.fetcher
    }

    /// Path or URL of a file of the dataset, for messages, without passwords, tokens or query string.
    #[must_use]
    pub fn location(&self, path: &str) -> String {
        self.fetcher.location(path)
    }

    /// A file of the dataset, as it is.
    #[must_use]
    pub fn file(&self, path: &str) -> StoredFile {
        StoredFile::of(self.fetcher.clone(), path.to_owned())
    }

    /// The text of `ept.json`, as it is.
    ///
    /// # Errors
    /// When it can't be fetched any more.
    pub async fn metadata_text(&self) -> Result<Vec<u8>, Error> {
        let limits = self.fetcher.engine().limits();
        let most = limits.text_bytes(limits.metadata_bytes);
        let bytes = Ept::fetch_metadata(&self.fetcher).await?;
        let text = text::decompressed(&bytes, most).map_err(|problem| Error::Format {
            location: self.location(Ept::METADATA_PATH),
            fault: FormatError::NotJson(problem.to_string()),
        })?;
        Ok(text.into_owned())
    }

    /// A page of the hierarchy.
    ///
    /// # Errors
    /// [`Error::Lost`] if the page can't be read.
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

    /// The first of some small pages, as many as are read together. `None` for those with faults.
    async fn pages_of(&self, keys: &[Key]) -> Vec<Option<Arc<Page>>> {
        let paths = keys.iter().map(|key| self.metadata.page_path(*key));
        let texts = self.fetcher.get_together(paths.collect(), SMALL).await;
        let parse = move || {
            let pages = texts.iter().map(|bytes| {
                let text = text::decompressed(bytes, SMALL).ok()?;
                Page::from_json(&text).ok().map(Arc::new)
            });
            pages.collect()
        };
        self.fetcher
            .engine()
            .compute(0, parse)
            .await
            .unwrap_or_default()
    }

    /// The size of a node's tile in bytes, as stored, without fetching it. `None` if the store can't tell sizes.
    ///
    /// # Errors
    /// [`Error::Lost`] if there is no such tile, or the store can't be reached.
    pub async fn tile_size(&self, node: &Node) -> Result<Option<u64>, Error> {
        let size = self.fetcher.size(&self.metadata.tile_path(node.name)).await;
        size.map_err(|error| self.lost_tile(node, LossCause::Fetch(error)))
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
        if let LossCause::Fetch(StoreError::Changed { location }) = cause {
            return Error::Changed { location };
        }
        Error::Lost(Box::new(Loss {
            part,
            node,
            source_number: 0,
            cell,
            location: self.location(path),
            cause,
        }))
    }
}

/// Reads a JSON file. Errors contain its location.
async fn parsed<T: Send + 'static>(
    fetcher: &Fetcher,
    path: &str,
    most: NonZeroUsize,
    from_json: impl Fn(&[u8]) -> Result<T, FormatError> + Clone + Send + 'static,
) -> Result<T, Error> {
    let options = fetcher.engine().options();
    let most = options.limits.text_bytes(most);
    let read = text::read(fetcher, path, most, &options.retry, from_json).await?;
    read.map_err(|cause| text::fault(fetcher, path, cause))
}
