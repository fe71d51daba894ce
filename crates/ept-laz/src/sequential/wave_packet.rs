//! Wave packets.

use super::part::Field;
use crate::coder::Coder;
use crate::wave_packet::{self, SIZE};

/// The wave packets of points.
pub(crate) struct WavePacket {
    last: [u8; SIZE],
    models: wave_packet::WavePacket,
}

impl WavePacket {
    pub(crate) fn new() -> WavePacket {
        WavePacket {
            last: [0; SIZE],
            models: wave_packet::WavePacket::new(),
        }
    }
}

impl Field<SIZE> for WavePacket {
    fn start(&mut self, first: &[u8; SIZE]) {
        self.last = *first;
        self.models.forget();
    }

    fn code(&mut self, coder: &mut impl Coder, new: [u8; SIZE]) -> [u8; SIZE] {
        self.last = self.models.code(coder, self.last, new);
        self.last
    }
}
