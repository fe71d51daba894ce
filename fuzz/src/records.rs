//! Records encoded by `ept-laz` and by `laz`, which must give the same chunk, and decoded again.

use ept_laz::{Decoder, Encoder, Item};
use laz::record::{
    LayeredPointRecordCompressor, RecordCompressor, SequentialPointRecordCompressor,
};
use laz::{LazItem, LazItemRecordBuilder, LazItemType};

use crate::chunk::{FORMATS, is_layered, item};

/// The GPS time in records of point formats 6 to 10.
const TIME: std::ops::Range<usize> = 22..30;

/// Compresses records of one of the point formats with up to three extra bytes, and decompresses them. The first byte
/// chooses both. The others are records; what is left of them is one more record, padded with zeros.
pub fn check_records(data: &[u8]) {
    let Some((format, records)) = data.split_first().filter(|(_, rest)| !rest.is_empty()) else {
        return;
    };
    let (format, extra) = (*format % FORMATS, u16::from(*format) >> 6);
    let items = LazItemRecordBuilder::default_for_point_format_id(format, extra);
    let items = items.unwrap_or_else(|error| panic!("{error}"));
    let size: usize = items.iter().map(|item| usize::from(item.size())).sum();
    let mut records = records.to_vec();
    records.resize(records.len().next_multiple_of(size), 0);

    let own: Vec<Item> = items.iter().map(item).collect();
    let encoder = Encoder::new(&own);
    let mut encoder = encoder.unwrap_or_else(|error| panic!("{own:?}: {error}"));
    let mut chunk = Vec::new();
    let mut encode = |chunk: &mut Vec<u8>| {
        let result = encoder.encode(&records, chunk);
        result.unwrap_or_else(|error| panic!("{error}"));
    };
    encode(&mut chunk);
    // The second time, models that have learnt something are used again.
    let mut twice = chunk.clone();
    encode(&mut twice);
    assert!(twice == chunk.repeat(2), "another chunk the second time");
    assert!(
        decode(&own, &chunk, records.len()) == records,
        "other records"
    );
    if is_comparable(&items, &records, size) {
        let theirs = by_laz(&items, &records);
        assert!(theirs == chunk, "another chunk than that of laz");
    }
}

fn decode(items: &[Item], chunk: &[u8], bytes: usize) -> Vec<u8> {
    let mut records = vec![0; bytes];
    let decoded = Decoder::new(items).and_then(|mut decoder| {
        let mut chunk = decoder.begin(chunk)?;
        chunk.read(&mut records)
    });
    decoded.unwrap_or_else(|error| panic!("{items:?}: {error}"));
    records
}

/// Whether `laz` loses nothing. It takes a time of -0 as 0, and parts of wave packets as numbers too.
fn is_comparable(items: &[LazItem], records: &[u8], size: usize) -> bool {
    let has_waves = items.iter().any(|item| {
        let kind = item.item_type();
        matches!(kind, LazItemType::WavePacket13 | LazItemType::WavePacket14)
    });
    let minus_zero = (-0.0_f64).to_le_bytes();
    let mut records = records.chunks_exact(size);
    !(has_waves || is_layered(items) && records.any(|record| record[TIME] == minus_zero))
}

fn by_laz(items: &[LazItem], records: &[u8]) -> Vec<u8> {
    let mut compressor: Box<dyn RecordCompressor<Vec<u8>>> = if is_layered(items) {
        Box::new(LayeredPointRecordCompressor::new(Vec::new()))
    } else {
        Box::new(SequentialPointRecordCompressor::new(Vec::new()))
    };
    let mut compress = || {
        compressor.set_fields_from(&items.to_vec())?;
        compressor.compress_many(records)?;
        compressor.done()?;
        Ok::<_, laz::LasZipError>(())
    };
    compress().unwrap_or_else(|error| panic!("{error}"));
    compressor.box_into_inner()
}
