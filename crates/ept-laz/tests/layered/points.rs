//! Points that reach every branch of the coding.

use proptest::prelude::*;

use super::Format;

/// How to make points: from a seed, with some fields that change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recipe {
    pub(crate) points: usize,
    pub(crate) seed: u64,
    /// A bit for each field that changes.
    pub(crate) busy: u16,
    /// A field changes once in that many points, on average.
    pub(crate) pace: u64,
}

/// The fields, by their bit in [`Recipe::busy`].
const CHANNEL: usize = 0;
const RETURNS: usize = 1;
const JUMPS: usize = 2;
const INTENSITY: usize = 3;
const CLASSIFICATION: usize = 4;
const FLAGS: usize = 5;
const ANGLE: usize = 6;
const USER_DATA: usize = 7;
const SOURCE: usize = 8;
const TIME: usize = 9;
const COLOUR: usize = 10;
const INFRARED: usize = 11;
const EXTRA: usize = 12;
/// One more bit: blue is green, and an extra byte is constant.
const ALIKE: u16 = 1 << 13;
const WAVE: u16 = 1 << 14;

impl Recipe {
    pub(crate) fn strategy(points: impl Strategy<Value = usize>) -> impl Strategy<Value = Recipe> {
        let busy = prop_oneof![Just(u16::MAX), any::<u16>()];
        (points, any::<u64>(), busy, 1..12_u64).prop_map(|(points, seed, busy, pace)| Recipe {
            points,
            seed,
            busy,
            pace,
        })
    }

    /// The records.
    pub(crate) fn records(self, format: Format) -> Vec<u8> {
        let mut point = Point::default();
        let mut random = Random(self.seed);
        let mut records = Vec::new();
        for i in 0..self.points {
            self.change(&mut point, &mut random, i == 0);
            point.write(format, &mut records);
        }
        records
    }

    fn change(self, point: &mut Point, random: &mut Random, is_first: bool) {
        // All fields of the first point change, so that a field can be constant and not 0.
        let mut due = |field| {
            let is_due = random.below(self.pace) == 0;
            is_first || self.busy & field != 0 && is_due
        };
        let due: [bool; 13] = std::array::from_fn(|field| due(1 << field));
        if due[CHANNEL] {
            point.channel = random.byte() & 3;
        }
        if due[RETURNS] {
            point.returns = returns(point.returns, random);
        }
        let span = if due[JUMPS] { 32 } else { 10 };
        for axis in &mut point.xyz {
            *axis = axis.wrapping_add(distance(random, span));
        }
        if due[INTENSITY] {
            point.intensity = random.short(point.intensity);
        }
        if due[CLASSIFICATION] {
            point.classification = random.few();
        }
        if due[FLAGS] {
            point.flags = random.byte() & 0xcf;
        }
        if due[ANGLE] {
            point.angle = random.short(point.angle);
        }
        if due[USER_DATA] {
            point.user_data = random.few();
        }
        if due[SOURCE] {
            point.source = random.short(point.source);
        }
        if due[TIME] {
            point.times.change(random);
        }
        if due[COLOUR] {
            point.colour = colour(point.colour, random);
        }
        if due[INFRARED] {
            point.infrared = random.short(point.infrared);
        }
        for byte in &mut point.extra {
            if due[EXTRA] && random.below(2) == 0 {
                *byte = random.few();
            }
        }
        if (is_first || self.busy & WAVE != 0) && random.below(self.pace) == 0 {
            point.wave.change(random);
        }
        if self.busy & ALIKE != 0 {
            point.extra[1] = 7;
            point.colour[2] = point.colour[1];
        }
    }
}

#[derive(Default)]
struct Point {
    channel: u8,
    returns: u8,
    xyz: [i32; 3],
    intensity: u16,
    classification: u8,
    flags: u8,
    angle: u16,
    user_data: u8,
    source: u16,
    times: Times,
    colour: [u16; 3],
    infrared: u16,
    extra: [u8; 4],
    wave: Wave,
}

/// A wave packet.
#[derive(Default)]
struct Wave {
    index: u8,
    offset: u64,
    size: u32,
    /// The place of the return and the direction.
    floats: [f32; 4],
}

impl Wave {
    fn change(&mut self, random: &mut Random) {
        // The differences of `laz` are 64-bit signed numbers.
        self.offset = match random.below(6) {
            0 => random.next() >> 2,
            1 => self.offset.saturating_add(random.below(1 << 33)),
            2 => self
                .offset
                .saturating_add_signed(distance(random, 20).into()),
            3 => self.offset,
            _ => self.offset + u64::from(self.size),
        };
        if random.below(3) == 0 {
            self.index = random.few();
            self.size = (random.next() >> 33 >> random.below(31)) as u32;
        }
        for float in &mut self.floats {
            match random.below(4) {
                0 => *float = random.below(1 << 20) as f32 / 64.0 - 1000.0,
                1 => *float += 0.125,
                _ => {}
            }
        }
    }

    fn write(&self, to: &mut Vec<u8>) {
        to.push(self.index);
        to.extend(self.offset.to_le_bytes());
        to.extend(self.size.to_le_bytes());
        self.floats
            .iter()
            .for_each(|float| to.extend(float.to_le_bytes()));
    }
}

impl Point {
    fn write(&self, format: Format, to: &mut Vec<u8>) {
        for axis in self.xyz {
            to.extend(axis.to_le_bytes());
        }
        to.extend(self.intensity.to_le_bytes());
        to.extend([self.returns, self.flags | self.channel << 4]);
        to.extend([self.classification, self.user_data]);
        to.extend(self.angle.to_le_bytes());
        to.extend(self.source.to_le_bytes());
        to.extend(self.times.now().to_le_bytes());
        if format.has_colour() {
            self.colour
                .iter()
                .for_each(|colour| to.extend(colour.to_le_bytes()));
        }
        if format.has_infrared() {
            to.extend(self.infrared.to_le_bytes());
        }
        if format.has_wave() {
            self.wave.write(to);
        }
        to.extend(&self.extra[..format.1.into()]);
    }
}

fn returns(last: u8, random: &mut Random) -> u8 {
    let (number, count) = (last & 15, last >> 4);
    match random.below(6) {
        0 => random.byte(),
        1 => last & 0xf0 | (number + 1) & 15,
        2 => last & 0xf0 | (number + 15) & 15,
        3 => 0x11,
        4 => count << 4 | random.byte() & 15,
        _ => {
            let count = 1 + random.byte() % 5;
            count << 4 | (1 + random.byte() % count)
        }
    }
}

/// A distance of at most that many bits, and the extremes of 32.
fn distance(random: &mut Random, span: u64) -> i32 {
    if span == 32 && random.below(8) == 0 {
        return [i32::MIN, i32::MAX, 0, -1, 1][random.below(5) as usize];
    }
    let bits = random.below(span + 1);
    (random.next() as i64 >> (63 - bits)) as i32
}

fn colour(last: [u16; 3], random: &mut Random) -> [u16; 3] {
    match random.below(5) {
        0 => [random.next() as u16; 3],
        1 => last.map(|colour| colour.wrapping_add(3)),
        2 => last.map(|colour| colour ^ random.next() as u16 & 0xff),
        3 => last.map(|colour| colour ^ random.next() as u16 & 0xff00),
        _ => last.map(|colour| random.short(colour)),
    }
}

/// Times in four sequences.
#[derive(Default)]
struct Times {
    times: [u64; 4],
    steps: [i64; 4],
    current: usize,
}

impl Times {
    fn now(&self) -> u64 {
        self.times[self.current]
    }

    fn change(&mut self, random: &mut Random) {
        let at = self.current;
        let step = self.steps[at];
        let by = match random.below(16) {
            0 => step * (random.below(640) as i64 - 60),
            1 => step * (random.below(40) as i64 - 20),
            2 => step + distance(random, 6) as i64,
            3 => distance(random, 32).into(),
            4 => i64::from(distance(random, 32)) << random.below(32),
            5 => {
                self.times[at] = random.next();
                0
            }
            6 | 7 => {
                self.current = random.below(4) as usize;
                return;
            }
            8 => {
                self.steps[at] = distance(random, 20).into();
                self.steps[at]
            }
            9 => {
                self.times[at] = f64::to_bits(random.below(1 << 30) as f64 / 1000.0);
                0
            }
            10 => step * 5000,
            _ => step,
        };
        self.times[at] = self.times[at].wrapping_add(by as u64);
    }
}

/// `SplitMix64`.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ word >> 31
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn byte(&mut self) -> u8 {
        self.next() as u8
    }

    /// A byte that is often one of a few.
    fn few(&mut self) -> u8 {
        match self.below(4) {
            0 => self.byte(),
            _ => self.byte() & 3,
        }
    }

    /// A number near the last, or far from it.
    fn short(&mut self, last: u16) -> u16 {
        let bits = self.below(17);
        last.wrapping_add((self.next() as i64 >> (63 - bits)) as u16)
    }
}
