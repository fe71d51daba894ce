//! The first layer: scanner channel, returns, X and Y.

use crate::block::{Block, Step};
use crate::coder::Coder;
use crate::contexts::{Context, Contexts};
use crate::integer::Integer;
use crate::median::Median;
use crate::model::{Small, Tiny};
use crate::record14::Point;
use crate::return14::Return;

/// Bits of the symbol that says what changed: how the return number did, whether the number of returns, whether the
/// scanner channel.
const NUMBER: u32 = 3;
const COUNT: u32 = 1 << 2;
const CHANNEL: u32 = 1 << 6;
const TIME: u32 = 1 << 4;

/// The first layer.
pub(crate) struct Point14 {
    contexts: Contexts<Known>,
    slot: usize,
    channel: usize,
}

/// What is known in one scanner channel.
struct Known {
    last: Point,
    has_time: bool,
    changed: Vec<Small>,
    channel: Tiny,
    counts: Vec<Tiny>,
    numbers: Vec<Tiny>,
    number: Tiny,
    x: Axis,
    y: Axis,
}

/// What is known of one axis.
struct Axis {
    integer: Integer,
    medians: [Median; 12],
}

impl Point14 {
    pub(crate) fn new() -> Point14 {
        Point14 {
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

    /// Reads the layer of as many points as there are records, which hold the first record until the layers say else.
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
            let known = self.contexts.at(self.slot);
            block.steps.push(known.read(&mut coder, changed));
            known.last.put(record, self.channel);
        }
        *code = coder;
    }

    /// Reads what changed, and turns to the point's channel.
    #[inline(always)]
    fn changed(&mut self, coder: &mut Coder<'_>, block: &mut Block) -> u32 {
        let known = self.contexts.at(self.slot);
        let class = known.class();
        let changed = coder.symbol(&mut known.changed[class]);
        if changed & CHANNEL != 0 {
            let by = 1 + coder.symbol(&mut known.channel) as usize;
            self.channel = (self.channel + by) & 3;
        }
        let run = block.points.add(self.channel);
        self.slot = run.slot;
        if run.from.is_some() {
            self.contexts.enter(run);
        }
        // LASzip tells the items that follow which channel it is only when it changes: channel 0 otherwise.
        let is_told = changed & CHANNEL != 0;
        block.items.add_late(if is_told { self.channel } else { 0 });
        changed
    }
}

impl Known {
    /// Which model says what changed.
    #[inline(always)]
    fn class(&self) -> usize {
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
        let y = self.y.read(coder, group, context(k, 20) | single);
        self.last.x = self.last.x.wrapping_add(x);
        self.last.y = self.last.y.wrapping_add(y);
        let k = (k + self.y.integer.k()) / 2;
        Step {
            changed: changed as u8,
            ends: returns.ends(),
            level: returns.level(),
            steepness: (context(k, 18) | single) as u8,
        }
    }

    #[inline(always)]
    fn returns(&mut self, coder: &mut Coder<'_>, changed: u32) -> Return {
        let last = self.last.returns;
        let count = match changed & COUNT {
            0 => last.count,
            _ => coder.symbol(&mut self.counts[usize::from(last.count)]) as u8,
        };
        let number = match changed & NUMBER {
            0 => last.number,
            1 => last.number + 1,
            2 => last.number + 15,
            _ if self.has_time => coder.symbol(&mut self.numbers[usize::from(last.number)]) as u8,
            _ => last.number + 2 + coder.symbol(&mut self.number) as u8,
        };
        Return {
            number: number & 15,
            count,
        }
    }
}

/// Half the contexts of a difference come from the bits of others.
#[inline(always)]
fn context(k: u32, most: u32) -> usize {
    (k.min(most) & !1) as usize
}

impl Context for Known {
    type Value = Point;

    fn new() -> Known {
        Known {
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

    /// Reads how far the point is from the last.
    #[inline(always)]
    fn read(&mut self, coder: &mut Coder<'_>, group: usize, context: usize) -> i32 {
        let median = &mut self.medians[group];
        let difference = self.integer.read(coder, median.get(), context);
        median.add(difference);
        difference
    }
}
