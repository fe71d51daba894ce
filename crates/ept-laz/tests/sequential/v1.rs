//! Compressors of version 1, as LASzip's `laswriteitemcompressed_v1.cpp`. Those of the `laz` crate differ for colours and
//! extra bytes, and panic where LASzip wraps.

use std::io::{Result, Write};

use laz::compressors::{IntegerCompressor, IntegerCompressorBuilder};
use laz::encoders::ArithmeticEncoder;
use laz::models::{ArithmeticModel, ArithmeticModelBuilder};
use laz::record::FieldCompressor;

fn integers(bits: u32, contexts: u32) -> IntegerCompressor {
    let mut builder = IntegerCompressorBuilder::new();
    builder.bits(bits).contexts(contexts).build_initialized()
}

fn symbols(count: u32) -> ArithmeticModel {
    ArithmeticModelBuilder::new(count).build()
}

fn int(record: &[u8], at: usize) -> i32 {
    i32::from_le_bytes(record[at..at + 4].try_into().expect("4 bytes"))
}

fn short(record: &[u8], at: usize) -> i32 {
    u16::from_le_bytes([record[at], record[at + 1]]).into()
}

pub(crate) struct Point {
    last: Vec<u8>,
    differences: [[i32; 3]; 2],
    turn: usize,
    changed: ArithmeticModel,
    /// Bit fields, classification and user data by the last.
    bytes: [Vec<ArithmeticModel>; 3],
    dx: IntegerCompressor,
    dy: IntegerCompressor,
    z: IntegerCompressor,
    intensity: IntegerCompressor,
    angle: IntegerCompressor,
    source: IntegerCompressor,
}

impl Default for Point {
    fn default() -> Point {
        Point {
            last: Vec::new(),
            differences: [[0; 3]; 2],
            turn: 0,
            changed: symbols(64),
            bytes: [(); 3].map(|()| (0..256).map(|_| symbols(256)).collect()),
            dx: integers(32, 1),
            dy: integers(32, 20),
            z: integers(32, 20),
            intensity: integers(16, 1),
            angle: integers(8, 2),
            source: integers(16, 1),
        }
    }
}

impl<W: Write> FieldCompressor<W> for Point {
    fn size_of_field(&self) -> usize {
        20
    }

    fn compress_first(&mut self, to: &mut W, point: &[u8]) -> Result<()> {
        self.last = point.to_vec();
        to.write_all(point)
    }

    fn compress_with(&mut self, to: &mut ArithmeticEncoder<W>, point: &[u8]) -> Result<()> {
        let last = std::mem::replace(&mut self.last, point.to_vec());
        let [median_x, median_y] = self.differences.map(|mut three| {
            three.sort_unstable();
            three[1]
        });
        let dx = int(point, 0).wrapping_sub(int(&last, 0));
        let dy = int(point, 4).wrapping_sub(int(&last, 4));
        self.dx.compress(to, median_x, dx, 0)?;
        let k = self.dx.k();
        self.dy.compress(to, median_y, dy, k.min(19))?;
        let k = (k + self.dy.k()) / 2;
        let (z, last_z) = (int(point, 8), int(&last, 8));
        self.z.compress(to, last_z, z, k.min(19))?;
        for (differences, new) in self.differences.iter_mut().zip([dx, dy]) {
            differences[self.turn % 3] = new;
        }
        self.turn += 1;

        let differs = |range: std::ops::Range<usize>| point[range.clone()] != last[range];
        let all = [12..14, 14..15, 15..16, 16..17, 17..18, 18..20].map(differs);
        let changed = all
            .iter()
            .fold(0, |bits, changed| bits << 1 | u32::from(*changed));
        to.encode_symbol(&mut self.changed, changed)?;
        let [intensity, fields, classification, angle, user_data, source] = all;
        let [by_fields, by_class, by_user] = &mut self.bytes;
        if intensity {
            let (last, new) = (short(&last, 12), short(point, 12));
            self.intensity.compress(to, last, new, 0)?;
        }
        let follow = |to: &mut ArithmeticEncoder<W>, at: usize, models: &mut [ArithmeticModel]| {
            to.encode_symbol(&mut models[usize::from(last[at])], point[at].into())
        };
        if fields {
            follow(to, 14, by_fields)?;
        }
        if classification {
            follow(to, 15, by_class)?;
        }
        if angle {
            let (last, new) = (last[16].into(), point[16].into());
            self.angle.compress(to, last, new, u32::from(k < 3))?;
        }
        if user_data {
            follow(to, 17, by_user)?;
        }
        if source {
            let (last, new) = (short(&last, 18), short(point, 18));
            self.source.compress(to, last, new, 0)?;
        }
        Ok(())
    }
}

pub(crate) struct GpsTime {
    last: i64,
    difference: i32,
    extremes: u32,
    multiple: ArithmeticModel,
    first: ArithmeticModel,
    integer: IntegerCompressor,
}

impl Default for GpsTime {
    fn default() -> GpsTime {
        GpsTime {
            last: 0,
            difference: 0,
            extremes: 0,
            multiple: symbols(512),
            first: symbols(3),
            integer: integers(32, 6),
        }
    }
}

impl GpsTime {
    fn multiple<W: Write>(&mut self, to: &mut ArithmeticEncoder<W>, new: i32) -> Result<()> {
        // The conversion is undefined in LASzip if the quotient is no 32-bit integer.
        let multiple = (new as f32 / self.difference as f32 + 0.5) as i32;
        let multiple = multiple.clamp(0, 509);
        to.encode_symbol(&mut self.multiple, multiple as u32)?;
        let (predicted, context) = match multiple {
            0 => (self.difference / 4, 2),
            1 => (self.difference, 1),
            2..10 => (self.difference.wrapping_mul(multiple), 3),
            10..50 => (self.difference.wrapping_mul(multiple), 4),
            _ => (self.difference.wrapping_mul(multiple), 5),
        };
        self.integer.compress(to, predicted, new, context)?;
        if multiple == 0 || multiple == 509 {
            self.extremes += 1;
        }
        if multiple == 1 || self.extremes > 3 {
            self.difference = new;
            self.extremes = 0;
        }
        Ok(())
    }
}

impl<W: Write> FieldCompressor<W> for GpsTime {
    fn size_of_field(&self) -> usize {
        8
    }

    fn compress_first(&mut self, to: &mut W, time: &[u8]) -> Result<()> {
        self.last = i64::from_le_bytes(time.try_into().expect("8 bytes"));
        to.write_all(time)
    }

    fn compress_with(&mut self, to: &mut ArithmeticEncoder<W>, time: &[u8]) -> Result<()> {
        let time = i64::from_le_bytes(time.try_into().expect("8 bytes"));
        let difference = time.wrapping_sub(self.last);
        self.last = time;
        let is_first = self.difference == 0;
        match i32::try_from(difference) {
            Ok(0) if is_first => to.encode_symbol(&mut self.first, 0),
            Ok(0) => to.encode_symbol(&mut self.multiple, 511),
            Ok(difference) if is_first => {
                to.encode_symbol(&mut self.first, 1)?;
                self.difference = difference;
                self.integer.compress(to, 0, difference, 0)
            }
            Ok(difference) => self.multiple(to, difference),
            Err(_) => {
                match is_first {
                    true => to.encode_symbol(&mut self.first, 2)?,
                    false => to.encode_symbol(&mut self.multiple, 510)?,
                }
                to.write_int64(time as u64)
            }
        }
    }
}

pub(crate) struct Rgb {
    last: Vec<u8>,
    changed: ArithmeticModel,
    bytes: IntegerCompressor,
}

impl Default for Rgb {
    fn default() -> Rgb {
        Rgb {
            last: Vec::new(),
            changed: symbols(64),
            bytes: integers(8, 6),
        }
    }
}

impl<W: Write> FieldCompressor<W> for Rgb {
    fn size_of_field(&self) -> usize {
        6
    }

    fn compress_first(&mut self, to: &mut W, colour: &[u8]) -> Result<()> {
        self.last = colour.to_vec();
        to.write_all(colour)
    }

    fn compress_with(&mut self, to: &mut ArithmeticEncoder<W>, colour: &[u8]) -> Result<()> {
        let last = std::mem::replace(&mut self.last, colour.to_vec());
        let changed = (0..6).filter(|at| last[*at] != colour[*at]);
        let bits = changed.clone().map(|at| 1 << at).sum();
        to.encode_symbol(&mut self.changed, bits)?;
        for at in changed {
            let (last, new) = (last[at].into(), colour[at].into());
            self.bytes.compress(to, last, new, at as u32)?;
        }
        Ok(())
    }
}

pub(crate) struct Bytes {
    last: Vec<u8>,
    integer: IntegerCompressor,
}

impl Bytes {
    pub(crate) fn new(count: usize) -> Bytes {
        Bytes {
            last: vec![0; count],
            integer: integers(8, count as u32),
        }
    }
}

impl<W: Write> FieldCompressor<W> for Bytes {
    fn size_of_field(&self) -> usize {
        self.last.len()
    }

    fn compress_first(&mut self, to: &mut W, bytes: &[u8]) -> Result<()> {
        self.last = bytes.to_vec();
        to.write_all(bytes)
    }

    fn compress_with(&mut self, to: &mut ArithmeticEncoder<W>, bytes: &[u8]) -> Result<()> {
        for (at, (last, new)) in self.last.iter_mut().zip(bytes).enumerate() {
            self.integer
                .compress(to, (*last).into(), (*new).into(), at as u32)?;
            *last = *new;
        }
        Ok(())
    }
}
