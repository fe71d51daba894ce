//! GPS times: each continues one of four interleaved sequences, or starts a new one.

use crate::coder::Coder;
use crate::integer::Integer;
use crate::model::{Large, Tiny};
use crate::time_action::{
    Action, Kind, MULTIPLES, OTHERS, START_CONTEXT, firsts, multiples, nearest,
};
use crate::time_sequence::Sequence;

/// Contexts of a difference.
const CONTEXTS: usize = 9;

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

impl<const HAS_REPEAT: bool> GpsTime<HAS_REPEAT> {
    /// The symbols of a sequence without a difference.
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
