//! Red, green and blue.

use super::part::Field;
use crate::coder::Coder;
use crate::rgb::{self, Colour};

/// The bytes of the item.
pub(crate) const SIZE: usize = 6;

/// The colours of points.
pub(crate) struct Rgb {
    last: Colour,
    models: rgb::Rgb,
}

impl Rgb {
    pub(crate) fn new() -> Rgb {
        Rgb {
            last: [0; SIZE],
            models: rgb::Rgb::new(),
        }
    }
}

impl Field<SIZE> for Rgb {
    fn start(&mut self, first: &Colour) {
        self.last = *first;
        self.models.forget();
    }

    #[inline(always)]
    fn code(&mut self, coder: &mut impl Coder, new: Colour) -> Colour {
        self.last = self.models.code(coder, self.last, new);
        self.last
    }
}
