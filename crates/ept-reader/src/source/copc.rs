//! COPC: an octree in a LAZ file (COPC 1.0).

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use ept_format::{Bounds, CopcInfo, CopcPage, Entry, FormatError, Key, Node, Page};
use ept_las::{Chunk, Header};
use ept_points::{PointBatch, TileHeader, Wish};
use ept_select::Frame;
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::OnceCell;

use super::las_file::LasFile;
use super::{Encoded, Known, Octree, SharedPolicy, Source, hierarchy};
use crate::engine::{Fetcher, Retry};
use crate::{Error, LossCause, LostPart, NodeStream};

/// A COPC file. Pages of its hierarchy are read when they are needed.
#[derive(Debug)]
pub(crate) struct Copc {
    file: LasFile,
    cube: Bounds,
    frame: Arc<Frame>,
    pages: Mutex<Pages>,
}

/// The known pages. Each byte of the file belongs to at most one of them, so they form a finite tree.
#[derive(Debug, Default)]
struct Pages {
    /// The byte range of each page by key, and the page once it was read.
    known: HashMap<Key, (Range<u64>, PageCell)>,
    /// Starts of the known pages, with their ends and keys.
    taken: BTreeMap<u64, (u64, Key)>,
}

type PageCell = Arc<OnceCell<Arc<CopcPage>>>;

impl Copc {
    pub(crate) fn new(file: LasFile, info: &CopcInfo) -> Result<Copc, Error> {
        let cube = info.cube().map_err(|fault| file.fault(fault))?;
        let frame = Frame {
            srs: file.srs().clone(),
            bounds: cube,
            conforming: file.extent(),
            slack: file.quantum(),
            schema: file.schema().to_vec(),
            spacing: Some(info.spacing),
        };
        let data = u64::from(file.header().points_at)..file.size();
        let root = &info.root_page;
        if root.start < data.start || root.end > data.end || root.is_empty() {
            return Err(file.fault(FormatError::Copc {
                what: "info record".into(),
                problem: format!(
                    "the root page, bytes {} to {}, is not within the {} bytes of the file",
                    root.start, root.end, data.end
                ),
            }));
        }
        let mut pages = Pages::default();
        // The first page can't overlap another.
        let _ = pages.add(Key::ROOT, root.clone());
        Ok(Copc {
            cube,
            frame: Arc::new(frame),
            pages: Mutex::new(pages),
            file,
        })
    }

    /// The page rooted at a key, which must be listed in a page that was read.
    async fn known_page(&self, key: Key, retry: &Retry) -> Result<Arc<CopcPage>, Error> {
        let known = self.pages().known.get(&key).cloned();
        let (place, cell) = known.ok_or_else(|| {
            let problem = "the hierarchy lists no page at this node".into();
            self.lost_page(key, FormatError::Entry { key, problem })
        })?;
        let page = cell
            .get_or_try_init(|| self.read_page(key, place, retry))
            .await?;
        Ok(Arc::clone(page))
    }

    async fn read_page(
        &self,
        key: Key,
        place: Range<u64>,
        retry: &Retry,
    ) -> Result<Arc<CopcPage>, Error> {
        let limit = self.engine().limits().page_bytes.get() as u64;
        if place.end - place.start > limit {
            let problem = format!("{} bytes, the limit is {limit}", place.end - place.start);
            let what = "hierarchy page".into();
            return Err(self.lost_page(key, FormatError::Copc { what, problem }));
        }
        let bytes = self.file.range(place, retry).await;
        let bytes = bytes.map_err(|error| self.lost_subtree(key, LossCause::Fetch(error)))?;
        let data = u64::from(self.file.header().points_at)..self.file.size();
        let parse = move || CopcPage::parse(&bytes, data);
        let page = self.engine().compute(0, parse).await?;
        let page = page.map_err(|fault| self.lost_page(key, fault))?;
        let mut pages = self.pages();
        for (below, entry) in page.page().entries() {
            let place = page.place(*below).filter(|_| *entry == Entry::Page);
            let added = place.map(|place| pages.add(*below, place)).transpose();
            added.map_err(|fault| self.lost_page(key, fault))?;
        }
        Ok(Arc::new(page))
    }

    /// The byte range of a node's chunk.
    async fn chunk(&self, node: &Node, retry: &Retry) -> Result<Option<Range<u64>>, Error> {
        let Some(own) = node.key() else {
            return Ok(None);
        };
        let mut root = Key::ROOT;
        loop {
            let page = self.known_page(root, retry).await?;
            let next = match page.page().deepest_on_the_way(own) {
                Some((key, Entry::Points(_))) if key == own => return Ok(page.place(own)),
                // Each page is deeper, so this ends.
                Some((key, Entry::Page)) if key.depth() > root.depth() => key,
                _ => return Ok(None),
            };
            root = next;
        }
    }

    fn lost_subtree(&self, key: Key, cause: LossCause) -> Error {
        let cell = self.cube.cell(key);
        self.file.lost(LostPart::Page, key.into(), cell, cause)
    }

    /// The lock can't be poisoned: no code that can panic runs under it.
    fn pages(&self) -> std::sync::MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pages {
    /// Adds a page.
    fn add(&mut self, key: Key, place: Range<u64>) -> Result<(), FormatError> {
        let before = self.taken.range(..place.end).next_back();
        if let Some((start, (end, other))) = before
            && *end > place.start
        {
            let problem = format!(
                "the page of {key}, bytes {} to {}, overlaps that of {other}, bytes {start} to {end}",
                place.start, place.end
            );
            let what = "hierarchy page".into();
            return Err(FormatError::Copc { what, problem });
        }
        self.taken.insert(place.start, (place.end, key));
        self.known.insert(key, (place, PageCell::default()));
        Ok(())
    }
}

impl Octree for Copc {
    fn cube(&self) -> &Bounds {
        &self.cube
    }

    fn hierarchy_location(&self) -> String {
        self.file.location()
    }

    fn page<'a>(&'a self, key: Key, retry: &'a Retry) -> BoxFuture<'a, Result<Arc<Page>, Error>> {
        let page = self.known_page(key, retry);
        page.map(|page| Ok(Arc::new(page?.page().clone()))).boxed()
    }

    fn lost_page(&self, key: Key, fault: FormatError) -> Error {
        self.lost_subtree(key, LossCause::Format(fault))
    }
}

impl Source for Copc {
    fn frame(&self) -> &Arc<Frame> {
        &self.frame
    }

    fn fetcher(&self) -> &Fetcher {
        self.file.fetcher()
    }

    fn location(&self) -> String {
        self.file.location()
    }

    fn nodes(self: Arc<Self>, policy: SharedPolicy) -> NodeStream {
        hierarchy::nodes(self, policy)
    }

    fn fetch<'a>(
        &'a self,
        node: &'a Node,
        retry: &'a Retry,
    ) -> BoxFuture<'a, Result<Encoded, Error>> {
        async move {
            let chunk = self.chunk(node, retry);
            self.file.fetch(node, chunk, retry).await
        }
        .boxed()
    }

    fn decode(&self, wish: &Wish, node: &Node, encoded: Encoded) -> Result<PointBatch, Error> {
        self.file.check_count(node, &encoded.tile)?;
        self.file
            .decode(wish, node, &[(node.points, &*encoded.tile)])
    }

    fn forget<'a>(&'a self, node: &'a Node) -> BoxFuture<'a, bool> {
        self.file.forget(self.node_place(node)).boxed()
    }

    fn node_place<'a>(
        &'a self,
        node: &'a Node,
    ) -> BoxFuture<'a, Result<Option<Range<u64>>, Error>> {
        async move {
            let retry = self.engine().options().retry;
            self.chunk(node, &retry).await
        }
        .boxed()
    }

    fn known<'a>(&'a self, nodes: &'a [Node]) -> BoxFuture<'a, Result<Known, Error>> {
        async move {
            let retry = self.engine().options().retry;
            let mut chunks = Vec::with_capacity(nodes.len());
            for node in nodes {
                let place = self.chunk(node, &retry).await?;
                let place = place.ok_or_else(|| self.file.miscounted(node, 0))?;
                chunks.push(vec![Chunk {
                    points: node.points,
                    at: place.start,
                    size: place.end - place.start,
                }]);
            }
            Ok(Known::File(self.file.head().clone(), chunks))
        }
        .boxed()
    }

    fn tile_header<'a>(
        &'a self,
        _node: &'a Node,
    ) -> BoxFuture<'a, Result<Option<TileHeader>, LossCause>> {
        self.file.tile_header()
    }

    fn header(&self) -> Option<&Header> {
        Some(self.file.header())
    }

    fn as_octree(&self) -> Option<&dyn Octree> {
        Some(self)
    }
}
