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

/// Bits of `changed`.
const ANGLE: u8 = 1 << 3;
const TIME: u8 = 1 << 4;
const SOURCE: u8 = 1 << 5;

impl Step {
    /// Whether the scan angle changed.
    #[inline(always)]
    pub(crate) fn has_angle(self) -> bool {
        self.changed & ANGLE != 0
    }

    /// Whether the GPS time changed.
    #[inline(always)]
    pub(crate) fn has_time(self) -> bool {
        self.changed & TIME != 0
    }

    /// Whether the point source changed.
    #[inline(always)]
    pub(crate) fn has_source(self) -> bool {
        self.changed & SOURCE != 0
    }
}
