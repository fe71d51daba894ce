//! The interval of a symbol.

/// Added to each entry of a distribution, so that entries in a word can be compared in 16 bits each.
pub(crate) const RAISED: u16 = 0x7fff;
/// An entry above any value.
pub(crate) const NEVER: u16 = u16::MAX;

/// A symbol and its interval of the distribution.
#[derive(Clone, Copy)]
pub(crate) struct Interval {
    pub(crate) symbol: u32,
    pub(crate) low: u16,
    pub(crate) high: u16,
}

impl Interval {
    /// Start and length in a coder's interval of this length, where the distribution's unit is `step`. The last symbol gets
    /// all that is left.
    #[inline(always)]
    pub(crate) fn scaled(self, step: u32, length: u32) -> (u32, u32) {
        let low = step.wrapping_mul(u32::from(self.low).wrapping_sub(RAISED.into()));
        let high = step.wrapping_mul(u32::from(self.high).wrapping_sub(RAISED.into()));
        let high = if self.high == NEVER { length } else { high };
        (low, high.wrapping_sub(low))
    }
}
