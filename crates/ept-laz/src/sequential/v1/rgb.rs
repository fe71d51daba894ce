//! Red, green and blue: the bytes that changed, each predicted to be the last.

use crate::coder::Coder;
use crate::integer::Integer;
use crate::model::Small;
use crate::sequential::part::Field;

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

    fn code(&mut self, coder: &mut impl Coder, new: [u8; 6]) -> [u8; 6] {
        let changes = (0..6).map(|at| u32::from(new[at] != self.last[at]) << at);
        let changed = coder.symbol(&mut self.changed, changes.sum());
        for (at, (byte, new)) in self.last.iter_mut().zip(new).enumerate() {
            if changed & 1 << at != 0 {
                *byte = self.bytes.code(coder, (*byte).into(), at, new.into()) as u8;
            }
        }
        self.last
    }
}
