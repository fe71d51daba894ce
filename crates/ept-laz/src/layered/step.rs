//! What the first layer yields for the others about one point.

use super::returns::Ends;

/// What the first layer yields for the others about one point.
#[derive(Clone, Copy)]
pub(crate) struct Step {
    /// The first layer's symbol: what changed since the last point of the channel.
    pub(crate) changed: u8,
    pub(crate) ends: Ends,
    /// The level of the return, which selects the value from which Z is predicted.
    pub(crate) level: u8,
    /// The context of Z's difference.
    pub(crate) z_context: u8,
}

/// Bits of `changed`: how the return number changed, and whether the other values did.
pub(crate) const NUMBER: u32 = 3;
pub(crate) const COUNT: u32 = 1 << 2;
pub(crate) const ANGLE: u32 = 1 << 3;
pub(crate) const TIME: u32 = 1 << 4;
pub(crate) const SOURCE: u32 = 1 << 5;
pub(crate) const CHANNEL: u32 = 1 << 6;
/// How a return number changed. Numbers wrap at 16.
pub(crate) const ONE_MORE: u32 = 1;
pub(crate) const ONE_LESS: u32 = 2;

impl Step {
    /// Whether the scan angle changed.
    #[inline(always)]
    pub(crate) fn has_angle(self) -> bool {
        u32::from(self.changed) & ANGLE != 0
    }

    /// Whether the GPS time changed.
    #[inline(always)]
    pub(crate) fn has_time(self) -> bool {
        u32::from(self.changed) & TIME != 0
    }

    /// Whether the point source changed.
    #[inline(always)]
    pub(crate) fn has_source(self) -> bool {
        u32::from(self.changed) & SOURCE != 0
    }
}
