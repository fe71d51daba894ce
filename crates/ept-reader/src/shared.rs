//! What the streams of one dataset share: its files, its threads, and what it means that they fail.

use std::sync::Arc;

use bytes::Bytes;
use ept_format::{FormatError, Key, Metadata, Node, Page};
use ept_points::{DecodeError, Decoder, PointBatch};

use crate::cores::Cores;
use crate::fetch::Fetcher;
use crate::store::StoreError;
use crate::{Error, Limits, Loss, LossCause, LostPart, text};

/// What the streams of one dataset share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) metadata: Metadata,
    /// Of all points and dimensions. Clones share the memory of decompression, which is worth keeping.
    pub(crate) decoder: Decoder,
    pub(crate) limits: Limits,
    pub(crate) cores: Arc<Cores>,
    pub(crate) fetcher: Fetcher,
}

impl Shared {
    /// Path or URL of a file, for messages.
    pub(crate) fn location(&self, path: &str) -> String {
        self.fetcher.location(path)
    }

    pub(crate) async fn page(&self, key: Key) -> Result<Page, Error> {
        let bytes = self.fetcher.get(&self.metadata.page_path(key)).await;
        self.page_of(key, bytes)
    }

    pub(crate) async fn page_once(&self, key: Key) -> Result<Page, Error> {
        let bytes = self.fetcher.get_once(&self.metadata.page_path(key)).await;
        self.page_of(key, bytes)
    }

    fn page_of(&self, key: Key, bytes: Result<Bytes, StoreError>) -> Result<Page, Error> {
        let path = self.metadata.page_path(key);
        let bytes =
            bytes.map_err(|e| self.lost(LostPart::Page, key, &path, LossCause::Fetch(e)))?;
        let page = text::decompressed(&bytes, self.limits.file_bytes.get())
            .map_err(FormatError::NotJson)
            .and_then(|text| Page::from_json(&text));
        page.map_err(|fault| self.lost_page(key, fault))
    }

    /// The bytes of a tile, with one attempt or as many as the dataset makes.
    pub(crate) async fn tile_bytes(&self, node: &Node, is_patient: bool) -> Result<Bytes, Error> {
        let limit = self.limits.tile_points;
        if node.points > limit {
            return Err(self.lost_tile(node, LossCause::TooLarge(limit)));
        }
        let path = self.metadata.tile_path(node.key);
        let bytes = match is_patient {
            true => self.fetcher.get(&path).await,
            false => self.fetcher.get_once(&path).await,
        };
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

    pub(crate) fn lost_tile(&self, node: &Node, cause: LossCause) -> Error {
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
            location: self.location(path),
            cause,
        }))
    }

    /// Parses a JSON file; a fault names the file.
    pub(crate) fn parse<T>(
        &self,
        path: &str,
        bytes: &[u8],
        from_json: impl FnOnce(&[u8]) -> Result<T, FormatError>,
    ) -> Result<T, Error> {
        let text = text::decompressed(bytes, self.limits.file_bytes.get());
        let parsed = text
            .map_err(FormatError::NotJson)
            .and_then(|text| from_json(&text));
        parsed.map_err(|fault| Error::Format {
            location: self.location(path),
            fault,
        })
    }
}
