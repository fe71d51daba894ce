//! The layer of the time: a multiple of the last difference in one of four interleaved sequences, or a jump.

use crate::block::Step;
use crate::coder::Coder;
use crate::contexts::Context;
use crate::field14::Field;
use crate::integer::Integer;
use crate::model::{Large, Tiny};
use crate::record14;

/// The symbols of a multiple.
const MULTIPLES: u16 = 515;
/// Those while a sequence has no difference.
const FIRSTS: u16 = 5;
/// The last multiple that is one; then come the negative ones.
const MOST: i32 = 500;
const LEAST: i32 = -10;
/// The time is coded in full; what is above is a switch to another sequence.
const FULL: i32 = MOST - LEAST + 1;
/// The contexts of a difference.
const FIRST_CONTEXT: u8 = 0;
const FULL_CONTEXT: u8 = 8;
const CONTEXTS: usize = 9;
/// Extremes in turn after which a difference is taken for the sequence's own.
const PATIENCE: u8 = 3;
/// More switches to another sequence than this for one point are no encoder's: one writes one at most. Damaged codes
/// can have billions.
const SWITCHES: u32 = 1 << 12;

/// What the next time is predicted from.
pub(crate) struct GpsTime {
    sequences: Sequences,
    first: Tiny,
    multiple: Large,
    integer: Integer,
}

#[derive(Default)]
struct Sequences {
    current: usize,
    newest: usize,
    times: [u64; 4],
    differences: [i32; 4],
    /// How often in turn the multiple was out of range.
    extremes: [u8; 4],
}

/// What a symbol says about the time.
#[derive(Clone, Copy)]
struct Action {
    factor: i16,
    context: u8,
    does: Does,
}

#[derive(Clone, Copy, PartialEq)]
enum Does {
    /// The sequence goes on, with a difference near a multiple of its last.
    Step,
    /// So it does, but with the very same multiple.
    Same,
    /// The multiple is out of range.
    Extreme,
    /// The difference of a sequence that has none.
    First,
    /// A new sequence.
    Full,
    /// Another sequence goes on: the next symbol says how.
    Switch,
}

impl Field<8> for GpsTime {
    const AT: usize = record14::TIME;

    #[inline(always)]
    fn read(&mut self, coder: &mut Coder<'_>, step: Step) {
        if step.has_time() {
            self.read_time(coder);
        }
    }
}

impl Context for GpsTime {
    type Value = [u8; 8];

    fn new() -> GpsTime {
        GpsTime {
            sequences: Sequences::default(),
            first: Tiny::new(FIRSTS),
            multiple: Large::new(MULTIPLES),
            integer: Integer::new(32, CONTEXTS),
        }
    }

    fn start(&mut self, last: [u8; 8]) {
        self.sequences = Sequences::default();
        self.sequences.times[0] = u64::from_le_bytes(last);
        self.first.forget();
        self.multiple.forget();
        self.integer.forget();
    }

    #[inline(always)]
    fn last(&self) -> [u8; 8] {
        self.sequences.times[self.sequences.current & 3].to_le_bytes()
    }
}

impl GpsTime {
    #[inline(always)]
    fn read_time(&mut self, coder: &mut Coder<'_>) {
        let action = self.action(coder);
        if action.does == Does::Switch {
            return exhaust(coder);
        }
        let predicted = self.sequences.predicted(action);
        let read = self.integer.read(coder, predicted, action.context.into());
        let low = match action.does {
            Does::Full => coder.bits(16) & 0xffff | coder.bits(16) << 16,
            _ => 0,
        };
        self.sequences.apply(action.does, read, low);
    }

    /// Reads what to do, having switched to the right sequence.
    #[inline(always)]
    fn action(&mut self, coder: &mut Coder<'_>) -> Action {
        let mut action = self.symbol(coder);
        let mut left = SWITCHES;
        while action.does == Does::Switch && left > 0 {
            self.sequences.switch(action.factor);
            action = self.symbol(coder);
            left -= 1;
        }
        action
    }

    #[inline(always)]
    fn symbol(&mut self, coder: &mut Coder<'_>) -> Action {
        match self.sequences.difference() {
            0 => FIRST[coder.symbol(&mut self.first) as usize % FIRST.len()],
            _ => MULTIPLE[coder.symbol(&mut self.multiple) as usize % MULTIPLE.len()],
        }
    }
}

/// Reads a code to beyond its end, that it counts as truncated.
#[cold]
fn exhaust(coder: &mut Coder<'_>) {
    while coder.is_whole() {
        coder.bits(16);
    }
}

impl Sequences {
    #[inline(always)]
    fn difference(&self) -> i32 {
        self.differences[self.current & 3]
    }

    #[inline(always)]
    fn switch(&mut self, by: i16) {
        self.current = (self.current + by as usize) & 3;
    }

    /// What is predicted: a difference, or a new sequence's upper half.
    #[inline(always)]
    fn predicted(&self, action: Action) -> i32 {
        match action.does {
            Does::Full => (self.times[self.current & 3] >> 32) as i32,
            _ => i32::from(action.factor).wrapping_mul(self.difference()),
        }
    }

    /// Does what a symbol says, given the integer read after it.
    #[inline(always)]
    fn apply(&mut self, does: Does, read: i32, low: u32) {
        if does == Does::Full {
            return self.start(read, low);
        }
        self.adapt(does, read);
        let time = &mut self.times[self.current & 3];
        *time = time.wrapping_add(i64::from(read) as u64);
    }

    /// Takes a difference as the sequence's own if it is the first, or once its multiples were out of range for long.
    #[inline(always)]
    fn adapt(&mut self, does: Does, difference: i32) {
        let at = self.current & 3;
        let extremes = self.extremes[at] + u8::from(does == Does::Extreme);
        let is_over = extremes > PATIENCE;
        if is_over || does == Does::First {
            self.differences[at] = difference;
        }
        let is_reset = is_over || matches!(does, Does::First | Does::Same);
        self.extremes[at] = if is_reset { 0 } else { extremes };
    }

    fn start(&mut self, high: i32, low: u32) {
        self.newest = (self.newest + 1) & 3;
        self.current = self.newest;
        self.times[self.current] = u64::from(high as u32) << 32 | u64::from(low);
        self.differences[self.current] = 0;
        self.extremes[self.current] = 0;
    }
}

/// What each symbol says while the sequence has no difference.
const FIRST: [Action; FIRSTS as usize] = [
    action(0, FIRST_CONTEXT, Does::First),
    action(0, FULL_CONTEXT, Does::Full),
    action(1, 0, Does::Switch),
    action(2, 0, Does::Switch),
    action(3, 0, Does::Switch),
];

/// What each symbol says when it has one.
static MULTIPLE: [Action; MULTIPLES as usize] = multiples();

const fn action(factor: i16, context: u8, does: Does) -> Action {
    Action {
        factor,
        context,
        does,
    }
}

const fn multiples() -> [Action; MULTIPLES as usize] {
    let mut actions = [action(0, 0, Does::Switch); MULTIPLES as usize];
    let mut symbol = 0;
    while symbol < actions.len() {
        actions[symbol] = multiple(symbol as i32);
        symbol += 1;
    }
    actions
}

const fn multiple(symbol: i32) -> Action {
    match symbol {
        0 => action(0, 7, Does::Extreme),
        1 => action(1, 1, Does::Same),
        2..10 => action(symbol as i16, 2, Does::Step),
        10..MOST => action(symbol as i16, 3, Does::Step),
        MOST => action(MOST as i16, 4, Does::Extreme),
        FULL => action(0, FULL_CONTEXT, Does::Full),
        _ if symbol > FULL => action((symbol - FULL) as i16, 0, Does::Switch),
        _ if MOST - symbol > LEAST => action((MOST - symbol) as i16, 5, Does::Step),
        _ => action(LEAST as i16, 6, Does::Extreme),
    }
}
