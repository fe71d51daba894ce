//! A writer of arithmetic code.

use crate::bit_model::{self, BitModel};
use crate::coder::Coder;
use crate::model::{self, Model, Symbol};

/// An arithmetic code being written: the interval, and the bytes so far.
///
/// The base of the interval is the lower half of a word. The upper half has the last four bytes of the code, so that a
/// sum that exceeds the base carries into them. They are stored again with each symbol.
#[derive(Default)]
pub(crate) struct Writer {
    word: u64,
    length: u32,
    bytes: Vec<u8>,
    /// Where the code starts. The word's upper half starts here, before the code's first byte.
    start: usize,
    /// Where the word is to be stored.
    at: usize,
}

/// Bytes of the upper half of a word.
const HALF: usize = 4;
const WORD: usize = 8;
/// Smallest number of bytes by which the memory grows.
const GROWTH: usize = 1 << 12;
/// An interval is widened if it is shorter.
const SHORTEST: u32 = 1 << 24;

impl Writer {
    /// Starts a code after these bytes.
    pub(crate) fn new(bytes: Vec<u8>) -> Writer {
        let start = bytes.len();
        Writer {
            word: 0,
            length: u32::MAX,
            bytes,
            start,
            at: start,
        }
    }

    /// Whether nothing has been written yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.length == u32::MAX
    }

    /// Ends the code by a value in the interval. Returns the bytes before it, and those of the code.
    ///
    /// A reader takes four bytes first. LASzip's end with zeros, so that it never reads more than there are.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        let is_long = self.length > 2 * SHORTEST;
        let (offset, length, zeros) = if is_long {
            (SHORTEST, SHORTEST >> 1, 3)
        } else {
            (SHORTEST >> 1, SHORTEST >> 9, 2)
        };
        self.narrow(offset, length);
        self.bytes.truncate(self.at + HALF);
        self.bytes.drain(self.start..self.start + HALF);
        self.bytes.extend(&[0; 3][..zeros]);
        self.bytes
    }

    /// The memory of a code that is not needed.
    pub(crate) fn abandon(mut self) -> Vec<u8> {
        self.bytes.clear();
        self.bytes
    }

    /// Narrows the interval, then writes as many bytes as it takes to widen it again, without a branch.
    #[inline(always)]
    fn narrow(&mut self, low: u32, length: u32) {
        let (word, is_carried) = self.word.overflowing_add(low.into());
        if is_carried {
            carry(&mut self.bytes, self.at);
        }
        let place = self.bytes.get_mut(self.at..self.at + WORD);
        match place.and_then(|place| place.first_chunk_mut()) {
            Some(place) => *place = word.to_be_bytes(),
            None => grow(&mut self.bytes, self.at, word),
        }
        let shift = (length | 1).leading_zeros() & 24;
        self.at += shift as usize / 8;
        self.word = word << shift;
        self.length = length << shift;
    }
}

impl Coder for Writer {
    const WRITES: bool = true;

    #[inline(always)]
    fn symbol<S: Symbol, const TABLE: usize, const LENGTH: usize>(
        &mut self,
        model: &mut Model<S, TABLE, LENGTH>,
        symbol: u32,
    ) -> u32 {
        let (low, length) = model
            .interval(symbol)
            .scaled(self.length >> model::SHIFT, self.length);
        self.narrow(low, length);
        model.learn::<false>(symbol);
        symbol
    }

    #[inline(always)]
    fn bit(&mut self, model: &mut BitModel, bit: u32) -> u32 {
        let middle = (self.length >> bit_model::SHIFT).wrapping_mul(model.zero());
        let is_zero = bit == 0;
        let (low, length) = if is_zero {
            (0, middle)
        } else {
            (middle, self.length.wrapping_sub(middle))
        };
        self.narrow(low, length);
        model.learn(is_zero);
        bit
    }

    #[inline(always)]
    fn part(&mut self, count: u32, bits: u32) -> u32 {
        let step = self.length >> count;
        self.narrow(step.wrapping_mul(bits), step);
        bits
    }

    fn give_up(&mut self) {}
}

/// Adds 1 to the bytes before those in the word. Hardly ever needed, as the word has four bytes of the code.
#[cold]
#[inline(never)]
fn carry(bytes: &mut [u8], end: usize) {
    for byte in bytes.iter_mut().take(end).rev() {
        *byte = byte.wrapping_add(1);
        if *byte != 0 {
            return;
        }
    }
}

/// Stores a word beyond the end. Takes no reference to the writer, which has to stay in registers.
#[cold]
#[inline(never)]
fn grow(bytes: &mut Vec<u8>, at: usize, word: u64) {
    bytes.resize(at + at.max(GROWTH), 0);
    bytes[at..at + WORD].copy_from_slice(&word.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::Writer;
    use crate::coder::Coder;
    use crate::reader::Reader;

    /// Bits that keep the middle of all codes within the interval and above its base make a code of one byte of seven
    /// ones and then bytes of eight. The last bit moves the base beyond the middle.
    #[test]
    fn a_carry_goes_through_all_bytes_before_it() {
        let mut writer = Writer::new(vec![7; 3]);
        let mut bits = vec![writer.part(1, 1)];
        let mut to_middle = 0x8000_0000 - (writer.word & 0xffff_ffff);
        while bits.len() < 90 || to_middle > u64::from(writer.length >> 1) {
            let step = writer.length >> 1;
            let bit = u32::from(to_middle > u64::from(step));
            to_middle = (to_middle - u64::from(bit * step)) << (step.leading_zeros() & 24);
            bits.push(writer.part(1, bit));
        }
        let stored = &writer.bytes[7..writer.at];
        assert!(stored.len() > 4 && stored[0] == 0x7f);
        assert!(stored[1..].iter().all(|byte| *byte == 0xff));
        bits.push(writer.part(1, 1));
        let code = writer.finish();
        assert_eq!(code[..3], [7; 3]);
        assert_eq!(code[3..10], [0x80, 0, 0, 0, 0, 0, 0]);
        let mut reader = Reader::new(&code[3..]).expect("four bytes or more");
        assert!(bits.iter().all(|bit| reader.part(1, 0) == *bit));
    }

    /// A reader starts with four bytes, even if nothing was written.
    #[test]
    fn the_shortest_code_has_four_bytes() {
        let writer = Writer::new(Vec::new());
        assert!(writer.is_empty());
        assert_eq!(writer.finish(), [1, 0, 0, 0]);
    }
}
