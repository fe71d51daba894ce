//! Headers of every version.

use crate::common;

use ept_points::Decoder;

use common::{File, Storage, laszip};

use super::{by_the_tables, columns, decode};

#[test]
fn the_count_of_las_1_4_is_read_from_either_field() {
    for counts in [[true, false], [false, true], [true, true]] {
        for format in [1, 6] {
            let mut file = File::new(format, 60);
            (file.minor, file.counts) = (4, counts);
            assert_eq!(decode(&file).len(), 60, "{format} {counts:?}");
        }
    }
}

#[test]
fn every_version_of_the_header_is_read() {
    for minor in 0..=4 {
        let mut file = File::new(1, 60);
        (file.minor, file.counts) = (minor, [true, minor == 4]);
        assert_eq!(columns(&decode(&file)), by_the_tables(&file), "1.{minor}");
    }
}

#[test]
fn another_major_version_is_refused() {
    let mut tile = File::new(1, 5).build();
    tile[24] = 2;
    let error = Decoder::new(&laszip()).decode(5, &tile).unwrap_err();
    assert!(error.to_string().contains("2.2"), "{error}");
}

#[test]
fn a_file_without_points_is_read() {
    for format in [0, 6] {
        for storage in [Storage::Uncompressed, Storage::Fixed(50_000)] {
            let file = File::new(format, 0).stored(storage);
            let batch = decode(&file);
            assert!(batch.is_empty());
            assert_eq!(batch.columns().len(), by_the_tables(&file).len());
        }
    }
}
