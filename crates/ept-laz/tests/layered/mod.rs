//! Layered chunks, and what the `laz` crate makes of them.
#![allow(dead_code)]

mod points;

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ept_laz::{Decoder, Error, Item, Layers};
use laz::las::{Point6, Point7, Point8};
use laz::record::{
    LayeredPointRecordCompressor, LayeredPointRecordDecompressor, RecordCompressor,
    RecordDecompressor,
};
use laz::{DecompressionSelection, LazItem, LazItemRecordBuilder};
pub(crate) use points::Recipe;
use proptest::prelude::*;

/// A point format and a number of extra bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Format(pub(crate) u8, pub(crate) u16);

impl Format {
    pub(crate) fn decoder(self) -> Decoder {
        let colour = match self.0 {
            6 => None,
            7 => Some(Item::Rgb14),
            _ => Some(Item::RgbNir14),
        };
        let bytes = (self.1 > 0).then_some(Item::Bytes14(self.1));
        let items: Vec<Item> = [Some(Item::Point14), colour, bytes]
            .into_iter()
            .flatten()
            .collect();
        Decoder::new(&items).expect("a layered format")
    }

    /// Length of a record (LAS 1.4 R15, tables 14 to 19).
    pub(crate) fn size(self) -> usize {
        [30, 36, 38][usize::from(self.0 - 6)] + usize::from(self.1)
    }

    fn items(self) -> Vec<LazItem> {
        match self.0 {
            6 => LazItemRecordBuilder::version_3_of::<Point6>(self.1),
            7 => LazItemRecordBuilder::version_3_of::<Point7>(self.1),
            _ => LazItemRecordBuilder::version_3_of::<Point8>(self.1),
        }
    }

    /// Where the sizes of layers are, and how many.
    pub(crate) fn sizes(self) -> (usize, usize) {
        let layers = 9 + usize::from(self.0 - 6) + usize::from(self.1);
        (self.size() + 4, layers)
    }
}

pub(crate) fn formats() -> impl Strategy<Value = Format> {
    (6..=8_u8, 0..=4_u16).prop_map(|(format, extra)| Format(format, extra))
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
