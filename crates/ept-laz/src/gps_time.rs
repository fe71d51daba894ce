//! The time: a multiple of the last difference in one of four interleaved sequences, or a jump.

use crate::coder::Coder;
use crate::integer::Integer;
use crate::model::{Large, Tiny};

/// The bytes of the item.
pub(crate) const SIZE: usize = 8;

/// Symbols up to here say what multiple of the sequence's last difference the time is nearest to: 0 to 500, then the
/// negative ones; and 0 stands for others, too.
const LAST_MULTIPLE: u32 = 510;
const MOST: u32 = 500;
/// The time is the last one's.
const UNCHANGED: u32 = 511;
/// The time is coded in full; what is above is a switch to another sequence.
const FULL: u32 = 512;
const SYMBOLS: u16 = 516;
/// Multiples out of range in turn that make a sequence take the difference as its own.
const EXTREMES: u8 = 4;
/// Contexts of the difference that are not of a multiple.
const FIRST_CONTEXT: usize = 0;
const FULL_CONTEXT: usize = 8;

/// The time of points.
pub(crate) struct GpsTime {
    sequences: [Sequence; 4],
    current: usize,
    newest: usize,
    /// What to do while the sequence has no difference.
    first: Tiny,
    /// What to do when it has one.
    multiple: Large,
    difference: Integer,
}

#[derive(Clone, Copy)]
struct Sequence {
    time: u64,
    difference: i32,
    /// How often in turn the multiple was out of range.
    extremes: u8,
}

impl GpsTime {
    pub(crate) fn new() -> GpsTime {
        GpsTime {
            sequences: [Sequence::new(0); 4],
            current: 0,
            newest: 0,
            first: Tiny::new(6),
            multiple: Large::new(SYMBOLS),
            difference: Integer::new(32, 9),
        }
    }

    /// Starts a chunk from its first time.
    pub(crate) fn start(&mut self, first: &[u8; SIZE]) {
        self.sequences = [Sequence::new(0); 4];
        self.sequences[0].time = u64::from_le_bytes(*first);
        (self.current, self.newest) = (0, 0);
        self.first.forget();
        self.multiple.forget();
        self.difference.forget();
    }

    /// Reads the next time.
    #[inline(always)]
    pub(crate) fn read(&mut self, coder: &mut Coder<'_>) -> [u8; SIZE] {
        loop {
            let is_first = self.sequence().difference == 0;
            let symbol = match is_first {
                true => self.read_first(coder),
                false => coder.symbol(&mut self.multiple),
            };
            match symbol {
                0..=LAST_MULTIPLE if is_first => self.read_difference(coder),
                0..=LAST_MULTIPLE => self.read_step(coder, symbol),
                UNCHANGED => {}
                FULL => self.read_full(coder),
                _ => {
                    self.current += (symbol - FULL) as usize;
                    // A damaged code could switch for ever.
                    if coder.is_whole() {
                        continue;
                    }
                }
            }
            return self.sequence().time.to_le_bytes();
        }
    }

    #[inline(always)]
    fn sequence(&mut self) -> &mut Sequence {
        &mut self.sequences[self.current % 4]
    }

    /// What to do while the sequence has no difference, as the symbol of a sequence that has one.
    #[inline(always)]
    fn read_first(&mut self, coder: &mut Coder<'_>) -> u32 {
        match coder.symbol(&mut self.first) {
            0 => UNCHANGED,
            1 => 0,
            symbol => FULL + symbol - 2,
        }
    }

    /// The first difference of a sequence.
    #[inline(always)]
    fn read_difference(&mut self, coder: &mut Coder<'_>) {
        let difference = self.difference.read(coder, 0, FIRST_CONTEXT);
        let sequence = self.sequence();
        sequence.advance(difference);
        sequence.adopt(difference);
    }

    /// A difference near a multiple of the sequence's own.
    #[inline(always)]
    fn read_step(&mut self, coder: &mut Coder<'_>, symbol: u32) {
        let factor = match symbol {
            0..=MOST => symbol as i32,
            _ => MOST as i32 - symbol as i32,
        };
        let predicted = factor.wrapping_mul(self.sequence().difference);
        let context = CONTEXTS[symbol as usize & 511].into();
        let difference = self.difference.read(coder, predicted, context);
        let sequence = self.sequence();
        sequence.advance(difference);
        match symbol {
            1 => sequence.extremes = 0,
            0 | MOST | LAST_MULTIPLE => sequence.stray(difference),
            _ => {}
        }
    }

    /// A new sequence, in the place of the oldest.
    #[inline(always)]
    fn read_full(&mut self, coder: &mut Coder<'_>) {
        let last = (self.sequence().time >> 32) as i32;
        let high = self.difference.read(coder, last, FULL_CONTEXT);
        let time = u64::from(high as u32) << 32 | u64::from(coder.bits(32));
        self.newest = (self.newest + 1) % 4;
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

    #[inline(always)]
    fn advance(&mut self, difference: i32) {
        self.time = self.time.wrapping_add_signed(difference.into());
    }

    #[inline(always)]
    fn adopt(&mut self, difference: i32) {
        self.difference = difference;
        self.extremes = 0;
    }

    /// Counts a multiple that was out of range.
    #[inline(always)]
    fn stray(&mut self, difference: i32) {
        self.extremes += 1;
        if self.extremes == EXTREMES {
            self.adopt(difference);
        }
    }
}

/// The context of the difference by the multiple's symbol; padded for the sake of the index.
static CONTEXTS: [u8; 512] = contexts();

const fn contexts() -> [u8; 512] {
    let mut contexts = [0; 512];
    let mut symbol = 0;
    while symbol <= LAST_MULTIPLE {
        contexts[symbol as usize] = match symbol {
            0 => 7,
            1 => 1,
            2..10 => 2,
            10..MOST => 3,
            MOST => 4,
            LAST_MULTIPLE => 6,
            _ => 5,
        };
        symbol += 1;
    }
    contexts
}

#[cfg(test)]
mod tests {
    use super::GpsTime;
    use crate::coder::Coder;

    /// No encoder starts a code with this number: it stands for the last symbol again and again, which is a switch.
    #[test]
    fn switching_ends_with_the_code() {
        let mut coder = Coder::new(&[0xff; 40]).unwrap();
        GpsTime::new().read(&mut coder);
        assert!(!coder.is_whole());
    }
}
