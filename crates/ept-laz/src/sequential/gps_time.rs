//! GPS times.

use super::part::Field;
use crate::coder::Coder;

/// The bytes of the item.
pub(crate) const SIZE: usize = 8;

/// GPS times. A repeated time has a symbol.
pub(crate) type GpsTime = crate::gps_time::GpsTime<true>;

impl Field<SIZE> for GpsTime {
    fn start(&mut self, first: &[u8; SIZE]) {
        self.start(*first);
    }

    #[inline(always)]
    fn code(&mut self, coder: &mut impl Coder, new: [u8; SIZE]) -> [u8; SIZE] {
        self.code(coder, new)
    }
}
