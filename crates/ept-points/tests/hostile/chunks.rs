//! Chunk tables, chunks and layers that lie.

use crate::common;

use laz::laszip::{ChunkTable, ChunkTableEntry};
use laz::{LazVlr, LazVlrBuilder};

use common::{File, Storage, laszip};

use super::{confined, decode, is_corrupt, places, u32_at};

#[test]
fn a_chunk_table_that_lies_is_noticed() {
    confined("chunks::a_chunk_table_that_lies_is_noticed", || {
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
    confined("chunks::chunks_that_do_not_fit_are_refused", || {
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
    confined(
        "chunks::layers_that_do_not_fit_their_chunk_are_refused",
        || {
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
        },
    );
}

#[test]
fn codes_out_of_range_do_not_end_the_stack() {
    confined("chunks::codes_out_of_range_do_not_end_the_stack", || {
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
    confined("chunks::layers_without_bytes_do_not_make_points", || {
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
