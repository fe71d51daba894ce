//! LAS and LAZ files as wholes: headers, variable length records, chunks.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::common;

use std::io::Cursor;

use common::{Full, SCALING, batch, coordinates, options, read, threads, write};
use ept_export::{ExportError, LasOptions, LasSink, Sink};
use ept_format::{Bounds, Key};
use ept_points::{Column, PointBatch, Values};
use las::raw;

fn raw_header(file: &[u8]) -> raw::Header {
    raw::Header::read_from(Cursor::new(file)).unwrap()
}

fn vlr<'a>(header: &'a las::Header, user: &str, id: u16) -> Option<&'a las::Vlr> {
    let is_it = |vlr: &&las::Vlr| vlr.user_id == user && vlr.record_id == id;
    header.vlrs().iter().find(is_it)
}

/// Points `range` of a cloud in which every dimension varies.
fn cloud(range: std::ops::Range<i32>, point_format: u8) -> PointBatch {
    let raw: Vec<[i32; 3]> = range
        .clone()
        .map(|i| [i * 7, i % 1000 - 500, i.wrapping_mul(i) % 4093])
        .collect();
    let mut columns = coordinates(&raw);
    let returns = range.clone().map(|i| (i % 5 + 1) as u8).collect();
    let times = range.clone().map(|i| f64::from(i) * 0.25).collect();
    let origins = range.clone().map(|i| (i / 1000) as u32).collect();
    columns.push(Column::new("ReturnNumber", Values::U8(returns)));
    columns.push(Column::new("GpsTime", Values::F64(times)));
    columns.push(Column::new("OriginId", Values::U32(origins)));
    let batch = PointBatch::new(columns).unwrap();
    batch.with_storage(Some(SCALING), Some(point_format))
}

#[test]
fn the_cut_into_batches_leaves_no_trace() {
    const POINTS: i32 = 120_000;
    for (point_format, compressed) in [(1, true), (6, true), (6, false)] {
        let whole = write(options(compressed), &[cloud(0..POINTS, point_format)]).unwrap();
        let cuts = [0, 1, 49_999, 50_000, 50_001, 99_999, 100_000, POINTS];
        let parts = cuts.windows(2);
        let parts: Vec<_> = parts
            .map(|cut| cloud(cut[0]..cut[1], point_format))
            .collect();
        assert!(write(options(compressed), &parts).unwrap() == whole);

        let (header, points) = read(&whole);
        assert_eq!(header.number_of_points(), POINTS as u64);
        assert_eq!(header.number_of_points_by_return(5), Some(24_000));
        assert!(points.x_raw().eq((0..POINTS).map(|i| i * 7)));
        let times = points.gps_time().unwrap();
        assert!(times.eq((0..POINTS).map(|i| f64::from(i) * 0.25)));
        let point = points.points().last().unwrap().unwrap();
        assert_eq!(point.extra_bytes, 119_u32.to_le_bytes());
    }
}

#[test]
fn the_number_of_threads_leaves_no_trace() {
    for point_format in [3, 7] {
        let batches = [
            cloud(0..70_000, point_format),
            cloud(70_000..210_000, point_format),
        ];
        let with = |number: usize| LasOptions {
            threads: threads(number),
            ..options(true)
        };
        let one = write(with(1), &batches).unwrap();
        for number in [2, 4, 9] {
            assert!(write(with(number), &batches).unwrap() == one, "{number}");
        }
        assert_eq!(read(&one).1.len(), 210_000);
    }
}

#[test]
fn an_output_that_fails_is_an_error_and_no_hang() {
    for (room, compressed) in [(0, true), (1000, true), (100_000, true), (1000, false)] {
        let mut sink = Box::new(LasSink::new(Full::after(room), options(compressed)));
        let mut results = (0..20).map(|at| {
            let batch = cloud(at * 20_000..(at + 1) * 20_000, 6);
            sink.write(Key::ROOT.into(), &batch)
        });
        let refusal = results.find_map(Result::err);
        assert!(matches!(refusal, Some(ExportError::Io(_))), "{refusal:?}");
    }
    let mut sink = Box::new(LasSink::new(Full::after(2000), options(true)));
    sink.write(Key::ROOT.into(), &cloud(0..10_000, 6)).unwrap();
    assert!(matches!(sink.finish(), Err(ExportError::Io(_))));
}

#[test]
fn whole_chunks_need_no_empty_one() {
    for point_format in [0, 6] {
        let file = write(options(true), &[cloud(0..100_000, point_format)]).unwrap();
        let (_, points) = read(&file);
        assert_eq!(points.len(), 100_000);
        let at = raw_header(&file).offset_to_point_data as usize;
        let table = u64::from_le_bytes(file[at..at + 8].try_into().unwrap()) as usize;
        assert_eq!(file[table + 4..table + 8], 2_u32.to_le_bytes());
    }
}

#[test]
fn without_points_the_file_is_valid() {
    for compressed in [false, true] {
        let empty = cloud(0..0, 1);
        let file = write(options(compressed), &[empty]).unwrap();
        assert_eq!(file, write(options(compressed), &[]).unwrap());
        let (header, points) = read(&file);
        assert_eq!((header.number_of_points(), points.len()), (0, 0));
        assert_eq!(header.point_format().to_u8().unwrap(), 6);
        // 1000 / 2^31 is 4.7e-7; 100 / 2^31 is 4.7e-8.
        assert_eq!(header.transforms().x.scale, 1e-6);
        assert_eq!(header.transforms().x.offset, 500.0);
        assert_eq!(header.transforms().z.scale, 1e-7);
        assert_eq!(header.transforms().z.offset, 50.0);
    }
}

#[test]
fn scale_of_floats_follows_from_the_bounds() {
    let cases = [
        (
            [0.0, 0.0, 0.0],
            [0.5, 2.2, 1e12],
            [1e-9, 1e-8, 1e3],
            [0.0, 1.0, 5e11],
        ),
        (
            [-180.0, -90.0, f64::NEG_INFINITY],
            [180.0, 90.0, 9.0],
            [1e-6, 1e-7, 1e-3],
            [0.0; 3],
        ),
        ([5.0; 3], [5.0; 3], [1e-9; 3], [5.0; 3]),
    ];
    for (min, max, scale, offset) in cases {
        let bounds = Bounds::new(min, max).unwrap();
        let options = LasOptions {
            bounds,
            ..options(false)
        };
        let corner = max.map(|max| Values::F64(vec![max]));
        let columns = ["X", "Y", "Z"].into_iter().zip(corner);
        let columns = columns.map(|(name, values)| Column::new(name, values));
        let batch = PointBatch::new(columns.collect()).unwrap();
        let (header, points) = read(&write(options, &[batch]).unwrap());
        let transforms = header.transforms();
        assert_eq!(
            [transforms.x.scale, transforms.y.scale, transforms.z.scale],
            scale
        );
        assert_eq!(
            [
                transforms.x.offset,
                transforms.y.offset,
                transforms.z.offset
            ],
            offset
        );
        assert!((points.x().next().unwrap() - max[0]).abs() <= scale[0]);
        assert!((points.z().next().unwrap() - max[2]).abs() <= scale[2]);
    }
}

#[test]
fn header_says_who_and_how_many_but_not_when() {
    let columns = vec![("ReturnNumber", Values::U8(vec![0, 1, 2, 2, 7]))];
    let file = write(options(true), &[batch(Some(0), columns)]).unwrap();
    let header = raw_header(&file);
    assert!(header.system_identifier.starts_with(b"EXTRACTION\0"));
    assert!(header.generating_software.starts_with(b"ept 0"));
    assert_eq!(
        (header.file_creation_year, header.file_creation_day_of_year),
        (0, 0)
    );
    assert_eq!((header.guid, header.global_encoding), ([0; 16], 0));
    assert_eq!((header.header_size, header.evlr), (375, None));
    assert_eq!(header.point_data_record_format, 0x80);
    assert_eq!(header.number_of_point_records, 5);
    assert_eq!(header.number_of_points_by_return, [1, 2, 0, 0, 0]);
    let counts = header.large_file.unwrap();
    assert_eq!(counts.number_of_point_records, 5);
    assert_eq!(
        counts.number_of_points_by_return[..8],
        [1, 2, 0, 0, 0, 0, 1, 0]
    );
    assert_eq!(
        (header.min_x, header.max_x),
        (637_000.0, 4.0 * 0.01 + 637_000.0)
    );
    assert_eq!((header.min_z, header.max_z), (0.0, 0.004));

    let columns = vec![("ReturnNumber", Values::U8(vec![1]))];
    let header = raw_header(&write(options(false), &[batch(Some(6), columns)]).unwrap());
    assert_eq!(header.global_encoding, 16);
    assert_eq!(header.number_of_point_records, 0);
    assert_eq!(header.number_of_points_by_return, [0; 5]);
}

#[test]
fn wkt_is_a_record_of_its_own() {
    for compressed in [false, true] {
        for length in [10, 65_534, 65_535, 200_000] {
            let wkt = "W".repeat(length);
            let options = LasOptions {
                wkt: Some(wkt.clone()),
                ..options(compressed)
            };
            let file = write(options, &[batch(Some(0), vec![])]).unwrap();
            assert_eq!(raw_header(&file).global_encoding, 16);
            let (header, points) = read(&file);
            assert_eq!(points.len(), 1);
            let mut records = header.all_vlrs();
            let record = records.find(|vlr| vlr.record_id == 2112).unwrap();
            assert_eq!(record.user_id, "LASF_Projection");
            assert_eq!(record.data, format!("{wkt}\0").as_bytes());
            assert_eq!(header.evlrs().len(), usize::from(length > 65_534));
        }
    }
}

#[test]
fn unknown_dimensions_become_extra_bytes() {
    let columns = vec![
        ("a", Values::U8(vec![u8::MAX])),
        ("b", Values::I8(vec![i8::MIN])),
        ("c", Values::U16(vec![u16::MAX])),
        ("d", Values::I16(vec![i16::MIN])),
        ("e", Values::U32(vec![u32::MAX])),
        ("f", Values::I32(vec![i32::MIN])),
        ("g", Values::U64(vec![u64::MAX])),
        ("h", Values::I64(vec![i64::MIN])),
        ("i", Values::F32(vec![-0.1])),
        ("j", Values::F64(vec![f64::MIN_POSITIVE])),
        (
            "k",
            Values::Bytes {
                width: 3,
                data: vec![1, 2, 3],
            },
        ),
    ];
    for (point_format, compressed) in [(0, false), (0, true), (6, false), (6, true)] {
        let batch = batch(Some(point_format), columns.clone());
        let (header, points) = read(&write(options(compressed), &[batch]).unwrap());
        let descriptors = &vlr(&header, "LASF_Spec", 4).unwrap().data;
        assert_eq!(descriptors.len(), 11 * 192);
        for (at, descriptor) in descriptors.chunks_exact(192).enumerate() {
            // Types by LAS 1.4 R15, table 25: they stand in the order of the columns above.
            let expected = if at == 10 { [0, 3] } else { [at as u8 + 1, 0] };
            assert_eq!(descriptor[2..4], expected);
            assert_eq!(descriptor[4..6], [b'a' + at as u8, 0]);
        }
        let expected = [
            &u8::MAX.to_le_bytes()[..],
            &i8::MIN.to_le_bytes(),
            &u16::MAX.to_le_bytes(),
            &i16::MIN.to_le_bytes(),
            &u32::MAX.to_le_bytes(),
            &i32::MIN.to_le_bytes(),
            &u64::MAX.to_le_bytes(),
            &i64::MIN.to_le_bytes(),
            &(-0.1_f32).to_le_bytes(),
            &f64::MIN_POSITIVE.to_le_bytes(),
            &[1, 2, 3],
        ];
        let point = points.points().next().unwrap().unwrap();
        assert_eq!(point.extra_bytes, expected.concat());
    }
}

#[test]
fn long_names_are_cut_and_stay_distinct() {
    let long = "abcdefghijklmnopqrstuvwxyz012345";
    let names = [
        format!("{long}6"),
        format!("{long}7"),
        long.into(),
        format!("{}é", &long[1..]),
    ];
    let columns = names.iter().map(|name| (&**name, Values::U8(vec![0])));
    let file = write(options(false), &[batch(Some(6), columns.collect())]).unwrap();
    let (header, _) = read(&file);
    let descriptors = &vlr(&header, "LASF_Spec", 4).unwrap().data;
    let found = descriptors.chunks_exact(192).map(|descriptor| {
        let name = descriptor[4..36].split(|byte| *byte == 0).next().unwrap();
        std::str::from_utf8(name).unwrap().to_owned()
    });
    let expected = [
        format!("{}_2", &long[..30]),
        format!("{}_3", &long[..30]),
        long.to_owned(),
        long[1..].to_owned(),
    ];
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

#[test]
fn extra_bytes_have_limits() {
    let wide = Values::Bytes {
        width: 256,
        data: vec![0; 256],
    };
    let error = write(options(false), &[batch(None, vec![("Blob", wide)])]).unwrap_err();
    assert!(matches!(error, ExportError::Wide { width: 256, .. }));

    let names: Vec<String> = (0..342).map(|i| format!("d{i}")).collect();
    let columns = |count: usize| {
        let names = names[..count].iter();
        names.map(|name| (&**name, Values::U8(vec![1]))).collect()
    };
    let file = write(options(true), &[batch(Some(6), columns(341))]).unwrap();
    assert_eq!(read(&file).0.point_format().extra_bytes, 341);
    let error = write(options(true), &[batch(Some(6), columns(342))]).unwrap_err();
    assert!(matches!(
        error,
        ExportError::TooManyDimensions {
            dimensions: 342,
            ..
        }
    ));
}

#[test]
fn later_points_follow_the_first() {
    let first = batch(Some(0), vec![("OriginId", Values::U16(vec![1]))]);
    let same = batch(Some(0), vec![("OriginId", Values::U32(vec![65535]))]);
    let file = write(options(false), &[first.clone(), same]).unwrap();
    let (_, points) = read(&file);
    let origins = points.points().map(|point| point.unwrap().extra_bytes);
    assert_eq!(origins.collect::<Vec<_>>(), [[1, 0], [255, 255]]);

    let large = batch(Some(0), vec![("OriginId", Values::U32(vec![65536]))]);
    let error = write(options(false), &[first.clone(), large]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "OriginId 65536 does not fit its field (uint16)"
    );
    for name in ["GpsTime", "Overlap", "Intensity", "Other"] {
        let more = batch(Some(0), vec![(name, Values::U8(vec![0]))]);
        let error = write(options(false), &[first.clone(), more]).unwrap_err();
        assert!(matches!(error, ExportError::NewDimension(new) if new == name));
    }
}
