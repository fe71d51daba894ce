//! What real files write differently or leave out.

use ept_format::{DataType, HierarchyType, Metadata, ScalarType};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{SPECIFICATION, dimension, parse, plain, replaced, with};

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
