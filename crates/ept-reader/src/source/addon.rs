//! Dimensions stored beside an EPT dataset.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use ept_format::{Dimension, Entry, FormatError, Key, Node, Page};
use ept_points::{Column, DecodeError, PointBatch, Values};
use tokio::sync::OnceCell;

use super::text;
use crate::engine::{Fetcher, Retry};
use crate::{Error, Loss, LossCause, LostPart};

/// An addon. Pages of its hierarchy are read when a node needs them.
#[derive(Debug)]
pub(crate) struct Addon {
    addon: ept_format::Addon,
    fetcher: Fetcher,
    pages: Mutex<HashMap<Key, PageCell>>,
}

type PageCell = Arc<OnceCell<Arc<Page>>>;

impl Addon {
    /// Opens the addon in a store.
    pub(crate) async fn open(name: &str, fetcher: Fetcher) -> Result<Addon, Error> {
        let path = ept_format::Addon::METADATA_PATH;
        let options = fetcher.engine().options();
        let most = options.limits.text_bytes(options.limits.metadata_bytes);
        let from_json = {
            let name = name.to_owned();
            move |text: &[u8]| ept_format::Addon::from_json(&name, text)
        };
        let read = text::read(&fetcher, path, most, &options.retry, from_json).await?;
        let addon = read.map_err(|cause| text::fault(&fetcher, path, cause))?;
        let addon = Addon {
            addon,
            fetcher,
            pages: Mutex::default(),
        };
        // A missing hierarchy is reported immediately.
        let retry = addon.fetcher.engine().options().retry;
        match addon.page(Key::ROOT, &retry).await {
            Ok(_) => Ok(addon),
            Err(cause) => {
                let path = addon.addon.page_path(Key::ROOT);
                Err(text::fault(&addon.fetcher, &path, cause))
            }
        }
    }

    pub(crate) fn dimension(&self) -> &Dimension {
        self.addon.dimension()
    }

    /// The values for the points of a node, as bytes. `None` if the addon has none.
    pub(crate) async fn fetch(&self, node: &Node, retry: &Retry) -> Result<Option<Bytes>, Error> {
        let Some(found) = self.count(node, retry).await? else {
            return Ok(None);
        };
        let path = self.addon.tile_path(node.name);
        let expected = node.points;
        if found != expected {
            let cause = LossCause::Decode(DecodeError::Count { expected, found });
            return Err(self.lost(node, &path, cause));
        }
        // Its values and no more, with room for a message of how many there are instead: a file beside the node's tile must not
        // wait for the room that the tile may have.
        let size = self.dimension().scalar.size() as u64;
        let most = node.points.saturating_mul(size).saturating_add(1 << 10);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let bytes = self.fetcher.get_with(&path, most, retry).await;
        let bytes = bytes.map_err(|error| self.lost(node, &path, LossCause::Fetch(error)))?;
        Ok(Some(bytes))
    }

    /// Removes the values of a node from the cache, see [`Fetcher::forget`].
    pub(crate) async fn forget(&self, node: &Node) -> bool {
        self.fetcher.forget(&self.addon.tile_path(node.name)).await
    }

    /// Adds the values to the points of a node, replacing their own.
    pub(crate) fn attach(
        &self,
        node: &Node,
        points: PointBatch,
        bytes: &[u8],
    ) -> Result<PointBatch, Error> {
        let values = Values::from_le_bytes(self.dimension().scalar, bytes, node.points);
        let values = values.map_err(|error| {
            let path = self.addon.tile_path(node.name);
            self.lost(node, &path, LossCause::Decode(error))
        })?;
        let column = Column::new(self.dimension().name.as_str(), values);
        let attached = points.with_column(column);
        attached.map_err(|error| Error::Internal(error.to_string()))
    }

    /// The number of values that a node has according to the addon's hierarchy. `None` if it is not listed.
    async fn count(&self, node: &Node, retry: &Retry) -> Result<Option<u64>, Error> {
        let Some(own) = node.key() else {
            return Ok(None);
        };
        let mut root = Key::ROOT;
        loop {
            let page = self.page(root, retry).await.map_err(|cause| {
                let path = self.addon.page_path(root);
                self.lost(node, &path, cause)
            })?;
            match page.deepest_on_the_way(own) {
                Some((key, Entry::Points(points))) if key == own && points > 0 => {
                    return Ok(Some(points));
                }
                // Each page is deeper, so this ends.
                Some((key, Entry::Page)) if key != root && root.holds(key) => root = key,
                Some((key, Entry::Page)) => {
                    let problem = "its page points to itself or out of its subtree".into();
                    let fault = LossCause::Format(FormatError::Entry { key, problem });
                    return Err(self.lost(node, &self.addon.page_path(root), fault));
                }
                _ => return Ok(None),
            }
        }
    }

    /// A page of the addon's hierarchy, fetched once.
    async fn page(&self, key: Key, retry: &Retry) -> Result<Arc<Page>, LossCause> {
        let cell = {
            let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(pages.entry(key).or_default())
        };
        let page = cell.get_or_try_init(|| self.read_page(key, retry)).await?;
        Ok(Arc::clone(page))
    }

    async fn read_page(&self, key: Key, retry: &Retry) -> Result<Arc<Page>, LossCause> {
        let path = self.addon.page_path(key);
        let limits = self.fetcher.engine().limits();
        let most = limits.text_bytes(limits.page_bytes);
        let page = text::read(&self.fetcher, &path, most, retry, Page::from_json).await;
        let page =
            page.map_err(|error| LossCause::Format(FormatError::NotJson(error.to_string())))?;
        page.map(Arc::new)
    }

    fn lost(&self, node: &Node, path: &str, cause: LossCause) -> Error {
        Error::Lost(Box::new(Loss {
            part: LostPart::Tile {
                points: node.points,
            },
            node: node.name,
            source_number: node.source,
            cell: node.cell,
            location: self.fetcher.location(path),
            cause,
        }))
    }
}
