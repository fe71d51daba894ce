//! The first layer: scanner channel, returns, X and Y.

use super::block::Block;
use super::contexts::{Context, Contexts};
use super::record::Point;
use super::returns::Returns;
use super::step::Step;
use crate::coder::Coder;
use crate::integer::{Integer, even};
use crate::median::Median;
use crate::model::{Small, Tiny};

/// Bits of a point's first symbol: how the return number changed, and whether the number of returns, the scanner channel
/// and the GPS time did.
const NUMBER: u32 = 3;
const COUNT: u32 = 1 << 2;
const CHANNEL: u32 = 1 << 6;
const TIME: u32 = 1 << 4;

/// The first layer.
pub(crate) struct PointLayer {
    contexts: Contexts<PointContext>,
    slot: usize,
    channel: usize,
}

/// The state of the layer for one scanner channel.
struct PointContext {
    last: Point,
    /// Whether the time of the last point differs from that of the point before.
    has_time: bool,
    changed: Vec<Small>,
    channel: Tiny,
    /// Models of the number of returns, by its last value.
    counts: Vec<Tiny>,
    /// Models of the return number by its last value, for points of a new pulse.
    numbers: Vec<Tiny>,
    /// The model of the increase of the return number, for points of the same pulse.
    number: Tiny,
    x: Axis,
    y: Axis,
}

/// Differences of X or Y.
struct Axis {
    integer: Integer,
    /// Medians by the group of the return, and whether the time changed.
    medians: [Median; 12],
}

impl PointLayer {
    pub(crate) fn new() -> PointLayer {
        PointLayer {
            contexts: Contexts::new(),
            slot: 0,
            channel: 0,
        }
    }

    /// Starts a chunk with its first point.
    pub(crate) fn begin(&mut self, first: Point, channel: usize) {
        self.contexts.begin(first);
        self.slot = 0;
        self.channel = channel;
    }

    /// Reads the layer for a block of points, whose records start as copies of the first record.
    pub(crate) fn read(
        &mut self,
        code: &mut Coder<'_>,
        block: &mut Block,
        records: &mut [u8],
        size: usize,
    ) {
        let mut coder = *code;
        for record in records.chunks_exact_mut(size) {
            let changed = self.changed(&mut coder, block);
            let context = self.contexts.at(self.slot);
            block.steps.push(context.read(&mut coder, changed));
            context.last.put(record, self.channel);
        }
        *code = coder;
    }

    /// Reads what changed, and switches to the channel of the point.
    #[inline(always)]
    fn changed(&mut self, coder: &mut Coder<'_>, block: &mut Block) -> u32 {
        let context = self.contexts.at(self.slot);
        let model = context.changed_model();
        let changed = coder.symbol(&mut context.changed[model]);
        if changed & CHANNEL != 0 {
            let by = 1 + coder.symbol(&mut context.channel) as usize;
            self.channel = (self.channel + by) & 3;
        }
        let run = block.points.add(self.channel);
        self.slot = run.slot;
        if run.from.is_some() {
            self.contexts.enter(run);
        }
        if let Some(items) = &mut block.items {
            // LASzip passes the channel to the items after the point only if it changes, otherwise 0.
            let has_channel = changed & CHANNEL != 0;
            items.add_late(if has_channel { self.channel } else { 0 });
        }
        changed
    }
}

impl PointContext {
    /// Index of the model of what changed.
    #[inline(always)]
    fn changed_model(&self) -> usize {
        let last = self.last.returns;
        usize::from(last.number == 1)
            | usize::from(last.number >= last.count) << 1
            | usize::from(self.has_time) << 2
    }

    #[inline(always)]
    fn read(&mut self, coder: &mut Coder<'_>, changed: u32) -> Step {
        self.has_time = changed & TIME != 0;
        self.last.returns = self.returns(coder, changed);
        let returns = self.last.returns;
        let single = usize::from(returns.is_single());
        let group = returns.group() << 1 | usize::from(self.has_time);
        let x = self.x.read(coder, group, single);
        let k = self.x.integer.k();
        let y = self.y.read(coder, group, even(k, 20) | single);
        self.last.x = self.last.x.wrapping_add(x);
        self.last.y = self.last.y.wrapping_add(y);
        let k = (k + self.y.integer.k()) / 2;
        Step {
            changed: changed as u8,
            ends: returns.ends(),
            level: returns.level(),
            z_context: (even(k, 18) | single) as u8,
        }
    }

    #[inline(always)]
    fn returns(&mut self, coder: &mut Coder<'_>, changed: u32) -> Returns {
        let last = self.last.returns;
        let count = if changed & COUNT == 0 {
            last.count
        } else {
            coder.symbol(&mut self.counts[usize::from(last.count)]) as u8
        };
        let number = match changed & NUMBER {
            0 => last.number,
            1 => last.number + 1,
            2 => last.number + 15,
            _ if self.has_time => coder.symbol(&mut self.numbers[usize::from(last.number)]) as u8,
            _ => last.number + 2 + coder.symbol(&mut self.number) as u8,
        };
        Returns {
            number: number & 15,
            count,
        }
    }
}

impl Context for PointContext {
    type Value = Point;

    fn new() -> PointContext {
        PointContext {
            last: Point::default(),
            has_time: false,
            changed: vec![Small::new(128); 8],
            channel: Tiny::new(3),
            counts: vec![Tiny::new(16); 16],
            numbers: vec![Tiny::new(16); 16],
            number: Tiny::new(13),
            x: Axis::new(2),
            y: Axis::new(22),
        }
    }

    fn start(&mut self, last: Point) {
        self.last = last;
        self.has_time = false;
        self.changed.iter_mut().for_each(Small::forget);
        self.channel.forget();
        self.counts.iter_mut().for_each(Tiny::forget);
        self.numbers.iter_mut().for_each(Tiny::forget);
        self.number.forget();
        self.x.forget();
        self.y.forget();
    }

    fn last(&self) -> Point {
        self.last
    }
}

impl Axis {
    fn new(contexts: usize) -> Axis {
        Axis {
            integer: Integer::new(32, contexts),
            medians: [Median::ZERO; 12],
        }
    }

    fn forget(&mut self) {
        self.integer.forget();
        self.medians = [Median::ZERO; 12];
    }

    /// Reads the difference from the last point.
    #[inline(always)]
    fn read(&mut self, coder: &mut Coder<'_>, group: usize, context: usize) -> i32 {
        let median = &mut self.medians[group];
        let difference = self.integer.read(coder, median.get(), context);
        median.add(difference);
        difference
    }
}
