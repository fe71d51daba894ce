//! An adaptive model of one bit.

/// The interval's length has this many bits more than the unit of `zero`.
pub(crate) const SHIFT: u32 = 13;
/// Maximum number of bits between updates.
const LONGEST: u32 = 64;

/// The probability that a bit is 0, learnt from the bits so far.
#[derive(Clone)]
pub(crate) struct BitModel {
    /// Number of bits before the next update.
    until: u32,
    cycle: u32,
    zeros: u32,
    total: u32,
    /// The part of the interval that codes a 0.
    zero: u32,
}

impl BitModel {
    /// A model that has learnt nothing: 0 and 1 are equally likely.
    pub(crate) fn new() -> BitModel {
        BitModel {
            until: 4,
            cycle: 4,
            zeros: 1,
            total: 2,
            zero: 1 << (SHIFT - 1),
        }
    }

    /// Forgets all that was learnt.
    pub(crate) fn forget(&mut self) {
        *self = BitModel::new();
    }

    /// The part of the interval that codes a 0.
    #[inline(always)]
    pub(crate) fn zero(&self) -> u32 {
        self.zero
    }

    /// Learns a bit.
    #[inline(always)]
    pub(crate) fn learn(&mut self, is_zero: bool) {
        self.zeros += u32::from(is_zero);
        self.until -= 1;
        if self.until == 0 {
            self.update();
        }
    }

    #[cold]
    #[inline(never)]
    fn update(&mut self) {
        self.total += self.cycle;
        if self.total > 1 << SHIFT {
            self.total = self.total.div_ceil(2);
            self.zeros = self.zeros.div_ceil(2);
            // A 1 must stay possible.
            self.total += u32::from(self.zeros == self.total);
        }
        let scale = (1 << 31) / self.total;
        self.zero = (self.zeros * scale) >> (31 - SHIFT);
        self.cycle = ((5 * self.cycle) >> 2).min(LONGEST);
        self.until = self.cycle;
    }
}
