//! The nodes of the first points of a result.

use ept_reader::{Node, Selection};
use futures::{StreamExt, stream};

use crate::limited::certain;
use crate::{JobError, Pass};

/// The nodes that have the first points of a result, with the number of their points.
#[derive(Debug)]
pub(super) struct FirstPoints {
    pub(super) nodes: Vec<Node>,
    /// Points that each node has in the result.
    counts: Vec<u64>,
    limit: u64,
}

impl FirstPoints {
    /// The first of some nodes that together have `limit` points. Nodes that may have fewer than the source says are read, as
    /// the query itself has to.
    ///
    /// # Errors
    /// If they can't be read, and that is not allowed.
    pub(super) async fn of(
        pass: &mut Pass,
        nodes: &[Node],
        limit: u64,
    ) -> Result<FirstPoints, JobError> {
        let mut first = FirstPoints {
            nodes: Vec::new(),
            counts: Vec::new(),
            limit,
        };
        let selection = pass.selection().clone();
        let is_certain = |node: &Node| certain(&selection, node) == node.points;
        let unknown = nodes.iter().filter(|node| !is_certain(node)).copied();
        let unknown: Vec<_> = unknown.map(Ok).collect();
        let counting = counting(&selection)?;
        let mut counted =
            counting.map_nodes(stream::iter(unknown), |tile| tile.points.len() as u64);
        let mut left = limit;
        for node in nodes {
            if left == 0 {
                break;
            }
            let count = if is_certain(node) {
                Some(node.points)
            } else {
                let count = counted.next().await.unwrap_or(Ok(0));
                pass.losses_mut().sort_out(count)?
            };
            // A node that is lost is not in the result.
            if let Some(count) = count {
                left = left.saturating_sub(count);
                first.nodes.push(*node);
                first.counts.push(count);
            }
        }
        Ok(first)
    }

    /// How many points of the next nodes, those from the `start`-th to the `end`-th, are among the first. `None` if all are.
    pub(super) fn taken(&self, start: usize, end: usize) -> Option<u64> {
        let sum = |counts: &[u64]| counts.iter().fold(0, |sum: u64, n| sum.saturating_add(*n));
        let left = self.limit.saturating_sub(sum(&self.counts[..start]));
        Some(left).filter(|left| sum(&self.counts[start..end]) > *left)
    }
}

/// The same points with as few dimensions as possible.
fn counting(selection: &Selection) -> Result<Selection, ept_reader::Error> {
    selection.with_query(&selection.query().clone().with_dimensions(["X"]))
}
