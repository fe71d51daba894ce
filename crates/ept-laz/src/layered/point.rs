//! The first layer: scanner channel, returns, X and Y.

use super::block::Block;
use super::contexts::{Context, Contexts};
use super::record::{self, Others, Point};
use super::returns::Returns;
use super::step::{ANGLE, CHANNEL, COUNT, NUMBER, ONE_LESS, ONE_MORE, SOURCE, Step, TIME};
use crate::coder::Coder;
use crate::integer::{Integer, even};
use crate::median::Median;
use crate::model::{Small, Tiny};
use crate::place::Place;

/// The first layer.
pub(crate) struct PointLayer {
    contexts: Contexts<PointContext>,
    slot: usize,
    channel: usize,
}

/// The state of the layer for one scanner channel.
struct PointContext {
    last: Point,
    /// Other values of the last point, if the layer is being written.
    others: Others,
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

    /// Starts a chunk with its first record.
    pub(crate) fn begin(&mut self, first: &[u8]) {
        self.contexts.begin((Point::of(&first), Others::of(&first)));
        self.slot = 0;
        self.channel = record::channel(&first);
    }

    /// Codes the layer for a block of points. Records to be filled start as copies of the first record.
    pub(crate) fn code<C: Coder>(
        &mut self,
        code: &mut C,
        block: &mut Block,
        records: impl Place,
        size: usize,
    ) {
        let mut coder = std::mem::take(code);
        for mut record in records.records(size) {
            let new = Point::of(&record);
            let changes = if C::WRITES {
                self.changes(block, &record)
            } else {
                0
            };
            let changed = self.changed(&mut coder, block, changes, record::channel(&record));
            let context = self.contexts.at(self.slot);
            block.steps.push(context.code(&mut coder, changed, new));
            if C::WRITES {
                context.others = Others::of(&record);
            }
            context.last.put(&mut record, self.channel);
        }
        *code = coder;
    }

    /// What changes from the last point of a record's channel: the symbol to write.
    #[inline(always)]
    fn changes(&mut self, block: &Block, record: &impl Place) -> u32 {
        let channel = record::channel(record);
        let last = self.contexts.at(block.points.slot(channel));
        let returns = last.last.returns.changes(Point::of(record).returns);
        let [angle, time, source] = Others::of(record).changes(&last.others);
        let bit = |is_new: bool, bit: u32| if is_new { bit } else { 0 };
        returns
            | bit(angle, ANGLE)
            | bit(time, TIME)
            | bit(source, SOURCE)
            | bit(channel != self.channel, CHANNEL)
    }

    /// Codes what changed, and switches to the channel of the point.
    #[inline(always)]
    fn changed(
        &mut self,
        coder: &mut impl Coder,
        block: &mut Block,
        changes: u32,
        channel: usize,
    ) -> u32 {
        let context = self.contexts.at(self.slot);
        let model = context.changed_model();
        let changed = coder.symbol(&mut context.changed[model], changes);
        if changed & CHANNEL != 0 {
            let by = channel.wrapping_sub(self.channel + 1) & 3;
            let by = 1 + coder.symbol(&mut context.channel, by as u32) as usize;
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
    fn code(&mut self, coder: &mut impl Coder, changed: u32, new: Point) -> Step {
        self.has_time = changed & TIME != 0;
        self.last.returns = self.returns(coder, changed, new.returns);
        let returns = self.last.returns;
        let single = usize::from(returns.is_single());
        let group = returns.group() << 1 | usize::from(self.has_time);
        let x = new.x.wrapping_sub(self.last.x);
        let x = self.x.code(coder, group, single, x);
        let k = self.x.integer.k();
        let y = new.y.wrapping_sub(self.last.y);
        let y = self.y.code(coder, group, even(k, 20) | single, y);
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
    fn returns(&mut self, coder: &mut impl Coder, changed: u32, new: Returns) -> Returns {
        let last = self.last.returns;
        let count = if changed & COUNT == 0 {
            last.count
        } else {
            let model = &mut self.counts[usize::from(last.count)];
            coder.symbol(model, new.count.into()) as u8
        };
        let number = match changed & NUMBER {
            0 => last.number,
            ONE_MORE => last.number + 1,
            ONE_LESS => last.number + 15,
            _ if self.has_time => {
                let model = &mut self.numbers[usize::from(last.number)];
                coder.symbol(model, new.number.into()) as u8
            }
            _ => {
                let by = new.number.wrapping_sub(last.number + 2) & 15;
                last.number + 2 + coder.symbol(&mut self.number, by.into()) as u8
            }
        };
        Returns {
            number: number & 15,
            count,
        }
    }
}

impl Context for PointContext {
    type Value = (Point, Others);

    fn new() -> PointContext {
        PointContext {
            last: Point::default(),
            others: Others::default(),
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

    fn start(&mut self, last: (Point, Others)) {
        (self.last, self.others) = last;
        self.has_time = false;
        self.changed.iter_mut().for_each(Small::forget);
        self.channel.forget();
        self.counts.iter_mut().for_each(Tiny::forget);
        self.numbers.iter_mut().for_each(Tiny::forget);
        self.number.forget();
        self.x.forget();
        self.y.forget();
    }

    fn last(&self) -> (Point, Others) {
        (self.last, self.others)
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

    /// Codes the difference from the last point.
    #[inline(always)]
    fn code(&mut self, coder: &mut impl Coder, group: usize, context: usize, real: i32) -> i32 {
        let median = &mut self.medians[group];
        let difference = self.integer.code(coder, median.get(), context, real);
        median.add(difference);
        difference
    }
}
