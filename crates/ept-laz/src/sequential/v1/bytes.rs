//! Extra bytes, each predicted to be that of the last point.

use crate::coder::Coder;
use crate::integer::Integer;
use crate::place::Place;
use crate::sequential::part::Part;

/// The extra bytes of points.
pub(crate) struct Bytes {
    last: Box<[u8]>,
    /// The bytes share the models of differences.
    integer: Integer,
}

impl Bytes {
    pub(crate) fn new(count: usize) -> Bytes {
        Bytes {
            last: vec![0; count].into(),
            integer: Integer::new(8, count),
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
        self.integer.forget();
    }

    fn code(&mut self, coder: &mut impl Coder, place: impl Place) {
        for (at, (last, mut byte)) in self.last.iter_mut().zip(place.records(1)).enumerate() {
            let [new] = byte.get(0);
            *last = self.integer.code(coder, (*last).into(), at, new.into()) as u8;
            byte.put(0, [*last]);
        }
    }
}
