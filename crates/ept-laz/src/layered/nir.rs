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
    fn read(&mut self, coder: &mut Coder<'_>, mut last: [u8; 2]) -> [u8; 2] {
        let changed = coder.symbol(&mut self.changed);
        for (at, model) in self.bytes.iter_mut().enumerate() {
            if changed & 1 << at != 0 {
                last[at] = last[at].wrapping_add(coder.symbol(model) as u8);
            }
        }
        last
    }
}
