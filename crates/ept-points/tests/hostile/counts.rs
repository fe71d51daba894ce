//! Counts of points that lie.

use crate::common;

use ept_points::DecodeError;
use serde_json::json;

use common::{File, Storage, by_schema, descriptor};

use super::{confined, is_corrupt, refused};

#[test]
fn a_count_that_the_bytes_cannot_hold_is_refused() {
    confined(
        "counts::a_count_that_the_bytes_cannot_hold_is_refused",
        || {
            for points in [1_u64 << 32, 1 << 40, u64::MAX / 30, u64::MAX] {
                for storage in [Storage::Uncompressed, Storage::Fixed(50)] {
                    let vlr: Vec<u8> = (0..9).flat_map(|_| descriptor(0, 255, "Blob")).collect();
                    let file = File::new(6, 50).with_extra(9 * 255, vlr).stored(storage);
                    let mut tile = file.build();
                    tile[247..255].copy_from_slice(&points.to_le_bytes());
                    is_corrupt(points, &tile, &format!("{points} points"));
                }
            }
        },
    );
}

#[test]
fn a_huge_count_of_wide_records_reserves_little() {
    confined(
        "counts::a_huge_count_of_wide_records_reserves_little",
        || {
            let axis = |name: &str| json!({"name": name, "type": "signed", "size": 4});
            let label = json!({"name": "Label", "type": "string", "size": 65535});
            let schema = json!([axis("X"), axis("Y"), axis("Z"), label]);
            let record = 12 + 65535;
            for points in [1_u64 << 20, 1 << 40, u64::MAX] {
                let tile = vec![0; record * 2];
                let error = refused(&by_schema("binary", &schema), points, &tile);
                assert_eq!(
                    error,
                    DecodeError::Count {
                        expected: points,
                        found: 2
                    }
                );
                let tile = zstd::encode_all(&tile[..], 1).unwrap();
                let error = refused(&by_schema("zstandard", &schema), points, &tile);
                assert_eq!(
                    error,
                    DecodeError::Count {
                        expected: points,
                        found: 2
                    }
                );
            }
        },
    );
}

#[test]
fn a_huge_count_of_short_records_reserves_little() {
    confined(
        "counts::a_huge_count_of_short_records_reserves_little",
        || {
            // Coordinates of one byte become eight.
            let axis =
                |name: &str| json!({"name": name, "type": "signed", "size": 1, "scale": 0.5});
            let schema = json!([axis("X"), axis("Y"), axis("Z")]);
            for points in [1_u64 << 32, u64::MAX] {
                let expected = DecodeError::Count {
                    expected: points,
                    found: 1,
                };
                let tile = [1, 2, 3];
                assert_eq!(
                    refused(&by_schema("binary", &schema), points, &tile),
                    expected
                );
                let tile = zstd::encode_all(&tile[..], 1).unwrap();
                assert_eq!(
                    refused(&by_schema("zstandard", &schema), points, &tile),
                    expected
                );
            }
        },
    );
}
