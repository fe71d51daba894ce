//! A stream of thinned points, which needs the nodes branch by branch.

use std::sync::Arc;

use ept_format::Node;
use ept_points::PointBatch;
use ept_select::Thinner;
use futures::{Stream, StreamExt, stream};

use crate::Error;
use crate::engine::Engine;

/// Maps the points that a thinner returns. `nodes` must be in the thinner's order. Thinning and mapping run on the
/// cores of the engine.
pub(crate) fn thinned<T, F>(
    engine: Engine,
    thinner: Thinner,
    nodes: impl Stream<Item = Result<(Node, PointBatch), Error>> + Send + Unpin + 'static,
    make: F,
) -> impl Stream<Item = Result<T, Error>> + Send + 'static
where
    T: Send + 'static,
    F: Fn(Node, PointBatch) -> Result<T, Error> + Send + Sync + 'static,
{
    let state = Some(State {
        engine,
        thinner,
        nodes,
        make: Arc::new(make),
    });
    let parts = stream::unfold(state, async |state| {
        let (parts, state) = state?.next().await;
        Some((stream::iter(parts), state))
    });
    parts.flatten()
}

struct State<S, F> {
    engine: Engine,
    thinner: Thinner,
    nodes: S,
    make: Arc<F>,
}

impl<S, F> State<S, F>
where
    S: Stream<Item = Result<(Node, PointBatch), Error>> + Send + Unpin,
{
    /// The results of the next node, and the state after it. `None` at the end.
    async fn next<T>(mut self) -> (Vec<Result<T, Error>>, Option<State<S, F>>)
    where
        T: Send + 'static,
        F: Fn(Node, PointBatch) -> Result<T, Error> + Send + Sync + 'static,
    {
        let next = match self.nodes.next().await {
            Some(Err(error)) => return (vec![Err(error)], Some(self)),
            Some(Ok(node)) => Some(node),
            None => None,
        };
        let (mut thinner, make) = (self.thinner, Arc::clone(&self.make));
        let is_end = next.is_none();
        let work = move || {
            let (done, thinner) = match next {
                Some((node, points)) => (thinner.push(node, points), Some(thinner)),
                None => (thinner.finish(), None),
            };
            let made = done.into_iter().map(|(node, points)| make(node, points));
            (made.collect(), thinner)
        };
        match self.engine.compute(0, work).await {
            Ok((made, Some(thinner))) if !is_end => (made, Some(State { thinner, ..self })),
            Ok((made, _)) => (made, None),
            Err(error) => (vec![Err(error)], None),
        }
    }
}
