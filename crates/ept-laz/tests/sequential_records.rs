//! Chunks that the `laz` crate writes are read back.

mod sequential;

use ept_laz::{Decoder, Error, Item};
use proptest::prelude::*;
use sequential::{Points, compress, items, points};

/// Reads records in blocks of these numbers of points, in turns.
fn read(decoder: &mut Decoder, chunk: &[u8], length: usize, blocks: &[usize]) -> Vec<u8> {
    let size = decoder.record_size();
    let mut chunk = decoder.begin(chunk).expect("a whole chunk");
    let mut records = vec![0xee; length];
    let mut rest = records.as_mut_slice();
    for block in blocks.iter().cycle() {
        let (now, after) = rest.split_at_mut((block * size).min(rest.len()));
        chunk.read(now).expect("a whole chunk");
        if after.is_empty() {
            return records;
        }
        rest = after;
    }
    records
}

/// The points of several chunks, of one kind of records.
fn chunks() -> impl Strategy<Value = Vec<Points>> {
    items().prop_flat_map(|items| prop::collection::vec(points(items), 1..4))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// One decoder reads several chunks, none of which affects the next.
    #[test]
    fn records_are_those_compressed(
        all in chunks(),
        blocks in prop::collection::vec(prop_oneof![1..4_usize, 1..700_usize], 1..5),
    ) {
        let mut decoder = Decoder::new(&all[0].items).unwrap();
        for Points { items, records } in &all {
            let chunk = compress(items, records);
            let got = read(&mut decoder, &chunk, records.len(), &blocks);
            let size = decoder.record_size();
            for (got, record) in got.chunks(size).zip(records.chunks(size)) {
                prop_assert_eq!(got, record);
            }
        }
    }
}

/// The last value of bit fields, classification and user data chooses a model: all values of a byte do.
#[test]
fn all_bytes_follow_all_others() {
    let mut records = Vec::new();
    for step in 0..=255_u8 {
        for turn in 0..=255_u8 {
            let byte = step.wrapping_mul(turn);
            let mut record = [0; 20];
            record[14..18].copy_from_slice(&[byte, !byte, byte ^ 0x55, byte]);
            records.extend(record);
        }
    }
    let chunk = compress(&[Item::Point10], &records);
    let mut decoder = Decoder::new(&[Item::Point10]).unwrap();
    assert!(read(&mut decoder, &chunk, records.len(), &[1000]) == records);
}

#[test]
fn room_for_less_than_a_record_stays_as_it_is() {
    let records: Vec<u8> = (0..60).collect();
    let chunk = compress(&[Item::Point10], &records);
    let mut decoder = Decoder::new(&[Item::Point10]).unwrap();
    let mut chunk = decoder.begin(&chunk).unwrap();
    let mut got = [0xee; 39];
    chunk.read(&mut got[..19]).unwrap();
    assert_eq!(got, [0xee; 39]);
    chunk.read(&mut got).unwrap();
    assert_eq!(got[..20], records[..20]);
    assert_eq!(got[20..], [0xee; 19]);
    chunk.read(&mut got[..20]).unwrap();
    assert_eq!(got[..20], records[20..40]);
}

#[test]
fn items_make_up_a_point_format() {
    use Item::{Bytes, Bytes14, GpsTime, Point10, Point14, Rgb12, Rgb14, RgbNir14};
    let size = |items: &[Item]| Decoder::new(items).map(|decoder| decoder.record_size());
    assert_eq!(size(&[Point10]).unwrap(), 20);
    assert_eq!(size(&[Point10, GpsTime]).unwrap(), 28);
    assert_eq!(size(&[Point10, Rgb12]).unwrap(), 26);
    assert_eq!(size(&[Point10, GpsTime, Rgb12, Bytes(7)]).unwrap(), 41);
    assert_eq!(size(&[Point14]).unwrap(), 30);
    assert_eq!(size(&[Point14, Rgb14]).unwrap(), 36);
    assert_eq!(size(&[Point14, RgbNir14, Bytes14(3)]).unwrap(), 41);
    let others: [&[Item]; 12] = [
        &[],
        &[GpsTime],
        &[Point10, Rgb12, GpsTime],
        &[Point10, Bytes(1), GpsTime],
        &[Point10, Bytes(1), Bytes(1)],
        &[Point10, Point10],
        &[Point14, GpsTime],
        &[Point14, Rgb14, RgbNir14],
        &[Point14, Bytes(2)],
        &[Point10, Rgb14],
        &[Point10, RgbNir14],
        &[Point10, Bytes14(2)],
    ];
    for items in others {
        assert_eq!(size(items).unwrap_err(), Error::Unsupported, "{items:?}");
    }
}
