//! A sequence of GPS times.

use crate::time_action::Kind;

/// A sequence adopts a new difference after this many multiples in a row were out of range.
const EXTREMES: u8 = 4;

/// A sequence of GPS times, whose differences are near multiples of one of them.
#[derive(Clone, Copy)]
pub(crate) struct Sequence {
    pub(crate) time: u64,
    /// The difference of which others are multiples, 0 if there is none yet.
    pub(crate) difference: i32,
    /// Number of multiples in a row that were out of range.
    extremes: u8,
}

impl Sequence {
    pub(crate) fn new(time: u64) -> Sequence {
        Sequence {
            time,
            difference: 0,
            extremes: 0,
        }
    }

    /// The difference of a time. `None` if it does not fit in 32 bits.
    #[inline(always)]
    pub(crate) fn until(&self, time: u64) -> Option<i32> {
        let difference = time.wrapping_sub(self.time).cast_signed();
        i32::try_from(difference).ok()
    }

    /// Continues the sequence by a difference. Adopts the difference if it is the first, or if multiples were out of
    /// range too often.
    #[inline(always)]
    pub(crate) fn advance(&mut self, kind: Kind, difference: i32) {
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
