//! Chunks that are damaged or cut off.

mod oracle;
mod points;

use ept_laz::{Decoder, Error, Item};
use points::Points;
use proptest::prelude::*;
use proptest::sample::Index;

/// Reads records in blocks of so many points, until there is an error.
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

/// What the `laz` crate makes of a chunk, unless it could go on for ever.
fn expected(items: &[Item], chunk: &[u8], length: usize) -> Option<Result<Vec<u8>, Error>> {
    let size = Decoder::new(items)
        .expect("items of a point format")
        .record_size();
    let code = chunk.get(size..).unwrap_or(&[]);
    let is_endless = code.starts_with(&[0xff; 4]);
    (!is_endless).then(|| oracle::decompress(items, chunk, length).ok_or(Error::Truncated))
}

fn points() -> impl Strategy<Value = Points> {
    points::items().prop_flat_map(points::points)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Bytes changed at places of the chunk's start, where they do most, and anywhere.
    #[test]
    fn damaged_chunks_give_what_laz_gives(
        Points { items, records } in points(),
        damage in prop::collection::vec((any::<bool>(), any::<Index>(), any::<u8>()), 1..5),
        block in 1..700_usize,
    ) {
        let mut chunk = oracle::compress(&items, &records);
        let start = chunk.len().min(80);
        for (is_near, place, value) in damage {
            let at = place.index(if is_near { start } else { chunk.len() });
            chunk[at] = value;
        }
        let got = read(&items, &chunk, records.len(), block);
        if let Some(want) = expected(&items, &chunk, records.len()) {
            prop_assert!(got == want);
        }
    }

    #[test]
    fn cut_chunks_give_what_laz_gives(
        Points { items, records } in points(),
        place in any::<Index>(),
        block in 1..700_usize,
    ) {
        let whole = oracle::compress(&items, &records);
        // A few bytes less, or any number.
        for left in [whole.len() - 1 - place.index(6), place.index(whole.len())] {
            let chunk = &whole[..left];
            let got = read(&items, chunk, records.len(), block);
            if let Some(want) = expected(&items, chunk, records.len()) {
                prop_assert!(got == want);
            }
        }
    }

    /// A code of any bytes, and one that no encoder starts so; more points than there can be.
    #[test]
    fn any_bytes_end(
        items in points::items(),
        mut chunk in prop::collection::vec(any::<u8>(), 0..300),
        is_out_of_range in any::<bool>(),
    ) {
        let size = Decoder::new(&items).unwrap().record_size();
        if is_out_of_range && let Some(start) = chunk.get_mut(size..size + 4) {
            start.fill(0xff);
        }
        let got = read(&items, &chunk, 2000 * size, 100);
        if let Some(want) = expected(&items, &chunk, 2000 * size) {
            prop_assert!(got == want);
        }
    }
}

#[test]
fn an_end_that_is_missing_is_told() {
    let items = [Item::Point10, Item::Bytes(3)];
    let records: Vec<u8> = (0..230_u32).map(|i| ((i * i) >> 3) as u8).collect();
    let chunk = oracle::compress(&items, &records);
    assert_eq!(read(&items, &chunk, 230, 3), Ok(records.clone()));
    assert_eq!(
        read(&items, &chunk[..chunk.len() / 2], 230, 3),
        Err(Error::Truncated)
    );
    // The first record alone is nothing without a code, even if that holds no point.
    let chunk = oracle::compress(&items, &records[..23]);
    assert_eq!(read(&items, &chunk, 23, 1), Ok(records[..23].to_vec()));
    assert_eq!(read(&items, &chunk[..26], 23, 1), Err(Error::Truncated));
    assert_eq!(read(&items, &[], 23, 1), Err(Error::Truncated));
}
