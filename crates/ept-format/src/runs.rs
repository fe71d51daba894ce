//! A priority queue of sorted runs.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

/// A priority queue of items that are added in batches. The greatest item comes first.
///
/// A heap of runs is much smaller than a heap of items, and taking successive items from the same run moves nothing.
#[derive(Debug)]
pub(crate) struct Runs<T>(BinaryHeap<Run<T>>);

/// A run of one or more items, in ascending order.
#[derive(Debug)]
struct Run<T>(Vec<T>);

impl<T: Ord> Runs<T> {
    pub(crate) fn new() -> Runs<T> {
        Runs(BinaryHeap::new())
    }

    /// Adds items in any order.
    pub(crate) fn push(&mut self, mut items: Vec<T>) {
        if !items.is_empty() {
            items.sort_unstable();
            items.shrink_to_fit();
            self.0.push(Run(items));
        }
    }

    /// The greatest item.
    pub(crate) fn peek(&self) -> Option<&T> {
        self.0.peek().and_then(|run| run.0.last())
    }

    /// Takes the greatest item.
    pub(crate) fn pop(&mut self) -> Option<T> {
        let mut run = self.0.peek_mut()?;
        let item = run.0.pop();
        if run.0.is_empty() {
            PeekMut::pop(run);
        }
        item
    }
}

impl<T: Ord> Ord for Run<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.last().cmp(&other.0.last())
    }
}

impl<T: Ord> PartialOrd for Run<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Ord> PartialEq for Run<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T: Ord> Eq for Run<T> {}
