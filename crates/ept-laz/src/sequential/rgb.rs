//! Red, green and blue.

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

    /// Starts a chunk with the colour of its first point.
    pub(crate) fn start(&mut self, first: Colour) {
        self.last = first;
        self.models.forget();
    }

    /// The colour of the last point.
    #[inline(always)]
    pub(crate) fn last(&self) -> Colour {
        self.last
    }

    /// Reads the colour of the next point.
    #[inline(always)]
    pub(crate) fn read(&mut self, coder: &mut Coder<'_>) {
        self.last = self.models.read(coder, self.last);
    }
}
