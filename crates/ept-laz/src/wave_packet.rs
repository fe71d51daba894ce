//! Wave packets: where the waveform of a point is.

use crate::coder::Coder;
use crate::integer::Integer;
use crate::model::{Small, Tiny};

/// The bytes of the item (LAS 1.4 R15, table 13): the index of the descriptor, the offset of the packet in 64 bits, its
/// size, the place of the return and X, Y and Z of the direction in 32 bits each.
pub(crate) const SIZE: usize = 29;
const OFFSET: usize = 1;
const PACKET_SIZE: usize = 9;
const PLACE: usize = 13;
const DIRECTION: usize = 17;

/// What the offset of a packet is.
const SAME: u32 = 0;
/// Where the last packet ends.
const NEXT: u32 = 1;
/// Some distance from the last.
const NEAR: u32 = 2;

/// Models of wave packets.
pub(crate) struct WavePacket {
    index: Small,
    /// The last symbol of an offset, and models by it.
    kind: u32,
    kinds: [Tiny; 4],
    /// The last distance of an offset from the one before.
    distance: i32,
    distances: Integer,
    packet_size: Integer,
    place: Integer,
    direction: Integer,
}

impl WavePacket {
    pub(crate) fn new() -> WavePacket {
        WavePacket {
            index: Small::new(256),
            kind: SAME,
            kinds: std::array::from_fn(|_| Tiny::new(4)),
            distance: 0,
            distances: Integer::new(32, 1),
            packet_size: Integer::new(32, 1),
            place: Integer::new(32, 1),
            direction: Integer::new(32, 3),
        }
    }

    /// Forgets all that was learnt.
    pub(crate) fn forget(&mut self) {
        self.index.forget();
        self.kind = SAME;
        self.kinds.iter_mut().for_each(Tiny::forget);
        self.distance = 0;
        self.distances.forget();
        self.packet_size.forget();
        self.place.forget();
        self.direction.forget();
    }

    /// Reads the wave packet after the last.
    pub(crate) fn read(&mut self, coder: &mut Coder<'_>, last: [u8; SIZE]) -> [u8; SIZE] {
        let int = |at: usize| i32::from_le_bytes(std::array::from_fn(|i| last[at + i]));
        let mut packet = [0; SIZE];
        packet[0] = coder.symbol(&mut self.index) as u8;
        let offset = u64::from_le_bytes(std::array::from_fn(|i| last[OFFSET + i]));
        let offset = self.offset(coder, offset, int(PACKET_SIZE) as u32);
        packet[OFFSET..PACKET_SIZE].copy_from_slice(&offset.to_le_bytes());
        let mut put = |at: usize, value: i32| {
            packet[at..at + 4].copy_from_slice(&value.to_le_bytes());
        };
        put(
            PACKET_SIZE,
            self.packet_size.read(coder, int(PACKET_SIZE), 0),
        );
        put(PLACE, self.place.read(coder, int(PLACE), 0));
        for axis in 0..3 {
            let at = DIRECTION + 4 * axis;
            put(at, self.direction.read(coder, int(at), axis));
        }
        packet
    }

    fn offset(&mut self, coder: &mut Coder<'_>, last: u64, last_size: u32) -> u64 {
        self.kind = coder.symbol(&mut self.kinds[self.kind as usize & 3]);
        match self.kind {
            SAME => last,
            NEXT => last.wrapping_add(last_size.into()),
            NEAR => {
                self.distance = self.distances.read(coder, self.distance, 0);
                last.wrapping_add_signed(self.distance.into())
            }
            _ => coder.long(),
        }
    }
}
