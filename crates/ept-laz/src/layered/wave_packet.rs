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

    fn read(&mut self, coder: &mut Coder<'_>, last: [u8; SIZE]) -> [u8; SIZE] {
        self.read(coder, last)
    }
}
