//! Coordinates and attributes: the first 20 bytes of every record.

use crate::coder::Coder;
use crate::integer::Integer;
use crate::model::Small;
use crate::place::get;
use crate::sequential::part::Field;
use crate::sequential::point::SIZE;

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

    /// Codes the coordinates. Returns the mean number of bits of the differences of X and Y.
    fn code_coordinates(&mut self, coder: &mut impl Coder, new: &[u8; SIZE]) -> u32 {
        let [x, y, z] = [0, 4, 8].map(|at| i32::from_le_bytes(get(&self.last, at)));
        let [new_x, new_y, new_z] = [0, 4, 8].map(|at| i32::from_le_bytes(get(new, at)));
        let [median_x, median_y] = self.differences.map(median);
        let dx = self.dx.code(coder, median_x, 0, new_x.wrapping_sub(x));
        let k = self.dx.k();
        let context = k.min(MOST_BITS) as usize;
        let dy = self
            .dy
            .code(coder, median_y, context, new_y.wrapping_sub(y));
        let k = (k + self.dy.k()) / 2;
        let z = self.z.code(coder, z, k.min(MOST_BITS) as usize, new_z);
        self.put(0, x.wrapping_add(dx).to_le_bytes());
        self.put(4, y.wrapping_add(dy).to_le_bytes());
        self.put(8, z.to_le_bytes());
        self.differences[0][self.oldest] = dx;
        self.differences[1][self.oldest] = dy;
        self.oldest = (self.oldest + 1) % 3;
        k
    }

    /// Codes the attributes that changed, each by a bit of the symbol after the coordinates.
    fn code_attributes(&mut self, coder: &mut impl Coder, k: u32, new: &[u8; SIZE]) {
        let changed = coder.symbol(&mut self.changed, changes(&self.last, new));
        if changed & 1 << 5 != 0 {
            let intensity = short(coder, &mut self.intensity, &self.last, new, INTENSITY);
            self.put(INTENSITY, intensity);
        }
        if changed & 1 << 4 != 0 {
            follow(coder, &mut self.bit_fields, &mut self.last, new, BIT_FIELDS);
        }
        if changed & 1 << 3 != 0 {
            let models = &mut self.classification;
            follow(coder, models, &mut self.last, new, CLASSIFICATION);
        }
        if changed & 1 << 2 != 0 {
            let (last, context) = (self.last[ANGLE].into(), usize::from(k < NEAR));
            let angle = self.angle.code(coder, last, context, new[ANGLE].into());
            self.last[ANGLE] = angle as u8;
        }
        if changed & 1 << 1 != 0 {
            follow(coder, &mut self.user_data, &mut self.last, new, USER_DATA);
        }
        if changed & 1 != 0 {
            let source = short(coder, &mut self.source, &self.last, new, SOURCE);
            self.put(SOURCE, source);
        }
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

    fn code(&mut self, coder: &mut impl Coder, new: [u8; SIZE]) -> [u8; SIZE] {
        let k = self.code_coordinates(coder, &new);
        self.code_attributes(coder, k, &new);
        self.last
    }
}

/// The symbol after the coordinates.
fn changes(last: &[u8; SIZE], new: &[u8; SIZE]) -> u32 {
    let fields = [
        INTENSITY..BIT_FIELDS,
        BIT_FIELDS..CLASSIFICATION,
        CLASSIFICATION..ANGLE,
        ANGLE..USER_DATA,
        USER_DATA..SOURCE,
        SOURCE..SIZE,
    ];
    let changed = fields.map(|field| u32::from(last[field.clone()] != new[field]));
    changed.iter().fold(0, |bits, bit| bits << 1 | bit)
}

/// Codes a byte with the model of the last.
fn follow(
    coder: &mut impl Coder,
    models: &mut [Small],
    last: &mut [u8; SIZE],
    new: &[u8; SIZE],
    at: usize,
) {
    let model = &mut models[usize::from(last[at])];
    last[at] = coder.symbol(model, new[at].into()) as u8;
}

/// Codes an integer of 16 bits, predicted to be the last.
fn short(
    coder: &mut impl Coder,
    integer: &mut Integer,
    last: &[u8; SIZE],
    new: &[u8; SIZE],
    at: usize,
) -> [u8; 2] {
    let [last, new] = [last, new].map(|record| u16::from_le_bytes(get(record, at)));
    let value = integer.code(coder, last.into(), 0, new.into()) as u16;
    value.to_le_bytes()
}

fn median([a, b, c]: [i32; 3]) -> i32 {
    a.min(b).max(a.max(b).min(c))
}
