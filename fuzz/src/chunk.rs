//! LASzip chunks by `ept-laz` and by `laz`, which must give the same records.

use std::io::Cursor;

use ept_laz::{Decoder, Item, Kind};
use laz::record::{
    LayeredPointRecordDecompressor, RecordDecompressor, SequentialPointRecordDecompressor,
};
use laz::{LazItem, LazItemRecordBuilder, LazItemType};

/// Most points of a chunk.
const MOST_POINTS: u16 = 1 << 10;

/// Bytes of stack for `laz`; what it does not use is never there.
const STACK: usize = 1 << 29;

/// The number of point formats.
pub(crate) const FORMATS: u8 = 11;

/// Decompresses a chunk of one of the point formats with up to three extra bytes. The first bytes choose both, and how
/// many points there are.
pub fn check_chunk(data: &[u8]) {
    let Some(([format, points @ ..], chunk)) = data.split_first_chunk::<3>() else {
        return;
    };
    let (format, extra) = (*format % FORMATS, u16::from(*format) >> 6);
    let points = 1 + usize::from(u16::from_le_bytes(*points) % MOST_POINTS);
    let items = LazItemRecordBuilder::default_for_point_format_id(format, extra);
    let items = items.unwrap_or_else(|error| panic!("{error}"));
    let size: usize = items.iter().map(|item| usize::from(item.size())).sum();
    // Where `ept-laz` ends with an error, `laz` may recurse over times until the stack ends: it is not asked. Times that
    // turn to another sequence more than once are such an error.
    if let Some(own) = by_ept_laz(&items, chunk, points * size)
        && let Some(code) = chunk.get(size..)
        && is_safe(&items, code)
        && let Some(theirs) = by_laz(&items, chunk, points * size)
    {
        assert!(own == theirs, "other records than those of laz");
    }
}

fn by_ept_laz(items: &[LazItem], chunk: &[u8], bytes: usize) -> Option<Vec<u8>> {
    let items: Vec<Item> = items.iter().map(item).collect();
    let decoder = Decoder::new(&items);
    let mut decoder = decoder.unwrap_or_else(|error| panic!("{items:?}: {error}"));
    let mut records = vec![0; bytes];
    // The second time, models that have learnt something are used again.
    for _ in 0..2 {
        let mut chunk = decoder.begin(chunk).ok()?;
        chunk.read(&mut records).ok()?;
    }
    Some(records)
}

pub(crate) fn item(item: &LazItem) -> Item {
    let kind = match item.item_type() {
        LazItemType::Point10 => Kind::Point10,
        LazItemType::GpsTime => Kind::GpsTime,
        LazItemType::RGB12 => Kind::Rgb12,
        LazItemType::WavePacket13 => Kind::WavePacket13,
        LazItemType::Byte(count) => Kind::Bytes(count),
        LazItemType::Point14 => Kind::Point14,
        LazItemType::RGB14 => Kind::Rgb14,
        LazItemType::RGBNIR14 => Kind::RgbNir14,
        LazItemType::WavePacket14 => Kind::WavePacket14,
        LazItemType::Byte14(count) => Kind::Bytes14(count),
    };
    kind.version(item.version())
}

/// The records, unless `laz` refuses them or panics.
fn by_laz(items: &[LazItem], chunk: &[u8], bytes: usize) -> Option<Vec<u8>> {
    std::thread::scope(|scope| {
        let deep = std::thread::Builder::new().stack_size(STACK);
        let work = deep.spawn_scoped(scope, || records_by_laz(items, chunk, bytes));
        work.ok()?.join().ok()?
    })
}

fn records_by_laz(items: &[LazItem], chunk: &[u8], bytes: usize) -> Option<Vec<u8>> {
    let (mut records, all) = (vec![0; bytes], items.to_vec());
    match is_layered(items) {
        true => {
            let mut layered = LayeredPointRecordDecompressor::new(Cursor::new(chunk));
            layered.set_fields_from(&all).ok()?;
            layered.decompress_many(&mut records).ok()?;
        }
        false => {
            let mut sequential = SequentialPointRecordDecompressor::new(chunk);
            sequential.set_fields_from(&all).ok()?;
            sequential.decompress_many(&mut records).ok()?;
        }
    }
    Some(records)
}

pub(crate) fn is_layered(items: &[LazItem]) -> bool {
    items
        .iter()
        .any(|item| item.item_type() == LazItemType::Point14)
}

/// Whether `laz` stands it: no code that starts out of its range, no layers longer than the chunk.
fn is_safe(items: &[LazItem], code: &[u8]) -> bool {
    // Some lead to endless recursion for times.
    let is_in_range = |code: &[u8]| !code.starts_with(&[0xff; 3]);
    if !is_layered(items) {
        return is_in_range(code);
    }
    let layers = items.iter().map(|item| match item.item_type() {
        LazItemType::Point14 => 9,
        LazItemType::RGBNIR14 => 2,
        LazItemType::Byte14(count) => usize::from(count),
        _ => 1,
    });
    let layers: usize = layers.sum();
    // The number of points stands before the sizes.
    let Some((sizes, mut rest)) = code
        .get(4..)
        .and_then(|rest| rest.split_at_checked(layers * 4))
    else {
        return false;
    };
    sizes.as_chunks::<4>().0.iter().all(|size| {
        let layer = rest.split_at_checked(u32::from_le_bytes(*size) as usize);
        layer.is_some_and(|(layer, after)| {
            rest = after;
            is_in_range(layer)
        })
    })
}
