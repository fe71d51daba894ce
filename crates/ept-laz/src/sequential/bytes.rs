//! Extra bytes, each coded as the difference from the last point's.

use super::record_part::RecordPart;
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
}

impl RecordPart for Bytes {
    fn size(&self) -> usize {
        self.last.len()
    }

    fn start(&mut self, first: &[u8]) {
        for (last, first) in self.last.iter_mut().zip(first) {
            *last = *first;
        }
        self.models.iter_mut().for_each(Small::forget);
    }

    #[inline(always)]
    fn read(&mut self, coder: &mut Coder<'_>, place: &mut [u8]) {
        let models = self.models.iter_mut().zip(&mut self.last);
        for ((model, last), byte) in models.zip(place) {
            *last = last.wrapping_add(coder.symbol(model) as u8);
            *byte = *last;
        }
    }
}
