//! Coordinates and attributes: the first 20 bytes of every record.

use crate::coder::Coder;
use crate::integer::Integer;
use crate::model::Small;
use crate::sequential::point::SIZE;
use crate::sequential::record_part::Field;

/// Offsets (LAS 1.4 R15, table 7).
const INTENSITY: usize = 12;
const BIT_FIELDS: usize = 14;
const CLASSIFICATION: usize = 15;
const ANGLE: usize = 16;
const USER_DATA: usize = 17;
const SOURCE: usize = 18;

/// Maximum context of a coordinate.
const MOST_BITS: u32 = 19;
/// Bits of the differences of X and Y below which a point is near the last, for the context of its angle.
const NEAR: u32 = 3;

/// Coordinates and attributes of points.
pub(crate) struct Point {
    last: [u8; SIZE],
    /// The last differences of X and of Y. The oldest are replaced next.
    differences: [[i32; 3]; 2],
    oldest: usize,
    changed: Small,
    // Models by the last value.
    bit_fields: Box<[Small]>,
    classification: Box<[Small]>,
    user_data: Box<[Small]>,
    angle: Integer,
    intensity: Integer,
    source: Integer,
    dx: Integer,
    dy: Integer,
    z: Integer,
}

impl Point {
    pub(crate) fn new() -> Point {
        let by_byte = || vec![Small::new(256); 256].into_boxed_slice();
        Point {
            last: [0; SIZE],
            differences: [[0; 3]; 2],
            oldest: 0,
            changed: Small::new(64),
            bit_fields: by_byte(),
            classification: by_byte(),
            user_data: by_byte(),
            angle: Integer::new(8, 2),
            intensity: Integer::new(16, 1),
            source: Integer::new(16, 1),
            dx: Integer::new(32, 1),
            dy: Integer::new(32, 20),
            z: Integer::new(32, 20),
        }
    }

    /// Reads the coordinates. Returns the mean number of bits of the differences of X and Y.
    fn read_coordinates(&mut self, coder: &mut Coder<'_>) -> u32 {
        let [x, y, z] = [0, 4, 8].map(|at| i32::from_le_bytes(self.get(at)));
        let [median_x, median_y] = self.differences.map(median);
        let dx = self.dx.read(coder, median_x, 0);
        let k = self.dx.k();
        let dy = self.dy.read(coder, median_y, k.min(MOST_BITS) as usize);
        let k = (k + self.dy.k()) / 2;
        let z = self.z.read(coder, z, k.min(MOST_BITS) as usize);
        self.put(0, x.wrapping_add(dx).to_le_bytes());
        self.put(4, y.wrapping_add(dy).to_le_bytes());
        self.put(8, z.to_le_bytes());
        self.differences[0][self.oldest] = dx;
        self.differences[1][self.oldest] = dy;
        self.oldest = (self.oldest + 1) % 3;
        k
    }

    /// Reads the attributes that changed, each by a bit of the symbol after the coordinates.
    fn read_attributes(&mut self, coder: &mut Coder<'_>, k: u32) {
        let changed = coder.symbol(&mut self.changed);
        if changed & 1 << 5 != 0 {
            let last = u16::from_le_bytes(self.get(INTENSITY));
            let value = self.intensity.read(coder, last.into(), 0) as u16;
            self.put(INTENSITY, value.to_le_bytes());
        }
        if changed & 1 << 4 != 0 {
            follow(coder, &mut self.bit_fields, &mut self.last[BIT_FIELDS]);
        }
        if changed & 1 << 3 != 0 {
            let last = &mut self.last[CLASSIFICATION];
            follow(coder, &mut self.classification, last);
        }
        if changed & 1 << 2 != 0 {
            let last = &mut self.last[ANGLE];
            *last = self
                .angle
                .read(coder, (*last).into(), usize::from(k < NEAR)) as u8;
        }
        if changed & 1 << 1 != 0 {
            follow(coder, &mut self.user_data, &mut self.last[USER_DATA]);
        }
        if changed & 1 != 0 {
            let last = u16::from_le_bytes(self.get(SOURCE));
            let value = self.source.read(coder, last.into(), 0) as u16;
            self.put(SOURCE, value.to_le_bytes());
        }
    }

    fn get<const N: usize>(&self, at: usize) -> [u8; N] {
        std::array::from_fn(|i| self.last[at + i])
    }

    fn put<const N: usize>(&mut self, at: usize, bytes: [u8; N]) {
        self.last[at..at + N].copy_from_slice(&bytes);
    }
}

impl Field<SIZE> for Point {
    fn start(&mut self, first: &[u8; SIZE]) {
        self.last = *first;
        self.differences = [[0; 3]; 2];
        self.oldest = 0;
        self.changed.forget();
        self.bit_fields.iter_mut().for_each(Small::forget);
        self.classification.iter_mut().for_each(Small::forget);
        self.user_data.iter_mut().for_each(Small::forget);
        self.angle.forget();
        self.intensity.forget();
        self.source.forget();
        self.dx.forget();
        self.dy.forget();
        self.z.forget();
    }

    fn next(&mut self, coder: &mut Coder<'_>) -> [u8; SIZE] {
        let k = self.read_coordinates(coder);
        self.read_attributes(coder, k);
        self.last
    }
}

/// Reads a byte with the model of the last.
fn follow(coder: &mut Coder<'_>, models: &mut [Small], last: &mut u8) {
    *last = coder.symbol(&mut models[usize::from(*last)]) as u8;
}

fn median([a, b, c]: [i32; 3]) -> i32 {
    a.min(b).max(a.max(b).min(c))
}
