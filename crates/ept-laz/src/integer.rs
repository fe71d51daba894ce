//! Integers, coded as the number of bits of the difference from a prediction, then the difference.

use crate::bit_model::BitModel;
use crate::coder::Coder;
use crate::model::{Small, Tiny};

/// Maximum bits of a difference that are coded with a model. The rest are raw.
const MODELLED: u32 = 8;

/// The integers of one field.
pub(crate) struct Integer {
    /// Number of possible values, 0 for 2^32.
    range: i32,
    /// Number of bits of the last difference.
    k: u32,
    ks: Box<[Tiny]>,
    /// Model of a difference of 0 or 1, whose number of bits counts as 0.
    bit: BitModel,
    /// Models of differences by their number of bits. The first only pads the index.
    differences: Box<[Small]>,
}

impl Integer {
    /// Integers of 8, 16 or 32 bits. The number of bits of their differences is learnt in `contexts` contexts.
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

    /// Number of bits of the last difference.
    #[inline(always)]
    pub(crate) fn k(&self) -> u32 {
        self.k
    }

    /// Codes the next integer, given its prediction.
    #[inline(always)]
    pub(crate) fn code(
        &mut self,
        coder: &mut impl Coder,
        predicted: i32,
        context: usize,
        real: i32,
    ) -> i32 {
        let difference = self.shortest(real.wrapping_sub(predicted));
        self.k = coder.symbol(&mut self.ks[context], bits(difference));
        let difference = self.difference(coder, difference);
        self.folded(predicted.wrapping_add(difference))
    }

    #[inline(always)]
    fn difference(&mut self, coder: &mut impl Coder, difference: i32) -> i32 {
        let k = self.k;
        if k == 0 {
            return coder.bit(&mut self.bit, difference as u32) as i32;
        }
        if k == 32 {
            return i32::MIN;
        }
        let code = unsigned(difference, k);
        let raw = k.saturating_sub(MODELLED);
        let mut coded = coder.symbol(&mut self.differences[k as usize], code >> raw);
        if k > MODELLED {
            coded = coded << raw | coder.bits(raw, code & ((1 << raw) - 1));
        }
        signed(coded as i32, k)
    }

    /// Wraps a difference to the one of the smallest size, from half of the range below 0 to less than half above.
    #[inline(always)]
    fn shortest(&self, difference: i32) -> i32 {
        let least = (self.range / 2).wrapping_neg();
        let round = if difference < least {
            -self.range
        } else if difference >= -least {
            self.range
        } else {
            0
        };
        difference.wrapping_sub(round)
    }

    /// Wraps a value into the range.
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

/// The difference coded as `code` in `k` bits. The lower half of the codes is negative. Differences that fit in fewer
/// bits are in neither half.
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

/// The code of a difference of `k` bits, from which [`signed`] makes it.
#[inline(always)]
fn unsigned(difference: i32, k: u32) -> u32 {
    let is_high = difference >= 0;
    let offset = if is_high {
        1
    } else {
        1_i32.wrapping_sub(1 << k)
    };
    difference.wrapping_sub(offset) as u32
}

/// The number of bits of a difference: `k` bits code -2^k + 1 to 2^k, as far as fewer don't.
#[inline(always)]
fn bits(difference: i32) -> u32 {
    let size = if difference <= 0 {
        difference.wrapping_neg()
    } else {
        difference - 1
    };
    u32::BITS - size.leading_zeros()
}

/// The largest even number that is at most `k` and `most`. With a bit for single returns, it is the context of a
/// coordinate after others with this many bits.
#[inline(always)]
pub(crate) fn even(k: u32, most: u32) -> usize {
    (k.min(most) & !1) as usize
}

#[cfg(test)]
mod tests {
    use super::{Integer, bits, signed, unsigned};

    /// By the definition: the smallest `k` with a difference of -2^k + 1 to 2^k.
    #[test]
    fn differences_have_as_few_bits_as_possible() {
        let mut all: Vec<i64> = (-300..300).collect();
        for power in 9..32 {
            all.extend((-2..3).flat_map(|near| [near + (1 << power), near - (1 << power)]));
        }
        for difference in all {
            let Ok(short) = i32::try_from(difference) else {
                continue;
            };
            let k = (0..=32).find(|k| (1 - (1_i64 << k)..=1 << k).contains(&difference));
            assert_eq!(Some(bits(short)), k, "{difference}");
            if let Some(k @ 1..32) = k {
                let code = unsigned(short, k);
                assert!(u64::from(code) < 1 << k);
                assert_eq!(signed(code as i32, k), short);
            }
        }
    }

    #[test]
    fn differences_wrap() {
        let byte = Integer::new(8, 1);
        let differences = [-255, -129, -128, 0, 127, 128, 255];
        let shortest = differences.map(|difference| byte.shortest(difference));
        assert_eq!(shortest, [1, 127, -128, 0, 127, -128, -1]);
        let word = Integer::new(32, 1);
        let all = [i32::MIN, -1, 0, i32::MAX];
        assert_eq!(all.map(|difference| word.shortest(difference)), all);
    }

    #[test]
    fn values_wrap() {
        let byte = Integer::new(8, 1);
        let folded = [-1, 0, 255, 256].map(|real| byte.folded(real));
        assert_eq!(folded, [255, 0, 255, 0]);
        let word = Integer::new(32, 1);
        let all = [i32::MIN, -1, 0, i32::MAX];
        assert_eq!(all.map(|real| word.folded(real)), all);
    }
}
