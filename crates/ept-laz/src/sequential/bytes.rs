//! Extra bytes, each coded as the difference from the last point's.

use super::part::Part;
use crate::coder::Coder;
use crate::model::Small;
use crate::place::Place;

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

impl Part for Bytes {
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
    fn code(&mut self, coder: &mut impl Coder, place: impl Place) {
        let models = self.models.iter_mut().zip(&mut self.last);
        for ((model, last), mut byte) in models.zip(place.records(1)) {
            let [new] = byte.get(0);
            let difference = coder.symbol(model, new.wrapping_sub(*last).into());
            *last = last.wrapping_add(difference as u8);
            byte.put(0, [*last]);
        }
    }
}
