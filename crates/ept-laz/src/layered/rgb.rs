//! The layer of red, green and blue.

use super::item::Models;
use crate::coder::Coder;
use crate::rgb::{Colour, Rgb};

impl Models<6> for Rgb {
    fn new() -> Rgb {
        Rgb::new()
    }

    fn forget(&mut self) {
        self.forget();
    }

    #[inline(always)]
    fn code(&mut self, coder: &mut impl Coder, last: Colour, new: Colour) -> Colour {
        self.code(coder, last, new)
    }
}
