//! EPT as a source of nodes: tiles, and values of addons.

use std::sync::Arc;

use bytes::Bytes;
use ept_format::{Bounds, DataType, FormatError, Key, Node, Page, is_same_dimension};
use ept_points::{DecodeError, PointBatch, TileHeader, Wish};
use ept_select::Frame;
use futures::FutureExt;
use futures::future::{BoxFuture, join, join_all, try_join, try_join_all};

use super::Ept;
use crate::engine::{Fetcher, Retry};
use crate::source::{Encoded, Known, Octree, SharedPolicy, Source, hierarchy};
use crate::{Error, LossCause, NodeStream};

/// Size of the largest laszip tile in bytes. Builders stay below a million points, and a twentieth of it.
const TILE_BYTES: usize = 256 << 20;
/// Pages of a folder that are read together: each hand-over between threads takes longer than a small page.
const PAGES_TOGETHER: usize = 8;
/// What a tile has beside its points, such as a header.
const BESIDE_POINTS: u64 = 64 << 10;

impl Ept {
    /// Maximum size of a node's tile in bytes.
    pub(crate) fn most_tile_bytes(&self, node: &Node) -> usize {
        let limits = self.fetcher.engine().limits();
        let most = limits.tile_bytes(node.points, self.record_size());
        match self.metadata.data_type() {
            DataType::Laszip => most.min(TILE_BYTES),
            // Zstandard adds at most a 256th to what it can't compress.
            DataType::Binary | DataType::Zstandard => most.min(self.usual_tile_bytes(node)),
        }
    }

    /// Size that a node's tile exceeds only if its header has much text, or it is not the tile of these points.
    pub(crate) fn usual_tile_bytes(&self, node: &Node) -> usize {
        let size = (self.record_size() as u64).saturating_mul(node.points);
        let size = size
            .saturating_add(size / 256)
            .saturating_add(BESIDE_POINTS);
        usize::try_from(size).unwrap_or(usize::MAX)
    }

    /// Bytes of a point by the schema.
    fn record_size(&self) -> usize {
        let sizes = self.metadata.schema().iter().map(|d| d.scalar.size());
        sizes.sum()
    }

    async fn tile_bytes(&self, node: &Node, retry: &Retry) -> Result<Bytes, Error> {
        let limits = self.fetcher.engine().limits();
        if node.points > limits.tile_points {
            return Err(self.lost_tile(node, LossCause::TooLarge(limits.tile_points)));
        }
        let most = self.most_tile_bytes(node);
        let usual = self.usual_tile_bytes(node);
        let path = self.metadata.tile_path(node.name);
        let bytes = self.fetcher.get_roomy(&path, usual, most, retry).await;
        bytes.map_err(|error| self.lost_tile(node, LossCause::Fetch(error)))
    }

    fn decode_tile(&self, wish: &Wish, node: &Node, tile: &[u8]) -> Result<PointBatch, Error> {
        let decoder = self.decoder.clone().with_wish(wish);
        let decoded = decoder.decode(node.points, tile);
        decoded.map_err(|error| match error {
            // This is not a fault of the tile.
            DecodeError::NoDimension { .. } | DecodeError::Schema(_) => Error::Decode(error),
            error => self.lost_tile(node, LossCause::Decode(error)),
        })
    }

    /// What to decode of the tile itself if there are addons: all its points, since values of addons are assigned by
    /// index, and no dimension that only an addon has.
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

    fn hierarchy_location(&self) -> String {
        self.location("ept-hierarchy")
    }

    fn page<'a>(&'a self, key: Key, retry: &'a Retry) -> BoxFuture<'a, Result<Arc<Page>, Error>> {
        let page = self.page_with(key, retry);
        page.map(|page| page.map(Arc::new)).boxed()
    }

    fn pages_together(&self) -> usize {
        if self.fetcher().is_remote() {
            1
        } else {
            PAGES_TOGETHER
        }
    }

    fn first_pages<'a>(&'a self, keys: &'a [Key]) -> BoxFuture<'a, Vec<Option<Arc<Page>>>> {
        self.pages_of(keys).boxed()
    }

    fn lost_page(&self, key: Key, fault: FormatError) -> Error {
        self.lost_subtree(key, LossCause::Format(fault))
    }
}

impl Source for Ept {
    fn frame(&self) -> &Arc<Frame> {
        &self.frame
    }

    fn fetcher(&self) -> &Fetcher {
        &self.fetcher
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

    fn known<'a>(&'a self, _nodes: &'a [Node]) -> BoxFuture<'a, Result<Known, Error>> {
        async move {
            if !self.addons.is_empty() {
                return Err(Error::Unit(format!(
                    "{}: a dataset with addons can't be divided into work units",
                    Source::location(self)
                )));
            }
            Ok(Known::Ept(match &self.text {
                Some(text) => text.clone(),
                None => self.metadata_text().await?.into(),
            }))
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
