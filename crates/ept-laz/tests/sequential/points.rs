//! Points that reach every branch of the coding.
//!
//! A point is what a [`Move`] makes of the last one. Many points come from few moves in turns, which shrink well.

use ept_laz::{Item, Kind};
use proptest::array::{uniform3, uniform5};
use proptest::prelude::*;

/// Records of a point format, and their items.
#[derive(Debug, Clone)]
pub(crate) struct Points {
    pub(crate) items: Vec<Item>,
    pub(crate) records: Vec<u8>,
}

/// How a field changes. Integers of all widths wrap.
#[derive(Debug, Clone, Copy)]
enum Change {
    None,
    By(i32),
    To(i32),
}

#[derive(Debug, Clone, Copy)]
enum TimeChange {
    None,
    /// A multiple of the sequence's step, and a bit more.
    Multiple(i64, i64),
    /// A new step.
    Step(i32),
    /// Another sequence goes on from where it was, by a bit.
    Switch(usize, i64),
    /// A jump of more than 32 bits.
    Jump(i64),
    To(u64),
}

#[derive(Debug, Clone, Copy)]
enum ColourChange {
    None,
    Grey(u16),
    /// Bytes with a bit set change by these values.
    Bytes(u8, [u8; 6]),
    To([u16; 3]),
}

#[derive(Debug, Clone)]
struct Move {
    xyz: [Change; 3],
    intensity: Change,
    /// Bit fields, classification, angle and user data.
    bytes: [Change; 4],
    source: Change,
    time: TimeChange,
    colour: ColourChange,
    extra: [Change; 5],
    wave: WaveChange,
}

#[derive(Debug, Clone, Copy)]
struct WaveChange {
    index: Change,
    offset: OffsetChange,
    size: Change,
    /// The place of the return and the direction.
    floats: [Change; 4],
}

#[derive(Debug, Clone, Copy)]
enum OffsetChange {
    None,
    /// By the size of the last packet.
    Next,
    By(i32),
    To(u64),
}

fn coordinate() -> impl Strategy<Value = Change> {
    prop_oneof![
        2 => Just(Change::None),
        4 => (-40..40).prop_map(Change::By),
        // Numbers of all lengths.
        3 => (0..32, any::<i32>()).prop_map(|(bits, any)| Change::By(any >> bits)),
        1 => prop_oneof![
            Just(Change::By(i32::MIN)), Just(Change::By(i32::MAX)), Just(Change::To(i32::MIN)),
            Just(Change::To(i32::MAX)), Just(Change::To(0)),
        ],
    ]
}

fn attribute() -> impl Strategy<Value = Change> {
    prop_oneof![
        6 => Just(Change::None),
        2 => (-2..3).prop_map(Change::By),
        1 => (0..16_u32, 0..=0xffff_i32).prop_map(|(bits, any)| Change::By(any >> bits)),
        1 => any::<u16>().prop_map(|any| Change::To(any.into())),
    ]
}

fn time() -> impl Strategy<Value = TimeChange> {
    let a_bit = || prop_oneof![3 => Just(0), 1 => -3..4_i64, 1 => -500..500_i64];
    prop_oneof![
        2 => Just(TimeChange::None),
        4 => (Just(1), a_bit()).prop_map(|(n, more)| TimeChange::Multiple(n, more)),
        4 => (-30..30_i64, a_bit()).prop_map(|(n, more)| TimeChange::Multiple(n, more)),
        3 => (-1000..2000_i64, a_bit()).prop_map(|(n, more)| TimeChange::Multiple(n, more)),
        2 => (0..31, any::<i32>()).prop_map(|(bits, any)| TimeChange::Step(any >> bits)),
        4 => (0..5_usize, a_bit()).prop_map(|(to, more)| TimeChange::Switch(to, more)),
        1 => (-9..9_i64).prop_map(|high| TimeChange::Jump(high << 33)),
        1 => any::<u64>().prop_map(TimeChange::To),
    ]
}

fn colour() -> impl Strategy<Value = ColourChange> {
    prop_oneof![
        2 => Just(ColourChange::None),
        2 => any::<u16>().prop_map(ColourChange::Grey),
        3 => (0..64_u8, any::<[u8; 6]>()).prop_map(|(bits, by)| ColourChange::Bytes(bits, by)),
        3 => (0..64_u8, any::<u8>()).prop_map(|(bits, by)| ColourChange::Bytes(bits, [by; 6])),
        1 => any::<[u16; 3]>().prop_map(ColourChange::To),
    ]
}

fn wave() -> impl Strategy<Value = WaveChange> {
    let offset = prop_oneof![
        2 => Just(OffsetChange::None),
        4 => Just(OffsetChange::Next),
        2 => (0..32, any::<i32>()).prop_map(|(bits, any)| OffsetChange::By(any >> bits)),
        // The differences of `laz` are 64-bit signed numbers.
        1 => (0..1_u64 << 62).prop_map(OffsetChange::To),
    ];
    let floats = [coordinate(), coordinate(), coordinate(), coordinate()];
    (attribute(), offset, attribute(), floats).prop_map(|(index, offset, size, floats)| {
        WaveChange {
            index,
            offset,
            size,
            floats,
        }
    })
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let bytes = [attribute(), attribute(), attribute(), attribute()];
    let attributes = (attribute(), bytes, attribute());
    let all = (
        uniform3(coordinate()),
        attributes,
        time(),
        colour(),
        uniform5(attribute()),
        wave(),
    );
    let one = all.prop_map(
        |(xyz, (intensity, bytes, source), time, colour, extra, wave)| Move {
            xyz,
            intensity,
            bytes,
            source,
            time,
            colour,
            extra,
            wave,
        },
    );
    prop::collection::vec(one, 1..150)
}

/// Points of these items: from a single one to several thousand.
pub(crate) fn points(items: Vec<Item>) -> impl Strategy<Value = Points> {
    let count = prop_oneof![1 => 1..3_usize, 4 => 3..300_usize, 1 => 3000..6000_usize];
    (moves(), count).prop_map(move |(moves, count)| Points {
        records: records(&items, moves.iter().cycle().take(count)),
        items: items.clone(),
    })
}

/// The items of point formats 0 to 5, with at most 5 extra bytes: of version 2, of version 1, or of both.
pub(crate) fn items() -> impl Strategy<Value = Vec<Item>> {
    let versions = prop_oneof![4 => Just(u8::MAX), 3 => Just(0), 2 => any::<u8>()];
    let has = any::<[bool; 3]>();
    (has, 0..6_u16, versions).prop_map(|([time, colour, wave], extra, versions)| {
        let all = [
            (true, Kind::Point10),
            (time, Kind::GpsTime),
            (colour, Kind::Rgb12),
            (wave, Kind::WavePacket13),
            (extra > 0, Kind::Bytes(extra)),
        ];
        let items = all
            .into_iter()
            .enumerate()
            .filter(|(_, (is_there, _))| *is_there);
        let items = items.map(|(at, (_, kind))| kind.version(1 + u16::from(versions >> at & 1)));
        items.collect()
    })
}

/// The last point, and the sequences of times.
#[derive(Default)]
struct Last {
    xyz: [i32; 3],
    intensity: i32,
    bytes: [i32; 4],
    source: i32,
    current: usize,
    times: [u64; 5],
    steps: [i64; 5],
    colour: [u16; 3],
    extra: [i32; 5],
    index: i32,
    offset: u64,
    size: i32,
    floats: [i32; 4],
}

fn records<'a>(items: &[Item], moves: impl Iterator<Item = &'a Move>) -> Vec<u8> {
    let mut last = Last::default();
    let mut records = Vec::new();
    for by in moves {
        last.go(by);
        for item in items {
            last.write(*item, &mut records);
        }
    }
    records
}

impl Change {
    fn apply(self, value: &mut i32) {
        *value = match self {
            Change::None => *value,
            Change::By(by) => value.wrapping_add(by),
            Change::To(to) => to,
        };
    }
}

impl Last {
    fn go(&mut self, by: &Move) {
        by.intensity.apply(&mut self.intensity);
        by.source.apply(&mut self.source);
        let axes = by.xyz.iter().zip(&mut self.xyz);
        let bytes = by.bytes.iter().zip(&mut self.bytes);
        let extra = by.extra.iter().zip(&mut self.extra);
        for (change, value) in axes.chain(bytes).chain(extra) {
            change.apply(value);
        }
        self.go_in_time(by.time);
        self.recolour(by.colour);
        self.rewave(&by.wave);
    }

    fn rewave(&mut self, by: &WaveChange) {
        by.index.apply(&mut self.index);
        self.offset = match by.offset {
            OffsetChange::None => self.offset,
            OffsetChange::Next => self.offset + self.size as u64,
            OffsetChange::By(by) => self.offset.saturating_add_signed(by.into()),
            OffsetChange::To(to) => to,
        };
        // LASzip misreads the end of a packet of 2^31 bytes or more.
        by.size.apply(&mut self.size);
        self.size &= i32::MAX;
        for (change, value) in by.floats.iter().zip(&mut self.floats) {
            change.apply(value);
        }
    }

    fn go_in_time(&mut self, change: TimeChange) {
        let step = &mut self.steps[self.current];
        let by = match change {
            TimeChange::None => 0,
            TimeChange::Multiple(times, more) => step.wrapping_mul(times).wrapping_add(more),
            TimeChange::Step(to) => {
                *step = to.into();
                *step
            }
            TimeChange::Switch(to, more) => {
                self.current = to;
                more
            }
            TimeChange::Jump(by) => by,
            TimeChange::To(to) => to.wrapping_sub(self.times[self.current]) as i64,
        };
        let time = &mut self.times[self.current];
        *time = time.wrapping_add_signed(by);
    }

    fn recolour(&mut self, change: ColourChange) {
        match change {
            ColourChange::None => {}
            ColourChange::Grey(level) => self.colour = [level; 3],
            ColourChange::To(colour) => self.colour = colour,
            ColourChange::Bytes(bits, by) => {
                for (at, by) in by.into_iter().enumerate() {
                    let colour = &mut self.colour[at / 2];
                    let mut bytes = colour.to_le_bytes();
                    if bits & 1 << at != 0 {
                        bytes[at % 2] = bytes[at % 2].wrapping_add(by);
                    }
                    *colour = u16::from_le_bytes(bytes);
                }
            }
        }
    }

    fn write(&self, item: Item, record: &mut Vec<u8>) {
        match item.kind {
            Kind::Point10 => {
                record.extend(self.xyz.iter().flat_map(|value| value.to_le_bytes()));
                record.extend((self.intensity as u16).to_le_bytes());
                record.extend(self.bytes.map(|byte| byte as u8));
                record.extend((self.source as u16).to_le_bytes());
            }
            Kind::GpsTime => record.extend(self.times[self.current].to_le_bytes()),
            Kind::Rgb12 => record.extend(self.colour.iter().flat_map(|value| value.to_le_bytes())),
            Kind::Bytes(count) => {
                record.extend(
                    self.extra[..usize::from(count)]
                        .iter()
                        .map(|byte| *byte as u8),
                );
            }
            Kind::WavePacket13 => {
                record.push(self.index as u8);
                record.extend(self.offset.to_le_bytes());
                record.extend(self.size.to_le_bytes());
                record.extend(self.floats.iter().flat_map(|value| value.to_le_bytes()));
            }
            _ => panic!("{item} is not sequential"),
        }
    }
}
