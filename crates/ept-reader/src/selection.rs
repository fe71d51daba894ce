//! A query bound to a dataset.

use std::collections::HashSet;
use std::sync::Arc;

use ept_format::{Bounds, Node, NodeName};
use ept_points::{Column, PointBatch, Values, Wish};
use ept_select::{Frame, Plan, Query, Relation, SelectError, Thinner};
use futures::{Stream, StreamExt, stream};

use crate::reads::{ReadCounts, Reads};
use crate::source::SharedPolicy;
use crate::tiles::Ordered;
use crate::{Dataset, Error, Loss, NodeStream, Tile, TileStream, chain, thinned};

/// A query bound to a dataset by [`Dataset::select`], which returns nodes, points and plans.
///
/// Streams run within the limits of the dataset's [`Engine`](crate::Engine) and end when they are dropped. Whatever
/// can't be read is an [`Error::Lost`] item, after which the stream continues: the caller decides whether a loss ends
/// the work.
///
/// ```
/// use ept_reader::{Dataset, Query};
/// use futures::TryStreamExt;
///
/// # const LOCATION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/terrain");
/// # #[tokio::main]
/// # async fn main() -> Result<(), ept_reader::Error> {
/// let dataset = Dataset::open(LOCATION).await?;
/// let selection = dataset.select(&Query::new().with_depth(1))?;
/// let nodes: Vec<_> = selection.nodes().try_collect().await?;
/// let counts: Vec<usize> = selection.map(|tile| tile.points.len()).try_collect().await?;
/// let points: u64 = nodes.iter().map(|node| node.points).sum();
/// assert_eq!(counts.iter().sum::<usize>() as u64, points);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Selection {
    dataset: Dataset,
    /// The query bound to all sources together.
    bound: ept_select::Selection,
    /// The query bound to each source. `None` for those that are not open.
    parts: Arc<[Option<ept_select::Selection>]>,
    /// Shared by clones.
    reads: Arc<ReadCounts>,
    /// The nodes to read. `None` if they have to be found.
    given: Option<Arc<[Node]>>,
    keeps_chunks: bool,
}

/// The areas of [`Query::with_any_of`] that a node intersects, by number, with the points of the node in each.
pub type Parts<'a> = &'a mut dyn Iterator<Item = Result<(usize, PointBatch), Error>>;

impl Selection {
    pub(crate) fn new(dataset: &Dataset, query: &Query) -> Result<Selection, Error> {
        let members = dataset.members();
        let bound = ept_select::Selection::new(query, members.frame())?;
        let parts = match members.only() {
            Some(_) => vec![Some(bound.clone())],
            None => members.bind(query, bound.grid())?,
        };
        Ok(Selection {
            dataset: dataset.clone(),
            bound,
            parts: parts.into(),
            reads: Arc::default(),
            given: None,
            keeps_chunks: false,
        })
    }

    /// The same selection of these nodes only.
    pub(crate) fn with_nodes(self, nodes: Arc<[Node]>) -> Selection {
        Selection {
            given: Some(nodes),
            ..self
        }
    }

    /// The same selection, whose points come with the LAZ chunks that they are stored in, as long as nothing was selected
    /// from a node or changed in it: see [`PointBatch::chunks`].
    #[must_use]
    pub fn with_chunks(self) -> Selection {
        Selection {
            keeps_chunks: true,
            ..self
        }
    }

    /// The same query, bound to the dataset with other dimensions; if this selection is that of a work unit, of the same
    /// nodes.
    ///
    /// # Errors
    /// As for [`Dataset::select`].
    pub fn in_dataset(&self, dataset: &Dataset) -> Result<Selection, Error> {
        Ok(Selection {
            given: self.given.clone(),
            keeps_chunks: self.keeps_chunks,
            ..dataset.select(self.query())?
        })
    }

    /// Another query, bound to the same dataset; if this selection is that of a work unit, of the same nodes.
    ///
    /// # Errors
    /// As for [`Dataset::select`].
    pub fn with_query(&self, query: &Query) -> Result<Selection, Error> {
        Ok(Selection {
            given: self.given.clone(),
            keeps_chunks: self.keeps_chunks,
            ..self.dataset.select(query)?
        })
    }

    /// What the streams of this selection and its clones have read so far, as a measure of progress. A stream that
    /// thins returns points later than it reads them.
    #[must_use]
    pub fn reads(&self) -> Reads {
        self.reads.now()
    }

    /// The dataset.
    #[must_use]
    pub fn dataset(&self) -> &Dataset {
        &self.dataset
    }

    /// The query.
    #[must_use]
    pub fn query(&self) -> &Query {
        self.bound.query()
    }

    /// The frame of the dataset.
    #[must_use]
    pub fn frame(&self) -> &Frame {
        self.bound.frame()
    }

    /// The selection without the dataset: decisions about nodes and points, without I/O.
    #[must_use]
    pub fn bound(&self) -> &ept_select::Selection {
        &self.bound
    }

    /// Bounds of everything that can be selected, in the coordinate system of the result.
    #[must_use]
    pub fn bounds(&self) -> &Bounds {
        self.bound.bounds()
    }

    /// Bounds in the coordinate system of the result that contain what is lost. Everything, if they can't be found.
    #[must_use]
    pub fn loss_bounds(&self, loss: &Loss) -> Bounds {
        self.bounds_of(loss.source_number, &loss.cell)
    }

    /// The areas of [`Query::with_any_of`] that miss points if this part is lost: those that its cell intersects, by number,
    /// ascending. If the source can't be opened, those that its box in the index intersects; all, if there is none.
    #[must_use]
    pub fn areas_of_loss(&self, loss: &Loss) -> Vec<usize> {
        let part = self.parts.get(loss.source_number as usize);
        if let Some(part) = part.and_then(Option::as_ref) {
            return part.areas_met(&loss.cell);
        }
        let place = self.dataset.members().listed_box(loss.source_number);
        place
            .and_then(|place| place.areas_met(self.query(), self.frame()))
            .unwrap_or_else(|| (0..self.query().any_of().len()).collect())
    }

    /// Bounds in the coordinate system of the result that contain the cell of a node. Everything, if they can't be found.
    #[must_use]
    pub fn node_bounds(&self, node: &Node) -> Bounds {
        self.bounds_of(node.source, &node.cell)
    }

    fn bounds_of(&self, source: u32, cell: &Bounds) -> Bounds {
        let part = self.parts.get(source as usize);
        match part.and_then(Option::as_ref) {
            Some(part) => part.bounds_of(cell),
            None => Bounds::EVERYTHING,
        }
    }

    /// Whether the points of a cell are inside the areas, outside, or neither is certain.
    #[must_use]
    pub fn relation(&self, cell: &Bounds) -> Relation {
        self.bound.relation(cell)
    }

    /// The nodes, in ascending depth, x, y, z. Only pages that the query can reach are fetched.
    ///
    /// If the query limits its points, all nodes are found before the first is returned.
    #[must_use]
    pub fn nodes(&self) -> NodeStream {
        if let Some(given) = &self.given {
            return NodeStream::of(given);
        }
        let found = self.walk(|part| Arc::new(part.policy()));
        if self.query().max_points().is_none() {
            return found;
        }
        let bound = self.bound.clone();
        NodeStream::spawn(|sender| async move {
            let (nodes, mut items) = parted(found).await;
            match bound.within_budget(nodes) {
                Ok(mut nodes) => {
                    nodes.sort_by_key(|node| node.source);
                    items.extend(nodes.into_iter().map(Ok));
                }
                Err(error) => items.push(Err(error.into())),
            }
            // The receiver may be gone.
            let _ = sender.send(items).await;
        })
    }

    /// The nodes that each source's policy selects.
    fn walk(&self, policy: impl Fn(&ept_select::Selection) -> SharedPolicy) -> NodeStream {
        let members = self.dataset.members();
        let mut policies = self.parts.iter().map(|part| part.as_ref().map(&policy));
        match members.only() {
            Some(source) => match policies.next().flatten() {
                Some(policy) => Arc::clone(source).nodes(policy),
                None => chain::nodes(Arc::clone(members), Vec::new()),
            },
            None => chain::nodes(Arc::clone(members), policies.collect()),
        }
    }

    /// Whether a node of the dataset can have selected points.
    ///
    /// # Errors
    /// If its source is not open.
    pub fn reaches(&self, node: &Node) -> Result<bool, Error> {
        let part = self.part(node)?;
        Ok(match node.key() {
            Some(key) => part.reads(key, &node.cell),
            None => part.relation(&node.cell) != Relation::Outside,
        })
    }

    /// The cell of a node in the coordinates of the dataset, or all of it if its source is in another system.
    pub(crate) fn cell_at_home(&self, node: &Node) -> Bounds {
        if self.dataset.members().is_at_home(node.source) {
            node.cell
        } else {
            self.frame().bounds
        }
    }

    /// The query bound to the source of a node.
    fn part(&self, node: &Node) -> Result<&ept_select::Selection, Error> {
        let part = self
            .parts
            .get(node.source as usize)
            .and_then(Option::as_ref);
        part.ok_or_else(|| Error::Internal(format!("a node of source {}", node.source)))
    }

    /// The selected points, tile by tile.
    ///
    /// Tiles come in the order of [`Selection::nodes`]. If the query thins, the points of a node may come in several
    /// parts and in a different order, which keeps memory small.
    #[must_use]
    pub fn points(&self) -> TileStream {
        self.map(|tile| tile)
    }

    /// Maps the selected points, tile by tile as in [`Selection::points`]. `make` runs on the thread that decoded the
    /// tile, so it uses all cores.
    #[must_use]
    pub fn map<T, F>(&self, make: F) -> TileStream<T>
    where
        T: Send + 'static,
        F: Fn(Tile) -> T + Send + Sync + 'static,
    {
        self.map_nodes(self.nodes(), make)
    }

    /// As [`Selection::map`], for nodes that the caller already has. They are read whatever their depth and position.
    #[must_use]
    pub fn map_nodes<T, F, S>(&self, nodes: S, make: F) -> TileStream<T>
    where
        T: Send + 'static,
        F: Fn(Tile) -> T + Send + Sync + 'static,
        S: Stream<Item = Result<Node, Error>> + Send + Unpin + 'static,
    {
        let make = move |node: Node, points: PointBatch| make(Tile { node, points });
        let Some(grid) = self.bound.grid() else {
            let selection = self.clone();
            let make = move |node: Node, cell: &Bounds, part: &ept_select::Selection, points| {
                let points = part.select(cell, points)?;
                Ok(make(node, selection.with_source(&node, points)?))
            };
            return TileStream::new(self.ordered(nodes, make));
        };
        let (selection, finishing) = (self.clone(), self.clone());
        let thinner = if self.parts.len() == 1 {
            Thinner::new(grid, self.frame())
        } else {
            Thinner::of_several(grid, self.frame())
        };
        let engine = self.dataset.engine().clone();
        let sorted = stream::once(async move {
            let (mut nodes, losses) = parted(nodes).await;
            nodes.sort_by(|a, b| grid.compare(a.name, b.name));
            let nodes = losses.into_iter().chain(nodes.into_iter().map(Ok));
            let nodes = stream::iter(nodes.collect::<Vec<_>>());
            selection.ordered(nodes, |node, cell, part, points| {
                Ok((node, part.select(cell, points)?))
            })
        });
        let nodes = sorted.flatten().boxed();
        let finish = move |node: Node, points| {
            let points = finishing.part(&node)?.finish(points)?;
            Ok(make(node, finishing.with_source(&node, points)?))
        };
        TileStream::new(thinned::thinned(engine, thinner, nodes, finish))
    }

    /// Adds the index of the source as a dimension, if requested.
    fn with_source(&self, node: &Node, points: PointBatch) -> Result<PointBatch, Error> {
        let Some(name) = self.query().source_id() else {
            return Ok(points);
        };
        let numbers = Values::U32(vec![node.source; points.len()]);
        let with_source = points.with_column(Column::new(name, numbers));
        with_source.map_err(|error| Error::Internal(error.to_string()))
    }

    /// Maps each node and its selected points, separately for each area of [`Query::with_any_of`] as in
    /// [`ept_select::Selection::select_each`], in the order of the nodes. A node is read once, however many areas it
    /// intersects. The points of an area are made when `make` takes them.
    ///
    /// # Errors
    /// If the query thins, since a cell of the grid may have points of several areas.
    pub fn map_each<T, F, S>(&self, nodes: S, make: F) -> Result<TileStream<T>, Error>
    where
        T: Send + 'static,
        F: Fn(Node, Parts<'_>) -> Result<T, Error> + Send + Sync + 'static,
        S: Stream<Item = Result<Node, Error>> + Send + Unpin + 'static,
    {
        if self.query().thin().is_some() {
            let problem = "points of several areas can't be thinned in one pass";
            return Err(SelectError::Query(problem.into()).into());
        }
        let selection = self.clone();
        let make = move |node, cell: &Bounds, part: &ept_select::Selection, points| {
            let mut parts = part.select_each(cell, points)?.map(|part| {
                let (area, points) = part?;
                Ok((area, selection.with_source(&node, points)?))
            });
            make(node, &mut parts)
        };
        Ok(TileStream::new(self.ordered(nodes, make)))
    }

    /// Maps each node, with its cell, the query bound to its source, and its points, in the order of the nodes.
    fn ordered<T, F, S>(&self, nodes: S, make: F) -> Ordered<T>
    where
        T: Send + 'static,
        F: Fn(Node, &Bounds, &ept_select::Selection, PointBatch) -> Result<T, Error>
            + Send
            + Sync
            + 'static,
        S: Stream<Item = Result<Node, Error>> + Send + Unpin + 'static,
    {
        let wishes = self.parts.iter().zip(self.dataset.members().all());
        let wishes = wishes.map(|(part, member)| match (part, member.source()) {
            (Some(part), Some(source)) => self.wish(part, source.frame()),
            _ => Wish::default(),
        });
        let names = self.bound.wish().dimensions;
        let point_size = self.frame().point_size(names.as_deref());
        let selection = self.clone();
        let select = move |node: Node, points: PointBatch| {
            let cell = match node.name {
                NodeName::Key(_) => Some(node.cell),
                // The box in a file's header is only a claim.
                NodeName::Chunks { .. } => points.extent(),
            };
            let cell = cell.unwrap_or(Bounds::EVERYTHING);
            let made = make(node, &cell, selection.part(&node)?, points)?;
            selection.reads.count(&node);
            Ok(made)
        };
        let dataset = self.dataset.clone();
        Ordered::new(dataset, nodes, wishes.collect(), point_size, select)
    }

    /// What to decode of a source, without dimensions that only other sources have.
    fn wish(&self, part: &ept_select::Selection, own: &Frame) -> Wish {
        let mut wish = part.wish();
        wish.keeps_chunks = self.keeps_chunks;
        if self.parts.len() > 1
            && let Some(names) = &mut wish.dimensions
        {
            let is_elsewhere = |name: &String| {
                own.dimension(name).is_none() && self.frame().dimension(name).is_some()
            };
            names.retain(|name| !is_elsewhere(name));
        }
        wish
    }

    /// The plan of the selection: its nodes, and an estimate of how many of their points are inside the areas. Besides
    /// the pages needed for the selection itself, those of neighbouring nodes are read, but no tiles.
    ///
    /// A page that can't be read is an error in the second list, and its nodes are missing in the plan.
    ///
    /// # Errors
    /// If the hierarchy can't be walked, or the coarsest depth has more points than the query allows.
    pub async fn plan(&self) -> Result<(Plan, Vec<Error>), Error> {
        let mut found = self.walk(|part| Arc::new(part.surroundings()));
        let mut nodes: Vec<Vec<Node>> = vec![Vec::new(); self.parts.len()];
        let mut losses = Vec::new();
        while let Some(node) = found.next().await {
            match node {
                Ok(node) => nodes[node.source as usize].push(node),
                Err(error) if error.loss().is_some() => losses.push(error),
                Err(error) => return Err(error),
            }
        }
        if nodes.len() == 1 {
            return Ok((self.bound.plan(nodes.swap_remove(0))?, losses));
        }
        let parts = self.parts.iter().zip(nodes);
        let plans = parts.filter_map(|(part, nodes)| Some(part.as_ref()?.plan(nodes)));
        let plans = plans.collect::<Result<Vec<_>, _>>()?;
        let plan = Plan::joined(plans, self.frame());
        let kept = self.bound.within_budget(plan.nodes.clone())?;
        let kept: HashSet<(u32, NodeName)> = kept.iter().map(|n| (n.source, n.name)).collect();
        let is_kept = |node: &Node| kept.contains(&(node.source, node.name));
        Ok((plan.only(is_kept, self.frame()), losses))
    }

    /// Metres on the ground per unit of the dataset's coordinate system along x and along y: the maximum in the areas,
    /// or in the dataset if there is no area.
    ///
    /// # Errors
    /// If the dataset's coordinate system is not known, or the areas can't be located on the ground.
    pub fn metres_per_unit(&self) -> Result<[f64; 2], Error> {
        Ok(self.bound.metres_per_unit()?)
    }
}

/// Separates the nodes of a stream from its errors.
async fn parted(
    nodes: impl Stream<Item = Result<Node, Error>>,
) -> (Vec<Node>, Vec<Result<Node, Error>>) {
    let mut nodes = std::pin::pin!(nodes);
    let (mut found, mut failed) = (Vec::new(), Vec::new());
    while let Some(node) = nodes.next().await {
        match node {
            Ok(node) => found.push(node),
            failure => failed.push(failure),
        }
    }
    (found, failed)
}
