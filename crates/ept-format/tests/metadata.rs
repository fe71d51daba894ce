//! `ept.json`: the specification's examples, what real files do beyond them, and what is refused.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use ept_format::{
    DataType, Dimension, FormatError, HierarchyType, Key, Metadata, ScalarType, Statistics,
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The example of the specification, section "ept.json", as it stands there.
const SPECIFICATION: &str = r#"{
    "bounds": [634962.0, 848881.0, -1818.0, 639620.0, 853539.0, 2840.0],
    "boundsConforming": [635577.0, 848882.0, 406.0, 639004.0, 853538.0, 616.0],
    "dataType": "laszip",
    "hierarchyType": "json",
    "points": 10653336,
    "schema": [
        { "name": "X", "type": "signed", "size": 4, "scale": 0.01, "offset": 637291.0 },
        { "name": "Y", "type": "signed", "size": 4, "scale": 0.01, "offset": 851210.0 },
        { "name": "Z", "type": "signed", "size": 4, "scale": 0.01, "offset": 511.0 },
        { "name": "Intensity", "type": "unsigned", "size": 2 },
        { "name": "ReturnNumber", "type": "unsigned", "size": 1 },
        { "name": "NumberOfReturns", "type": "unsigned", "size": 1 },
        { "name": "ScanDirectionFlag", "type": "unsigned", "size": 1 },
        { "name": "EdgeOfFlightLine", "type": "unsigned", "size": 1 },
        { "name": "Classification", "type": "unsigned", "size": 1 },
        { "name": "ScanAngleRank", "type": "float", "size": 4 },
        { "name": "UserData", "type": "unsigned", "size": 1 },
        { "name": "PointSourceId", "type": "unsigned", "size": 2 },
        { "name": "GpsTime", "type": "float", "size": 8 },
        { "name": "Red", "type": "unsigned", "size": 2 },
        { "name": "Green", "type": "unsigned", "size": 2 },
        { "name": "Blue", "type": "unsigned", "size": 2 },
        { "name": "OriginId", "type": "unsigned", "size": 4 }
    ],
    "span" : 256,
    "srs": {
        "authority": "EPSG",
        "horizontal": "3857",
        "vertical": "5703",
        "wkt": "PROJCS[\"WGS 84 ... AUTHORITY[\"EPSG\",\"3857\"]]"
    },
    "version" : "1.1.0"
}"#;

/// The example of the specification's draft of July 2018: other names, types without a size.
const DRAFT: &str = r#"{
    "bounds": [634962.0, 848881.0, -1818.0, 639620.0, 853539.0, 2840.0],
    "boundsConforming": [635577.0, 848882.0, 406.0, 639004.0, 853538.0, 616.0],
    "dataType": "laszip",
    "hierarchyStep": 6,
    "hierarchyType": "json",
    "numPoints": 10653336,
    "offset": [637291.0, 851210.0, 511.0],
    "scale": 0.01,
    "schema": [
        { "name": "X", "type": "int32" },
        { "name": "Y", "type": "int32" },
        { "name": "Z", "type": "int32" },
        { "name": "Intensity", "type": "uint16" },
        { "name": "ReturnNumber", "type": "uint8" },
        { "name": "ScanAngleRank", "type": "float" },
        { "name": "GpsTime", "type": "double" }
    ],
    "reprojection": { "out": "EPSG:3857" },
    "srs" : "EPSG:3857",
    "ticks" : 256
}"#;

/// A small `ept.json` in which nothing is odd.
fn plain() -> Value {
    json!({
        "bounds": [0, 0, 0, 64, 64, 64],
        "span": 64,
        "dataType": "binary",
        "schema": [
            { "name": "X", "type": "signed", "size": 4, "scale": 0.01 },
            { "name": "Y", "type": "signed", "size": 4, "scale": 0.01 },
            { "name": "Z", "type": "signed", "size": 4, "scale": 0.01 }
        ]
    })
}

fn parse(value: &Value) -> Result<Metadata, FormatError> {
    Metadata::from_json(value.to_string().as_bytes())
}

/// The plain file with some keys set.
fn with(pairs: &[(&str, Value)]) -> Result<Metadata, FormatError> {
    let mut file = plain();
    for (key, value) in pairs {
        file[*key] = value.clone();
    }
    parse(&file)
}

/// The plain file without one key and with others.
fn replaced(key: &str, pairs: &[(&str, Value)]) -> Result<Metadata, FormatError> {
    let mut file = plain();
    file.as_object_mut().unwrap().remove(key);
    for (key, value) in pairs {
        file[*key] = value.clone();
    }
    parse(&file)
}

fn dimension(value: Value) -> Result<Dimension, FormatError> {
    let metadata = with(&[("schema", json!([value]))])?;
    Ok(metadata.schema()[0].clone())
}

#[test]
fn the_example_of_the_specification_is_read() {
    let metadata = Metadata::from_json(SPECIFICATION.as_bytes()).unwrap();
    assert_eq!(metadata.version(), Some("1.1.0"));
    let bounds = metadata.bounds();
    assert_eq!(bounds.min(), [634962.0, 848881.0, -1818.0]);
    assert_eq!(bounds.max(), [639620.0, 853539.0, 2840.0]);
    let conforming = metadata.bounds_conforming().unwrap();
    assert_eq!(conforming.min(), [635577.0, 848882.0, 406.0]);
    assert_eq!(conforming.max(), [639004.0, 853538.0, 616.0]);
    assert_eq!(metadata.span(), 256);
    assert_eq!(metadata.points(), Some(10_653_336));
    assert_eq!(metadata.data_type(), DataType::Laszip);
    assert_eq!(metadata.hierarchy_type(), HierarchyType::Json);
    assert_eq!(metadata.unknown().count(), 0);

    let srs = metadata.srs();
    assert_eq!(srs.authority.as_deref(), Some("EPSG"));
    assert_eq!(srs.horizontal.as_deref(), Some("3857"));
    assert_eq!(srs.vertical.as_deref(), Some("5703"));
    assert_eq!(srs.codes().as_deref(), Some("EPSG:3857+5703"));
    let wkt = r#"PROJCS["WGS 84 ... AUTHORITY["EPSG","3857"]]"#;
    assert_eq!(srs.wkt.as_deref(), Some(wkt));
    assert_eq!(srs.well_known_text(), Some(wkt));
    assert_eq!(srs.wkt2, None);
}

#[test]
fn the_dimensions_of_the_specification_have_their_types() {
    use ScalarType::{F32, F64, I32, U8, U16, U32};
    let metadata = Metadata::from_json(SPECIFICATION.as_bytes()).unwrap();
    let schema = metadata.schema().iter();
    let names: Vec<(&str, ScalarType)> = schema.map(|d| (&*d.name, d.scalar)).collect();
    assert_eq!(
        names,
        [
            ("X", I32),
            ("Y", I32),
            ("Z", I32),
            ("Intensity", U16),
            ("ReturnNumber", U8),
            ("NumberOfReturns", U8),
            ("ScanDirectionFlag", U8),
            ("EdgeOfFlightLine", U8),
            ("Classification", U8),
            ("ScanAngleRank", F32),
            ("UserData", U8),
            ("PointSourceId", U16),
            ("GpsTime", F64),
            ("Red", U16),
            ("Green", U16),
            ("Blue", U16),
            ("OriginId", U32),
        ]
    );
    for (name, scale, offset) in [
        ("X", 0.01, 637291.0),
        ("Z", 0.01, 511.0),
        ("Intensity", 1.0, 0.0),
    ] {
        let dimension = metadata.dimension(name).unwrap();
        assert_eq!((dimension.scale, dimension.offset), (scale, offset));
        assert_eq!(dimension.statistics, None);
    }
    let intensity = metadata.dimension("Intensity");
    assert!(intensity.is_some());
    assert_eq!(metadata.dimension("intensity"), intensity);
}

#[test]
fn the_example_of_the_draft_is_read() {
    let metadata = Metadata::from_json(DRAFT.as_bytes()).unwrap();
    assert_eq!(metadata.version(), None);
    assert_eq!(
        (metadata.span(), metadata.points()),
        (256, Some(10_653_336))
    );
    let types: Vec<String> = metadata
        .schema()
        .iter()
        .map(|d| d.scalar.to_string())
        .collect();
    assert_eq!(
        types,
        [
            "int32", "int32", "int32", "uint16", "uint8", "float32", "float64"
        ]
    );
    assert_eq!(metadata.srs().codes().as_deref(), Some("EPSG:3857"));
}

#[test]
fn the_root_cell_is_cut_by_the_span() {
    // Specification, section "ept-data": bounds of 256 metres and a span of 256 make 1 point per metre.
    let metadata = with(&[
        ("bounds", json!([0, 0, 0, 256, 256, 256])),
        ("span", json!(256)),
    ])
    .unwrap();
    assert_eq!(metadata.spacing(0), 1.0);
    assert_eq!(metadata.spacing(1), 0.5);
    assert_eq!(metadata.spacing(10), 1.0 / 1024.0);
}

#[test]
fn paths_are_those_of_the_specification() {
    let key: Key = "3-2-3-6".parse().unwrap();
    for (data_type, tile) in [
        ("laszip", "ept-data/3-2-3-6.laz"),
        ("binary", "ept-data/3-2-3-6.bin"),
        ("zstandard", "ept-data/3-2-3-6.zst"),
    ] {
        let metadata = with(&[("dataType", json!(data_type))]).unwrap();
        assert_eq!(metadata.tile_path(key), tile);
        assert_eq!(metadata.data_type().to_string(), data_type);
    }
    for (hierarchy_type, page) in [
        ("json", "ept-hierarchy/3-2-3-6.json"),
        ("gzip", "ept-hierarchy/3-2-3-6.json.gz"),
    ] {
        let metadata = with(&[("hierarchyType", json!(hierarchy_type))]).unwrap();
        assert_eq!(metadata.page_path(key), page);
        assert_eq!(metadata.hierarchy_type().to_string(), hierarchy_type);
    }
}

#[test]
fn pages_are_plain_where_nothing_is_said() {
    let metadata = parse(&plain()).unwrap();
    assert_eq!(metadata.hierarchy_type(), HierarchyType::Json);
}

#[test]
fn old_names_are_understood() {
    let metadata = replaced("span", &[("ticks", json!(128)), ("numPoints", json!(1065))]).unwrap();
    assert_eq!((metadata.span(), metadata.points()), (128, Some(1065)));
    let both = with(&[
        ("ticks", json!(1)),
        ("points", json!(7)),
        ("numPoints", json!(8)),
    ])
    .unwrap();
    assert_eq!((both.span(), both.points()), (64, Some(7)));
}

#[test]
fn what_builders_leave_out_is_absent() {
    let metadata = parse(&plain()).unwrap();
    assert_eq!(metadata.version(), None);
    assert_eq!(metadata.points(), None);
    assert_eq!(metadata.bounds_conforming(), None);
    assert!(metadata.srs().is_empty());
    let nulls = with(&[("points", Value::Null), ("boundsConforming", Value::Null)]).unwrap();
    assert_eq!((nulls.points(), nulls.bounds_conforming()), (None, None));
}

#[test]
fn any_version_is_taken() {
    for (version, expected) in [
        (json!("0.0.0"), "0.0.0"),
        (json!("9.9.9"), "9.9.9"),
        (json!(1.1), "1.1"),
    ] {
        let metadata = with(&[("version", version)]).unwrap();
        assert_eq!(metadata.version(), Some(expected));
    }
}

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
fn types_are_read_in_any_case() {
    for (name, data_type) in [
        ("LASzip", DataType::Laszip),
        ("BINARY", DataType::Binary),
        ("Zstandard", DataType::Zstandard),
    ] {
        assert_eq!(
            with(&[("dataType", json!(name))]).unwrap().data_type(),
            data_type
        );
    }
    let gzip = with(&[("hierarchyType", json!("GZIP"))]).unwrap();
    assert_eq!(gzip.hierarchy_type(), HierarchyType::Gzip);
    let upper = dimension(json!({"name": "A", "type": "Unsigned", "size": 2})).unwrap();
    assert_eq!(upper.scalar, ScalarType::U16);
}

#[test]
fn both_boxes_may_stand_in_one_object() {
    let pair = json!({"cubic": [0, 0, 0, 8, 8, 8], "conforming": [1, 2, 3, 4, 5, 6]});
    let metadata = with(&[("bounds", pair.clone())]).unwrap();
    assert_eq!(metadata.bounds().max(), [8.0; 3]);
    assert_eq!(metadata.bounds_conforming().unwrap().min(), [1.0, 2.0, 3.0]);
    let own = with(&[
        ("bounds", pair),
        ("boundsConforming", json!([0, 0, 0, 1, 1, 1])),
    ])
    .unwrap();
    assert_eq!(own.bounds_conforming().unwrap().max(), [1.0; 3]);
}

#[test]
fn whole_numbers_may_be_written_as_floats() {
    let metadata = with(&[("span", json!(128.0)), ("points", json!(10653336.0))]).unwrap();
    assert_eq!(
        (metadata.span(), metadata.points()),
        (128, Some(10_653_336))
    );
    let float = dimension(json!({"name": "A", "type": "signed", "size": 4.0})).unwrap();
    assert_eq!(float.scalar, ScalarType::I32);
    // The greatest count that 64 bits hold.
    let metadata = with(&[("points", json!(u64::MAX))]).unwrap();
    assert_eq!(metadata.points(), Some(u64::MAX));
}

#[test]
fn coordinates_keep_their_last_bit() {
    // The default parser of serde_json reads 406.59, one bit less.
    let metadata = with(&[
        ("bounds", json!([0, 0, 0, 1000, 1000, 1000])),
        (
            "schema",
            json!([{"name": "Z", "type": "signed", "size": 4, "scale": 0.01, "offset": 0}]),
        ),
    ])
    .unwrap();
    assert_eq!(
        metadata.dimension("Z").unwrap().scale.to_bits(),
        0x3f84_7ae1_47ae_147b
    );
    let text = r#"{"bounds": [0, 0, 406.59000000000003, 1, 1, 1000], "span": 1, "dataType": "laszip",
        "schema": [{"name": "X", "type": "float", "size": 8, "offset": 406.59000000000003}]}"#;
    let metadata = Metadata::from_json(text.as_bytes()).unwrap();
    assert_eq!(metadata.bounds().min()[2].to_bits(), 0x4079_6970_a3d7_0a3e);
    assert_eq!(metadata.schema()[0].offset.to_bits(), 0x4079_6970_a3d7_0a3e);
}

proptest! {
    #[test]
    fn every_float_reads_back_to_the_bit(offset in prop::num::f64::NORMAL) {
        let text = format!(
            r#"{{"bounds": [0, 0, 0, 1, 1, 1], "span": 1, "dataType": "laszip",
            "schema": [{{"name": "X", "type": "signed", "size": 4, "offset": {offset:e}}}]}}"#
        );
        let metadata = Metadata::from_json(text.as_bytes()).unwrap();
        prop_assert_eq!(metadata.schema()[0].offset.to_bits(), offset.to_bits());
    }
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

#[test]
fn coordinate_systems_are_read_in_every_shape() {
    for (srs, codes, wkt, wkt2) in [
        (json!({}), None, None, None),
        (Value::Null, None, None, None),
        (json!(""), None, None, None),
        (
            json!({"authority": "EPSG", "horizontal": "26912"}),
            Some("EPSG:26912"),
            None,
            None,
        ),
        (
            json!({"authority": "EPSG", "horizontal": 26912, "vertical": 5703}),
            Some("EPSG:26912+5703"),
            None,
            None,
        ),
        (
            json!({"authority": "EPSG", "horizontal": 26912.0}),
            Some("EPSG:26912"),
            None,
            None,
        ),
        (
            json!({"authority": "ESRI", "horizontal": "102100"}),
            Some("ESRI:102100"),
            None,
            None,
        ),
        (
            json!({"wkt": "GEOGCS[\"a\"]"}),
            None,
            Some("GEOGCS[\"a\"]"),
            None,
        ),
        (
            json!({"wkt": "", "wkt2": "GEOGCRS[\"b\"]"}),
            None,
            None,
            Some("GEOGCRS[\"b\"]"),
        ),
        (json!("EPSG:26912"), Some("EPSG:26912"), None, None),
        (
            json!("EPSG:26912+5703"),
            Some("EPSG:26912+5703"),
            None,
            None,
        ),
        (
            json!("GEOGCS[\"a:1\"]"),
            None,
            Some("GEOGCS[\"a:1\"]"),
            None,
        ),
        (
            json!("+proj=geocent +R=1000"),
            None,
            Some("+proj=geocent +R=1000"),
            None,
        ),
    ] {
        let metadata = with(&[("srs", srs.clone())]).unwrap();
        let read = metadata.srs();
        assert_eq!(read.codes().as_deref(), codes, "{srs}");
        assert_eq!(read.wkt.as_deref(), wkt, "{srs}");
        assert_eq!(read.wkt2.as_deref(), wkt2, "{srs}");
        assert_eq!(
            read.is_empty(),
            codes.is_none() && wkt.is_none() && wkt2.is_none(),
            "{srs}"
        );
    }
}

#[test]
fn the_well_known_text_is_the_first_that_is_one() {
    for (srs, text, name) in [
        (
            json!({"wkt": "GEOGCS[\"a\"]", "wkt2": "GEOGCRS[\"b\"]"}),
            Some("GEOGCS[\"a\"]"),
            Some("a"),
        ),
        (
            json!({"wkt2": "GEOGCRS[\"b\"]"}),
            Some("GEOGCRS[\"b\"]"),
            Some("b"),
        ),
        (
            json!({"wkt": "+proj=geocent", "wkt2": "GEOGCRS[\"b\"]"}),
            Some("GEOGCRS[\"b\"]"),
            Some("b"),
        ),
        (json!({"wkt": "+proj=geocent"}), None, None),
        (json!({"horizontal": "3857"}), None, None),
    ] {
        let metadata = with(&[("srs", srs.clone())]).unwrap();
        assert_eq!(metadata.srs().well_known_text(), text, "{srs}");
        assert_eq!(metadata.srs().name(), name, "{srs}");
    }
}

#[test]
fn unknown_keys_are_kept() {
    let metadata = with(&[
        ("zeta", json!({"b": [1, 2.5]})),
        ("alpha", json!("text")),
        ("span2", json!(null)),
    ])
    .unwrap();
    let unknown: Vec<(&str, String)> = metadata.unknown().collect();
    assert_eq!(
        unknown,
        [
            ("alpha", "\"text\"".to_owned()),
            ("span2", "null".to_owned()),
            ("zeta", r#"{"b":[1,2.5]}"#.to_owned()),
        ]
    );
}

#[test]
fn a_byte_order_mark_is_no_fault() {
    let text = [b"\xEF\xBB\xBF", SPECIFICATION.as_bytes()].concat();
    assert_eq!(
        Metadata::from_json(&text),
        Metadata::from_json(SPECIFICATION.as_bytes())
    );
}

#[test]
fn a_text_cut_off_anywhere_is_not_json() {
    for end in 0..SPECIFICATION.len() {
        let read = Metadata::from_json(&SPECIFICATION.as_bytes()[..end]);
        assert!(
            matches!(read, Err(FormatError::NotJson(_))),
            "{end}: {read:?}"
        );
    }
    let text = format!("{SPECIFICATION} }}");
    assert!(matches!(
        Metadata::from_json(text.as_bytes()),
        Err(FormatError::NotJson(_))
    ));
}

#[test]
fn the_place_of_a_fault_in_the_text_is_named() {
    let text = SPECIFICATION.replace("\"laszip\"", "laszip");
    let error = Metadata::from_json(text.as_bytes())
        .unwrap_err()
        .to_string();
    assert!(error.contains("line 4"), "{error}");
}

#[test]
fn a_web_page_is_told_from_broken_json() {
    for page in [
        "<!DOCTYPE html><html></html>",
        "<!doctype HTML>",
        "\n\r\n  <html lang=\"en\">",
        "\u{feff}<HTML>",
    ] {
        assert_eq!(
            Metadata::from_json(page.as_bytes()),
            Err(FormatError::WebPage),
            "{page}"
        );
    }
    let s3 = "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>";
    for other in [s3, "html", "version https://git-lfs.github.com/spec/v1"] {
        let read = Metadata::from_json(other.as_bytes());
        assert!(matches!(read, Err(FormatError::NotJson(_))), "{other}");
    }
}

#[test]
fn hostile_nesting_is_an_error() {
    let text = "[".repeat(900_000);
    assert!(matches!(
        Metadata::from_json(text.as_bytes()),
        Err(FormatError::NotJson(_))
    ));
}

#[test]
fn an_index_of_before_ept_is_recognised() {
    for key in ["hierarchyStep", "storage", "baseDepth"] {
        let mut index = json!({
            "bounds": [0, 0, 0, 1, 1, 1], "numPoints": 5, "schema": [{"name": "X", "type": "floating", "size": 8}]
        });
        index[key] = json!(6);
        assert_eq!(parse(&index), Err(FormatError::PreEpt), "{key}");
    }
}

#[test]
fn json_that_is_no_object_is_refused() {
    for text in ["[]", "5", "null", "\"ept\""] {
        let error = Metadata::from_json(text.as_bytes()).unwrap_err();
        assert!(
            matches!(error, FormatError::Field { .. }),
            "{text}: {error}"
        );
    }
}

#[test]
fn every_fault_names_its_field() {
    let x = json!({"name": "X", "type": "signed", "size": 4});
    let second = |value: Value| json!([x.clone(), value]);
    let faults = [
        ("bounds", json!(null), "bounds"),
        ("bounds", json!("0 0 0 1 1 1"), "bounds"),
        ("bounds", json!([0, 0, 0, 1, 1]), "bounds"),
        ("bounds", json!([0, 0, 0, 1, 1, 1, 1]), "bounds"),
        ("bounds", json!([0, 0, 0, 1, 1, "1"]), "bounds"),
        ("bounds", json!([0, 0, 0, 1, 1, null]), "bounds"),
        ("bounds", json!([2, 0, 0, 1, 1, 1]), "bounds"),
        ("bounds", json!([0, 0, 2, 1, 1, 1]), "bounds"),
        ("bounds", json!([1, 0, 0, 1, 1, 1]), "bounds"),
        ("bounds", json!([-1e308, 0, 0, 1e308, 1, 1]), "bounds"),
        ("bounds", json!([0, -1e308, 0, 1, 1e308, 1]), "bounds"),
        (
            "bounds",
            json!({"conforming": [0, 0, 0, 1, 1, 1]}),
            "bounds",
        ),
        ("boundsConforming", json!([0, 0, 0]), "boundsConforming"),
        (
            "boundsConforming",
            json!([0, 3, 0, 1, 1, 1]),
            "boundsConforming",
        ),
        ("boundsConforming", json!({}), "boundsConforming"),
        ("span", json!(0), "span"),
        ("span", json!(-128), "span"),
        ("span", json!(128.5), "span"),
        ("span", json!("128"), "span"),
        ("span", json!(1e300), "span"),
        ("points", json!(-1), "points"),
        ("points", json!(0.5), "points"),
        ("points", json!("7"), "points"),
        ("points", json!(1e20), "points"),
        ("dataType", json!("laz"), "dataType"),
        ("dataType", json!(5), "dataType"),
        ("dataType", json!(null), "dataType"),
        ("hierarchyType", json!("xml"), "hierarchyType"),
        ("hierarchyType", json!(1), "hierarchyType"),
        ("srs", json!(26912), "srs"),
        ("srs", json!(["EPSG"]), "srs"),
        ("schema", json!(null), "schema"),
        ("schema", json!({}), "schema"),
        ("schema", json!(["X"]), "schema[0]"),
        (
            "schema",
            second(json!({"type": "signed", "size": 4})),
            "schema[1]",
        ),
        (
            "schema",
            second(json!({"name": "", "type": "signed", "size": 4})),
            "schema[1]",
        ),
        (
            "schema",
            second(json!({"name": 5, "type": "signed", "size": 4})),
            "schema[1]",
        ),
        (
            "schema",
            second(json!({"name": "X", "type": "signed", "size": 4})),
            "schema[1]",
        ),
        (
            "schema",
            second(json!({"name": "Y", "type": "signed"})),
            "schema[1]",
        ),
        (
            "schema",
            second(json!({"name": "Y", "type": "string"})),
            "schema[1]",
        ),
        (
            "schema",
            second(json!({"name": "Y", "type": "string", "size": 0})),
            "schema[1]",
        ),
        (
            "schema",
            second(json!({"name": "Y", "type": "string", "size": 65536})),
            "schema[1]",
        ),
        (
            "schema",
            second(json!({"name": "Y", "type": "signed", "size": -4})),
            "schema[1]",
        ),
        (
            "schema",
            second(json!({"name": "Y", "type": "signed", "size": 2.5})),
            "schema[1]",
        ),
        (
            "schema",
            second(json!({"name": "Y", "type": "signed", "size": "4"})),
            "schema[1]",
        ),
        (
            "schema",
            second(json!({"name": "Y", "type": "signed", "size": 4, "scale": 0})),
            "schema[1]",
        ),
        (
            "schema",
            second(json!({"name": "Y", "type": "signed", "size": 4, "scale": "1"})),
            "schema[1]",
        ),
        (
            "schema",
            second(json!({"name": "Y", "type": "signed", "size": 4, "offset": [0]})),
            "schema[1]",
        ),
    ];
    for (key, value, expected) in faults {
        match with(&[(key, value.clone())]) {
            Err(FormatError::Field { field, problem }) => {
                assert_eq!(field, expected, "{key}: {value}");
                assert!(!problem.is_empty());
            }
            other => panic!("{key}: {value}: {other:?}"),
        }
    }
}

#[test]
fn a_span_that_leaves_no_spacing_is_refused() {
    let narrow = json!([0, 0, 0, 5e-324, 1, 1]);
    let one = [("bounds", narrow.clone()), ("span", json!(1))];
    assert_eq!(with(&one).unwrap().spacing(0), 5e-324);
    let error = with(&[("bounds", narrow), ("span", json!(4))]).unwrap_err();
    assert!(matches!(error, FormatError::Field { field, .. } if field == "span"));
}

#[test]
fn bounds_whose_extent_is_no_number_are_refused() {
    for axis in 0..3 {
        let mut numbers = [0.0, 0.0, 0.0, 1.0, 1.0, 1.0];
        (numbers[axis], numbers[axis + 3]) = (f64::MIN, f64::MAX);
        let error = with(&[("bounds", json!(numbers))]).unwrap_err();
        assert!(
            matches!(&error, FormatError::Field { field, .. } if field == "bounds"),
            "{error}"
        );
        numbers[axis] = 0.0;
        assert!(with(&[("bounds", json!(numbers))]).is_ok());
    }
}

#[test]
fn what_cannot_be_done_without_is_missed_by_name() {
    for key in ["bounds", "span", "dataType", "schema"] {
        match replaced(key, &[]) {
            Err(FormatError::Field { field, .. }) => assert_eq!(field, key),
            other => panic!("{key}: {other:?}"),
        }
    }
}

/// The dataset by which PDAL's own test holds the rule: a cube of 44 metres, span 128.
fn ellipsoid() -> Metadata {
    with(&[
        ("bounds", json!([0, 0, 0, 44, 44, 44])),
        ("span", json!(128)),
    ])
    .unwrap()
}

#[test]
fn a_resolution_selects_the_depth_that_pdal_selects() {
    let metadata = ellipsoid();
    assert_eq!(metadata.spacing(0), 0.34375);
    for (resolution, depth) in [
        (1000.0, 0),
        (0.34375, 0),
        (0.3437, 1),
        (0.171875, 1),
        (0.1718, 2),
        (0.1, 2),
        (1e-300, 31),
    ] {
        assert_eq!(
            metadata.depth_for_resolution(resolution),
            Ok(depth),
            "{resolution}"
        );
    }
}

#[test]
fn a_resolution_that_is_no_distance_is_refused() {
    let metadata = ellipsoid();
    for resolution in [
        0.0,
        -0.0,
        -1.0,
        f64::MIN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
    ] {
        let error = metadata.depth_for_resolution(resolution).unwrap_err();
        assert!(matches!(error, FormatError::Resolution(_)), "{resolution}");
        assert!(
            error.to_string().contains(&resolution.to_string()),
            "{error}"
        );
    }
}

proptest! {
    #[test]
    fn the_depth_is_that_of_halving_the_spacing(
        side in 1e-3..1e8_f64, span in 1..4096_u64, at in -40.0..5.0_f64,
    ) {
        let metadata = with(&[
            ("bounds", json!([0, 0, 0, side, side, side])),
            ("span", json!(span)),
        ])
        .unwrap();
        let resolution = side / span as f64 * at.exp2();
        // As PDAL has it (EptReader.cpp): halve until the spacing is at most the resolution.
        let (mut spacing, mut depth) = (side / span as f64, 0);
        while spacing > resolution && depth < 31 {
            spacing /= 2.0;
            depth += 1;
        }
        prop_assert_eq!(metadata.depth_for_resolution(resolution), Ok(depth));
        // At equality the depth suffices, one bit less and it does not.
        prop_assert_eq!(metadata.depth_for_resolution(spacing), Ok(depth));
        if depth < 31 {
            prop_assert_eq!(metadata.depth_for_resolution(spacing.next_down()), Ok(depth + 1));
        }
    }
}

#[test]
fn resolution_counts_along_x() {
    let metadata = with(&[
        ("bounds", json!([0, 0, 0, 64, 1, 1000])),
        ("span", json!(64)),
    ])
    .unwrap();
    assert_eq!(metadata.spacing(0), 1.0);
}

#[test]
fn a_point_may_lie_a_quantum_outside_of_its_cell() {
    let schema = |scale: Value| json!([{"name": "X", "type": "signed", "size": 4, "scale": scale}]);
    let slack = |metadata: Metadata| metadata.cell_slack()[0];
    let is_about = |slack: f64, quantum: f64| quantum <= slack && slack < quantum + 1e-9;
    assert!(is_about(
        slack(with(&[("schema", schema(json!(0.5)))]).unwrap()),
        0.5
    ));
    assert!(is_about(
        slack(with(&[("schema", schema(json!(-0.25)))]).unwrap()),
        0.25
    ));
    assert!(is_about(
        slack(with(&[("schema", schema(json!(null)))]).unwrap()),
        1.0
    ));
    let float = json!([{"name": "X", "type": "float", "size": 8}]);
    assert!(is_about(
        slack(with(&[("schema", float.clone())]).unwrap()),
        0.0
    ));
    // The tiles of such a laszip dataset are integers all the same.
    let laszip = with(&[("schema", float), ("dataType", json!("laszip"))]).unwrap();
    assert!(is_about(slack(laszip), 0.01));
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
