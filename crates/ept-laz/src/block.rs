//! A block of points: what the layers are told by the first of them.

use std::slice::ChunksExactMut;

use crate::return14::Ends;

/// What the first layer says about a point.
#[derive(Clone, Copy)]
pub(crate) struct Step {
    /// What changed since the channel's last point: the symbol of the first layer.
    pub(crate) changed: u8,
    pub(crate) ends: Ends,
    /// How many returns of the pulse are to come, as Z distinguishes them.
    pub(crate) level: u8,
    /// The context of Z's difference.
    pub(crate) steepness: u8,
}

/// Bits of what changed.
const ANGLE: u8 = 1 << 3;
const TIME: u8 = 1 << 4;
const SOURCE: u8 = 1 << 5;

impl Step {
    #[inline(always)]
    pub(crate) fn has_angle(self) -> bool {
        self.changed & ANGLE != 0
    }

    #[inline(always)]
    pub(crate) fn has_time(self) -> bool {
        self.changed & TIME != 0
    }

    #[inline(always)]
    pub(crate) fn has_source(self) -> bool {
        self.changed & SOURCE != 0
    }
}

/// Points in a row of one scanner channel. Channels have slots, in the order in which they come up in a chunk.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    pub(crate) slot: usize,
    /// The slot of the last values.
    pub(crate) last: usize,
    /// For a channel that comes up: the slot whose last values it starts from.
    pub(crate) from: Option<usize>,
    pub(crate) points: usize,
}

/// The runs of one block after the other.
#[derive(Default)]
pub(crate) struct Track {
    runs: Vec<Run>,
    slots: [Option<usize>; 4],
    used: usize,
    channel: usize,
    slot: usize,
}

impl Track {
    /// Starts a chunk at its first point, which is in no run.
    pub(crate) fn begin(&mut self, channel: usize) {
        *self = Track {
            runs: std::mem::take(&mut self.runs),
            used: 1,
            channel,
            ..Track::default()
        };
        self.runs.clear();
        self.slots[channel & 3] = Some(0);
    }

    /// Starts a block.
    pub(crate) fn clear(&mut self) {
        self.runs.clear();
    }

    /// Adds a point of a channel, whose own last values count.
    #[inline(always)]
    pub(crate) fn add(&mut self, channel: usize) -> Run {
        let from = self.turn(channel);
        self.push(self.slot, from)
    }

    /// Adds a point of a channel. If the channel is another than before and came up earlier, the last values of the one
    /// before count: LASzip forgets to turn to those of the new channel.
    #[inline(always)]
    pub(crate) fn add_late(&mut self, channel: usize) {
        let before = self.slot;
        let from = self.turn(channel);
        let last = if from.is_some() { self.slot } else { before };
        self.push(last, from);
    }

    /// Turns to a channel; gives the slot to start from if it comes up now.
    #[inline(always)]
    fn turn(&mut self, channel: usize) -> Option<usize> {
        if channel == self.channel {
            return None;
        }
        self.channel = channel;
        let before = self.slot;
        if let Some(slot) = self.slots[channel & 3] {
            self.slot = slot;
            return None;
        }
        self.slot = self.used;
        self.slots[channel & 3] = Some(self.used);
        self.used += 1;
        Some(before)
    }

    #[inline(always)]
    fn push(&mut self, last: usize, from: Option<usize>) -> Run {
        let slot = self.slot;
        if let Some(run) = self.runs.last_mut()
            && (run.slot, run.last, from) == (slot, last, None)
        {
            run.points += 1;
            return Run { from: None, ..*run };
        }
        let run = Run {
            slot,
            last,
            from,
            points: 1,
        };
        self.runs.push(run);
        run
    }
}

/// A block of points.
#[derive(Default)]
pub(crate) struct Block {
    pub(crate) steps: Vec<Step>,
    /// The runs of the point itself.
    pub(crate) points: Track,
    /// Those of the items that follow it.
    pub(crate) items: Track,
}

/// A run's points: what is known of them, and their records.
pub(crate) type Part<'a> = (Run, &'a [Step], ChunksExactMut<'a, u8>);

impl Block {
    /// Starts a chunk.
    pub(crate) fn begin(&mut self, channel: usize) {
        self.points.begin(channel);
        self.items.begin(channel);
    }

    /// Starts a block.
    pub(crate) fn clear(&mut self) {
        self.steps.clear();
        self.points.clear();
        self.items.clear();
    }

    /// The runs of the point itself, with the block's records of that size.
    pub(crate) fn parts<'a>(&'a self, records: &'a mut [u8], size: usize) -> Parts<'a> {
        self.split(&self.points, records, size)
    }

    /// The runs of the items that follow the point.
    pub(crate) fn item_parts<'a>(&'a self, records: &'a mut [u8], size: usize) -> Parts<'a> {
        self.split(&self.items, records, size)
    }

    fn split<'a>(&'a self, track: &'a Track, records: &'a mut [u8], size: usize) -> Parts<'a> {
        Parts {
            runs: track.runs.iter(),
            steps: &self.steps,
            records,
            size,
        }
    }
}

/// The parts of a block.
pub(crate) struct Parts<'a> {
    runs: std::slice::Iter<'a, Run>,
    steps: &'a [Step],
    records: &'a mut [u8],
    size: usize,
}

impl<'a> Iterator for Parts<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        let run = self.runs.next()?;
        let (steps, rest) = self.steps.split_at_checked(run.points)?;
        self.steps = rest;
        let records = std::mem::take(&mut self.records);
        let (records, rest) = records.split_at_mut_checked(run.points * self.size)?;
        self.records = rest;
        Some((*run, steps, records.chunks_exact_mut(self.size)))
    }
}
