//! Extra bytes, each coded as the difference from the last point's.

use crate::coder::Coder;
use crate::model::Small;

/// The extra bytes of points.
pub(crate) struct Bytes {
    last: Box<[u8]>,
    models: Box<[Small]>,
}

impl Bytes {
    pub(crate) fn new(count: usize) -> Bytes {
        Bytes {
            last: vec![0; count].into(),
            models: vec![Small::new(256); count].into(),
        }
    }

    /// Starts a chunk with the bytes of its first point.
    pub(crate) fn start(&mut self, first: &[u8]) {
        for (last, first) in self.last.iter_mut().zip(first) {
            *last = *first;
        }
        self.models.iter_mut().for_each(Small::forget);
    }

    /// Reads the bytes of the next point into its record.
    #[inline(always)]
    pub(crate) fn read(&mut self, coder: &mut Coder<'_>, record: &mut [u8]) {
        let models = self.models.iter_mut().zip(&mut self.last);
        for ((model, last), byte) in models.zip(record) {
            *last = last.wrapping_add(coder.symbol(model) as u8);
            *byte = *last;
        }
    }
}
