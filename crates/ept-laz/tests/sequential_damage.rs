//! Damaged or cut chunks give errors, or the records that the `laz` crate reads.

mod sequential;

use ept_laz::{Decoder, Error, Item, Kind};
use proptest::prelude::*;
use proptest::sample::Index;
use sequential::{Found, Points, compress, decompress, items, points};

/// Reads records in blocks of a number of points, up to the first error.
fn read(items: &[Item], chunk: &[u8], length: usize, block: usize) -> Result<Vec<u8>, Error> {
    let mut decoder = Decoder::new(items).expect("items of a point format");
    let size = decoder.record_size();
    let mut chunk = decoder.begin(chunk)?;
    let mut records = vec![0; length];
    for block in records.chunks_mut(block * size) {
        chunk.read(block)?;
    }
    Ok(records)
}

/// Checks that the result is what the `laz` crate makes of a chunk, unless it recurses too often, over the times of a
/// damaged chunk, or is wrong.
fn is_right(got: &Result<Vec<u8>, Error>, items: &[Item], chunk: &[u8], length: usize) -> bool {
    if *got == Err(Error::Damaged) {
        return true;
    }
    match decompress(items, chunk, length) {
        Found::Records(want) => *got == Ok(want),
        Found::Error => *got == Err(Error::Truncated),
        Found::Nothing => true,
    }
}

fn any_points() -> impl Strategy<Value = Points> {
    items().prop_flat_map(points)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Changes bytes at the chunk's start, where they matter most, and anywhere.
    #[test]
    fn damaged_chunks_give_what_laz_gives(
        Points { items, records } in any_points(),
        damage in prop::collection::vec((any::<bool>(), any::<Index>(), any::<u8>()), 1..5),
        block in 1..700_usize,
    ) {
        let mut chunk = compress(&items, &records);
        let start = chunk.len().min(80);
        for (is_near, place, value) in damage {
            let at = place.index(if is_near { start } else { chunk.len() });
            chunk[at] = value;
        }
        let got = read(&items, &chunk, records.len(), block);
        prop_assert!(is_right(&got, &items, &chunk, records.len()));
    }

    #[test]
    fn cut_chunks_give_what_laz_gives(
        Points { items, records } in any_points(),
        place in any::<Index>(),
        block in 1..700_usize,
    ) {
        let whole = compress(&items, &records);
        // A few bytes are cut off, or any number.
        for left in [whole.len() - 1 - place.index(6), place.index(whole.len())] {
            let chunk = &whole[..left];
            let got = read(&items, chunk, records.len(), block);
            prop_assert!(is_right(&got, &items, chunk, records.len()));
        }
    }

    /// Reads more points than there can be from any bytes, also from a start that no encoder writes.
    #[test]
    fn any_bytes_end(
        items in items(),
        mut chunk in prop::collection::vec(any::<u8>(), 0..300),
        is_out_of_range in any::<bool>(),
    ) {
        let size = Decoder::new(&items).unwrap().record_size();
        if is_out_of_range && let Some(start) = chunk.get_mut(size..size + 4) {
            start.fill(0xff);
        }
        let got = read(&items, &chunk, 2000 * size, 100);
        prop_assert!(is_right(&got, &items, &chunk, 2000 * size));
    }
}

#[test]
fn a_missing_end_is_an_error() {
    let items = [Kind::Point10.version(2), Kind::Bytes(3).version(2)];
    let records: Vec<u8> = (0..230_u32).map(|i| ((i * i) >> 3) as u8).collect();
    let chunk = compress(&items, &records);
    assert_eq!(read(&items, &chunk, 230, 3), Ok(records.clone()));
    assert_eq!(
        read(&items, &chunk[..chunk.len() / 2], 230, 3),
        Err(Error::Truncated)
    );
    // The first record needs a code after it, even if there are no other points.
    let chunk = compress(&items, &records[..23]);
    assert_eq!(read(&items, &chunk, 23, 1), Ok(records[..23].to_vec()));
    assert_eq!(read(&items, &chunk[..26], 23, 1), Err(Error::Truncated));
    assert_eq!(read(&items, &[], 23, 1), Err(Error::Truncated));
}
