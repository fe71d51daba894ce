//! The layer of an extra byte.

use super::item::Models;
use crate::coder::Coder;
use crate::model::Small;

/// An extra byte, coded as the difference from the last.
pub(crate) struct Byte(Small);

impl Models<1> for Byte {
    fn new() -> Byte {
        Byte(Small::new(256))
    }

    fn forget(&mut self) {
        self.0.forget();
    }

    #[inline(always)]
    fn code(&mut self, coder: &mut impl Coder, [last]: [u8; 1], [new]: [u8; 1]) -> [u8; 1] {
        let difference = coder.symbol(&mut self.0, new.wrapping_sub(last).into());
        [last.wrapping_add(difference as u8)]
    }
}
