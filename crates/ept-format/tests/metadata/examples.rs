//! The examples of the specification and of its draft.

use ept_format::{DataType, HierarchyType, Key, Metadata, ScalarType};
use serde_json::json;

use super::{SPECIFICATION, with};

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
