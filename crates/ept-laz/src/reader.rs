//! A reader of arithmetic code.

use crate::bit_model::{self, BitModel};
use crate::coder::Coder;
use crate::error::Error;
use crate::model::{self, Model, Symbol};

/// An arithmetic code being read: the interval, the value in it, and the bytes to come.
#[derive(Clone, Copy, Default)]
pub(crate) struct Reader<'a> {
    value: u32,
    length: u32,
    rest: &'a [u8],
    /// Number of bytes read beyond the end, `DAMAGED` if that does not matter any more.
    missing: u32,
}

/// Stands for so many missing bytes that no chunk has them.
const DAMAGED: u32 = u32::MAX;

impl<'a> Reader<'a> {
    /// Starts at the code's first byte. A value that is not in the first interval would be in none that follow: each
    /// model would return its last symbol.
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Reader<'a>, Error> {
        let (first, rest) = bytes.split_first_chunk().ok_or(Error::Truncated)?;
        let (value, length) = (u32::from_be_bytes(*first), u32::MAX);
        if value == length {
            return Err(Error::Damaged);
        }
        Ok(Reader {
            value,
            length,
            rest,
            missing: 0,
        })
    }

    /// Checks that the code ended no earlier than its points. Zeros are read beyond its end.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match self.missing {
            0 => Ok(()),
            DAMAGED => Err(Error::Damaged),
            _ => Err(Error::Truncated),
        }
    }

    /// Number of bytes that were not read.
    pub(crate) fn bytes_left(&self) -> usize {
        self.rest.len()
    }

    /// The length of the interval divided by a power of two, and the value in units of it.
    #[inline(always)]
    fn scaled(&self, shift: u32) -> (u32, u32) {
        let step = self.length >> shift;
        (step, self.value.checked_div(step).unwrap_or(0))
    }

    /// Narrows the interval, then reads as many bytes as it takes to widen it again, without a branch.
    #[inline(always)]
    fn narrow(&mut self, low: u32, length: u32) {
        let value = self.value.wrapping_sub(low);
        let shift = (length | 1).leading_zeros() & 24;
        let both = u64::from(value) << 32 | u64::from(self.next(shift / 8));
        self.value = (both << shift >> 32) as u32;
        self.length = length << shift;
    }

    /// The next four bytes, of which at most three are taken.
    #[inline(always)]
    fn next(&mut self, taken: u32) -> u32 {
        if let Some(word) = self.rest.first_chunk() {
            self.rest = &self.rest[taken as usize & 3..];
            return u32::from_be_bytes(*word);
        }
        let word = last(self.rest);
        let there = self.rest.len().min(taken as usize);
        self.missing = self.missing.saturating_add(taken - there as u32);
        self.rest = &self.rest[there..];
        word
    }
}

impl Coder for Reader<'_> {
    const WRITES: bool = false;

    #[inline(always)]
    fn symbol<S: Symbol, const TABLE: usize, const LENGTH: usize>(
        &mut self,
        model: &mut Model<S, TABLE, LENGTH>,
        _: u32,
    ) -> u32 {
        let (step, value) = self.scaled(model::SHIFT);
        let found = model.find(value);
        let (low, length) = found.scaled(step, self.length);
        self.narrow(low, length);
        model.learn::<true>(found.symbol);
        found.symbol
    }

    #[inline(always)]
    fn bit(&mut self, model: &mut BitModel, _: u32) -> u32 {
        let middle = (self.length >> bit_model::SHIFT).wrapping_mul(model.zero());
        let is_zero = self.value < middle;
        let (low, length) = if is_zero {
            (0, middle)
        } else {
            (middle, self.length.wrapping_sub(middle))
        };
        self.narrow(low, length);
        model.learn(is_zero);
        u32::from(!is_zero)
    }

    /// A damaged code can yield one more bit than asked for, above the others.
    #[inline(always)]
    fn part(&mut self, count: u32, _: u32) -> u32 {
        let (step, bits) = self.scaled(count);
        self.narrow(step.wrapping_mul(bits), step);
        bits
    }

    #[inline(always)]
    fn give_up(&mut self) {
        self.missing = DAMAGED;
    }
}

/// The last bytes, padded with zeros. Takes no reference to the coder, which has to stay in registers.
#[cold]
#[inline(never)]
fn last(rest: &[u8]) -> u32 {
    let mut word = [0; 4];
    for (to, from) in word.iter_mut().zip(rest) {
        *to = *from;
    }
    u32::from_be_bytes(word)
}

#[cfg(test)]
mod tests {
    use super::{Coder, Reader};

    /// 16 bits are at most 65,535, but the value of a damaged code can be 65,536 units of the interval.
    #[test]
    fn one_bit_too_many_in_a_lower_half_is_lost() {
        let damaged = Reader {
            value: 0x0100_0000,
            length: 0x0100_ffff,
            rest: &[0; 8],
            missing: 0,
        };
        assert_eq!({ damaged }.bits(16, 0), 0x1_0000);
        assert_eq!({ damaged }.bits(20, 0), 0);
    }
}
