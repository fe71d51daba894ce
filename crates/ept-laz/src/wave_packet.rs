//! Wave packets: where the waveform of a point is.

use crate::coder::Coder;
use crate::integer::Integer;
use crate::model::{Small, Tiny};
use crate::place::get;

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
/// Anywhere.
const FAR: u32 = 3;

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

    /// Codes the wave packet after the last.
    pub(crate) fn code(
        &mut self,
        coder: &mut impl Coder,
        last: [u8; SIZE],
        new: [u8; SIZE],
    ) -> [u8; SIZE] {
        let int = |at: usize| i32::from_le_bytes(get(&last, at));
        let real = |at: usize| i32::from_le_bytes(get(&new, at));
        let mut packet = [0; SIZE];
        packet[0] = coder.symbol(&mut self.index, new[0].into()) as u8;
        let [offset, wanted] = [last, new].map(|packet| u64::from_le_bytes(get(&packet, OFFSET)));
        let offset = self.offset(coder, offset, int(PACKET_SIZE) as u32, wanted);
        packet[OFFSET..PACKET_SIZE].copy_from_slice(&offset.to_le_bytes());
        let mut put = |at: usize, value: i32| {
            packet[at..at + 4].copy_from_slice(&value.to_le_bytes());
        };
        let (size, place) = (PACKET_SIZE, PLACE);
        put(size, self.packet_size.code(coder, int(size), 0, real(size)));
        put(place, self.place.code(coder, int(place), 0, real(place)));
        for axis in 0..3 {
            let at = DIRECTION + 4 * axis;
            put(at, self.direction.code(coder, int(at), axis, real(at)));
        }
        packet
    }

    fn offset(&mut self, coder: &mut impl Coder, last: u64, last_size: u32, new: u64) -> u64 {
        let distance = new.wrapping_sub(last).cast_signed();
        let kind = kind(distance, last_size);
        self.kind = coder.symbol(&mut self.kinds[self.kind as usize & 3], kind);
        match self.kind {
            SAME => last,
            NEXT => last.wrapping_add(last_size.into()),
            NEAR => {
                self.distance = self
                    .distances
                    .code(coder, self.distance, 0, distance as i32);
                last.wrapping_add_signed(self.distance.into())
            }
            _ => coder.long(new),
        }
    }
}

/// What an offset is at a distance from the last.
///
/// LASzip takes sizes of 2^31 or more as negative here, and reads other offsets than it wrote.
fn kind(distance: i64, last_size: u32) -> u32 {
    if distance == 0 {
        SAME
    } else if distance == last_size.into() && i32::try_from(distance).is_ok() {
        NEXT
    } else if i32::try_from(distance).is_ok() {
        NEAR
    } else {
        FAR
    }
}
