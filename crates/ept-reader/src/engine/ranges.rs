//! Ranges of files that wait for a request. Nearby ones are fetched together.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::oneshot;

use super::Interested;
use crate::store::StoreError;

/// The ranges that wait for a request.
#[derive(Debug, Default)]
pub(super) struct Ranges(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// By file, then by start.
    waiting: BTreeMap<Place, Wanted>,
    last: u64,
}

/// File, start, and a number to distinguish ranges that are requested twice.
pub(super) type Place = (Arc<str>, u64, u64);

/// A requested range.
#[derive(Debug)]
struct Wanted {
    end: u64,
    interested: Interested,
    answer: oneshot::Sender<Result<Bytes, StoreError>>,
}

/// Ranges to be fetched with one request.
#[derive(Debug)]
pub(super) struct Run {
    range: Range<u64>,
    wanted: Vec<(u64, Wanted)>,
}

/// Limits of one request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reach {
    /// Maximum gap in bytes between two ranges.
    pub(super) gap: u64,
    /// Maximum total bytes, unless a single range has more.
    pub(super) most: u64,
}

/// The result of a range. It is an error if the task that fetches the range is aborted.
pub(super) type Answer = oneshot::Receiver<Result<Bytes, StoreError>>;

impl Ranges {
    /// Adds a range. The returned place is for [`Ranges::take`].
    pub(super) fn add(
        &self,
        path: &Arc<str>,
        range: Range<u64>,
        interested: Interested,
    ) -> (Place, Answer) {
        let (answer, receiver) = oneshot::channel();
        let mut state = self.state();
        state.last += 1;
        let place = (Arc::clone(path), range.start, state.last);
        let wanted = Wanted {
            end: range.end,
            interested,
            answer,
        };
        state.waiting.insert(place.clone(), wanted);
        (place, receiver)
    }

    /// Takes the range at a place, with nearby ones that wait as well. `None` if another run has taken it, or nobody
    /// wants it any more.
    pub(super) fn take(&self, place: &Place, reach: Reach) -> Option<Run> {
        let mut state = self.state();
        let own = state.waiting.remove(place)?;
        if own.interested.is_over() {
            return None;
        }
        let mut run = Run {
            range: place.1..own.end,
            wanted: vec![(place.1, own)],
        };
        while let Some(next) = state.next(place, &run, reach) {
            if let Some(wanted) = state.waiting.remove(&next) {
                run.add(next.1, wanted);
            }
        }
        Some(run)
    }

    /// The lock can't be poisoned: no code that can panic runs under it.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// A range by which the run may grow: the next after it, or the last before it. `None` if there is none.
    fn next(&self, (path, ..): &Place, run: &Run, reach: Reach) -> Option<Place> {
        let Range { start, end } = run.range;
        let after = (Arc::clone(path), start, 0)
            ..=(Arc::clone(path), end.saturating_add(reach.gap), u64::MAX);
        let before = (Arc::clone(path), 0, 0)..(Arc::clone(path), start, 0);
        let next = self.waiting.range(after).next();
        let last = self.waiting.range(before).next_back();
        let is_near = |(place, wanted): &(&Place, &Wanted)| {
            let whole = start.min(place.1)..end.max(wanted.end);
            let is_far = wanted.end.saturating_add(reach.gap) < start;
            !is_far && whole.end - whole.start <= reach.most
        };
        let found = next.filter(is_near).or(last.filter(is_near));
        found.map(|(place, _)| place.clone())
    }
}

impl Run {
    /// The range to request.
    pub(super) fn range(&self) -> Range<u64> {
        self.range.clone()
    }

    fn add(&mut self, start: u64, wanted: Wanted) {
        if wanted.interested.is_over() {
            return;
        }
        self.range = self.range.start.min(start)..self.range.end.max(wanted.end);
        self.wanted.push((start, wanted));
    }

    /// Sends each receiver its part of the result.
    pub(super) fn answer(self, found: &Result<Bytes, StoreError>) {
        for (start, wanted) in self.wanted {
            let part = found.as_ref().map(|bytes| {
                let place = |at: u64| {
                    let at = usize::try_from(at - self.range.start).unwrap_or(usize::MAX);
                    at.min(bytes.len())
                };
                bytes.slice(place(start)..place(wanted.end))
            });
            // The receiver may be gone.
            let _ = wanted.answer.send(part.map_err(Clone::clone));
        }
    }
}
