//! Chunks that the `laz` crate writes are read back.

mod sequential;

use ept_laz::{Decoder, Error, Kind};
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
    let chunk = compress(&[Kind::Point10.version(2)], &records);
    let mut decoder = Decoder::new(&[Kind::Point10.version(2)]).unwrap();
    assert!(read(&mut decoder, &chunk, records.len(), &[1000]) == records);
}

#[test]
fn room_for_less_than_a_record_stays_as_it_is() {
    let records: Vec<u8> = (0..60).collect();
    let chunk = compress(&[Kind::Point10.version(2)], &records);
    let mut decoder = Decoder::new(&[Kind::Point10.version(2)]).unwrap();
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
    use Kind::{
        Bytes, Bytes14, GpsTime, Point10, Point14, Rgb12, Rgb14, RgbNir14, WavePacket13,
        WavePacket14,
    };
    let size = |kinds: &[Kind], version: u16| {
        let items: Vec<_> = kinds.iter().map(|kind| kind.version(version)).collect();
        Decoder::new(&items).map(|decoder| decoder.record_size())
    };
    for version in [1, 2] {
        let size = |kinds| size(kinds, version).unwrap();
        assert_eq!(size(&[Point10]), 20);
        assert_eq!(size(&[Point10, GpsTime]), 28);
        assert_eq!(size(&[Point10, Rgb12]), 26);
        assert_eq!(size(&[Point10, GpsTime, Rgb12, Bytes(7)]), 41);
        assert_eq!(size(&[Point10, GpsTime, WavePacket13]), 57);
        assert_eq!(size(&[Point10, GpsTime, Rgb12, WavePacket13, Bytes(2)]), 65);
    }
    for version in [3, 4] {
        let size = |kinds| size(kinds, version).unwrap();
        assert_eq!(size(&[Point14]), 30);
        assert_eq!(size(&[Point14, Rgb14]), 36);
        assert_eq!(size(&[Point14, RgbNir14, Bytes14(3)]), 41);
        assert_eq!(size(&[Point14, WavePacket14]), 59);
        assert_eq!(size(&[Point14, RgbNir14, WavePacket14, Bytes14(1)]), 68);
    }
    assert_eq!(size(&[], 2).unwrap_err(), Error::NoItems);
    // The second number is the place of the item at fault.
    let others: [(&[Kind], usize, u16); 18] = [
        (&[GpsTime], 0, 2),
        (&[Point10, Rgb12, GpsTime], 2, 2),
        (&[Point10, WavePacket13, Rgb12], 2, 1),
        (&[Point10, Bytes(1), GpsTime], 2, 2),
        (&[Point10, Bytes(1), Bytes(1)], 2, 2),
        (&[Point10, Point10], 1, 2),
        (&[Point14, GpsTime], 1, 3),
        (&[Point14, Rgb14, RgbNir14], 2, 3),
        (&[Point14, WavePacket14, Rgb14], 2, 3),
        (&[Point14, WavePacket13], 1, 3),
        (&[Point14, Bytes(2)], 1, 3),
        (&[Point10, Rgb14], 1, 2),
        (&[Point10, RgbNir14], 1, 2),
        (&[Point10, Bytes14(2)], 1, 2),
        (&[Point10, GpsTime], 0, 3),
        (&[Point10, WavePacket13], 0, 0),
        (&[Point14, Rgb14], 0, 2),
        (&[Point14, Rgb14], 0, 5),
    ];
    for (kinds, at, version) in others {
        let wanted = Error::Unsupported(kinds[at].version(version));
        assert_eq!(size(kinds, version).unwrap_err(), wanted, "{kinds:?}");
    }
}

#[test]
fn versions_mix_only_where_laszip_mixes_them() {
    let mixed = [Kind::Point10.version(2), Kind::WavePacket13.version(1)];
    assert!(Decoder::new(&mixed).is_ok());
    let mixed = [Kind::Point14.version(3), Kind::Rgb14.version(4)];
    let error = Decoder::new(&mixed).unwrap_err();
    assert_eq!(error, Error::Unsupported(mixed[1]));
    assert!(error.to_string().contains("Rgb14 of version 4"));
}
