//! Headers and records that lie.

use crate::common;

use ept_points::DecodeError;

use common::{File, descriptor, laszip};

use super::{confined, decode, is_corrupt, refused, u32_at};

#[test]
fn variable_length_records_that_lie_are_noticed() {
    confined(
        "headers::variable_length_records_that_lie_are_noticed",
        || {
            for format in [1, 6] {
                let tile = File::new(format, 50).build();
                for count in [2_u32, 1000, u32::MAX] {
                    let mut tile = tile.clone();
                    tile[100..104].copy_from_slice(&count.to_le_bytes());
                    // Records that overlap the points are nonsense: found out, or never needed.
                    let _ = decode(&laszip(), 50, &tile);
                }
                let mut none = tile.clone();
                none[100..104].copy_from_slice(&0_u32.to_le_bytes());
                assert!(matches!(
                    refused(&laszip(), 50, &none),
                    DecodeError::NotLas(_)
                ));
                let at = usize::from(u16::from_le_bytes([tile[94], tile[95]])) + 20;
                for length in [u16::MAX, 5000] {
                    let mut tile = tile.clone();
                    tile[at..at + 2].copy_from_slice(&length.to_le_bytes());
                    is_corrupt(50, &tile, &format!("a record of {length} bytes"));
                }
                // Records of nothing, as many as are claimed: the tile ends first.
                let mut empty = tile.clone();
                let start = u32_at(&empty, 96);
                let end = empty.len();
                empty[at - 20..end].fill(0);
                empty[100..104].copy_from_slice(&u32::MAX.to_le_bytes());
                assert!(start < end);
                is_corrupt(50, &empty, "records of nothing");
            }
        },
    );
}

#[test]
fn a_short_laszip_record_is_refused() {
    confined("headers::a_short_laszip_record_is_refused", || {
        let tile = File::new(1, 50).build();
        let at = usize::from(u16::from_le_bytes([tile[94], tile[95]])) + 20;
        let length = u16::from_le_bytes([tile[at], tile[at + 1]]);
        for short in 0..length {
            let mut tile = tile.clone();
            tile[at..at + 2].copy_from_slice(&short.to_le_bytes());
            assert!(decode(&laszip(), 50, &tile).is_err(), "{short} of {length}");
        }
        // A record that claims 65,535 items.
        let mut items = tile.clone();
        items[at + 34 + 32..at + 34 + 34].fill(0xff);
        assert!(decode(&laszip(), 50, &items).is_err());
    });
}

#[test]
fn a_scale_or_offset_that_is_no_number_is_refused() {
    confined(
        "headers::a_scale_or_offset_that_is_no_number_is_refused",
        || {
            let tile = File::new(1, 50).build();
            let with = |at: usize, number: f64| {
                let mut tile = tile.clone();
                tile[at..at + 8].copy_from_slice(&number.to_le_bytes());
                tile
            };
            for axis in 0..3 {
                let (scale, offset) = (131 + axis * 8, 155 + axis * 8);
                for number in [0.0, -0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                    is_corrupt(50, &with(scale, number), &format!("scale {number}"));
                }
                for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                    is_corrupt(50, &with(offset, number), &format!("offset {number}"));
                }
                assert_eq!(decode(&laszip(), 50, &with(scale, -0.5)), Ok(50));
                assert_eq!(decode(&laszip(), 50, &with(offset, 0.0)), Ok(50));
            }
        },
    );
}

#[test]
fn extra_bytes_beyond_the_record_are_refused() {
    confined("headers::extra_bytes_beyond_the_record_are_refused", || {
        for (extra, vlr) in [
            (1, descriptor(3, 0, "Wide")),
            (7, descriptor(10, 0, "Wide")),
            (4, descriptor(0, 5, "Wide")),
            (5, descriptor(23, 0, "Array")),
            (2, [descriptor(3, 0, "A"), descriptor(1, 0, "B")].concat()),
            (2, descriptor(31, 0, "Unknown")),
            (2, descriptor(255, 0, "Unknown")),
        ] {
            for format in [1, 6] {
                let tile = File::new(format, 20).with_extra(extra, vlr.clone()).build();
                is_corrupt(20, &tile, &format!("format {format}, {extra} extra bytes"));
            }
        }
    });
}

#[test]
fn records_longer_than_laszip_says_are_refused() {
    confined(
        "headers::records_longer_than_laszip_says_are_refused",
        || {
            for format in [0, 1, 6, 7] {
                let file = File::new(format, 20);
                for length in [file.record() as u16 + 1, 1000, u16::MAX] {
                    let mut tile = file.build();
                    tile[105..107].copy_from_slice(&length.to_le_bytes());
                    is_corrupt(20, &tile, &format!("records of {length}"));
                }
                // Another point format of the same length of record and more.
                let mut tile = file.build();
                tile[104] = 0x80;
                tile[105..107].copy_from_slice(&(file.record() as u16).to_le_bytes());
                if format != 0 {
                    is_corrupt(20, &tile, &format!("format {format} as 0"));
                }
            }
        },
    );
}

#[test]
fn headers_that_reach_beyond_the_tile_are_refused() {
    confined(
        "headers::headers_that_reach_beyond_the_tile_are_refused",
        || {
            let tile = File::new(1, 20).build();
            for size in [0_u16, 100, 226, u16::MAX] {
                let mut tile = tile.clone();
                tile[94..96].copy_from_slice(&size.to_le_bytes());
                is_corrupt(20, &tile, &format!("a header of {size}"));
            }
            for start in [
                0_u32,
                226,
                tile.len() as u32 - 7,
                tile.len() as u32 + 1,
                u32::MAX,
            ] {
                let mut tile = tile.clone();
                tile[96..100].copy_from_slice(&start.to_le_bytes());
                is_corrupt(20, &tile, &format!("points at {start}"));
            }
        },
    );
}
