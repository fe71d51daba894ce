//! The layer of wave packets.

use super::item::Models;
use crate::coder::Coder;
use crate::wave_packet::{SIZE, WavePacket};

impl Models<SIZE> for WavePacket {
    fn new() -> WavePacket {
        WavePacket::new()
    }

    fn forget(&mut self) {
        self.forget();
    }

    fn code(&mut self, coder: &mut impl Coder, last: [u8; SIZE], new: [u8; SIZE]) -> [u8; SIZE] {
        self.code(coder, last, new)
    }
}
