//! Tiles that are not what the hierarchy and `ept.json` promise: other counts, other files.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::common;

use std::io::Write;

use common::{File, Fixture, Storage, by_schema, laszip};
use ept_format::Metadata;
use ept_points::{DecodeError, Decoder};
use serde_json::json;

fn refused(metadata: &Metadata, points: u64, tile: &[u8]) -> DecodeError {
    match Decoder::new(metadata).decode(points, tile) {
        Err(error) => error,
        Ok(batch) => panic!("{} points were read", batch.len()),
    }
}

#[test]
fn another_count_than_the_hierarchys_is_an_error_with_both_numbers() {
    for name in [
        "laz-pf0",
        "laz-pf3",
        "laz-pf6",
        "laz-pf8",
        "binary",
        "zstandard",
    ] {
        let fixture = Fixture::named(name);
        let (points, tile) = fixture.largest();
        for expected in [
            0,
            1,
            points - 1,
            points + 1,
            points * 1000,
            1 << 40,
            u64::MAX,
        ] {
            let error = refused(&fixture.metadata, expected, &tile);
            assert_eq!(
                error,
                DecodeError::Count {
                    expected,
                    found: points
                },
                "{name}"
            );
            let text = error.to_string();
            assert!(text.contains(&expected.to_string()) && text.contains(&points.to_string()));
        }
    }
}

fn three_bytes(data_type: &str) -> Metadata {
    let schema = ["X", "Y", "Z"].map(|name| json!({"name": name, "type": "signed", "size": 1}));
    by_schema(data_type, &json!(schema))
}

/// A frame of Zstandard, written with its size or without.
fn compress(data: &[u8], is_sized: bool) -> Vec<u8> {
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
    if is_sized {
        encoder
            .set_pledged_src_size(Some(data.len() as u64))
            .unwrap();
    }
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_tile_of_many_times_the_points_is_counted_to_its_end() {
    let points = vec![7; 3_000_000];
    for expected in [1, 1000, 400_000] {
        let error = DecodeError::Count {
            expected,
            found: 1_000_000,
        };
        let tile = compress(&points, false);
        assert_eq!(refused(&three_bytes("zstandard"), expected, &tile), error);
        assert_eq!(refused(&three_bytes("binary"), expected, &points), error);
    }
}

#[test]
fn half_a_point_is_an_error() {
    for len in [1, 2, 4, 5, 7] {
        let tile = vec![1; len];
        let error = refused(&three_bytes("binary"), 2, &tile);
        assert!(
            matches!(error, DecodeError::Corrupt { .. }),
            "{len}: {error}"
        );
        let error = refused(&three_bytes("zstandard"), 2, &compress(&tile, true));
        assert!(
            matches!(error, DecodeError::Corrupt { .. }),
            "{len}: {error}"
        );
    }
}

#[test]
fn zstandard_is_read_in_every_framing() {
    let metadata = three_bytes("zstandard");
    let points: Vec<u8> = (0..300_000_u32).map(|i| (i % 251) as u8).collect();
    let whole = Decoder::new(&three_bytes("binary"))
        .decode(100_000, &points)
        .unwrap();
    let decode = |tile: &[u8]| Decoder::new(&metadata).decode(100_000, tile).unwrap();
    assert_eq!(decode(&compress(&points, true)), whole);
    assert_eq!(decode(&compress(&points, false)), whole);
    // Two frames after another are one stream, cut within a point or not.
    let (a, b) = points.split_at(100_001);
    assert_eq!(
        decode(&[compress(a, true), compress(b, false)].concat()),
        whole
    );
    // Frames that a reader is to skip.
    let skipped = [
        &[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3][..],
        &compress(&points, true),
    ];
    assert_eq!(decode(&skipped.concat()), whole);
}

#[test]
fn broken_zstandard_is_an_error() {
    let metadata = three_bytes("zstandard");
    let points: Vec<u8> = (0..30_000_u32).map(|i| (i * i % 251) as u8).collect();
    let tile = compress(&points, true);
    for end in 1..tile.len() {
        let error = refused(&metadata, 10_000, &tile[..end]);
        assert!(
            matches!(
                error,
                DecodeError::Corrupt { .. } | DecodeError::Count { .. }
            ),
            "{end}: {error}"
        );
    }
    let followed = [&tile[..], b"and more"].concat();
    let error = refused(&metadata, 10_000, &followed);
    assert!(matches!(error, DecodeError::Corrupt { .. }), "{error}");
    let error = refused(&metadata, 10_000, &points);
    assert!(matches!(error, DecodeError::Corrupt { .. }), "{error}");
}

#[test]
fn an_empty_tile_is_said_to_be_empty() {
    for name in ["laz-pf0", "binary", "zstandard"] {
        let fixture = Fixture::named(name);
        assert_eq!(refused(&fixture.metadata, 5, &[]), DecodeError::Empty);
    }
}

#[test]
fn what_stands_in_the_place_of_a_laz_file_is_named() {
    let page = "<!DOCTYPE html><html><body>Not Found</body></html>";
    let xml = "\n<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>";
    let lfs = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab\nsize 12345\n";
    for (tile, words) in [
        (page.as_bytes(), "web page"),
        (xml.as_bytes(), "XML"),
        (lfs.as_bytes(), "Git LFS"),
        (&[0x1f, 0x8b, 8, 0, 0, 0], "gzip"),
        (b"PK\x03\x04", "LASF"),
        (b" ", "LASF"),
        (b"LAS", "LASF"),
    ] {
        let error = refused(&laszip(), 5, tile);
        assert!(matches!(error, DecodeError::NotLas(_)), "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn random_bytes_are_no_tile() {
    let mut random = common::Random(1);
    for len in [1, 3, 4, 100, 227, 375, 5000] {
        let noise: Vec<u8> = (0..len).map(|_| random.next() as u8).collect();
        let error = refused(&laszip(), 5, &noise);
        assert!(matches!(error, DecodeError::NotLas(_)), "{error}");
        let signed = [b"LASF", &noise[..]].concat();
        let error = refused(&laszip(), 5, &signed);
        assert!(
            matches!(error, DecodeError::Corrupt { .. }),
            "{len}: {error}"
        );
        let error = refused(&three_bytes("zstandard"), 5, &noise);
        assert!(
            matches!(error, DecodeError::Corrupt { .. }),
            "{len}: {error}"
        );
    }
}

#[test]
fn a_compressed_file_without_its_laszip_record_is_no_laz() {
    let mut tile = File::new(1, 10).build();
    let at = tile
        .windows(14)
        .position(|w| w == b"laszip encoded")
        .unwrap();
    tile[at] = b'L';
    let error = refused(&laszip(), 10, &tile);
    assert!(matches!(error, DecodeError::NotLas(_)), "{error}");
    assert!(error.to_string().contains("LASzip"), "{error}");
}

#[test]
fn records_that_do_not_fit_their_point_format_are_refused() {
    for format in 0..=10 {
        let file = File::new(format, 3).stored(Storage::Uncompressed);
        for length in [0, 1, file.record() as u16 - 1] {
            let mut tile = file.build();
            tile[105..107].copy_from_slice(&length.to_le_bytes());
            let error = refused(&laszip(), 3, &tile);
            assert!(
                matches!(error, DecodeError::Corrupt { .. }),
                "{format} {length}: {error}"
            );
        }
    }
    let mut tile = File::new(0, 3).stored(Storage::Uncompressed).build();
    tile[104] = 11;
    let error = refused(&laszip(), 3, &tile);
    assert!(matches!(error, DecodeError::Unsupported(_)), "{error}");
}
