//! The scanner channels of points, as runs.

/// Consecutive points of one scanner channel. Channels are given slots in the order of their first points in the chunk.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    pub(crate) slot: usize,
    /// The slot of the last values.
    pub(crate) last: usize,
    /// The slot from whose last values the channel starts, if the channel is new.
    pub(crate) from: Option<usize>,
    pub(crate) points: usize,
}

/// The runs of a block, and the channel of its last point.
#[derive(Default)]
pub(crate) struct Track {
    pub(crate) runs: Vec<Run>,
    slots: [Option<usize>; 4],
    used: usize,
    channel: usize,
    slot: usize,
}

impl Track {
    /// Starts a chunk with its first point, which is in no run.
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

    /// The slot of the last values of a channel's next point: that of the last point, if the channel is new.
    #[inline(always)]
    pub(crate) fn slot(&self, channel: usize) -> usize {
        self.slots[channel & 3].unwrap_or(self.slot)
    }

    /// Adds a point with the last values of its channel.
    #[inline(always)]
    pub(crate) fn add(&mut self, channel: usize) -> Run {
        let from = self.turn(channel);
        self.push(self.slot, from)
    }

    /// Adds a point for the items after the point, in version 3. If the channel changes to one that the chunk has had before, LASzip
    /// does not switch the last values, so this point gets those of the previous channel.
    #[inline(always)]
    pub(crate) fn add_late(&mut self, channel: usize) {
        let before = self.slot;
        let from = self.turn(channel);
        let last = if from.is_some() { self.slot } else { before };
        self.push(last, from);
    }

    /// Switches to a channel. Returns the slot to start from if the channel is new.
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
