//! Extra bytes, each predicted to be that of the last point.

use crate::coder::Coder;
use crate::integer::Integer;
use crate::sequential::record_part::RecordPart;

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

impl RecordPart for Bytes {
    fn size(&self) -> usize {
        self.last.len()
    }

    fn start(&mut self, first: &[u8]) {
        for (last, first) in self.last.iter_mut().zip(first) {
            *last = *first;
        }
        self.integer.forget();
    }

    fn read(&mut self, coder: &mut Coder<'_>, record: &mut [u8]) {
        for (at, (last, byte)) in self.last.iter_mut().zip(record).enumerate() {
            *last = self.integer.read(coder, (*last).into(), at) as u8;
            *byte = *last;
        }
    }
}
