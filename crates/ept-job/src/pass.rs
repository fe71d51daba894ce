//! One pass over a selection.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use ept_reader::{Error, Loss, Node, Parts, Reads, Selection, Tile, TileStream};
use futures::future::poll_fn;
use futures::{Stream, StreamExt, stream};

use crate::limited::Limited;
use crate::{HeightAboveGround, Losses, OnError, OutputError, Remark};

/// Reads a selection once: nodes are found while tiles are read, and both are counted.
#[derive(Debug)]
pub struct Pass {
    selection: Selection,
    losses: Losses,
    nodes: Nodes,
    found: Shared,
    /// Number of requests of the engine before this pass.
    requests: u64,
    /// Points that are wanted at most.
    limit: Option<u64>,
    /// Those of the whole result, of which this pass has a part.
    whole_limit: Option<u64>,
    /// Which points get heights above the ground. `None` if they get none.
    heights: Option<HeightAboveGround>,
    pub(crate) remarks: Vec<Remark>,
    /// The note of the output, if it is not about this pass.
    pub(crate) note: Option<String>,
}

/// The nodes of a selection found so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Found {
    /// Number of nodes.
    pub nodes: u64,
    /// Number of points in them, an upper bound of those selected.
    pub points: u64,
    /// Depth of the deepest node. `None` if there is no node.
    pub deepest: Option<u32>,
    /// Whether these are all nodes of the selection.
    pub is_all: bool,
}

/// Progress of a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Number of nodes read. Some of their points may not have been passed on yet.
    pub nodes: u64,
    /// Points of these nodes.
    pub points: u64,
    /// Bytes fetched so far, by all jobs of the engine.
    pub bytes: u64,
    /// The nodes found so far.
    pub found: Found,
}

/// Nodes that are still to be read.
#[derive(Debug)]
struct Nodes {
    /// Nodes found in advance, which are counted.
    ahead: Vec<Result<Node, Error>>,
    /// The others. `None` once they were taken.
    rest: Option<Limited>,
}

impl Pass {
    /// A pass over a selection. Nothing is read yet.
    #[must_use]
    pub fn new(selection: Selection, on_error: OnError) -> Pass {
        Pass::limited(selection, Losses::new(on_error), None)
    }

    /// The same pass for at most this many points of the result, the first ones. No more nodes are read than they can be
    /// in, unless losses are allowed: then others may have to stand in.
    #[must_use]
    pub fn with_limit(self, points: u64) -> Pass {
        Pass {
            heights: self.heights,
            ..Pass::limited(self.selection, self.losses.again(), Some(points))
        }
    }

    /// The same pass for a part of a result of at most `whole` points, which has at most `own` of them, or all of its nodes.
    pub(crate) fn with_part_of(self, whole: u64, own: Option<u64>) -> Pass {
        Pass {
            limit: own,
            whole_limit: Some(whole),
            ..self
        }
    }

    /// The same pass with what was lost before it.
    pub(crate) fn with_told(self, lost: &[Loss]) -> Pass {
        let losses = self.losses.again().with_told(lost);
        Pass { losses, ..self }
    }

    /// The same pass for points with the dimension [`HeightAboveGround::NAME`], which the query and its condition can name
    /// too, for [`write_points`](crate::write_points) and [`write_areas`](crate::write_areas). They first read the ground, in
    /// another pass of which only the losses are part of this one.
    ///
    /// # Errors
    /// If the query thins and its condition names the dimension.
    pub fn with_heights(self, heights: HeightAboveGround) -> Result<Pass, OutputError> {
        heights.check(self.selection.query())?;
        Ok(Pass {
            heights: Some(heights),
            ..self
        })
    }

    fn limited(selection: Selection, losses: Losses, limit: Option<u64>) -> Pass {
        let needed = limit.filter(|_| losses.on_error() == OnError::Fail);
        Pass {
            limit,
            whole_limit: limit,
            heights: None,
            losses,
            nodes: Nodes {
                ahead: Vec::new(),
                rest: Some(Limited::new(&selection, needed)),
            },
            found: Shared::default(),
            requests: selection.dataset().traffic().requests,
            remarks: Vec::new(),
            note: None,
            selection,
        }
    }

    /// The selection.
    #[must_use]
    pub fn selection(&self) -> &Selection {
        &self.selection
    }

    /// Number of points that are wanted at most. `None` if all are.
    #[must_use]
    pub fn limit(&self) -> Option<u64> {
        self.limit
    }

    /// Number of points that are wanted at most of the result that this pass has a part of.
    pub(crate) fn whole_limit(&self) -> Option<u64> {
        self.whole_limit
    }

    /// What could not be read so far.
    #[must_use]
    pub fn losses(&self) -> &Losses {
        &self.losses
    }

    /// Unexpected properties of the output.
    #[must_use]
    pub fn remarks(&self) -> &[Remark] {
        &self.remarks
    }

    /// How points get heights above the ground. `None` if they get none.
    pub(crate) fn heights(&self) -> Option<&HeightAboveGround> {
        self.heights.as_ref()
    }

    pub(crate) fn losses_mut(&mut self) -> &mut Losses {
        &mut self.losses
    }

    /// Resets the pass, to read everything again.
    pub(crate) fn begin_again(&mut self) {
        self.bind(self.selection.clone());
    }

    /// Resets the pass with another selection.
    pub(crate) fn bind(&mut self, selection: Selection) {
        *self = Pass {
            heights: self.heights.take(),
            note: self.note.take(),
            whole_limit: self.whole_limit,
            ..Pass::limited(selection, self.losses.again(), self.limit)
        };
    }

    /// Goes on with the same selection of a dataset with more dimensions.
    pub(crate) fn widen(&mut self, selection: Selection) {
        self.selection = selection;
    }

    /// Reads the nodes of another selection, which reaches farther. Nothing must have been read yet.
    pub(crate) fn reach(&mut self, farther: &Selection) {
        self.nodes = Nodes {
            ahead: Vec::new(),
            rest: Some(Limited::new(farther, None)),
        };
        self.found = Shared::default();
    }

    /// The nodes found so far.
    #[must_use]
    pub fn found(&self) -> Found {
        self.found.get()
    }

    /// Finds nodes until they have more than `points` points, or there are no more, so that the user can be asked
    /// before reading.
    ///
    /// # Errors
    /// If the hierarchy can't be read.
    pub async fn look_ahead(&mut self, points: u64) -> Result<Found, Error> {
        let Some(rest) = &mut self.nodes.rest else {
            return Ok(self.found());
        };
        while self.found.get().points <= points && !self.found.get().is_all {
            let node = rest.next().await;
            self.found.count(node.as_ref());
            match node {
                Some(Err(error)) if error.loss().is_none() => return Err(error),
                node => self.nodes.ahead.extend(node),
            }
        }
        Ok(self.found())
    }

    /// The nodes that were found in advance.
    pub(crate) fn ahead(&self) -> Vec<Node> {
        let found = self.nodes.ahead.iter();
        found
            .filter_map(|node| node.as_ref().ok().copied())
            .collect()
    }

    /// Finds all nodes, and sorts out what of the hierarchy can't be read. They are not read later.
    ///
    /// # Errors
    /// If the hierarchy can't be read, and that is not allowed.
    pub(crate) async fn only_nodes(&mut self) -> Result<Vec<Node>, Error> {
        self.look_ahead(u64::MAX).await?;
        let found = std::mem::take(&mut self.nodes.ahead).into_iter();
        let nodes = found.map(|node| self.losses.sort_out(node));
        Ok(nodes
            .collect::<Result<Vec<_>, _>>()?
            .into_iter()
            .flatten()
            .collect())
    }

    /// Reads all tiles: `make` runs on all cores, `take` receives the results in the order of the nodes, until it
    /// breaks. `read` is the
    /// selection used for reading, which may request more dimensions than the one that finds the nodes. If the dataset
    /// was rebuilt meanwhile, that is an error.
    pub(crate) async fn read<T, E>(
        &mut self,
        read: &Selection,
        make: impl Fn(Tile) -> T + Send + Sync + 'static,
        take: impl FnMut(Node, T) -> Result<ControlFlow<()>, E>,
        progress: impl FnMut(&Progress),
    ) -> Result<(), E>
    where
        T: Send + 'static,
        E: From<Error>,
    {
        let tiles = read.map_nodes(self.take_nodes(), move |tile| (tile.node, make(tile)));
        self.drain(read, tiles, take, progress).await
    }

    /// As [`Pass::read`], separately for each area of [`ept_reader::Query::with_any_of`].
    pub(crate) async fn read_each<T, E>(
        &mut self,
        read: &Selection,
        make: impl Fn(&Node, Parts<'_>) -> Result<T, Error> + Send + Sync + 'static,
        take: impl FnMut(Node, T) -> Result<ControlFlow<()>, E>,
        progress: impl FnMut(&Progress),
    ) -> Result<(), E>
    where
        T: Send + 'static,
        E: From<Error>,
    {
        let make = move |node, parts: Parts<'_>| Ok((node, make(&node, parts)?));
        let tiles = read.map_each(self.take_nodes(), make)?;
        self.drain(read, tiles, take, progress).await
    }

    /// Passes on the results of a stream. Progress counts what was read, since thinning passes points on late.
    async fn drain<T, E>(
        &mut self,
        read: &Selection,
        mut tiles: TileStream<(Node, T)>,
        mut take: impl FnMut(Node, T) -> Result<ControlFlow<()>, E>,
        mut progress: impl FnMut(&Progress),
    ) -> Result<(), E>
    where
        E: From<Error>,
    {
        let start = read.reads();
        let mut told = start;
        let mut tell = |pass: &Pass, reads: Reads| {
            progress(&Progress {
                nodes: reads.nodes - start.nodes,
                points: reads.points - start.points,
                bytes: pass.selection.dataset().traffic().bytes,
                found: pass.found(),
            });
        };
        let mut deepest = None;
        loop {
            let tile = poll_fn(|context| {
                let tile = tiles.poll_next_unpin(context);
                let reads = read.reads();
                if reads != told {
                    told = reads;
                    tell(self, reads);
                }
                tile
            });
            let Some(tile) = tile.await else {
                break;
            };
            let Some((node, made)) = self.losses.sort_out(tile)? else {
                continue;
            };
            deepest = deepest.max(node.depth());
            if take(node, made)?.is_break() {
                // How many more nodes were found by now depends on time.
                let deepest = deepest.max(self.losses.deepest_tile());
                self.found.end_at(deepest);
                break;
            }
        }
        // What is still under way is cancelled.
        drop(tiles);
        tell(self, read.reads());
        Ok(self.check_unchanged().await?)
    }

    /// Checks that the dataset was not rebuilt while it was read.
    pub(crate) async fn check_unchanged(&self) -> Result<(), Error> {
        // Everything in the cache is of the same build.
        let has_fetched = self.selection.dataset().traffic().requests > self.requests;
        match self.selection.dataset().ept() {
            Ok(ept) if has_fetched => ept.check_unchanged().await,
            _ => Ok(()),
        }
    }

    /// The nodes to read, counted as they come. A second call returns none.
    pub(crate) fn take_nodes(
        &mut self,
    ) -> impl Stream<Item = Result<Node, Error>> + Send + Unpin + use<> {
        let ahead = std::mem::take(&mut self.nodes.ahead);
        let found = self.found.clone();
        let rest = stream::iter(self.nodes.rest.take()).flatten();
        let rest = rest.map(Some).chain(stream::iter([None]));
        let counted = rest.filter_map(move |node| {
            found.count(node.as_ref());
            std::future::ready(node)
        });
        stream::iter(ahead).chain(counted)
    }
}

/// What was found, shared between the task that finds nodes and the one that reads.
#[derive(Debug, Clone, Default)]
struct Shared(Arc<Mutex<Found>>);

impl Shared {
    fn get(&self) -> Found {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the deepest of the nodes that were read, if the others are not needed.
    fn end_at(&self, deepest: Option<u32>) {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        found.deepest = deepest;
    }

    /// Counts a node. `None` is the end.
    fn count(&self, node: Option<&Result<Node, Error>>) {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match node {
            Some(Ok(node)) => {
                found.nodes += 1;
                found.points = found.points.saturating_add(node.points);
                found.deepest = found.deepest.max(node.depth());
            }
            Some(Err(_)) => {}
            None => found.is_all = true,
        }
    }
}
