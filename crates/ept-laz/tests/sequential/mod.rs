//! Sequential chunks, and what the `laz` crate makes of them.

mod points;

use ept_laz::Item;
use laz::record::{
    RecordCompressor, RecordDecompressor, SequentialPointRecordCompressor,
    SequentialPointRecordDecompressor,
};
use laz::{LazItem, LazItemRecordBuilder, LazItemType};
#[allow(unused_imports, reason = "not every test names it")]
pub(crate) use points::Points;
pub(crate) use points::{items, points};

fn laz_items(items: &[Item]) -> Vec<LazItem> {
    let mut builder = LazItemRecordBuilder::new();
    for item in items {
        builder.add_item(match *item {
            Item::Point10 => LazItemType::Point10,
            Item::GpsTime => LazItemType::GpsTime,
            Item::Rgb12 => LazItemType::RGB12,
            Item::Bytes(count) => LazItemType::Byte(count),
            other => panic!("{other:?} is not sequential"),
        });
    }
    builder.build()
}

/// The chunk of these records.
pub(crate) fn compress(items: &[Item], records: &[u8]) -> Vec<u8> {
    let mut compressor = SequentialPointRecordCompressor::new(Vec::new());
    let items = laz_items(items);
    compressor.set_fields_from(&items).expect("known items");
    compressor.compress_many(records).expect("room for all");
    compressor.done().expect("room for all");
    Box::new(compressor).box_into_inner()
}

/// The records of a chunk, if it has that many.
#[allow(dead_code, reason = "not every test asks for them")]
pub(crate) fn decompress(items: &[Item], chunk: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut decompressor = SequentialPointRecordDecompressor::new(chunk);
    let items = laz_items(items);
    decompressor.set_fields_from(&items).expect("known items");
    let mut records = vec![0; length];
    decompressor.decompress_many(&mut records).ok()?;
    Some(records)
}
