//! LAS and LAZ files of every point format, made record by record and written by the `laz` crate.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::common;

use std::io::Cursor;

use common::{
    File, RECORD, Storage, bytes, descriptor, gps_time_at, laszip, names, only, records,
    waveform_at,
};
use ept_points::{DecodeError, Decoder, PointBatch, Values};

fn decode(file: &File) -> PointBatch {
    let tile = file.build();
    Decoder::new(&laszip())
        .decode(file.points() as u64, &tile)
        .unwrap()
}

/// The columns of records by the tables of LAS 1.4 R15: name, and the bytes of the values.
fn by_the_tables(file: &File) -> Vec<(&'static str, Vec<u8>)> {
    let format = file.format;
    let records: Vec<&[u8]> = file.records.chunks(file.record()).collect();
    let plain = |at: usize, size: usize| -> Vec<u8> {
        records
            .iter()
            .flat_map(|r| r[at..at + size].to_vec())
            .collect()
    };
    let bits = |at: usize, first: u8, count: u8| -> Vec<u8> {
        records
            .iter()
            .map(|r| (r[at] >> first) & ((1_u16 << count) - 1) as u8)
            .collect()
    };
    let coordinate = |axis: usize| -> Vec<u8> {
        let values = records.iter().map(|r| {
            let stored = i32::from_le_bytes(r[axis * 4..axis * 4 + 4].try_into().unwrap());
            f64::from(stored) * file.scale[axis] + file.offset[axis]
        });
        values.flat_map(f64::to_le_bytes).collect()
    };
    let mut columns = vec![
        ("X", coordinate(0)),
        ("Y", coordinate(1)),
        ("Z", coordinate(2)),
        ("Intensity", plain(12, 2)),
        ("UserData", plain(17, 1)),
    ];
    if format < 6 {
        let angles = records.iter().map(|r| f32::from(r[16] as i8));
        columns.extend([
            ("ReturnNumber", bits(14, 0, 3)),
            ("NumberOfReturns", bits(14, 3, 3)),
            ("ScanDirectionFlag", bits(14, 6, 1)),
            ("EdgeOfFlightLine", bits(14, 7, 1)),
            ("Classification", bits(15, 0, 5)),
            ("Synthetic", bits(15, 5, 1)),
            ("KeyPoint", bits(15, 6, 1)),
            ("Withheld", bits(15, 7, 1)),
            ("ScanAngleRank", angles.flat_map(f32::to_le_bytes).collect()),
            ("PointSourceId", plain(18, 2)),
        ]);
    } else {
        let angles = records.iter().map(|r| {
            let steps = i16::from_le_bytes([r[18], r[19]]);
            (f64::from(steps) * 0.006) as f32
        });
        columns.extend([
            ("ReturnNumber", bits(14, 0, 4)),
            ("NumberOfReturns", bits(14, 4, 4)),
            ("Synthetic", bits(15, 0, 1)),
            ("KeyPoint", bits(15, 1, 1)),
            ("Withheld", bits(15, 2, 1)),
            ("Overlap", bits(15, 3, 1)),
            ("ScanChannel", bits(15, 4, 2)),
            ("ScanDirectionFlag", bits(15, 6, 1)),
            ("EdgeOfFlightLine", bits(15, 7, 1)),
            ("Classification", plain(16, 1)),
            ("ScanAngleRank", angles.flat_map(f32::to_le_bytes).collect()),
            ("PointSourceId", plain(20, 2)),
        ]);
    }
    if let Some(at) = gps_time_at(format) {
        columns.push(("GpsTime", plain(at, 8)));
    }
    let colours = match format {
        2 => Some(20),
        3 | 5 => Some(28),
        7 | 8 | 10 => Some(30),
        _ => None,
    };
    if let Some(at) = colours {
        columns.extend([
            ("Red", plain(at, 2)),
            ("Green", plain(at + 2, 2)),
            ("Blue", plain(at + 4, 2)),
        ]);
    }
    if matches!(format, 8 | 10) {
        columns.push(("Infrared", plain(36, 2)));
    }
    if let Some(at) = waveform_at(format) {
        columns.extend([
            ("WavePacketDescriptorIndex", plain(at, 1)),
            ("WaveformDataOffset", plain(at + 1, 8)),
            ("WaveformPacketSize", plain(at + 9, 4)),
            ("ReturnPointWaveformLocation", plain(at + 13, 4)),
            ("WaveformXt", plain(at + 17, 4)),
            ("WaveformYt", plain(at + 21, 4)),
            ("WaveformZt", plain(at + 25, 4)),
        ]);
    }
    columns.sort_unstable();
    columns
}

fn columns(batch: &PointBatch) -> Vec<(&str, Vec<u8>)> {
    let each = batch.columns().iter();
    let mut columns: Vec<_> = each.map(|c| (&*c.name, bytes(&c.values))).collect();
    columns.sort_unstable();
    columns
}

#[test]
fn every_point_format_reads_as_its_table_says() {
    for format in 0..=10 {
        for storage in [Storage::Uncompressed, Storage::Fixed(50_000)] {
            let file = File::new(format, 300).stored(storage);
            let batch = decode(&file);
            assert_eq!(
                columns(&batch),
                by_the_tables(&file),
                "{format} {:?}",
                file.storage
            );
            assert_eq!(batch.point_format(), Some(format));
            let scaling = batch.scaling().unwrap();
            assert_eq!((scaling.scale, scaling.offset), (file.scale, file.offset));
        }
    }
}

#[test]
fn files_of_the_las_crate_read_as_the_las_crate_reads_them() {
    for format in 0..=10 {
        let mut builder = las::Builder::from((1, if format < 4 { 2 } else { 4 }));
        builder.point_format = las::point::Format::new(format).unwrap();
        builder.point_format.is_compressed = true;
        let axis = |scale, offset| las::Transform { scale, offset };
        builder.transforms = las::Vector {
            x: axis(0.01, 500.0),
            y: axis(0.02, -3.5),
            z: axis(0.001, 0.1),
        };
        let header = builder.into_header().unwrap();
        let mut records = records(format, 0, 400);
        for record in records.chunks_mut(RECORD[usize::from(format)]) {
            // The writer wants return numbers that there are.
            let (bits, returns) = if format < 6 { (7, 5) } else { (15, 15) };
            record[14] = record[14] & !bits | (record[14] % returns + 1);
        }
        let points = las::PointDataBuilder::new()
            .for_header(&header)
            .build_from_bytes(records)
            .unwrap();
        let mut writer = las::Writer::new(Cursor::new(Vec::new()), header).unwrap();
        writer.write_points(&points).unwrap();
        let tile = writer.into_inner().unwrap().into_inner();

        let batch = Decoder::new(&laszip()).decode(400, &tile).unwrap();
        let mut reader = las::Reader::new(Cursor::new(tile)).unwrap();
        let theirs = reader.read_all().unwrap();
        assert!(
            batch.x().unwrap().iter().copied().eq(theirs.x()),
            "{format}"
        );
        assert!(
            batch.y().unwrap().iter().copied().eq(theirs.y()),
            "{format}"
        );
        assert!(
            batch.z().unwrap().iter().copied().eq(theirs.z()),
            "{format}"
        );
        let is = |name: &str, values: Values| {
            assert_eq!(
                batch.values(name),
                Some(&values),
                "{name} of format {format}"
            );
        };
        is("Intensity", Values::U16(theirs.intensity().collect()));
        is("ReturnNumber", Values::U8(theirs.return_number().collect()));
        is(
            "NumberOfReturns",
            Values::U8(theirs.number_of_returns().collect()),
        );
        is("UserData", Values::U8(theirs.user_data().collect()));
        is(
            "PointSourceId",
            Values::U16(theirs.point_source_id().collect()),
        );
        if let Some(times) = theirs.gps_time() {
            is("GpsTime", Values::F64(times.collect()));
        }
        if let Some(colours) = theirs.rgb() {
            let (mut red, mut green, mut blue) = (Vec::new(), Vec::new(), Vec::new());
            for (r, g, b) in colours {
                red.push(r);
                green.push(g);
                blue.push(b);
            }
            is("Red", Values::U16(red));
            is("Green", Values::U16(green));
            is("Blue", Values::U16(blue));
        }
        if let Some(infrared) = theirs.nir() {
            is("Infrared", Values::U16(infrared.collect()));
        }
    }
}

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

#[test]
fn a_mark_of_compression_in_bit_6_counts_too() {
    let file = File::new(1, 30);
    let mut tile = file.build();
    assert_eq!(tile[104], 0x81);
    tile[104] = 0x41;
    let batch = Decoder::new(&laszip()).decode(30, &tile).unwrap();
    assert_eq!(columns(&batch), by_the_tables(&file));
}

/// The little-endian numbers in the extra bytes of each record, `at` bytes after the point format's own.
fn extra<const N: usize>(file: &File, at: usize) -> Vec<[u8; N]> {
    let start = RECORD[usize::from(file.format)] + at;
    let each = file.records.chunks(file.record());
    each.map(|r| r[start..start + N].try_into().unwrap())
        .collect()
}

#[test]
fn extra_bytes_have_their_names_and_types_in_every_version() {
    let types: [(u8, usize, &str); 10] = [
        (1, 1, "uint8"),
        (2, 1, "int8"),
        (3, 2, "uint16"),
        (4, 2, "int16"),
        (5, 4, "uint32"),
        (6, 4, "int32"),
        (7, 8, "uint64"),
        (8, 8, "int64"),
        (9, 4, "float32"),
        (10, 8, "float64"),
    ];
    let vlr: Vec<u8> = types
        .iter()
        .flat_map(|(code, _, name)| descriptor(*code, 0, name))
        .collect();
    for (format, minor) in [(1, 2), (3, 2), (1, 4), (6, 4), (7, 4)] {
        let mut file = File::new(format, 80).with_extra(42, vlr.clone());
        file.minor = minor;
        let batch = decode(&file);
        let mut at = RECORD[usize::from(format)];
        for (_, size, name) in types {
            let values = batch.values(name).unwrap();
            assert_eq!(values.scalar().to_string(), name);
            let each = file.records.chunks(file.record());
            let expected: Vec<u8> = each.flat_map(|r| r[at..at + size].to_vec()).collect();
            assert!(bytes(values) == expected, "{name} of format {format}");
            at += size;
        }
    }
}

#[test]
fn extra_bytes_are_scaled_where_their_options_say_so() {
    let scaled = |name: &str, options: u8, scale: f64, offset: f64| {
        let mut descriptor = descriptor(4, options, name);
        descriptor[112..120].copy_from_slice(&scale.to_le_bytes());
        descriptor[136..144].copy_from_slice(&offset.to_le_bytes());
        descriptor
    };
    let vlr = [
        scaled("Both", 8 | 16, 0.01, -5.0),
        scaled("Scale", 8, 0.01, -5.0),
        scaled("Offset", 16, 0.01, -5.0),
        scaled("Neither", 1 | 2 | 4, 0.01, -5.0),
    ];
    let file = File::new(6, 50).with_extra(8, vlr.concat());
    let batch = decode(&file);
    let stored = |at| extra::<2>(&file, at).into_iter().map(i16::from_le_bytes);
    let number = |at| stored(at).map(f64::from);
    let is = |name: &str, values: Values| assert_eq!(batch.values(name), Some(&values), "{name}");
    is(
        "Both",
        Values::F64(number(0).map(|n| n * 0.01 - 5.0).collect()),
    );
    is("Scale", Values::F64(number(2).map(|n| n * 0.01).collect()));
    is("Offset", Values::F64(number(4).map(|n| n - 5.0).collect()));
    is("Neither", Values::I16(stored(6).collect()));
}

#[test]
fn a_scaled_extra_dimension_without_a_scale_is_refused() {
    for (options, place) in [(8, 112), (16, 136)] {
        for number in [f64::NAN, f64::INFINITY] {
            let mut vlr = descriptor(4, options, "Bad");
            vlr[place..place + 8].copy_from_slice(&number.to_le_bytes());
            let file = File::new(1, 5).with_extra(2, vlr);
            let error = Decoder::new(&laszip())
                .decode(5, &file.build())
                .unwrap_err();
            assert!(matches!(error, DecodeError::Corrupt { .. }), "{error}");
        }
    }
}

#[test]
fn undocumented_extra_bytes_keep_their_width() {
    let vlr = [descriptor(0, 5, "Blob"), descriptor(3, 0, "After")].concat();
    let file = File::new(7, 30).with_extra(7, vlr);
    let batch = decode(&file);
    let data = extra::<5>(&file, 0).concat();
    assert_eq!(
        batch.values("Blob"),
        Some(&Values::Bytes { width: 5, data })
    );
    let after = extra::<2>(&file, 5).into_iter().map(u16::from_le_bytes);
    assert_eq!(batch.values("After"), Some(&Values::U16(after.collect())));
}

#[test]
fn extra_bytes_that_nothing_describes_are_skipped() {
    // No record at all, and one that covers the first of three bytes.
    let mut file = File::new(1, 30).with_extra(3, Vec::new());
    file.vlrs.clear();
    assert_eq!(columns(&decode(&file)), by_the_tables(&file));
    let file = File::new(6, 30).with_extra(3, descriptor(1, 0, "First"));
    let batch = decode(&file);
    let first = extra::<1>(&file, 0).concat();
    assert_eq!(batch.values("First"), Some(&Values::U8(first)));
    assert_eq!(batch.columns().len(), by_the_tables(&file).len() + 1);
}

#[test]
fn old_array_types_come_as_one_dimension_for_each_element() {
    // Type 23: three of uint16; type 12: two of int8.
    let vlr = [descriptor(23, 0, "Colors"), descriptor(12, 0, "Flags")].concat();
    let file = File::new(3, 20).with_extra(8, vlr);
    let batch = decode(&file);
    for (element, name) in ["Colors0", "Colors1", "Colors2"].into_iter().enumerate() {
        let values = extra::<2>(&file, element * 2)
            .into_iter()
            .map(u16::from_le_bytes);
        assert_eq!(batch.values(name), Some(&Values::U16(values.collect())));
    }
    for (element, name) in ["Flags0", "Flags1"].into_iter().enumerate() {
        let values = extra::<1>(&file, 6 + element)
            .into_iter()
            .map(i8::from_le_bytes);
        assert_eq!(batch.values(name), Some(&Values::I8(values.collect())));
    }
}

#[test]
fn each_element_of_an_array_has_its_own_scale_and_offset() {
    // Type 14: two of int16.
    let mut vlr = descriptor(14, 8 | 16, "Pair");
    for (element, (scale, offset)) in [(0.5, 1.0), (-0.25, 10.0)].into_iter().enumerate() {
        let number: [f64; 2] = [scale, offset];
        vlr[112 + element * 8..][..8].copy_from_slice(&number[0].to_le_bytes());
        vlr[136 + element * 8..][..8].copy_from_slice(&number[1].to_le_bytes());
    }
    let file = File::new(1, 20).with_extra(4, vlr);
    let batch = decode(&file);
    let stored = |at| {
        let values = extra::<2>(&file, at).into_iter();
        values.map(|bytes| f64::from(i16::from_le_bytes(bytes)))
    };
    let first = stored(0).map(|n| n * 0.5 + 1.0).collect();
    assert_eq!(batch.values("Pair0"), Some(&Values::F64(first)));
    let second = stored(2).map(|n| n * -0.25 + 10.0).collect();
    assert_eq!(batch.values("Pair1"), Some(&Values::F64(second)));
}

#[test]
fn names_stay_distinct() {
    let vlr = [
        descriptor(1, 0, "Intensity"),
        descriptor(1, 0, "A"),
        descriptor(1, 0, "A"),
        descriptor(1, 0, ""),
    ];
    let file = File::new(1, 10).with_extra(4, vlr.concat());
    let batch = decode(&file);
    let mut found = names(&batch);
    let count = found.len();
    found.sort_unstable();
    found.dedup();
    assert_eq!(found.len(), count);
    // The point's own intensity keeps the name.
    let own = file
        .records
        .chunks(file.record())
        .map(|r| u16::from_le_bytes([r[12], r[13]]));
    assert_eq!(batch.values("Intensity"), Some(&Values::U16(own.collect())));
    assert_eq!(count, by_the_tables(&file).len() + 4);
}

#[test]
fn a_layer_alone_reads_as_among_all() {
    let vlr = [
        descriptor(5, 0, "OriginId"),
        descriptor(10, 0, "Reflectance"),
    ]
    .concat();
    for format in 6..=10 {
        let file = File::new(format, 500)
            .with_extra(12, vlr.clone())
            .stored(Storage::Fixed(180));
        let tile = file.build();
        let all = decode(&file);
        for name in names(&all) {
            let alone = only(&laszip(), &[name]).decode(500, &tile).unwrap();
            assert_eq!(names(&alone), [name], "{format}");
            assert!(
                bytes(alone.values(name).unwrap()) == bytes(all.values(name).unwrap()),
                "{name} of format {format}"
            );
        }
    }
}
