//! GPS times: each continues one of four interleaved sequences, or starts a new one.

use crate::coder::Coder;
use crate::integer::Integer;
use crate::model::{Large, Tiny};

/// The largest multiple that has a symbol of its own.
const LARGEST: i16 = 500;
const SMALLEST: i16 = -10;
/// The symbols of multiples: 0 to 500, then -1 to -10.
const MULTIPLES: u16 = (LARGEST - SMALLEST + 1) as u16;
/// The symbols after those of multiples: a new sequence, and three switches.
const OTHERS: u16 = 4;
/// Contexts of a difference, and those that don't belong to a multiple.
const CONTEXTS: usize = 9;
const FIRST_CONTEXT: u8 = 0;
const START_CONTEXT: u8 = 8;
/// A sequence adopts a new difference after this many multiples in a row were out of range.
const EXTREMES: u8 = 4;

/// The GPS time of the last point, and the sequences from which the next is predicted.
///
/// The two styles of chunks have the same symbols, except where the time is that of the last point: a sequential chunk
/// has a symbol for it (`HAS_REPEAT`), a layered chunk says so in another layer.
pub(crate) struct GpsTime<const HAS_REPEAT: bool> {
    sequences: [Sequence; 4],
    current: usize,
    newest: usize,
    /// Model of the symbols of a sequence without a difference.
    first: Tiny,
    /// Model of the symbols of a sequence with a difference.
    multiple: Large,
    difference: Integer,
}

#[derive(Clone, Copy)]
struct Sequence {
    time: u64,
    /// The difference of which others are multiples, 0 if there is none yet.
    difference: i32,
    /// Number of multiples in a row that were out of range.
    extremes: u8,
}

/// What a symbol stands for.
#[derive(Clone, Copy)]
struct Action {
    kind: Kind,
    /// The multiple, or the number of sequences to switch by.
    factor: i16,
    /// The context of the difference.
    context: u8,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// The time of the last point.
    Repeat,
    /// The first difference of a sequence.
    First,
    /// A difference near a multiple of the sequence's own.
    Multiple,
    /// A difference close to that of the sequence.
    Same,
    /// A difference close to the largest or smallest multiple or beyond, or closest to 0.
    Extreme,
    /// A full time, which starts a new sequence in place of the oldest.
    Start,
    /// A switch to another sequence. The next symbol says how it continues.
    Switch,
}

impl<const HAS_REPEAT: bool> GpsTime<HAS_REPEAT> {
    /// The symbols of a sequence without a difference. Like those below, padded so that the index needs no check.
    const FIRST: &'static [Action; 8] = &firsts(HAS_REPEAT);
    /// The symbols of a sequence with a difference.
    const MULTIPLE: &'static [Action; 1024] = &multiples(HAS_REPEAT);

    pub(crate) fn new() -> Self {
        let others = OTHERS + u16::from(HAS_REPEAT);
        GpsTime {
            sequences: [Sequence::new(0); 4],
            current: 0,
            newest: 0,
            first: Tiny::new(1 + others),
            multiple: Large::new(MULTIPLES + others),
            difference: Integer::new(32, CONTEXTS),
        }
    }

    /// Starts a chunk with the time of its first point.
    pub(crate) fn start(&mut self, first: [u8; 8]) {
        self.sequences = [Sequence::new(0); 4];
        self.sequences[0].time = u64::from_le_bytes(first);
        (self.current, self.newest) = (0, 0);
        self.first.forget();
        self.multiple.forget();
        self.difference.forget();
    }

    /// The time of the last point.
    #[inline(always)]
    pub(crate) fn last(&self) -> [u8; 8] {
        self.sequences[self.current & 3].time.to_le_bytes()
    }

    /// Codes the time of the next point.
    #[inline(always)]
    pub(crate) fn code(&mut self, coder: &mut impl Coder, time: [u8; 8]) -> [u8; 8] {
        let time = u64::from_le_bytes(time);
        let action = self.action(coder, time);
        match action.kind {
            Kind::Repeat => {}
            Kind::Start => self.code_start(coder, time),
            Kind::Switch => coder.give_up(),
            _ => self.code_difference(coder, action, time),
        }
        self.last()
    }

    /// Codes what to do, after switching to the right sequence.
    ///
    /// LASzip switches to a sequence from which the time differs by 32 bits, so that a difference follows: never another
    /// switch. Its decoder recurses for each, of which a damaged code can have billions.
    #[inline(always)]
    fn action(&mut self, coder: &mut impl Coder, time: u64) -> Action {
        let action = self.symbol(coder, time);
        if action.kind != Kind::Switch {
            return action;
        }
        self.current = (self.current + action.factor as usize) & 3;
        self.symbol(coder, time)
    }

    #[inline(always)]
    fn symbol<C: Coder>(&mut self, coder: &mut C, time: u64) -> Action {
        let symbol = if C::WRITES { self.choose(time) } else { 0 };
        if self.sequence().difference == 0 {
            let symbol = coder.symbol(&mut self.first, symbol);
            Self::FIRST[symbol as usize % Self::FIRST.len()]
        } else {
            let symbol = coder.symbol(&mut self.multiple, symbol);
            Self::MULTIPLE[symbol as usize % Self::MULTIPLE.len()]
        }
    }

    /// The symbol to write.
    #[inline(always)]
    fn choose(&mut self, time: u64) -> u32 {
        let last = *self.sequence();
        let is_first = last.difference == 0;
        let multiples = if is_first { 1 } else { MULTIPLES.into() };
        if HAS_REPEAT && time == last.time {
            return if is_first { 0 } else { multiples };
        }
        match last.until(time) {
            Some(_) if is_first => HAS_REPEAT.into(),
            Some(difference) => nearest(difference as f32 / last.difference as f32),
            None => u32::from(HAS_REPEAT) + multiples + self.switch(time),
        }
    }

    /// How many sequences further on a time is not far, 0 if it is far from all.
    #[cold]
    fn switch(&self, time: u64) -> u32 {
        let is_near = |by: &u32| {
            let other = self.sequences[(self.current + *by as usize) & 3];
            other.until(time).is_some()
        };
        (1..4).find(is_near).unwrap_or(0)
    }

    #[inline(always)]
    fn sequence(&mut self) -> &mut Sequence {
        &mut self.sequences[self.current & 3]
    }

    #[inline(always)]
    fn code_difference(&mut self, coder: &mut impl Coder, action: Action, time: u64) {
        let last = *self.sequence();
        let predicted = i32::from(action.factor).wrapping_mul(last.difference);
        let real = time.wrapping_sub(last.time) as i32;
        let difference = self
            .difference
            .code(coder, predicted, action.context.into(), real);
        self.sequence().advance(action.kind, difference);
    }

    #[inline(always)]
    fn code_start(&mut self, coder: &mut impl Coder, time: u64) {
        let last = (self.sequence().time >> 32) as i32;
        let high = (time >> 32) as i32;
        let high = self
            .difference
            .code(coder, last, START_CONTEXT.into(), high);
        let time = u64::from(high as u32) << 32 | u64::from(coder.bits(32, time as u32));
        self.newest = (self.newest + 1) & 3;
        self.current = self.newest;
        *self.sequence() = Sequence::new(time);
    }
}

impl Sequence {
    fn new(time: u64) -> Sequence {
        Sequence {
            time,
            difference: 0,
            extremes: 0,
        }
    }

    /// The difference of a time. `None` if it does not fit in 32 bits.
    #[inline(always)]
    fn until(&self, time: u64) -> Option<i32> {
        let difference = time.wrapping_sub(self.time).cast_signed();
        i32::try_from(difference).ok()
    }

    /// Continues the sequence by a difference. Adopts the difference if it is the first, or if multiples were out of
    /// range too often.
    #[inline(always)]
    fn advance(&mut self, kind: Kind, difference: i32) {
        self.time = self.time.wrapping_add_signed(difference.into());
        let extremes = self.extremes + u8::from(kind == Kind::Extreme);
        let is_adopted = kind == Kind::First || extremes == EXTREMES;
        if is_adopted {
            self.difference = difference;
        }
        let is_reset = is_adopted || kind == Kind::Same;
        self.extremes = if is_reset { 0 } else { extremes };
    }
}

/// The symbol of the multiple nearest to a quotient. LASzip rounds half away from 0.
#[inline(always)]
fn nearest(quotient: f32) -> u32 {
    let half = if quotient >= 0.0 { 0.5 } else { -0.5 };
    let multiple = ((quotient + half) as i32).clamp(SMALLEST.into(), LARGEST.into());
    let symbol = if multiple < 0 {
        i32::from(LARGEST) - multiple
    } else {
        multiple
    };
    symbol as u32
}

const fn firsts(has_repeat: bool) -> [Action; 8] {
    let mut actions = [other(0); 8];
    let mut symbol = 0;
    while symbol < actions.len() {
        actions[symbol] = match symbol as i16 - has_repeat as i16 {
            0 => action(Kind::First, 0, FIRST_CONTEXT),
            after => other(after - 1),
        };
        symbol += 1;
    }
    actions
}

const fn multiples(has_repeat: bool) -> [Action; 1024] {
    let mut actions = [other(0); 1024];
    let mut symbol = 0;
    while symbol < actions.len() {
        actions[symbol] = if symbol < MULTIPLES as usize {
            multiple(symbol as i16)
        } else {
            other(symbol as i16 - MULTIPLES as i16 - has_repeat as i16)
        };
        symbol += 1;
    }
    actions
}

const fn multiple(symbol: i16) -> Action {
    match symbol {
        0 => action(Kind::Extreme, 0, 7),
        1 => action(Kind::Same, 1, 1),
        2..10 => action(Kind::Multiple, symbol, 2),
        10..LARGEST => action(Kind::Multiple, symbol, 3),
        LARGEST => action(Kind::Extreme, LARGEST, 4),
        _ if symbol < LARGEST - SMALLEST => action(Kind::Multiple, LARGEST - symbol, 5),
        _ => action(Kind::Extreme, SMALLEST, 6),
    }
}

/// The symbols other than multiples and first differences, counted from the one that starts a sequence.
const fn other(place: i16) -> Action {
    match place {
        ..0 => action(Kind::Repeat, 0, 0),
        0 => action(Kind::Start, 0, START_CONTEXT),
        _ => action(Kind::Switch, place, 0),
    }
}

const fn action(kind: Kind, factor: i16, context: u8) -> Action {
    Action {
        kind,
        factor,
        context,
    }
}
