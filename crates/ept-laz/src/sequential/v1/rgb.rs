//! Red, green and blue: the bytes that changed, each predicted to be the last.

use crate::coder::Coder;
use crate::integer::Integer;
use crate::model::Small;
use crate::sequential::record_part::Field;

/// The colours of points.
pub(crate) struct Rgb {
    last: [u8; 6],
    /// A bit for each byte that changed, by its offset.
    changed: Small,
    bytes: Integer,
}

impl Rgb {
    pub(crate) fn new() -> Rgb {
        Rgb {
            last: [0; 6],
            changed: Small::new(64),
            bytes: Integer::new(8, 6),
        }
    }
}

impl Field<6> for Rgb {
    fn start(&mut self, first: &[u8; 6]) {
        self.last = *first;
        self.changed.forget();
        self.bytes.forget();
    }

    fn next(&mut self, coder: &mut Coder<'_>) -> [u8; 6] {
        let changed = coder.symbol(&mut self.changed);
        for (at, byte) in self.last.iter_mut().enumerate() {
            if changed & 1 << at != 0 {
                *byte = self.bytes.read(coder, (*byte).into(), at) as u8;
            }
        }
        self.last
    }
}
