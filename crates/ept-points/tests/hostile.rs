//! Tiles made to do harm: whatever their bytes are, decoding ends in a result, soon and in little memory.
//!
//! Each test runs in a process of its own whose address space is limited, so that an allocation sized
//! by a lie ends it, as do an abort and a signal.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::common;

use std::io::Write;
use std::process::Command;

use common::{File, Fixture, Random, Storage, by_schema, descriptor, laszip};
use ept_format::Metadata;
use ept_points::{DecodeError, Decoder};
use laz::laszip::{ChunkTable, ChunkTableEntry};
use laz::{LazVlr, LazVlrBuilder};
use serde_json::json;

/// Address space of a test, in KiB: room for the program and the window of a Zstandard frame.
const LIMIT: usize = 512 * 1024;
const CONFINED: &str = "EPT_TEST_IS_CONFINED";

/// Runs a test of this file with its address space limited, where the system can do that.
fn confined(test: &str, body: fn()) {
    if !cfg!(target_os = "linux") || std::env::var_os(CONFINED).is_some() {
        return body();
    }
    let output = Command::new("sh")
        .args(["-c", &format!("ulimit -v {LIMIT} && exec \"$0\" \"$@\"")])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", &format!("hostile::{test}")])
        .args(["--nocapture", "--test-threads=1"])
        .env(CONFINED, "1")
        .env("RUST_BACKTRACE", "0")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let end = errors.len().saturating_sub(3000);
    let end = errors.get(end..).unwrap_or(&errors);
    assert!(output.status.success(), "{}\n{text}\n{end}", output.status);
    assert!(text.contains("1 passed"), "no test is named {test}: {text}");
}

#[test]
fn the_limit_holds() {
    confined("the_limit_holds", || {
        let mut huge: Vec<u8> = Vec::new();
        let is_limited = cfg!(target_os = "linux");
        assert_eq!(huge.try_reserve_exact(LIMIT * 1024).is_err(), is_limited);
    });
}

fn decode(metadata: &Metadata, points: u64, tile: &[u8]) -> Result<usize, DecodeError> {
    let batch = Decoder::new(metadata).decode(points, tile)?;
    assert_eq!(batch.len() as u64, points);
    assert!(
        batch
            .columns()
            .iter()
            .all(|column| column.values.len() == batch.len())
    );
    Ok(batch.len())
}

fn refused(metadata: &Metadata, points: u64, tile: &[u8]) -> DecodeError {
    match decode(metadata, points, tile) {
        Err(error) => error,
        Ok(points) => panic!("{points} points were read"),
    }
}

fn is_corrupt(points: u64, tile: &[u8], what: &str) {
    let error = refused(&laszip(), points, tile);
    assert!(
        matches!(error, DecodeError::Corrupt { .. }),
        "{what}: {error}"
    );
}

fn u32_at(tile: &[u8], at: usize) -> usize {
    u32::from_le_bytes(tile[at..at + 4].try_into().unwrap()) as usize
}

/// Where the points of a LAZ file start, and its chunk table.
fn places(tile: &[u8]) -> (usize, usize) {
    let start = u32_at(tile, 96);
    (start, u32_at(tile, start))
}

const LAZ: [&str; 7] = [
    "laz-pf0", "laz-pf1", "laz-pf2", "laz-pf3", "laz-pf6", "laz-pf7", "laz-pf8",
];

#[test]
fn a_tile_cut_off_anywhere_is_an_error_or_whole() {
    confined("a_tile_cut_off_anywhere_is_an_error_or_whole", || {
        for name in LAZ.into_iter().chain(["zstandard", "binary"]) {
            let fixture = Fixture::named(name);
            let (points, tile) = fixture.largest();
            let decoder = Decoder::new(&fixture.metadata);
            let whole = decoder.decode(points, &tile).unwrap();
            let stride = (tile.len() / 500).max(1);
            let header = 0..tile.len().min(500);
            for end in header.step_by(3).chain((500..tile.len()).step_by(stride)) {
                // The last bytes of a table or chunk may be padding of the coder.
                if let Ok(batch) = decoder.decode(points, &tile[..end]) {
                    assert!(batch == whole, "{name} cut to {end} of {}", tile.len());
                    assert!(
                        end + 8 > tile.len(),
                        "{name} cut to {end} of {}",
                        tile.len()
                    );
                }
            }
        }
    });
}

/// A tile with some of its bytes changed, most often those that size or place something.
fn mutated(tile: &[u8], sensitive: &[usize], random: &mut Random) -> Vec<u8> {
    let mut tile = tile.to_vec();
    for _ in 0..1 + random.below(3) {
        let at = match random.below(4) {
            0 => random.below(tile.len()),
            _ => sensitive[random.below(sensitive.len())],
        };
        let value = match random.below(6) {
            0 => 0,
            1 => 0xff,
            2 => 0x7f,
            3 => tile[at].wrapping_add(1),
            4 => tile[at] ^ 1 << random.below(8),
            _ => random.next() as u8,
        };
        let width = [1, 1, 2, 4, 8][random.below(5)].min(tile.len() - at);
        tile[at..at + width].fill(value);
    }
    tile
}

/// Decodes mutations of a tile: by the hierarchy's count, and by that of the header.
fn mutate(name: &str, count: usize) {
    let fixture = Fixture::named(name);
    let (points, tile) = fixture.largest();
    let (start, table) = places(&tile);
    let layers = start + 8 + usize::from(u16::from_le_bytes([tile[105], tile[106]]));
    let sensitive: Vec<usize> = (94..247)
        .chain(247..255.min(start))
        .chain(227..start)
        .chain(start..start + 8)
        .chain(layers..layers + 60)
        .chain(table..tile.len())
        .collect();
    let mut random = Random(name.len() as u64 ^ u64::from(tile[107]));
    let mut errors = 0;
    for _ in 0..count {
        let tile = mutated(&tile, &sensitive, &mut random);
        errors += usize::from(decode(&fixture.metadata, points, &tile).is_err());
        let mut claimed = u32_at(&tile, 107) as u64;
        if tile[25] == 4 {
            claimed = claimed.max(u64::from_le_bytes(tile[247..255].try_into().unwrap()));
        }
        if claimed != points {
            let _ = decode(&fixture.metadata, claimed, &tile);
        }
    }
    assert!(
        errors > count / 5,
        "{name}: {errors} of {count} mutations were noticed"
    );
}

#[test]
fn mutations_of_point_formats_0_to_3_do_no_harm() {
    confined("mutations_of_point_formats_0_to_3_do_no_harm", || {
        for name in &LAZ[..4] {
            mutate(name, 1000);
        }
    });
}

#[test]
fn mutations_of_point_formats_6_to_8_do_no_harm() {
    confined("mutations_of_point_formats_6_to_8_do_no_harm", || {
        for name in &LAZ[4..] {
            mutate(name, 600);
        }
    });
}

#[test]
fn mutations_of_waveform_formats_do_no_harm() {
    confined("mutations_of_waveform_formats_do_no_harm", || {
        for format in [4, 5, 9, 10] {
            let tile = File::new(format, 60).stored(Storage::Fixed(25)).build();
            let sensitive: Vec<usize> = (94..tile.len()).collect();
            let mut random = Random(u64::from(format));
            for _ in 0..250 {
                let tile = mutated(&tile, &sensitive, &mut random);
                let _ = decode(&laszip(), 60, &tile);
            }
        }
    });
}

#[test]
fn mutations_of_zstandard_do_no_harm() {
    confined("mutations_of_zstandard_do_no_harm", || {
        let fixture = Fixture::named("zstandard");
        let (points, tile) = fixture.largest();
        let header: Vec<usize> = (0..18).collect();
        let mut random = Random(9);
        for _ in 0..3000 {
            let tile = mutated(&tile, &header, &mut random);
            let _ = decode(&fixture.metadata, points, &tile);
        }
    });
}

#[test]
fn a_chunk_table_that_lies_is_noticed() {
    confined("a_chunk_table_that_lies_is_noticed", || {
        for format in [0, 1, 6, 7] {
            let tile = File::new(format, 90).stored(Storage::Fixed(30)).build();
            let (start, table) = places(&tile);
            assert_eq!(u32_at(&tile, table + 4), 3);
            for chunks in [0, 1, 2, 4, 5, 1000, 1 << 31, u32::MAX] {
                let mut tile = tile.clone();
                tile[table + 4..table + 8].copy_from_slice(&chunks.to_le_bytes());
                // One more than there are may happen to be of no points.
                if chunks != 4 {
                    is_corrupt(90, &tile, &format!("{chunks} chunks"));
                }
            }
            for place in [
                i64::MIN,
                -2,
                -1,
                0,
                start as i64,
                start as i64 + 7,
                tile.len() as i64 - 7,
                tile.len() as i64,
                1 << 40,
                i64::MAX,
            ] {
                let mut tile = tile.clone();
                tile[start..start + 8].copy_from_slice(&place.to_le_bytes());
                is_corrupt(90, &tile, &format!("table at {place}"));
            }
        }
    });
}

/// A LAZ file of one chunk whose chunk table has these entries of points and bytes instead.
fn with_table(format: u8, entries: &[(u64, i32)], variable: bool) -> Vec<u8> {
    let storage = match variable {
        true => Storage::Variable(vec![50]),
        false => Storage::Fixed(50),
    };
    let mut tile = File::new(format, 50).stored(storage).build();
    let (_, place) = places(&tile);
    let mut table = ChunkTable::with_capacity(entries.len());
    for (point_count, byte_count) in entries {
        table.push(ChunkTableEntry {
            point_count: *point_count,
            byte_count: i64::from(*byte_count) as u64,
        });
    }
    let builder = LazVlrBuilder::default()
        .with_point_format(format, 0)
        .unwrap();
    let vlr: LazVlr = match variable {
        true => builder.with_variable_chunk_size().build(),
        false => builder.with_fixed_chunk_size(50).build(),
    };
    tile.truncate(place);
    table.write_to(&mut tile, &vlr).unwrap();
    tile
}

#[test]
fn chunks_that_do_not_fit_are_refused() {
    confined("chunks_that_do_not_fit_are_refused", || {
        for format in [1, 6] {
            let size = |variable| {
                let (start, place) = places(&with_table(format, &[], variable));
                (place - start - 8) as i32
            };
            for variable in [false, true] {
                let tile = with_table(format, &[(50, size(variable))], variable);
                assert_eq!(decode(&laszip(), 50, &tile), Ok(50));
            }
            let size = size(true);
            for entries in [
                vec![(50, size + 1)],
                vec![(50, -1)],
                vec![(50, -size)],
                vec![(50, i32::MIN)],
                vec![(50, i32::MAX)],
                vec![(49, size)],
                vec![(51, size)],
                vec![(0, size)],
                vec![(50, 0)],
                vec![(50, 1)],
                vec![(25, 0), (25, size)],
                vec![(0xffff_ffff, size)],
                vec![(0x7fff_ffff, size)],
            ] {
                let tile = with_table(format, &entries, true);
                is_corrupt(50, &tile, &format!("{format} {entries:?}"));
            }
        }
    });
}

#[test]
fn layers_that_do_not_fit_their_chunk_are_refused() {
    confined("layers_that_do_not_fit_their_chunk_are_refused", || {
        for (format, layers) in [(6, 9), (7, 10), (8, 11), (9, 10), (10, 12)] {
            let file = File::new(format, 80);
            let tile = file.build();
            let (start, _) = places(&tile);
            let sizes = start + 8 + file.record() + 4;
            for layer in 0..layers {
                for size in [u32::MAX, 1 << 31, 1 << 20] {
                    let mut tile = tile.clone();
                    tile[sizes + layer * 4..][..4].copy_from_slice(&size.to_le_bytes());
                    is_corrupt(80, &tile, &format!("layer {layer} of {format}, {size}"));
                }
            }
        }
    });
}

#[test]
fn codes_out_of_range_do_not_end_the_stack() {
    confined("codes_out_of_range_do_not_end_the_stack", || {
        // In such a code every GPS time is that of another sequence, of which it is that of another.
        for format in [1, 3, 4, 5] {
            let file = File::new(format, 5000);
            let mut tile = file.build();
            let (start, place) = places(&tile);
            tile[start + 8 + file.record()..place].fill(0xff);
            is_corrupt(5000, &tile, &format!("format {format}"));
        }
        for (format, layers) in [(6, 9), (7, 10), (8, 11), (9, 10), (10, 12)] {
            let file = File::new(format, 5000);
            let tile = file.build();
            let sizes = places(&tile).0 + 8 + file.record() + 4;
            let mut layer = sizes + layers * 4;
            for at in 0..layers {
                let size = u32_at(&tile, sizes + at * 4);
                let mut tile = tile.clone();
                tile[layer..layer + size].fill(0xff);
                is_corrupt(5000, &tile, &format!("layer {at} of {format}"));
                layer += size;
            }
        }
    });
}

#[test]
fn layers_without_bytes_do_not_make_points() {
    confined("layers_without_bytes_do_not_make_points", || {
        // The hierarchy, the header and the chunk table all claim two thousand million points.
        let points = 2_000_000_000_u64;
        let file = File::new(6, 50).stored(Storage::Variable(vec![50]));
        let mut tile = file.build();
        let (start, place) = places(&tile);
        let sizes = start + 8 + file.record() + 4;
        tile[sizes..place].fill(0);
        tile[247..255].copy_from_slice(&points.to_le_bytes());
        tile.truncate(place);
        let mut table = ChunkTable::with_capacity(1);
        let byte_count = (place - start - 8) as u64;
        table.push(ChunkTableEntry {
            point_count: points,
            byte_count,
        });
        let builder = LazVlrBuilder::default().with_point_format(6, 0).unwrap();
        table
            .write_to(&mut tile, &builder.with_variable_chunk_size().build())
            .unwrap();
        is_corrupt(points, &tile, "layers of 0 bytes");
    });
}

#[test]
fn a_count_that_the_bytes_cannot_hold_is_refused() {
    confined("a_count_that_the_bytes_cannot_hold_is_refused", || {
        for points in [1_u64 << 32, 1 << 40, u64::MAX / 30, u64::MAX] {
            for storage in [Storage::Uncompressed, Storage::Fixed(50)] {
                let vlr: Vec<u8> = (0..9).flat_map(|_| descriptor(0, 255, "Blob")).collect();
                let file = File::new(6, 50).with_extra(9 * 255, vlr).stored(storage);
                let mut tile = file.build();
                tile[247..255].copy_from_slice(&points.to_le_bytes());
                is_corrupt(points, &tile, &format!("{points} points"));
            }
        }
    });
}

#[test]
fn a_huge_count_of_wide_records_reserves_little() {
    confined("a_huge_count_of_wide_records_reserves_little", || {
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
    });
}

#[test]
fn a_huge_count_of_short_records_reserves_little() {
    confined("a_huge_count_of_short_records_reserves_little", || {
        // Coordinates of one byte become eight.
        let axis = |name: &str| json!({"name": name, "type": "signed", "size": 1, "scale": 0.5});
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
    });
}

#[test]
fn variable_length_records_that_lie_are_noticed() {
    confined("variable_length_records_that_lie_are_noticed", || {
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
    });
}

#[test]
fn a_short_laszip_record_is_refused() {
    confined("a_short_laszip_record_is_refused", || {
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
    confined("a_scale_or_offset_that_is_no_number_is_refused", || {
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
    });
}

#[test]
fn extra_bytes_beyond_the_record_are_refused() {
    confined("extra_bytes_beyond_the_record_are_refused", || {
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
    confined("records_longer_than_laszip_says_are_refused", || {
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
    });
}

#[test]
fn headers_that_reach_beyond_the_tile_are_refused() {
    confined("headers_that_reach_beyond_the_tile_are_refused", || {
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
    });
}

fn three_bytes() -> Metadata {
    let schema = ["X", "Y", "Z"].map(|name| json!({"name": name, "type": "signed", "size": 1}));
    by_schema("zstandard", &json!(schema))
}

#[test]
fn a_zstandard_bomb_does_not_fill_the_memory() {
    confined("a_zstandard_bomb_does_not_fill_the_memory", || {
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
    });
}

#[test]
fn zstandard_frames_that_claim_too_much_are_refused() {
    confined("zstandard_frames_that_claim_too_much_are_refused", || {
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
    });
}
