//! Datasets: one or more sources of points.

use std::sync::Arc;

use ept_format::{Dimension, Key, Node, Page, Policy};
use ept_las::Header;
use ept_points::{PointBatch, Wish};
use ept_select::{Frame, Origin, Query};

use crate::credit::Credits;
use crate::dataset_id::DatasetId;
use crate::members::{Member, Members};
use crate::source::{Ept, Octree, SharedPolicy, Source};
use crate::tile_sizes::SAMPLE;
use crate::{Engine, Error, NodeStream, Selection, TileSizes, Traffic, chain, location};

/// An open dataset. Cloning it is cheap; clones are the same dataset.
#[derive(Debug, Clone)]
pub struct Dataset {
    members: Arc<Members>,
    credits: Credits,
}

impl Dataset {
    /// Adds a dimension stored by PDAL's `writers.ept_addon` in the folder or at the URL `location`, replacing any
    /// dimension with that name. If the addon has no values for a node, its points keep those that they have.
    ///
    /// # Errors
    /// If there is no addon at the location, or the dataset is not EPT.
    pub async fn with_addon(self, name: &str, location: &str) -> Result<Dataset, Error> {
        let ept = self.ept()?.clone();
        let folder = location.trim_end_matches(ept_format::Addon::METADATA_PATH);
        let store = location::open(folder, self.engine().options())?;
        let members = Members::one(Arc::new(ept.with_addon(name, store).await?));
        Ok(Dataset {
            members: Arc::new(members),
            ..self
        })
    }

    /// Adds dimensions that some tiles have but the schema lacks, such as extra bytes, so that a query may name them,
    /// whether a tile has them or not.
    ///
    /// # Errors
    /// If no source of the dataset is EPT.
    pub fn with_tile_dimensions(&self, dimensions: Vec<Dimension>) -> Result<Dataset, Error> {
        let mut members = self.members.all().iter().filter_map(Member::source);
        if !members.any(|source| source.as_ept().is_some()) {
            return Err(Error::NotEpt {
                location: self.location(),
            });
        }
        Ok(Dataset {
            members: Arc::new(self.members.with_tile_dimensions(&dimensions)),
            ..self.clone()
        })
    }

    /// The dataset as EPT, for what only that format has.
    ///
    /// # Errors
    /// If it is in another format.
    pub fn ept(&self) -> Result<&Ept, Error> {
        let ept = self.members.only().and_then(|source| source.as_ept());
        ept.ok_or_else(|| Error::NotEpt {
            location: self.location(),
        })
    }

    /// The header of the dataset's file. `None` if it is not a LAS, LAZ or COPC file.
    #[must_use]
    pub fn header(&self) -> Option<&Header> {
        self.members.only()?.header()
    }

    /// The engine whose limits apply to the dataset.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        self.members.engine()
    }

    /// The traffic so far, of all datasets of the engine.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.engine().traffic()
    }

    /// What selections need to know of the dataset: bounds, schema, coordinate system, spacing.
    #[must_use]
    pub fn frame(&self) -> &Frame {
        self.members.frame()
    }

    /// Path or URL of the file that describes the dataset, for messages, without passwords, tokens or query string. If
    /// there are several sources, that of the first and the number of others.
    #[must_use]
    pub fn location(&self) -> String {
        match &self.locations()[..] {
            [] => String::new(),
            [only] => only.clone(),
            [first, others @ ..] => format!("{first} and {} more", others.len()),
        }
    }

    /// Paths or URLs of the dataset's sources, in order, without secrets. [`Node::source`] is an index into them.
    #[must_use]
    pub fn locations(&self) -> Vec<String> {
        self.members.all().iter().map(Member::location).collect()
    }

    /// Number of points according to `ept.json` and the headers of files. `None` if one does not have it.
    #[must_use]
    pub fn claimed_points(&self) -> Option<u64> {
        let points = self.members.all().iter().map(|member| {
            let source = member.source()?;
            match source.header() {
                Some(header) => Some(header.points),
                None => source.as_ept()?.metadata().points(),
            }
        });
        points.sum()
    }

    /// Binds a query to the dataset.
    ///
    /// # Errors
    /// If the dataset does not support the query, see [`ept_select::Selection::new`].
    pub fn select(&self, query: &Query) -> Result<Selection, Error> {
        Selection::new(self, query)
    }

    /// The nodes visited by a policy, in its order.
    ///
    /// A page that can't be read is an [`Error::Lost`] item.
    #[must_use]
    pub fn walk(&self, policy: impl Policy + Send + Sync + 'static) -> NodeStream {
        let policy: SharedPolicy = Arc::new(policy);
        match self.members.only() {
            Some(source) => Arc::clone(source).nodes(policy),
            None => {
                let each = self.members.all().iter().map(|_| Some(Arc::clone(&policy)));
                chain::nodes(Arc::clone(&self.members), each.collect())
            }
        }
    }

    /// The page of the hierarchy rooted at a key.
    ///
    /// # Errors
    /// [`Error::Lost`] if the page can't be read, [`Error::NoOctree`] if the dataset has no hierarchy.
    pub async fn page(&self, key: Key) -> Result<Arc<Page>, Error> {
        let retry = self.engine().options().retry;
        self.octree()?.page(key, &retry).await
    }

    /// The dataset as an octree.
    pub(crate) fn octree(&self) -> Result<&dyn Octree, Error> {
        let octree = self.members.only().and_then(|source| source.as_octree());
        octree.ok_or_else(|| Error::NoOctree {
            location: self.location(),
        })
    }

    /// All points of a node.
    ///
    /// # Errors
    /// [`Error::Lost`] if the node can't be read.
    pub async fn tile(&self, node: &Node) -> Result<PointBatch, Error> {
        let retry = &self.engine().options().retry;
        let source = Arc::clone(self.source_of(node)?);
        let encoded = source.fetch(node, retry).await?;
        let node = *node;
        let work = move || source.decode(&Wish::default(), &node, encoded);
        self.engine().compute(0, work).await?
    }

    async fn node_size(&self, node: &Node) -> Result<Option<u64>, Error> {
        self.source_of(node)?.node_size(node).await
    }

    /// The source of a node.
    pub(crate) fn source_of(&self, node: &Node) -> Result<&Arc<dyn Source>, Error> {
        self.source_at(node.source)
    }

    /// The source with an index.
    pub(crate) fn source_at(&self, number: u32) -> Result<&Arc<dyn Source>, Error> {
        let source = self.members.get(number);
        source.ok_or_else(|| Error::Internal(format!("a node of source {number}")))
    }

    pub(crate) fn members(&self) -> &Arc<Members> {
        &self.members
    }

    /// The total size of the tiles of these nodes, estimated from at most 64 of them. `None` if the store can't tell
    /// sizes, or none of the tiles exists.
    pub async fn tile_sizes(&self, nodes: &[Node]) -> Option<TileSizes> {
        let mut by_points: Vec<&Node> = nodes.iter().collect();
        by_points.sort_by_key(|node| (node.points, node.name));
        let step = by_points.len().div_ceil(SAMPLE).max(1);
        let sample = by_points.into_iter().skip(step / 2).step_by(step);
        let asked = sample.map(async |node| Some((node.points, self.node_size(node).await.ok()??)));
        let known = futures::future::join_all(asked).await;
        let known: Vec<(u64, u64)> = known.into_iter().flatten().collect();
        TileSizes::of(&known, nodes)
    }

    /// Finds a source file by text, see [`Ept::origin`].
    ///
    /// # Errors
    /// As for [`Ept::origin`], and if the dataset is not EPT.
    pub async fn origin(&self, text: &str) -> Result<Origin, Error> {
        self.ept()?.origin(text).await
    }

    /// The dataset of locations, among them short names.
    pub(crate) fn with_credits(self, credits: Credits) -> Dataset {
        Dataset { credits, ..self }
    }

    pub(crate) fn own_credits(&self) -> &Credits {
        &self.credits
    }

    /// An identifier of this dataset, unique as long as it exists.
    pub(crate) fn id(&self) -> DatasetId {
        DatasetId::of(&self.members)
    }
}

impl From<Ept> for Dataset {
    fn from(ept: Ept) -> Dataset {
        Dataset::from(Members::one(Arc::new(ept)))
    }
}

impl From<Members> for Dataset {
    fn from(members: Members) -> Dataset {
        Dataset {
            members: Arc::new(members),
            credits: Credits::default(),
        }
    }
}
