//! A query bound to a dataset.

use ept_format::{Bounds, Node, NodeName};
use ept_points::PointBatch;
use ept_select::{Frame, Plan, Query, Relation, Thinner};
use futures::{Stream, StreamExt, stream};

use crate::tiles::Ordered;
use crate::{Dataset, Error, NodeStream, Tile, TileStream, thinned};

/// A query bound to a dataset, made once by [`Dataset::select`]: the one way from a question to nodes, points and plans.
///
/// Streams run within the limits of the dataset's [`Engine`](crate::Engine) and end when they are dropped. What cannot be
/// read is an [`Error::Lost`] item, after which the stream goes on: the caller decides whether a loss ends the work.
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
    bound: ept_select::Selection,
}

impl Selection {
    pub(crate) fn new(dataset: &Dataset, query: &Query) -> Result<Selection, Error> {
        Ok(Selection {
            bound: ept_select::Selection::new(query, dataset.source().frame())?,
            dataset: dataset.clone(),
        })
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

    /// What is known of the dataset.
    #[must_use]
    pub fn frame(&self) -> &Frame {
        self.bound.frame()
    }

    /// The selection without the dataset: pure decisions about nodes and points.
    #[must_use]
    pub fn bound(&self) -> &ept_select::Selection {
        &self.bound
    }

    /// A box in the coordinate system of the result around all that can be selected.
    #[must_use]
    pub fn bounds(&self) -> &Bounds {
        self.bound.bounds()
    }

    /// Whether the points of a cell are inside the areas, outside or across their edge.
    #[must_use]
    pub fn relation(&self, cell: &Bounds) -> Relation {
        self.bound.relation(cell)
    }

    /// The nodes, in ascending depth, x, y, z. Only pages that the query can reach are fetched.
    ///
    /// If the query limits its points, all nodes are found before the first is given.
    #[must_use]
    pub fn nodes(&self) -> NodeStream {
        let found = self.dataset.walk(self.bound.policy());
        if self.query().max_points().is_none() {
            return found;
        }
        let bound = self.bound.clone();
        NodeStream::spawn(|sender| async move {
            let (nodes, mut items) = parted(found).await;
            match bound.within_budget(nodes) {
                Ok(nodes) => items.extend(nodes.into_iter().map(Ok)),
                Err(error) => items.push(Err(error.into())),
            }
            // Whoever does not listen any more does not want to know.
            let _ = sender.send(items).await;
        })
    }

    /// The selected points, tile by tile.
    ///
    /// Tiles come in the order of [`Selection::nodes`]. If the query thins, a node's points can come in several parts and
    /// in another order, which is part of what keeps the memory small.
    #[must_use]
    pub fn points(&self) -> TileStream {
        self.map(|tile| tile)
    }

    /// What `make` makes of the selected points, tile by tile as in [`Selection::points`]. `make` runs on the thread that
    /// decoded the tile, so it runs on all cores.
    #[must_use]
    pub fn map<T, F>(&self, make: F) -> TileStream<T>
    where
        T: Send + 'static,
        F: Fn(Tile) -> T + Send + Sync + 'static,
    {
        self.map_nodes(self.nodes(), make)
    }

    /// As [`Selection::map`], of nodes that the caller already has, which are read whatever their depth and place.
    #[must_use]
    pub fn map_nodes<T, F, S>(&self, nodes: S, make: F) -> TileStream<T>
    where
        T: Send + 'static,
        F: Fn(Tile) -> T + Send + Sync + 'static,
        S: Stream<Item = Result<Node, Error>> + Send + Unpin + 'static,
    {
        let make = move |node: Node, points: PointBatch| make(Tile { node, points });
        let Some(grid) = self.bound.grid() else {
            return TileStream::new(
                self.ordered(nodes, move |node, points| Ok(make(node, points))),
            );
        };
        let (selection, bound) = (self.clone(), self.bound.clone());
        let thinner = Thinner::new(grid, self.frame());
        let engine = self.dataset.engine().clone();
        let sorted = stream::once(async move {
            let (mut nodes, losses) = parted(nodes).await;
            nodes.sort_by(|a, b| grid.compare(a.name, b.name));
            let nodes = losses.into_iter().chain(nodes.into_iter().map(Ok));
            let nodes = stream::iter(nodes.collect::<Vec<_>>());
            selection.ordered(nodes, |node, points| Ok((node, points)))
        });
        let nodes = sorted.flatten().boxed();
        let finish = move |node, points| Ok(make(node, bound.finish(points)?));
        TileStream::new(thinned::thinned(engine, thinner, nodes, finish))
    }

    /// What `make` makes of the selected points of each node, in the order of the nodes.
    fn ordered<T, F, S>(&self, nodes: S, make: F) -> Ordered<T>
    where
        T: Send + 'static,
        F: Fn(Node, PointBatch) -> Result<T, Error> + Send + Sync + 'static,
        S: Stream<Item = Result<Node, Error>> + Send + Unpin + 'static,
    {
        let (bound, wish) = (self.bound.clone(), self.bound.wish());
        let source = self.dataset.source().clone();
        let point_size = self.frame().point_size(wish.dimensions.as_deref());
        let select = move |node: Node, points: PointBatch| {
            let cell = match node.name {
                NodeName::Key(_) => Some(node.cell),
                // The box of a file's header is only a claim.
                NodeName::Chunks { .. } => points.extent(),
            };
            let points = bound.select(&cell.unwrap_or(Bounds::EVERYTHING), points)?;
            make(node, points)
        };
        Ordered::new(source, nodes, wish, point_size, select)
    }

    /// What the selection reads: its nodes, and about how many of their points are inside its areas. Besides the pages
    /// that the selection itself needs, those of neighbouring nodes are read; no tile is.
    ///
    /// A page that cannot be read is an error of the second list, and its nodes are missing in the plan.
    ///
    /// # Errors
    /// When the hierarchy cannot be walked, or the coarsest depth has more points than the query allows.
    pub async fn plan(&self) -> Result<(Plan, Vec<Error>), Error> {
        let mut found = self.dataset.walk(self.bound.surroundings());
        let (mut nodes, mut losses) = (Vec::new(), Vec::new());
        while let Some(node) = found.next().await {
            match node {
                Ok(node) => nodes.push(node),
                Err(error) if error.loss().is_some() => losses.push(error),
                Err(error) => return Err(error),
            }
        }
        Ok((self.bound.plan(nodes)?, losses))
    }

    /// Metres on the ground of a unit of the dataset's coordinate system along x and along y: the most anywhere in the
    /// areas, or in the dataset if there is no area.
    ///
    /// # Errors
    /// When the dataset's coordinate system is not known, or the areas are nowhere on the ground.
    pub fn metres_per_unit(&self) -> Result<[f64; 2], Error> {
        Ok(self.bound.metres_per_unit()?)
    }
}

/// All nodes of a stream, and what it had besides.
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
