//! Sequential chunks are those that LASzip and the `laz` crate write, and are read back.

mod sequential;

use ept_laz::{Decoder, Encoder, Error, Item, Kind};
use proptest::collection::vec;
use proptest::prelude::*;
use sequential::{Points, compress, items, points};

/// Checks that the chunk of these records is that of `laz`, after a byte that stays.
fn check(encoder: &mut Encoder, items: &[Item], records: &[u8]) {
    let mut chunk = vec![0xaa];
    encoder.encode(records, &mut chunk).expect("a chunk");
    assert_eq!(chunk[0], 0xaa);
    let wanted = compress(items, records);
    let differs = wanted.iter().zip(&chunk[1..]).position(|(a, b)| a != b);
    assert_eq!((differs, chunk.len() - 1), (None, wanted.len()));
}

/// Encodes records and decodes them again.
fn there_and_back(items: &[Item], records: &[u8]) -> Vec<u8> {
    let mut chunk = Vec::new();
    let mut encoder = Encoder::new(items).expect("known items");
    encoder.encode(records, &mut chunk).expect("a chunk");
    let mut found = vec![0xee; records.len()];
    let mut decoder = Decoder::new(items).expect("known items");
    let mut chunk = decoder.begin(&chunk).expect("a chunk");
    chunk.read(&mut found).expect("a chunk");
    found
}

/// The points of several chunks, of one kind of records.
fn chunks() -> impl Strategy<Value = Vec<Points>> {
    items().prop_flat_map(|items| vec(points(items), 1..4))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// One encoder writes several chunks, none of which affects the next.
    #[test]
    fn chunks_are_those_of_laz(all in chunks()) {
        let mut encoder = Encoder::new(&all[0].items).unwrap();
        for Points { items, records } in &all {
            check(&mut encoder, items, records);
        }
    }

    /// Any bytes are records. With few different ones, each field is often the last or one from before.
    #[test]
    fn any_records_are_read_back(
        items in items(),
        few in vec(any::<u8>(), 1..4),
        picks in vec(any::<u8>(), 1..9000),
        is_any in prop::bool::weighted(0.3),
    ) {
        let pick = |pick: u8| if is_any { pick } else { few[usize::from(pick) % few.len()] };
        let mut records: Vec<u8> = picks.iter().map(|byte| pick(*byte)).collect();
        let size = Encoder::new(&items).unwrap().record_size();
        records.resize(records.len().next_multiple_of(size), 0);
        prop_assert!(there_and_back(&items, &records) == records);
    }
}

/// The last value of bit fields, classification and user data chooses a model: all values of a byte do. Chunks this long
/// have cycles of maximum length, and halve counts.
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
    for version in [1, 2] {
        let items = [Kind::Point10.version(version)];
        check(&mut Encoder::new(&items).unwrap(), &items, &records);
    }
}

/// LASzip takes the size of a packet as a signed number where it compares offsets, but not where it adds it to one.
#[test]
fn offsets_after_large_wave_packets_are_kept() {
    let items = [Kind::Point10.version(2), Kind::WavePacket13.version(1)];
    let mut records = Vec::new();
    for offset in [5 << 32, 4 << 32, (4 << 32) - 16, (8 << 32) - 32] {
        let mut record = [0; 49];
        record[21..29].copy_from_slice(&u64::to_le_bytes(offset));
        record[29..33].copy_from_slice(&(u32::MAX - 15).to_le_bytes());
        records.extend(record);
    }
    assert_eq!(there_and_back(&items, &records), records);
}

#[test]
fn whole_records_are_needed() {
    let mut encoder = Encoder::new(&[Kind::Point10.version(2)]).unwrap();
    assert_eq!(encoder.record_size(), 20);
    let mut chunk = vec![1];
    for length in [0, 19, 21] {
        let result = encoder.encode(&vec![0; length], &mut chunk);
        assert_eq!(result, Err(Error::NotRecords));
    }
    assert_eq!(chunk, [1]);
}
