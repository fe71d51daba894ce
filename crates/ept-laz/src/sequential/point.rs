//! Coordinates and attributes: the first 20 bytes of every record.

use super::part::Field;
use crate::coder::Coder;
use crate::integer::{Integer, even};
use crate::median::Median;
use crate::model::Small;

/// The bytes of the item.
pub(crate) const SIZE: usize = 20;

/// Bits of a point's first symbol: which attributes changed.
const BIT_FIELDS: u32 = 1 << 5;
const INTENSITY: u32 = 1 << 4;
const CLASSIFICATION: u32 = 1 << 3;
const ANGLE: u32 = 1 << 2;
const USER_DATA: u32 = 1 << 1;
const SOURCE: u32 = 1;

/// Coordinates and attributes of points.
pub(crate) struct Point {
    last: Last,
    changed: Small,
    // Models by the last value.
    bit_fields: Box<[Small]>,
    classification: Box<[Small]>,
    user_data: Box<[Small]>,
    /// Models by the scan direction.
    angle: [Small; 2],
    intensity: Integer,
    source: Integer,
    dx: Integer,
    dy: Integer,
    z: Integer,
}

/// The values of a point.
#[derive(Clone, Copy)]
struct Values {
    xyz: [i32; 3],
    intensity: u16,
    // Bytes are kept in 16 bits: writing four bytes one by one and then reading them as a word would stall the
    // processor.
    bit_fields: u16,
    classification: u16,
    angle: u16,
    user_data: u16,
    source: u16,
}

/// The last point, and other values from which the next is predicted.
struct Last {
    point: Values,
    // By the context of the return.
    intensities: [u16; 16],
    dx: [Median; 16],
    dy: [Median; 16],
    /// By the level of the return.
    heights: [i32; 8],
}

impl Point {
    pub(crate) fn new() -> Point {
        let by_byte = || vec![Small::new(256); 256].into_boxed_slice();
        Point {
            last: Last::new(&[0; SIZE]),
            changed: Small::new(64),
            bit_fields: by_byte(),
            classification: by_byte(),
            user_data: by_byte(),
            angle: [Small::new(256), Small::new(256)],
            intensity: Integer::new(16, 4),
            source: Integer::new(16, 1),
            dx: Integer::new(32, 2),
            dy: Integer::new(32, 22),
            z: Integer::new(32, 20),
        }
    }

    #[inline(always)]
    fn code_attributes(&mut self, coder: &mut impl Coder, changed: u32, new: &Values) {
        let Last {
            point, intensities, ..
        } = &mut self.last;
        if changed & BIT_FIELDS != 0 {
            let model = &mut self.bit_fields[usize::from(point.bit_fields)];
            point.bit_fields = coder.symbol(model, new.bit_fields.into()) as u16;
        }
        let (context, _) = point.contexts();
        // The intensity is the last one of its context. It is that of the last point only if no attribute changed.
        point.intensity = intensities[context];
        if changed & INTENSITY != 0 {
            let (predicted, real) = (point.intensity.into(), new.intensity.into());
            let intensity = self.intensity.code(coder, predicted, context.min(3), real);
            point.intensity = intensity as u16;
            intensities[context] = point.intensity;
        }
        if changed & CLASSIFICATION != 0 {
            let model = &mut self.classification[usize::from(point.classification)];
            point.classification = coder.symbol(model, new.classification.into()) as u16;
        }
        if changed & ANGLE != 0 {
            let model = &mut self.angle[usize::from(point.bit_fields >> 6 & 1)];
            let change = new.angle.wrapping_sub(point.angle) & 0xff;
            let change = coder.symbol(model, change.into()) as u16;
            point.angle = point.angle.wrapping_add(change) & 0xff;
        }
        if changed & USER_DATA != 0 {
            let model = &mut self.user_data[usize::from(point.user_data)];
            point.user_data = coder.symbol(model, new.user_data.into()) as u16;
        }
        if changed & SOURCE != 0 {
            let (predicted, real) = (point.source.into(), new.source.into());
            point.source = self.source.code(coder, predicted, 0, real) as u16;
        }
    }

    #[inline(always)]
    fn code_coordinates(&mut self, coder: &mut impl Coder, new: &Values) {
        let last = &mut self.last;
        let (context, level) = last.point.contexts();
        let single = last.point.single();
        let [x, y, z] = &mut last.point.xyz;
        let [new_x, new_y, new_z] = new.xyz;

        let median = &mut last.dx[context];
        let real = new_x.wrapping_sub(*x);
        let difference = self.dx.code(coder, median.get(), single, real);
        *x = x.wrapping_add(difference);
        median.add(difference);

        let median = &mut last.dy[context];
        let y_context = single | even(self.dx.k(), 20);
        let real = new_y.wrapping_sub(*y);
        let difference = self.dy.code(coder, median.get(), y_context, real);
        *y = y.wrapping_add(difference);
        median.add(difference);

        let z_context = single | even((self.dx.k() + self.dy.k()) / 2, 18);
        *z = self.z.code(coder, last.heights[level], z_context, new_z);
        last.heights[level] = *z;
    }
}

impl Field<SIZE> for Point {
    fn start(&mut self, first: &[u8; SIZE]) {
        self.last = Last::new(first);
        self.changed.forget();
        self.bit_fields.iter_mut().for_each(Small::forget);
        self.classification.iter_mut().for_each(Small::forget);
        self.user_data.iter_mut().for_each(Small::forget);
        self.angle.iter_mut().for_each(Small::forget);
        self.intensity.forget();
        self.source.forget();
        self.dx.forget();
        self.dy.forget();
        self.z.forget();
    }

    #[inline(always)]
    fn code(&mut self, coder: &mut impl Coder, new: [u8; SIZE]) -> [u8; SIZE] {
        let new = Values::new(&new);
        let changed = coder.symbol(&mut self.changed, self.last.changes(&new));
        if changed != 0 {
            self.code_attributes(coder, changed, &new);
        }
        self.code_coordinates(coder, &new);
        self.last.point.record()
    }
}

impl Last {
    fn new(record: &[u8; SIZE]) -> Last {
        Last {
            point: Values {
                // LASzip starts with 0 here, not with the intensity of the first point.
                intensity: 0,
                ..Values::new(record)
            },
            intensities: [0; 16],
            dx: [Median::ZERO; 16],
            dy: [Median::ZERO; 16],
            heights: [0; 8],
        }
    }

    /// A point's first symbol.
    #[inline(always)]
    fn changes(&self, new: &Values) -> u32 {
        let (context, _) = new.contexts();
        let bit = |is_new: bool, bit: u32| if is_new { bit } else { 0 };
        bit(new.bit_fields != self.point.bit_fields, BIT_FIELDS)
            | bit(new.intensity != self.intensities[context], INTENSITY)
            | bit(
                new.classification != self.point.classification,
                CLASSIFICATION,
            )
            | bit(new.angle != self.point.angle, ANGLE)
            | bit(new.user_data != self.point.user_data, USER_DATA)
            | bit(new.source != self.point.source, SOURCE)
    }
}

impl Values {
    #[inline(always)]
    fn new(record: &[u8; SIZE]) -> Values {
        let int = |at: usize| i32::from_le_bytes(std::array::from_fn(|i| record[at + i]));
        Values {
            xyz: [int(0), int(4), int(8)],
            intensity: u16::from_le_bytes([record[12], record[13]]),
            bit_fields: record[14].into(),
            classification: record[15].into(),
            angle: record[16].into(),
            user_data: record[17].into(),
            source: u16::from_le_bytes([record[18], record[19]]),
        }
    }

    #[inline(always)]
    fn record(&self) -> [u8; SIZE] {
        let mut record = [0; SIZE];
        let [x, y, z] = self.xyz.map(i32::to_le_bytes);
        record[..4].copy_from_slice(&x);
        record[4..8].copy_from_slice(&y);
        record[8..12].copy_from_slice(&z);
        record[12..14].copy_from_slice(&self.intensity.to_le_bytes());
        record[14] = self.bit_fields as u8;
        record[15] = self.classification as u8;
        record[16] = self.angle as u8;
        record[17] = self.user_data as u8;
        record[18..].copy_from_slice(&self.source.to_le_bytes());
        record
    }

    /// The return number, and the number of returns of the pulse.
    #[inline(always)]
    fn returns(&self) -> (u16, u16) {
        (self.bit_fields & 7, self.bit_fields >> 3 & 7)
    }

    /// The context of the return, 0 to 15, and its level, 0 to 7.
    #[inline(always)]
    fn contexts(&self) -> (usize, usize) {
        let (r, n) = self.returns();
        let context = RETURN_CONTEXTS[usize::from(n << 3 | r)];
        (usize::from(context) & 15, usize::from(n.abs_diff(r)) & 7)
    }

    /// 1 if the pulse has a single return, else 0.
    #[inline(always)]
    fn single(&self) -> usize {
        usize::from(self.returns().1 == 1)
    }
}

/// Contexts by number of returns (row) and return number (column).
#[rustfmt::skip]
const RETURN_CONTEXTS: [u8; 64] = [
    15, 14, 13, 12, 11, 10,  9,  8,
    14,  0,  1,  3,  6, 10, 10,  9,
    13,  1,  2,  4,  7, 11, 11, 10,
    12,  3,  4,  5,  8, 12, 12, 11,
    11,  6,  7,  8,  9, 13, 13, 12,
    10, 10, 11, 12, 13, 14, 14, 13,
     9, 10, 11, 12, 13, 14, 15, 14,
     8,  9, 10, 11, 12, 13, 14, 15,
];
