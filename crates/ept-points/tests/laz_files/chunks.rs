//! Chunks, their table, and points that are not compressed.

use crate::common;

use ept_points::{DecodeError, Decoder};

use common::{File, Storage, laszip};

use super::{by_the_tables, columns, decode};

#[test]
fn chunks_of_one_size_join() {
    for format in [0, 3, 5, 6, 8, 10] {
        // One chunk more than full, exactly full, one point short, and single points.
        for size in [1, 19, 20, 21, 30, 60, 61] {
            let file = File::new(format, 60).stored(Storage::Fixed(size));
            assert_eq!(
                columns(&decode(&file)),
                by_the_tables(&file),
                "{format} by {size}"
            );
        }
    }
}

#[test]
fn chunks_of_many_sizes_join() {
    for format in [0, 1, 6, 7] {
        for sizes in [
            vec![60],
            vec![1, 59],
            vec![20, 10, 29, 1],
            vec![30, 0, 30],
            vec![1; 60],
        ] {
            let file = File::new(format, 60).stored(Storage::Variable(sizes));
            assert_eq!(
                columns(&decode(&file)),
                by_the_tables(&file),
                "{format} {:?}",
                file.storage
            );
        }
    }
}

#[test]
fn an_empty_last_chunk_is_no_fault() {
    // The `laz` crate closes a file of variable chunks with an empty one.
    for format in [0, 1, 2, 3, 6, 7, 8] {
        let file = File::new(format, 1).stored(Storage::Variable(vec![1]));
        assert_eq!(columns(&decode(&file)), by_the_tables(&file), "{format}");
    }
}

#[test]
fn the_place_of_the_chunk_table_may_stand_at_the_end() {
    for format in [1, 7] {
        for storage in [Storage::Fixed(70), Storage::Variable(vec![30, 270])] {
            let mut file = File::new(format, 300).stored(storage);
            file.table_place_at_end = true;
            let tile = file.build();
            let start = u32::from_le_bytes(tile[96..100].try_into().unwrap()) as usize;
            assert_eq!(tile[start..start + 8], (-1_i64).to_le_bytes());
            assert_eq!(columns(&decode(&file)), by_the_tables(&file), "{format}");
        }
    }
}

#[test]
fn records_of_one_stream_without_chunks_are_read() {
    // LASzip's first scheme: no chunk table, the points in one go. A file of one chunk is that, but
    // for the place of the table before the points and the table after them.
    let file = File::new(1, 200);
    let mut tile = file.build();
    let start = u32::from_le_bytes(tile[96..100].try_into().unwrap()) as usize;
    tile.drain(start..start + 8);
    let at = laszip_record(&tile);
    assert_eq!(tile[at..at + 2], [2, 0]);
    tile[at] = 1;
    let batch = Decoder::new(&laszip()).decode(200, &tile).unwrap();
    assert_eq!(columns(&batch), by_the_tables(&file));
}

/// Where the contents of the LASzip record stand.
fn laszip_record(tile: &[u8]) -> usize {
    let user = b"laszip encoded";
    let at = tile.windows(user.len()).position(|w| w == user).unwrap();
    at - 2 + 54
}

#[test]
fn points_that_laszip_does_not_compress_are_not_guessed_at() {
    // Compressor 0 of LASzip, and one that there is not.
    for (format, compressor) in [(1, 0), (6, 0), (1, 4), (6, 9)] {
        let mut tile = File::new(format, 20).build();
        let at = laszip_record(&tile);
        tile[at] = compressor;
        let error = Decoder::new(&laszip()).decode(20, &tile).unwrap_err();
        assert!(
            matches!(
                error,
                DecodeError::Unsupported(_) | DecodeError::Corrupt { .. }
            ),
            "{format} {compressor}: {error}"
        );
    }
}

#[test]
fn an_uncompressed_file_under_the_name_of_a_laz_is_read() {
    let file = File::new(3, 40).stored(Storage::Uncompressed);
    let mut tile = file.build();
    tile.extend(b"whatever follows the points");
    let batch = Decoder::new(&laszip()).decode(40, &tile).unwrap();
    assert_eq!(columns(&batch), by_the_tables(&file));
    // One byte short of its last point.
    let short = &file.build()[..file.build().len() - 1];
    let error = Decoder::new(&laszip()).decode(40, short).unwrap_err();
    assert!(matches!(error, DecodeError::Corrupt { .. }), "{error}");
}

#[test]
fn a_mark_of_compression_in_bit_6_counts_too() {
    let file = File::new(1, 30);
    let mut tile = file.build();
    assert_eq!(tile[104], 0x81);
    tile[104] = 0x41;
    let batch = Decoder::new(&laszip()).decode(30, &tile).unwrap();
    assert_eq!(columns(&batch), by_the_tables(&file));
}
