//! Zstandard frames that lie.

use crate::common;

use std::io::Write;

use ept_format::Metadata;
use ept_points::DecodeError;
use serde_json::json;

use common::by_schema;

use super::{LIMIT, confined, decode, refused};

fn three_bytes() -> Metadata {
    let schema = ["X", "Y", "Z"].map(|name| json!({"name": name, "type": "signed", "size": 1}));
    by_schema("zstandard", &json!(schema))
}

#[test]
fn a_zstandard_bomb_does_not_fill_the_memory() {
    confined(
        "zstandard::a_zstandard_bomb_does_not_fill_the_memory",
        || {
            // More than the address space has room for.
            let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
            let zeros = vec![0; 3 << 20];
            for _ in 0..LIMIT / (2 << 10) {
                encoder.write_all(&zeros).unwrap();
            }
            let bomb = encoder.finish().unwrap();
            assert!(bomb.len() < 1 << 20);
            for points in [0, 10, 100_000] {
                let error = refused(&three_bytes(), points, &bomb);
                let DecodeError::Count { expected, found } = error else {
                    panic!("{error}");
                };
                assert!(expected == points && found > points);
                // It is not decompressed to its end.
                let points_of_bomb = (LIMIT / (2 << 10) * zeros.len() / 3) as u64;
                assert!(found < points_of_bomb / 2, "{found}");
            }
        },
    );
}

#[test]
fn zstandard_frames_that_claim_too_much_are_refused() {
    confined(
        "zstandard::zstandard_frames_that_claim_too_much_are_refused",
        || {
            let magic = [0x28, 0xb5, 0x2f, 0xfd];
            // One raw block of three bytes, the last.
            let block = [0x19, 0, 0, 1, 2, 3];
            let frame = |header: &[u8]| [&magic[..], header, &block].concat();
            // A single segment of three bytes is well.
            assert_eq!(decode(&three_bytes(), 1, &frame(&[0x20, 3])), Ok(1));
            for size in [1_u64 << 32, 1 << 60, u64::MAX] {
                let header = [&[0xe0][..], &size.to_le_bytes()].concat();
                let error = refused(&three_bytes(), 1, &frame(&header));
                assert!(
                    matches!(error, DecodeError::Corrupt { .. }),
                    "{size}: {error}"
                );
            }
            // A window of 2^41 bytes and more.
            let error = refused(&three_bytes(), 1, &frame(&[0, 0xff]));
            assert!(matches!(error, DecodeError::Corrupt { .. }), "{error}");
        },
    );
}
