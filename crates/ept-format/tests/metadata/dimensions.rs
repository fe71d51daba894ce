//! Dimensions: names, types, scale and offset, statistics.

use ept_format::{FormatError, Metadata, ScalarType, Statistics};
use serde_json::json;

use super::{dimension, with};

#[test]
fn dimensions_have_the_names_of_pdal_unless_two_would_have_the_same() {
    let names = |given: &[&str]| -> Vec<String> {
        let schema = given.iter();
        let schema = schema.map(|name| json!({"name": name, "type": "unsigned", "size": 2}));
        let metadata = with(&[("schema", schema.collect())]).unwrap();
        metadata.schema().iter().map(|d| d.name.clone()).collect()
    };
    let given = ["x", "GPSTime", "gps_time_offset", "NIR", "point_source_id"];
    let known = [
        "X",
        "GpsTime",
        "gps_time_offset",
        "Infrared",
        "PointSourceId",
    ];
    assert_eq!(names(&given), known);
    let twice = ["intensity", "INTENSITY", "ScanAngle", "ScanAngleRank"];
    assert_eq!(names(&twice), twice);
}

#[test]
fn the_ten_prescribed_types_are_known() {
    use ScalarType::{F32, F64, I8, I16, I32, I64, U8, U16, U32, U64};
    for (name, size, scalar, text) in [
        ("signed", 1, I8, "int8"),
        ("signed", 2, I16, "int16"),
        ("signed", 4, I32, "int32"),
        ("signed", 8, I64, "int64"),
        ("unsigned", 1, U8, "uint8"),
        ("unsigned", 2, U16, "uint16"),
        ("unsigned", 4, U32, "uint32"),
        ("unsigned", 8, U64, "uint64"),
        ("float", 4, F32, "float32"),
        ("float", 8, F64, "float64"),
        ("floating", 4, F32, "float32"),
        ("floating", 8, F64, "float64"),
    ] {
        let read = dimension(json!({"name": "A", "type": name, "size": size})).unwrap();
        assert_eq!(read.scalar, scalar);
        assert_eq!((scalar.size(), scalar.to_string()), (size, text.to_owned()));
        assert_eq!(scalar.is_integer(), !name.starts_with("float"));
    }
}

#[test]
fn old_types_have_their_size_in_their_name() {
    for (name, text) in [
        ("int8", "int8"),
        ("int16", "int16"),
        ("int32", "int32"),
        ("int64", "int64"),
        ("uint8", "uint8"),
        ("uint16", "uint16"),
        ("uint32", "uint32"),
        ("uint64", "uint64"),
        ("float", "float32"),
        ("double", "float64"),
    ] {
        let read = dimension(json!({"name": "A", "type": name})).unwrap();
        assert_eq!(read.scalar.to_string(), text);
        let size = read.scalar.size();
        let sized = dimension(json!({"name": "A", "type": name, "size": size})).unwrap();
        assert_eq!(sized.scalar, read.scalar);
    }
}

#[test]
fn other_types_are_bytes_without_a_meaning() {
    for (name, size) in [
        ("string", 1),
        ("string", 24),
        ("signed", 3),
        ("float", 16),
        ("x", 65535),
    ] {
        let read = dimension(json!({"name": "A", "type": name, "size": size})).unwrap();
        assert_eq!(read.scalar, ScalarType::Bytes(size));
        assert_eq!(read.scalar.size(), usize::from(size));
        assert_eq!(read.scalar.to_string(), format!("bytes{size}"));
        assert!(!read.scalar.is_integer());
    }
}

#[test]
fn names_that_nobody_else_knows_are_kept_as_they_stand() {
    for name in ["Pulse width", "confidence", "Größe", "a\"b", "Height "] {
        let read = dimension(json!({"name": name, "type": "unsigned", "size": 1})).unwrap();
        assert_eq!(read.name, name);
    }
}

#[test]
fn scale_and_offset_may_be_fractional_negative_or_null() {
    let read = dimension(json!({
        "name": "X", "type": "signed", "size": 4, "scale": -0.5, "offset": -0.037829
    }))
    .unwrap();
    assert_eq!((read.scale, read.offset), (-0.5, -0.037829));
    let read = dimension(json!({
        "name": "X", "type": "signed", "size": 4, "scale": null, "offset": null
    }))
    .unwrap();
    assert_eq!((read.scale, read.offset), (1.0, 0.0));
}

#[test]
fn statistics_are_read_in_both_forms() {
    let new = json!({
        "name": "Classification", "type": "unsigned", "size": 1,
        "count": 100, "minimum": 1, "maximum": 2.0, "mean": 1.25, "stddev": 0.5, "variance": 0.25,
        "counts": [{"value": 1, "count": 75}, {"value": 2.0, "count": 25.0}]
    });
    let old = json!({
        "name": "Classification", "type": "unsigned", "size": 1,
        "count": 100.0, "minimum": 1, "maximum": 2, "average": 1.25, "stddev": 0.5, "variance": 0.25,
        "counts": ["1/75", "2/25"]
    });
    let expected = Statistics {
        count: Some(100),
        minimum: Some(1.0),
        maximum: Some(2.0),
        mean: Some(1.25),
        stddev: Some(0.5),
        variance: Some(0.25),
        counts: vec![(1.0, 75), (2.0, 25)],
    };
    assert_eq!(dimension(new).unwrap().statistics, Some(expected.clone()));
    assert_eq!(dimension(old).unwrap().statistics, Some(expected));
}

#[test]
fn statistics_that_make_no_sense_are_left_out() {
    let read = dimension(json!({
        "name": "A", "type": "unsigned", "size": 1,
        "count": -1, "minimum": "low", "mean": 3, "counts": [7, "nothing", "2/x", {"value": 1}]
    }))
    .unwrap();
    let expected = Statistics {
        mean: Some(3.0),
        ..Statistics::default()
    };
    assert_eq!(read.statistics, Some(expected));
}

/// Dimensions are compared with each other: 100,000 took half a minute.
#[test]
fn schemas_of_thousands_of_dimensions_are_refused() {
    let with = |count: usize| {
        let dimension = |i| format!(r#"{{"name": "d{i}", "type": "unsigned", "size": 1}}"#);
        let schema: Vec<String> = (0..count).map(dimension).collect();
        let text = format!(
            r#"{{"bounds": [0, 0, 0, 1, 1, 1], "span": 64, "dataType": "binary", "schema": [{}]}}"#,
            schema.join(",")
        );
        Metadata::from_json(text.as_bytes())
    };
    let most = Metadata::MOST_DIMENSIONS;
    assert_eq!(with(most).unwrap().schema().len(), most);
    for count in [most + 1, 100_000] {
        let error = with(count).unwrap_err();
        let expected = FormatError::TooMany {
            what: "dimensions",
            most,
        };
        assert_eq!(error, expected);
    }
}
