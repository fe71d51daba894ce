//! Headers of tiles of which only the start is in hand.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;

use ept_points::{DecodeError, TileHeader};

fn root_tile(fixture: &str) -> Vec<u8> {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata");
    std::fs::read(testdata.join(fixture).join("ept-data/0-0-0-0.laz")).unwrap()
}

#[test]
fn the_start_says_what_the_whole_does() {
    for (fixture, format, extra) in [
        ("laz-pf0", 0, None),
        ("laz-pf1", 1, Some("OriginId")),
        ("laz-pf6", 6, None),
        ("laz-pf8", 8, Some("Infrared")),
        ("terrain", 3, Some("OriginId")),
    ] {
        let tile = root_tile(fixture);
        let size = tile.len() as u64;
        let whole = TileHeader::parse(&tile, size, &[]).unwrap();
        assert_eq!(whole.point_format, format, "{fixture}");
        let has = |name: &str| whole.dimensions.iter().any(|own| **own == *name);
        assert!(has("X") && extra.is_none_or(has), "{whole:?}");
        let length = usize::try_from(TileHeader::length(&tile)).unwrap();
        assert!(length < tile.len(), "{fixture}");
        assert_eq!(
            TileHeader::parse(&tile[..length], size, &[]),
            Ok(whole),
            "{fixture}"
        );
    }
}

#[test]
fn a_start_that_is_too_short_is_an_error() {
    for fixture in ["laz-pf1", "laz-pf8"] {
        let tile = root_tile(fixture);
        let length = usize::try_from(TileHeader::length(&tile)).unwrap();
        for end in 0..length {
            // Without its last record, which describes no extra bytes, a header may be complete.
            let header = TileHeader::parse(&tile[..end], tile.len() as u64, &[]);
            assert!(
                header.is_err() || end > 375,
                "{fixture} cut at {end}: {header:?}"
            );
        }
        assert_eq!(TileHeader::parse(&[], 0, &[]), Err(DecodeError::Empty));
        assert_eq!(TileHeader::length(&tile[..99]), 100);
    }
}

#[test]
fn changed_bytes_never_end_the_process() {
    let tile = root_tile("laz-pf8");
    let length = usize::try_from(TileHeader::length(&tile)).unwrap();
    for at in 0..length {
        for value in [0, 1, 0x7f, 0xff] {
            let mut start = tile[..length].to_vec();
            start[at] = value;
            // Either is right; what counts is that it comes back.
            let _ = TileHeader::parse(&start, tile.len() as u64, &[]);
        }
    }
}
