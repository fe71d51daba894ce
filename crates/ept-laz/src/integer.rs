//! Integers: how many bits the difference from a prediction has, then the difference.

use crate::bit_model::BitModel;
use crate::coder::Coder;
use crate::model::{Small, Tiny};

/// Bits of a difference that a model codes; the rest are raw.
const MODELLED: u32 = 8;

/// An integer of some field.
pub(crate) struct Integer {
    /// How many values there are; 0 for all of 32 bits.
    range: i32,
    /// The number of bits that the last difference had.
    k: u32,
    ks: Box<[Tiny]>,
    /// A difference of 0 or 1, which has no bits.
    bit: BitModel,
    /// Differences by their number of bits. The model of none is there for the index alone.
    differences: Box<[Small]>,
}

impl Integer {
    /// An integer of 8, 16 or 32 bits, whose number of bits is learnt in that many contexts.
    pub(crate) fn new(bits: u32, contexts: usize) -> Integer {
        let difference = |k: u32| Small::new(1 << k.clamp(1, MODELLED));
        Integer {
            range: 1_i32.checked_shl(bits).unwrap_or(0),
            k: 0,
            ks: vec![Tiny::new(bits as u16 + 1); contexts].into(),
            bit: BitModel::new(),
            differences: (0..=bits.min(31)).map(difference).collect(),
        }
    }

    /// Forgets all that was learnt.
    pub(crate) fn forget(&mut self) {
        self.k = 0;
        self.ks.iter_mut().for_each(Tiny::forget);
        self.bit.forget();
        self.differences.iter_mut().for_each(Small::forget);
    }

    /// The number of bits that the last difference had.
    #[inline(always)]
    pub(crate) fn k(&self) -> u32 {
        self.k
    }

    /// The next integer: what was predicted, and the difference.
    #[inline(always)]
    pub(crate) fn read(&mut self, coder: &mut Coder<'_>, predicted: i32, context: usize) -> i32 {
        self.k = coder.symbol(&mut self.ks[context]);
        let real = predicted.wrapping_add(self.difference(coder));
        self.folded(real)
    }

    #[inline(always)]
    fn difference(&mut self, coder: &mut Coder<'_>) -> i32 {
        let k = self.k;
        if k == 0 {
            return coder.bit(&mut self.bit) as i32;
        }
        if k == 32 {
            return i32::MIN;
        }
        let mut code = coder.symbol(&mut self.differences[k as usize]);
        if k > MODELLED {
            let raw = k - MODELLED;
            code = code << raw | coder.bits(raw);
        }
        signed(code as i32, k)
    }

    /// Values go round: the one after the last is the first.
    #[inline(always)]
    fn folded(&self, real: i32) -> i32 {
        let round = if real < 0 {
            -self.range
        } else if real >= self.range {
            self.range
        } else {
            0
        };
        real.wrapping_sub(round)
    }
}

/// The difference that a code of `k` bits stands for: the lower half of the codes is negative, and neither half holds
/// what less bits would do for.
#[inline(always)]
fn signed(code: i32, k: u32) -> i32 {
    let is_high = code >= 1 << (k - 1);
    let offset = if is_high {
        1
    } else {
        1_i32.wrapping_sub(1 << k)
    };
    code.wrapping_add(offset)
}

#[cfg(test)]
mod tests {
    use super::Integer;

    #[test]
    fn values_go_round() {
        let byte = Integer::new(8, 1);
        let folded = [-1, 0, 255, 256].map(|real| byte.folded(real));
        assert_eq!(folded, [255, 0, 255, 0]);
        let word = Integer::new(32, 1);
        let all = [i32::MIN, -1, 0, i32::MAX];
        assert_eq!(all.map(|real| word.folded(real)), all);
    }
}
