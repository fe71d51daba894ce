//! What the symbols of GPS times stand for.

/// The largest multiple that has a symbol of its own.
const LARGEST: i16 = 500;
const SMALLEST: i16 = -10;
/// The symbols of multiples: 0 to 500, then -1 to -10.
pub(crate) const MULTIPLES: u16 = (LARGEST - SMALLEST + 1) as u16;
/// The symbols after those of multiples: a new sequence, and three switches.
pub(crate) const OTHERS: u16 = 4;
/// Contexts of a difference that don't belong to a multiple.
const FIRST_CONTEXT: u8 = 0;
pub(crate) const START_CONTEXT: u8 = 8;

/// What a symbol stands for.
#[derive(Clone, Copy)]
pub(crate) struct Action {
    pub(crate) kind: Kind,
    /// The multiple, or the number of sequences to switch by.
    pub(crate) factor: i16,
    /// The context of the difference.
    pub(crate) context: u8,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
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

/// The symbol of the multiple nearest to a quotient. LASzip rounds half away from 0.
#[inline(always)]
pub(crate) fn nearest(quotient: f32) -> u32 {
    let half = if quotient >= 0.0 { 0.5 } else { -0.5 };
    let multiple = ((quotient + half) as i32).clamp(SMALLEST.into(), LARGEST.into());
    let symbol = if multiple < 0 {
        i32::from(LARGEST) - multiple
    } else {
        multiple
    };
    symbol as u32
}

/// The symbols of a sequence without a difference, padded so that the index needs no check.
pub(crate) const fn firsts(has_repeat: bool) -> [Action; 8] {
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

/// The symbols of a sequence with a difference, padded likewise.
pub(crate) const fn multiples(has_repeat: bool) -> [Action; 1024] {
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
