//! A block of points: what the first layer yields for the others.

use super::layout::Version;
use super::step::Step;
use super::track::{Run, Track};
use crate::place::Place;

/// What the first layer yields for the others, for a block of points.
pub(crate) struct Block {
    pub(crate) steps: Vec<Step>,
    /// The runs of points, for their fields.
    pub(crate) points: Track,
    /// The runs of points for the items after the point. `None` if they are the same.
    pub(crate) items: Option<Track>,
}

impl Block {
    pub(crate) fn new(version: Version) -> Block {
        Block {
            steps: Vec::new(),
            points: Track::default(),
            items: (version == Version::Three).then(Track::default),
        }
    }

    /// Starts a chunk.
    pub(crate) fn begin(&mut self, channel: usize) {
        self.points.begin(channel);
        if let Some(items) = &mut self.items {
            items.begin(channel);
        }
    }

    /// Starts a block.
    pub(crate) fn clear(&mut self) {
        self.steps.clear();
        self.points.clear();
        if let Some(items) = &mut self.items {
            items.clear();
        }
    }

    /// The runs for the fields of a point, with the records of the block.
    pub(crate) fn field_runs<P: Place>(&self, records: P, size: usize) -> Runs<'_, P> {
        self.runs(&self.points, records, size)
    }

    /// The runs for the items after the point, with the records of the block.
    pub(crate) fn item_runs<P: Place>(&self, records: P, size: usize) -> Runs<'_, P> {
        self.runs(self.items.as_ref().unwrap_or(&self.points), records, size)
    }

    fn runs<'a, P: Place>(&'a self, track: &'a Track, records: P, size: usize) -> Runs<'a, P> {
        Runs {
            runs: track.runs.iter(),
            steps: &self.steps,
            records,
            size,
        }
    }
}

/// The runs of a block, each with the steps and the records of its points.
pub(crate) struct Runs<'a, P> {
    runs: std::slice::Iter<'a, Run>,
    steps: &'a [Step],
    records: P,
    size: usize,
}

impl<'a, P: Place> Iterator for Runs<'a, P> {
    type Item = (Run, &'a [Step], P);

    fn next(&mut self) -> Option<Self::Item> {
        let run = self.runs.next()?;
        let (steps, rest) = self.steps.split_at_checked(run.points)?;
        self.steps = rest;
        let records = std::mem::take(&mut self.records);
        let (records, rest) = records.divide(run.points * self.size);
        self.records = rest;
        Some((*run, steps, records))
    }
}
