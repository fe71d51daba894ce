//! Layered chunks, and what the `laz` crate makes of them.
#![allow(dead_code)]

mod points;

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ept_laz::{Decoder, Encoder, Error, Item, Kind, Layers};
use laz::las::{Point6, Point7, Point8, Point9, Point10};
use laz::record::{
    LayeredPointRecordCompressor, LayeredPointRecordDecompressor, RecordCompressor,
    RecordDecompressor,
};
use laz::{DecompressionSelection, LazItem, LazItemRecordBuilder};
pub(crate) use points::Recipe;
use proptest::prelude::*;

/// A point format, a number of extra bytes, and the version of the items.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Format(pub(crate) u8, pub(crate) u16, pub(crate) u16);

impl Format {
    pub(crate) fn decoder(self) -> Decoder {
        Decoder::new(&self.own_items()).expect("a layered format")
    }

    pub(crate) fn encoder(self) -> Encoder {
        Encoder::new(&self.own_items()).expect("a layered format")
    }

    fn own_items(self) -> Vec<Item> {
        let colour = match self.0 {
            6 | 9 => None,
            7 => Some(Kind::Rgb14),
            _ => Some(Kind::RgbNir14),
        };
        let wave = self.has_wave().then_some(Kind::WavePacket14);
        let bytes = (self.1 > 0).then_some(Kind::Bytes14(self.1));
        let kinds = [Some(Kind::Point14), colour, wave, bytes];
        let kinds = kinds.into_iter().flatten();
        kinds.map(|kind| kind.version(self.2)).collect()
    }

    /// Length of a record (LAS 1.4 R15, tables 14 to 19).
    pub(crate) fn size(self) -> usize {
        [30, 36, 38, 59, 67][usize::from(self.0 - 6)] + usize::from(self.1)
    }

    pub(crate) fn has_colour(self) -> bool {
        matches!(self.0, 7 | 8 | 10)
    }

    pub(crate) fn has_infrared(self) -> bool {
        matches!(self.0, 8 | 10)
    }

    pub(crate) fn has_wave(self) -> bool {
        matches!(self.0, 9 | 10)
    }

    fn items(self) -> Vec<LazItem> {
        let Format(format, extra, version) = self;
        match (format, version) {
            (6, 3) => LazItemRecordBuilder::version_3_of::<Point6>(extra),
            (7, 3) => LazItemRecordBuilder::version_3_of::<Point7>(extra),
            (8, 3) => LazItemRecordBuilder::version_3_of::<Point8>(extra),
            (9, 3) => LazItemRecordBuilder::version_3_of::<Point9>(extra),
            (10, 3) => LazItemRecordBuilder::version_3_of::<Point10>(extra),
            (6, 4) => LazItemRecordBuilder::version_4_of::<Point6>(extra),
            (7, 4) => LazItemRecordBuilder::version_4_of::<Point7>(extra),
            (8, 4) => LazItemRecordBuilder::version_4_of::<Point8>(extra),
            (9, 4) => LazItemRecordBuilder::version_4_of::<Point9>(extra),
            (10, 4) => LazItemRecordBuilder::version_4_of::<Point10>(extra),
            _ => panic!("{self:?} is not layered"),
        }
    }

    /// Where the sizes of layers are, and how many.
    pub(crate) fn sizes(self) -> (usize, usize) {
        let items = [self.has_colour(), self.has_infrared(), self.has_wave()];
        let items: usize = items.map(usize::from).iter().sum();
        (self.size() + 4, 9 + items + usize::from(self.1))
    }
}

pub(crate) fn formats() -> impl Strategy<Value = Format> {
    let version = prop_oneof![2 => Just(3_u16), 1 => Just(4)];
    (6..=10_u8, 0..=4_u16, version)
        .prop_map(|(format, extra, version)| Format(format, extra, version))
}

/// The chunk of these records.
pub(crate) fn compress(format: Format, records: &[u8]) -> Vec<u8> {
    let mut compressor = LayeredPointRecordCompressor::new(Vec::new());
    compressor
        .set_fields_from(&format.items())
        .expect("known items");
    compressor.compress_many(records).expect("records");
    compressor.done().expect("a chunk");
    compressor.into_inner()
}

/// Why `laz` stopped.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum End {
    Points,
    Error,
    Panic,
}

/// The records that `laz` reads.
pub(crate) fn laz(format: Format, chunk: &[u8], points: usize, layers: Layers) -> Vec<u8> {
    laz_until(format, chunk, points, layers).0
}

/// The records that `laz` reads before the first it can't.
pub(crate) fn laz_until(
    format: Format,
    chunk: &[u8],
    points: usize,
    layers: Layers,
) -> (Vec<u8>, End) {
    let size = format.size();
    let mut records = vec![0; points * size];
    let mut decompressor = LayeredPointRecordDecompressor::new(Cursor::new(chunk));
    decompressor
        .set_fields_from(&format.items())
        .expect("known items");
    decompressor.set_selection(selection(layers));
    for i in 0..points {
        let record = &mut records[i * size..][..size];
        let end = match catch_unwind(AssertUnwindSafe(|| decompressor.decompress_next(record))) {
            Ok(Ok(())) => continue,
            Ok(Err(_)) => End::Error,
            Err(_) => End::Panic,
        };
        records.truncate(i * size);
        return (records, end);
    }
    (records, End::Points)
}

fn selection(layers: Layers) -> DecompressionSelection {
    let all = [
        (Layers::Z, DecompressionSelection::Z),
        (
            Layers::CLASSIFICATION,
            DecompressionSelection::CLASSIFICATION,
        ),
        (Layers::FLAGS, DecompressionSelection::FLAGS),
        (Layers::INTENSITY, DecompressionSelection::INTENSITY),
        (Layers::SCAN_ANGLE, DecompressionSelection::SCAN_ANGLE),
        (Layers::USER_DATA, DecompressionSelection::USER_DATA),
        (
            Layers::POINT_SOURCE_ID,
            DecompressionSelection::POINT_SOURCE_ID,
        ),
        (Layers::GPS_TIME, DecompressionSelection::GPS_TIME),
        (Layers::RGB, DecompressionSelection::RGB),
        (Layers::NIR, DecompressionSelection::NIR),
        (Layers::BYTES, DecompressionSelection::ALL_EXTRA_BYTES),
        (Layers::WAVE_PACKET, DecompressionSelection::WAVEPACKET),
    ];
    let wanted = all.iter().filter(|(layer, _)| layers.contains(*layer));
    DecompressionSelection(wanted.map(|(_, bit)| bit).sum())
}

/// The set of layers with these bits.
pub(crate) fn layers(bits: u16) -> Layers {
    let all = [
        Layers::Z,
        Layers::CLASSIFICATION,
        Layers::FLAGS,
        Layers::INTENSITY,
        Layers::SCAN_ANGLE,
        Layers::USER_DATA,
        Layers::POINT_SOURCE_ID,
        Layers::GPS_TIME,
        Layers::RGB,
        Layers::NIR,
        Layers::BYTES,
        Layers::WAVE_PACKET,
    ];
    let wanted = (0..all.len()).filter(|bit| bits & 1 << bit != 0);
    wanted.fold(Layers::NONE, |set, bit| set | all[bit])
}

/// What the decoder under test reads, in blocks of so many records in turn.
pub(crate) fn read(
    decoder: &mut Decoder,
    format: Format,
    chunk: &[u8],
    points: usize,
    blocks: &[usize],
) -> Result<Vec<u8>, Error> {
    let size = format.size();
    let mut records = vec![0xaa; points * size];
    let mut chunk = decoder.begin(chunk)?;
    let mut blocks = blocks.iter().cycle();
    let mut rest = &mut records[..];
    while !rest.is_empty() {
        let block = blocks.next().map_or(points, |block| (*block).max(1));
        let (mine, others) = rest.split_at_mut((block * size).min(rest.len()));
        chunk.read(mine)?;
        rest = others;
    }
    Ok(records)
}
