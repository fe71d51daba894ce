//! Layered chunks are those that the `laz` crate writes, and are read back.

mod layered;

use ept_laz::{Encoder, Error, Kind};
use layered::{Format, Recipe, compress, formats, read};
use proptest::collection::vec;
use proptest::prelude::*;

/// Checks that the chunk of these records is that of `laz`, after a byte that stays.
fn check(encoder: &mut Encoder, format: Format, records: &[u8]) {
    let mut chunk = vec![0xaa];
    encoder.encode(records, &mut chunk).expect("a chunk");
    assert_eq!(chunk[0], 0xaa);
    let wanted = compress(format, records);
    let differs = wanted.iter().zip(&chunk[1..]).position(|(a, b)| a != b);
    assert_eq!((differs, chunk.len() - 1), (None, wanted.len()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn short_chunks_one_after_the_other(
        format in formats(),
        recipes in vec(Recipe::strategy(1..40_usize), 1..6),
    ) {
        let mut encoder = format.encoder();
        for recipe in recipes {
            check(&mut encoder, format, &recipe.records(format));
        }
    }

    /// Any bytes are records. With few different ones, each field is often the last or one from before.
    #[test]
    fn any_records_are_read_back(
        format in formats(),
        // Times of these bytes can be 0, -0 and no number.
        few in prop_oneof![Just(vec![0, 0x80]), Just(vec![0xff, 0x7f]), vec(any::<u8>(), 1..4)],
        picks in vec(any::<u8>(), 1..9000),
        is_any in prop::bool::weighted(0.3),
    ) {
        let pick = |pick: u8| if is_any { pick } else { few[usize::from(pick) % few.len()] };
        let mut records: Vec<u8> = picks.iter().map(|byte| pick(*byte)).collect();
        records.resize(records.len().next_multiple_of(format.size()), 0);
        let mut chunk = Vec::new();
        let mut encoder = format.encoder();
        encoder.encode(&records, &mut chunk).expect("a chunk");
        let points = records.len() / format.size();
        let found = read(&mut format.decoder(), format, &chunk, points, &[points]);
        prop_assert!(found == Ok(records));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn long_chunks(format in formats(), recipes in vec(Recipe::strategy(1000..12_000_usize), 1..3)) {
        let mut encoder = format.encoder();
        for recipe in recipes {
            check(&mut encoder, format, &recipe.records(format));
        }
    }
}

/// Only chunks this long halve counts and have cycles of maximum length.
#[test]
fn the_longest_chunks() {
    let format = Format(10, 2, 3);
    let mut encoder = format.encoder();
    for (seed, busy, pace) in [(1, u16::MAX, 1), (2, u16::MAX - 1, 3), (3, 0, 1)] {
        let recipe = Recipe {
            points: 150_000,
            seed,
            busy,
            pace,
        };
        check(&mut encoder, format, &recipe.records(format));
    }
}

/// The records of point format 6 with these GPS times.
fn at_times(times: &[f64]) -> Vec<u8> {
    let records = times.iter().flat_map(|time| {
        let mut record = [0; 30];
        record[22..].copy_from_slice(&time.to_le_bytes());
        record
    });
    records.collect()
}

/// LASzip compares times as numbers. It writes each time that is not a number, which `laz` does too; and it takes -0 as
/// 0, so that the sign would be lost.
#[test]
fn times_that_compare_in_odd_ways_are_kept() {
    let format = Format(6, 0, 3);
    let mut encoder = format.encoder();
    check(&mut encoder, format, &at_times(&[f64::NAN; 9]));
    check(
        &mut encoder,
        format,
        &at_times(&[1.5, f64::NAN, f64::NAN, 1.5]),
    );
    let zeros = at_times(&[0.0, -0.0, -0.0, 0.0]);
    let mut chunk = Vec::new();
    encoder.encode(&zeros, &mut chunk).unwrap();
    assert_eq!(
        read(&mut format.decoder(), format, &chunk, 4, &[4]),
        Ok(zeros)
    );
}

#[test]
fn whole_records_are_needed() {
    let mut encoder = Encoder::new(&[Kind::Point14.version(3)]).unwrap();
    assert_eq!(encoder.record_size(), 30);
    let mut chunk = vec![1];
    for length in [0, 29, 31] {
        let result = encoder.encode(&vec![0; length], &mut chunk);
        assert_eq!(result, Err(Error::NotRecords));
    }
    assert_eq!(chunk, [1]);
}

#[test]
fn encoders_are_made_of_the_items_of_a_point_format() {
    let items = [Kind::Point14.version(3), Kind::Rgb12.version(2)];
    let error = Encoder::new(&items).unwrap_err();
    assert_eq!(error, Error::Unsupported(items[1]));
    assert_eq!(Encoder::new(&[]).unwrap_err(), Error::NoItems);
}
