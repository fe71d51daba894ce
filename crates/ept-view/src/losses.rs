//! Parts of the dataset that a page does not see because they could not be read.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ept_reader::{Bounds, CachedTile, Error, Event, Key, LostPart, NodeName};
use serde::Serialize;

/// Maximum number that is kept.
const MOST: usize = 1_000;

/// What a page does not see, until it is read after all.
#[derive(Debug, Default)]
pub(crate) struct Losses {
    parts: BTreeMap<Part, Lost>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    /// Something that concerns the whole dataset.
    Everything,
    Page(NodeName),
    Tile(NodeName),
}

#[derive(Debug)]
struct Lost {
    cell: Option<Bounds>,
    error: String,
    /// Time of the next attempt. `None` if there is none.
    until: Option<Instant>,
}

/// A loss, as a page is told of it.
#[derive(Debug, Serialize)]
pub(crate) struct LossAnswer<'a> {
    /// `None` for what concerns the whole dataset.
    key: Option<String>,
    cell: Option<[f64; 6]>,
    error: &'a str,
    /// Seconds until the next attempt.
    again: Option<f64>,
}

impl Losses {
    /// Notes the result of a load.
    pub(crate) fn note(&mut self, event: &Event, now: Instant) {
        match event {
            Event::Tile(name) => drop(self.parts.remove(&Part::Tile(*name))),
            Event::Page(key) => drop(self.parts.remove(&Part::Page(Key::into(*key)))),
            Event::Failed { error, again } => self.add(error, *again, now),
            // Other events are no losses.
            _ => {}
        }
    }

    /// Forgets tiles that are drawn: they may be found in the shared memory before their load is reported.
    pub(crate) fn forget_drawn(&mut self, tiles: &[Arc<CachedTile>]) {
        if !self.parts.is_empty() {
            for tile in tiles {
                self.parts.remove(&Part::Tile(tile.node().name));
            }
        }
    }

    fn add(&mut self, error: &Error, again: Duration, now: Instant) {
        let loss = error.loss();
        let part = loss.map_or(Part::Everything, |loss| match loss.part {
            LostPart::Page => Part::Page(loss.node),
            _ => Part::Tile(loss.node),
        });
        if self.parts.len() >= MOST && !self.parts.contains_key(&part) {
            self.parts.pop_last();
        }
        let lost = Lost {
            cell: loss.map(|loss| loss.cell),
            error: error.to_string(),
            // `Duration::MAX` means never.
            until: now.checked_add(again).filter(|_| again != Duration::MAX),
        };
        self.parts.insert(part, lost);
    }

    pub(crate) fn answers(&self, now: Instant) -> Vec<LossAnswer<'_>> {
        let parts = self.parts.iter();
        let answers = parts.map(|(part, lost)| LossAnswer {
            key: match part {
                Part::Everything => None,
                Part::Page(name) | Part::Tile(name) => Some(name.to_string()),
            },
            cell: lost.cell.map(|cell| corners(&cell)),
            error: &lost.error,
            again: lost
                .until
                .map(|until| until.saturating_duration_since(now).as_secs_f64()),
        });
        answers.collect()
    }
}

/// The corners of a box: minimum x, y, z, maximum x, y, z.
pub(crate) fn corners(bounds: &Bounds) -> [f64; 6] {
    let ([a, b, c], [d, e, f]) = (bounds.min(), bounds.max());
    [a, b, c, d, e, f]
}
