//! Every field of every point format, read back with the `las` crate.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::common;

use common::{File, SCALING, batch, coordinates, options, read, write};
use ept_export::{ExportError, LasSink, Sink};
use ept_format::Key;
use ept_points::{Column, PointBatch, Values};
use las::point::ScanDirection;
use proptest::prelude::*;

/// Two points with the fields that all point formats have, at the limits of the old ones.
fn core() -> Vec<(&'static str, Values)> {
    vec![
        ("Intensity", Values::U16(vec![65535, 7])),
        ("ReturnNumber", Values::U8(vec![7, 1])),
        ("NumberOfReturns", Values::U8(vec![7, 2])),
        ("ScanDirectionFlag", Values::U8(vec![0, 1])),
        ("EdgeOfFlightLine", Values::U8(vec![1, 0])),
        ("Classification", Values::U8(vec![31, 2])),
        ("Synthetic", Values::U8(vec![1, 0])),
        ("KeyPoint", Values::U8(vec![0, 1])),
        ("Withheld", Values::U8(vec![1, 0])),
        ("ScanAngleRank", Values::F32(vec![-90.0, 12.0])),
        ("UserData", Values::U8(vec![255, 3])),
        ("PointSourceId", Values::U16(vec![65535, 4])),
    ]
}

fn times() -> (&'static str, Values) {
    ("GpsTime", Values::F64(vec![245_379.398_611_11, -1.5]))
}

fn colours() -> [(&'static str, Values); 3] {
    [
        ("Red", Values::U16(vec![65535, 1])),
        ("Green", Values::U16(vec![0, 2])),
        ("Blue", Values::U16(vec![256, 3])),
    ]
}

#[test]
fn legacy_formats_keep_every_field() {
    for compressed in [false, true] {
        for format in 0..=3 {
            let mut columns = core();
            columns.extend((format & 1 == 1).then(times));
            columns.extend((format & 2 == 2).then(colours).into_iter().flatten());
            let file = write(options(compressed), &[batch(Some(format), columns)]).unwrap();
            let (header, points) = read(&file);
            assert_eq!(header.point_format().to_u8().unwrap(), format);
            assert_eq!(header.point_format().is_compressed, compressed);
            assert_eq!(header.version(), las::Version::new(1, 4));
            assert_core(&points);
            let points: Vec<las::Point> = points.points().map(Result::unwrap).collect();
            assert_eq!(points[0].gps_time.is_some(), format & 1 == 1);
            assert_eq!(points[0].color.is_some(), format & 2 == 2);
            assert_times_and_colours(&points);
        }
    }
}

#[test]
fn formats_from_6_keep_every_field() {
    for compressed in [false, true] {
        for format in 6..=8 {
            let mut columns = core();
            columns.push(times());
            columns.push(("Overlap", Values::U8(vec![0, 1])));
            columns.push(("ScanChannel", Values::U8(vec![3, 2])));
            columns.extend((format >= 7).then(colours).into_iter().flatten());
            columns.extend((format == 8).then(|| ("Infrared", Values::U16(vec![9, 65535]))));
            let file = write(options(compressed), &[batch(Some(format), columns)]).unwrap();
            let (header, points) = read(&file);
            assert_eq!(header.point_format().to_u8().unwrap(), format);
            assert!(header.has_wkt_crs());
            assert_core(&points);
            let points: Vec<las::Point> = points.points().map(Result::unwrap).collect();
            assert_eq!([points[0].is_overlap, points[1].is_overlap], [false, true]);
            assert_eq!(points[0].scanner_channel, 3);
            assert_eq!(points[1].scanner_channel, 2);
            assert_times_and_colours(&points);
            let infrared = [points[0].nir, points[1].nir];
            assert_eq!(
                infrared,
                if format == 8 {
                    [Some(9), Some(65535)]
                } else {
                    [None; 2]
                }
            );
        }
    }
}

fn assert_core(points: &las::PointData) {
    assert_eq!(points.x_raw().collect::<Vec<_>>(), [0, 1]);
    assert_eq!(points.y_raw().collect::<Vec<_>>(), [0, 1]);
    assert_eq!(points.z_raw().collect::<Vec<_>>(), [0, 1]);
    let points: Vec<las::Point> = points.points().map(Result::unwrap).collect();
    let [a, b] = &points[..] else {
        panic!("{} points", points.len())
    };
    assert_eq!([a.intensity, b.intensity], [65535, 7]);
    assert_eq!([a.return_number, b.return_number], [7, 1]);
    assert_eq!([a.number_of_returns, b.number_of_returns], [7, 2]);
    assert_eq!(a.scan_direction, ScanDirection::RightToLeft);
    assert_eq!(b.scan_direction, ScanDirection::LeftToRight);
    assert_eq!(
        [a.is_edge_of_flight_line, b.is_edge_of_flight_line],
        [true, false]
    );
    assert_eq!(
        [u8::from(a.classification), u8::from(b.classification)],
        [31, 2]
    );
    assert_eq!([a.is_synthetic, b.is_synthetic], [true, false]);
    assert_eq!([a.is_key_point, b.is_key_point], [false, true]);
    assert_eq!([a.is_withheld, b.is_withheld], [true, false]);
    assert!((a.scan_angle + 90.0).abs() < 1e-4 && (b.scan_angle - 12.0).abs() < 1e-4);
    assert_eq!([a.user_data, b.user_data], [255, 3]);
    assert_eq!([a.point_source_id, b.point_source_id], [65535, 4]);
}

fn assert_times_and_colours(points: &[las::Point]) {
    if points[0].gps_time.is_some() {
        assert_eq!(points[0].gps_time, Some(245_379.398_611_11));
        assert_eq!(points[1].gps_time, Some(-1.5));
    }
    if let (Some(a), Some(b)) = (points[0].color, points[1].color) {
        assert_eq!([a.red, a.green, a.blue], [65535, 0, 256]);
        assert_eq!([b.red, b.green, b.blue], [1, 2, 3]);
    }
}

#[test]
fn returns_and_classes_beyond_the_legacy_limits() {
    let columns = vec![
        ("ReturnNumber", Values::U8(vec![15, 8])),
        ("NumberOfReturns", Values::U8(vec![15, 9])),
        ("Classification", Values::U8(vec![255, 64])),
    ];
    let file = write(options(true), &[batch(Some(6), columns.clone())]).unwrap();
    let (header, points) = read(&file);
    assert_eq!(points.return_number().collect::<Vec<_>>(), [15, 8]);
    assert_eq!(points.number_of_returns().collect::<Vec<_>>(), [15, 9]);
    assert_eq!(points.classification().collect::<Vec<_>>(), [255, 64]);
    assert_eq!(header.number_of_points_by_return(15), Some(1));
    assert_eq!(header.number_of_points_by_return(8), Some(1));

    let error = write(options(true), &[batch(Some(1), columns)]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "ReturnNumber 15 does not fit its field (3 bits)"
    );
}

#[test]
fn all_scan_angles_come_back() {
    let raw: Vec<i16> = (-30_000..=30_000).collect();
    let degrees = raw.iter().map(|&raw| (f64::from(raw) * 0.006) as f32);
    let columns = vec![("ScanAngleRank", Values::F32(degrees.collect()))];
    let file = write(options(false), &[batch(Some(6), columns)]).unwrap();
    let (_, points) = read(&file);
    let found = points
        .raw_bytes()
        .chunks_exact(30)
        .map(|record| i16::from_le_bytes([record[18], record[19]]));
    assert!(found.eq(raw));
}

#[test]
fn other_number_types_are_converted() {
    let columns = vec![
        ("Intensity", Values::U8(vec![200])),
        ("Red", Values::F32(vec![255.0])),
        ("Classification", Values::F64(vec![40.0])),
        ("ScanAngleRank", Values::I8(vec![-15])),
        ("ReturnNumber", Values::I64(vec![3])),
        ("GpsTime", Values::U32(vec![4_000_000_000])),
        ("Withheld", Values::F32(vec![1.0])),
    ];
    let file = write(options(false), &[batch(None, columns)]).unwrap();
    let (_, points) = read(&file);
    let point = points.points().next().unwrap().unwrap();
    assert_eq!((point.intensity, point.return_number), (200, 3));
    assert_eq!(point.color.unwrap().red, 255);
    assert_eq!(u8::from(point.classification), 40);
    assert!((point.scan_angle + 15.0).abs() < 1e-4);
    assert_eq!(point.gps_time, Some(4e9));
    assert!(point.is_withheld);
}

#[test]
fn values_that_do_not_fit_are_named() {
    let cases = [
        ("Intensity", Values::U32(vec![65535, 65536]), "65536"),
        ("Intensity", Values::F32(vec![1.0, 0.5]), "0.5"),
        ("Intensity", Values::I16(vec![0, -1]), "-1"),
        ("Red", Values::F64(vec![0.0, f64::NAN]), "NaN"),
        ("Blue", Values::F64(vec![0.0, 1e300]), "1000000"),
        ("UserData", Values::F32(vec![0.0, f32::INFINITY]), "inf"),
        ("ScanChannel", Values::U8(vec![3, 4]), "4"),
        ("Overlap", Values::U8(vec![1, 2]), "2"),
        ("ScanAngleRank", Values::F32(vec![0.0, 200.0]), "33333"),
        (
            "GpsTime",
            Values::U64(vec![0, (1 << 53) + 1]),
            "9007199254740993",
        ),
    ];
    for (name, values, value) in cases {
        let error = write(options(false), &[batch(None, vec![(name, values)])]).unwrap_err();
        assert!(matches!(&error, ExportError::Value { dimension, .. } if dimension == name));
        let text = error.to_string();
        let is_angle = name == "ScanAngleRank";
        assert!(
            text.contains(if is_angle { "200" } else { value }),
            "{text}"
        );
    }
    let bytes = Values::Bytes {
        width: 2,
        data: vec![0; 2],
    };
    let error = write(options(false), &[batch(None, vec![("Red", bytes)])]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Red is of type bytes2, but its field is uint16"
    );
}

#[test]
fn all_three_coordinates_are_required() {
    let columns = coordinates(&[[1, 2, 3]]);
    for missing in ["X", "Y", "Z"] {
        let mut columns = columns.clone();
        columns.retain(|column| &*column.name != missing);
        let batch = PointBatch::new(columns).unwrap();
        let error = write(options(false), &[batch]).unwrap_err();
        assert!(matches!(error, ExportError::NoCoordinate(axis) if axis == missing));
    }
}

#[test]
fn coordinates_out_of_range_are_named() {
    for (value, text) in [
        (1e9, "1000000000"),
        (f64::NAN, "NaN"),
        (f64::INFINITY, "inf"),
    ] {
        let mut columns = coordinates(&[[1, 2, 3]]);
        columns[1] = Column::new("Y", Values::F64(vec![value]));
        let batch = PointBatch::new(columns).unwrap();
        let batch = batch.with_storage(Some(SCALING), Some(0));
        let error = write(options(false), &[batch]).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "Y {text} does not fit in 32 bits with the file's scale 0.01 and offset 851000"
            )
        );
    }
}

#[test]
fn tiles_that_the_first_scaling_would_round_are_refused_or_told() {
    let first = PointBatch::new(coordinates(&[[0, 0, 0]])).unwrap();
    let first = first.with_storage(Some(SCALING), Some(6));
    let mut columns = coordinates(&[[0, 0, 0]]);
    columns[0] = Column::new("X", Values::F64(vec![637_000.126]));
    columns[2] = Column::new("Z", Values::F64(vec![-0.0015]));
    let mut other = SCALING;
    other.scale = [0.001; 3];
    let second = PointBatch::new(columns).unwrap();
    let second = second.with_storage(Some(other), Some(6));
    let error = write(options(true), &[first.clone(), second.clone()]).unwrap_err();
    assert!(matches!(error, ExportError::Scaling { .. }) && error.is_unforeseen());

    let file = File::default();
    let sink = LasSink::new(file.clone(), options(true)).with_columns(first.emptied());
    let mut sink: Box<dyn Sink> = Box::new(sink);
    for batch in [first, second] {
        sink.write(Key::ROOT.into(), &batch).unwrap();
    }
    let rounding = sink.rounding();
    let axes: Vec<_> = rounding.iter().map(|r| (r.axis, r.step)).collect();
    assert_eq!(axes, [("X", 0.01), ("Z", 0.001)]);
    assert!((rounding[0].by - 0.004).abs() < 1e-9, "{rounding:?}");
    sink.finish().unwrap();
    let (header, points) = read(&file.contents());
    assert_eq!(header.transforms().x.scale, 0.01);
    assert_eq!(points.x_raw().collect::<Vec<_>>(), [0, 13]);
    assert_eq!(points.z_raw().collect::<Vec<_>>(), [0, -2]);
}

#[test]
fn absent_values_are_not_made_zeros() {
    let first = batch(Some(6), vec![("OriginId", Values::U32(vec![7]))]);
    let second = PointBatch::new(coordinates(&[[0, 0, 0]])).unwrap();
    let error = write(options(true), &[first, second]).unwrap_err();
    assert!(
        error.to_string().contains("\"OriginId\" is missing"),
        "{error}"
    );
}

proptest! {
    #[test]
    fn coordinates_come_back_as_the_same_integers(
        raw in prop::collection::vec(any::<[i32; 3]>(), 1..50),
        exponents in prop::array::uniform3(-7..=1_i32),
        offsets in prop::array::uniform3(-1e7..1e7_f64),
        negative in any::<bool>(),
    ) {
        let mut scaling = SCALING;
        scaling.scale = exponents.map(|e| 10_f64.powi(e) * if negative { -1.0 } else { 1.0 });
        scaling.offset = offsets;
        let axis = |axis: usize| {
            let coordinates = raw
                .iter()
                .map(|raw| f64::from(raw[axis]) * scaling.scale[axis] + scaling.offset[axis]);
            Values::F64(coordinates.collect())
        };
        let batch = PointBatch::new(vec![
            Column::new("X", axis(0)),
            Column::new("Y", axis(1)),
            Column::new("Z", axis(2)),
        ]).unwrap().with_storage(Some(scaling), Some(0));

        let (header, points) = read(&write(options(false), std::slice::from_ref(&batch)).unwrap());
        prop_assert!(points.x_raw().eq(raw.iter().map(|raw| raw[0])));
        prop_assert!(points.y_raw().eq(raw.iter().map(|raw| raw[1])));
        prop_assert!(points.z_raw().eq(raw.iter().map(|raw| raw[2])));
        let least = batch.x().unwrap().iter().copied().fold(f64::INFINITY, f64::min);
        let greatest = batch.z().unwrap().iter().copied().fold(f64::NEG_INFINITY, f64::max);
        prop_assert_eq!(header.bounds().min.x, least);
        prop_assert_eq!(header.bounds().max.z, greatest);
    }
}

#[test]
fn a_dimension_by_any_of_its_names_goes_to_its_field() {
    let names = [
        "intensity",
        "return_number",
        "Number_of_Returns",
        "scanDirectionFlag",
        "edge_of_flight_line",
        "classification",
        "synthetic",
        "key_point",
        "WITHHELD",
        "ScanAngle",
        "user data",
        "PointSourceID",
    ];
    let renamed = core().into_iter().zip(names);
    let mut columns: Vec<_> = renamed.map(|((_, values), name)| (name, values)).collect();
    columns.push(("GPSTime", times().1));
    let lower = colours().into_iter().zip(["red", "GREEN", "blue"]);
    columns.extend(lower.map(|((_, values), name)| (name, values)));
    columns.push(("NIR", Values::U16(vec![9, 65535])));
    columns.push(("gain", Values::U8(vec![1, 2])));
    let file = write(options(false), &[batch(None, columns)]).unwrap();
    let (header, points) = read(&file);
    assert_eq!(header.point_format().to_u8().unwrap(), 8);
    assert_eq!(header.point_format().extra_bytes, 1);
    assert_core(&points);
    let points: Vec<las::Point> = points.points().map(Result::unwrap).collect();
    assert_times_and_colours(&points);
    assert_eq!([points[0].nir, points[1].nir], [Some(9), Some(65535)]);
    assert_eq!(
        [&*points[0].extra_bytes, &*points[1].extra_bytes],
        [[1], [2]]
    );
}

#[test]
fn of_two_columns_with_names_of_one_field_none_is_lost() {
    let columns = vec![
        ("intensity", Values::U16(vec![1, 2])),
        ("Intensity", Values::U16(vec![3, 4])),
    ];
    let file = write(options(false), &[batch(None, columns)]).unwrap();
    let (header, points) = read(&file);
    let points: Vec<las::Point> = points.points().map(Result::unwrap).collect();
    assert_eq!([points[0].intensity, points[1].intensity], [3, 4]);
    assert_eq!(
        [&*points[0].extra_bytes, &*points[1].extra_bytes],
        [[1, 0], [2, 0]]
    );
    // laspy refuses extra bytes by the name of a field.
    let mut vlrs = header.all_vlrs();
    let extra = vlrs.find(|vlr| vlr.record_id == 4 && vlr.user_id == "LASF_Spec");
    let name = &extra.unwrap().data[4..36];
    assert_eq!(name.strip_prefix(b"intensity_2").unwrap(), [0; 21]);
}
