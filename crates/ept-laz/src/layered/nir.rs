//! The layer of near infrared.

use super::item::Models;
use crate::coder::Coder;
use crate::model::{Small, Tiny};

/// Near infrared: two bytes, either of which may have changed.
pub(crate) struct Nir {
    changed: Tiny,
    bytes: [Small; 2],
}

impl Models<2> for Nir {
    fn new() -> Nir {
        Nir {
            changed: Tiny::new(4),
            bytes: std::array::from_fn(|_| Small::new(256)),
        }
    }

    fn forget(&mut self) {
        self.changed.forget();
        self.bytes.iter_mut().for_each(Small::forget);
    }

    #[inline(always)]
    fn code(&mut self, coder: &mut impl Coder, mut last: [u8; 2], new: [u8; 2]) -> [u8; 2] {
        let changes = u32::from(last[0] != new[0]) | u32::from(last[1] != new[1]) << 1;
        let changed = coder.symbol(&mut self.changed, changes);
        for (at, model) in self.bytes.iter_mut().enumerate() {
            if changed & 1 << at != 0 {
                let difference = new[at].wrapping_sub(last[at]).into();
                let difference = coder.symbol(model, difference);
                last[at] = last[at].wrapping_add(difference as u8);
            }
        }
        last
    }
}
