//! The choice of dimensions: which columns come, in which order, and which are missing.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::common;

use common::{Fixture, bounds, by_schema, filtered, names, only};
use ept_points::{DecodeError, Decoder, Values};
use serde_json::json;

#[test]
fn each_dimension_alone_is_what_it_is_among_all() {
    for fixture in Fixture::all() {
        let (points, tile) = fixture.largest();
        let all = Decoder::new(&fixture.metadata)
            .decode(points, &tile)
            .unwrap();
        for name in names(&all) {
            let alone = only(&fixture.metadata, &[name])
                .decode(points, &tile)
                .unwrap();
            assert_eq!(names(&alone), [name], "{}", fixture.name);
            assert_eq!(alone.len(), all.len(), "{} of {}", name, fixture.name);
            assert_eq!(
                alone.values(name),
                all.values(name),
                "{} of {}",
                name,
                fixture.name
            );
        }
    }
}

#[test]
fn layers_that_are_skipped_change_nothing_in_a_box() {
    for name in ["laz-pf6", "laz-pf7", "laz-pf8"] {
        let fixture = Fixture::named(name);
        let (points, tile) = fixture.largest();
        let all = Decoder::new(&fixture.metadata)
            .decode(points, &tile)
            .unwrap();
        // Half of the points by each axis, so that Z decides though nobody asked for it.
        let mut heights = all.z().unwrap().to_vec();
        heights.sort_by(f64::total_cmp);
        let (low, high) = (heights[heights.len() / 4], heights[heights.len() * 3 / 4]);
        let area = bounds([0.0, 0.0, low], [1e9, 1e9, high]);
        let expected = filtered(&all, &area);
        assert!(!expected.is_empty() && expected.len() < all.len());
        for dimension in names(&all) {
            let decoder = only(&fixture.metadata, &[dimension]).with_bounds(area);
            let found = decoder.decode(points, &tile).unwrap();
            assert_eq!(
                found.values(dimension),
                expected.values(dimension),
                "{dimension} of {name}"
            );
        }
    }
}

#[test]
fn columns_come_in_the_order_asked_for() {
    for name in ["laz-pf3", "laz-pf7", "binary", "zstandard"] {
        let fixture = Fixture::named(name);
        let (points, tile) = fixture.largest();
        let wanted = ["Blue", "X", "Classification", "Z", "GpsTime"];
        let batch = only(&fixture.metadata, &wanted)
            .decode(points, &tile)
            .unwrap();
        assert_eq!(names(&batch), wanted, "{name}");
        assert!(batch.y().is_none() && batch.x().is_some_and(|x| !x.is_empty()));
    }
}

#[test]
fn all_columns_come_in_the_order_of_the_schema() {
    for name in ["binary", "zstandard", "float64", "wide-integers"] {
        let fixture = Fixture::named(name);
        let (points, tile) = fixture.largest();
        let batch = Decoder::new(&fixture.metadata)
            .decode(points, &tile)
            .unwrap();
        let schema = fixture.metadata.schema().iter();
        let schema: Vec<&str> = schema.map(|dimension| &*dimension.name).collect();
        assert_eq!(names(&batch), schema);
    }
}

#[test]
fn case_does_not_matter_and_the_true_name_comes_back() {
    let fixture = Fixture::named("laz-pf7");
    let (points, tile) = fixture.largest();
    let wanted = ["classification", "GPSTIME", "x", "pulseid"];
    let batch = only(&fixture.metadata, &wanted)
        .decode(points, &tile)
        .unwrap();
    assert_eq!(names(&batch), ["Classification", "GpsTime", "X", "PulseId"]);
}

#[test]
fn dimensions_are_known_by_both_of_their_names() {
    let fixture = Fixture::named("laz-pf8");
    let (points, tile) = fixture.largest();
    for (alias, name) in [
        ("ScanAngle", "ScanAngleRank"),
        ("scanangle", "ScanAngleRank"),
        ("NIR", "Infrared"),
        ("nir", "Infrared"),
        ("ScannerChannel", "ScanChannel"),
    ] {
        let batch = only(&fixture.metadata, &[alias])
            .decode(points, &tile)
            .unwrap();
        assert_eq!(names(&batch), [name], "{alias}");
    }
    let both = ["NIR", "Infrared", "INFRARED"];
    let batch = only(&fixture.metadata, &both)
        .decode(points, &tile)
        .unwrap();
    assert_eq!(names(&batch), ["Infrared"]);
}

#[test]
fn a_name_that_is_there_wins_over_another_in_its_case() {
    let axis = |name: &str| json!({"name": name, "type": "signed", "size": 1});
    let value = |name: &str| json!({"name": name, "type": "unsigned", "size": 1});
    let schema = json!([
        axis("X"),
        axis("Y"),
        axis("Z"),
        value("intensity"),
        value("Intensity")
    ]);
    let metadata = by_schema("binary", &schema);
    let tile = [1, 2, 3, 4, 5];
    let batch = only(&metadata, &["Intensity"]).decode(1, &tile).unwrap();
    assert_eq!(batch.values("Intensity"), Some(&Values::U8(vec![5])));
    let batch = only(&metadata, &["intensity"]).decode(1, &tile).unwrap();
    assert_eq!(batch.values("intensity"), Some(&Values::U8(vec![4])));
}

#[test]
fn a_name_asked_for_twice_comes_once() {
    let fixture = Fixture::named("binary");
    let (points, tile) = fixture.largest();
    let wanted = ["Red", "X", "Red", "red"];
    let batch = only(&fixture.metadata, &wanted)
        .decode(points, &tile)
        .unwrap();
    assert_eq!(names(&batch), ["Red", "X"]);
}

#[test]
fn no_dimensions_still_count_points() {
    for name in ["laz-pf1", "laz-pf6", "binary", "zstandard"] {
        let fixture = Fixture::named(name);
        let (points, tile) = fixture.largest();
        let none = only(&fixture.metadata, &[]);
        let batch = none.decode(points, &tile).unwrap();
        assert_eq!(
            (batch.len() as u64, batch.columns().len()),
            (points, 0),
            "{name}"
        );

        let all = Decoder::new(&fixture.metadata)
            .decode(points, &tile)
            .unwrap();
        let corner = [
            all.x().unwrap()[0],
            all.y().unwrap()[0],
            all.z().unwrap()[0],
        ];
        let area = bounds([f64::NEG_INFINITY; 3], corner);
        let clipped = none.with_bounds(area).decode(points, &tile).unwrap();
        assert_eq!(clipped.len(), filtered(&all, &area).len(), "{name}");
    }
}

#[test]
fn an_unknown_dimension_is_an_error_that_lists_the_known() {
    for name in ["laz-pf0", "laz-pf8", "binary", "zstandard"] {
        let fixture = Fixture::named(name);
        let (points, tile) = fixture.largest();
        let error = only(&fixture.metadata, &["X", "Colour"])
            .decode(points, &tile)
            .unwrap_err();
        let DecodeError::NoDimension { name, available } = error else {
            panic!("{error}");
        };
        assert_eq!(name, "Colour");
        let mut available: Vec<&str> = available.split(", ").collect();
        available.sort_unstable();
        assert_eq!(available, fixture.dimensions());
    }
}

#[test]
fn a_dimension_of_the_schema_that_the_tile_lacks_is_absent() {
    // The tiles of this dataset have no OriginId, though its schema has.
    let fixture = Fixture::named("laz-pf0");
    assert!(fixture.metadata.dimension("OriginId").is_some());
    let (points, tile) = fixture.largest();
    let wanted = ["OriginId", "Intensity"];
    let batch = only(&fixture.metadata, &wanted)
        .decode(points, &tile)
        .unwrap();
    assert_eq!(names(&batch), ["Intensity"]);
    let batch = only(&fixture.metadata, &["originid"])
        .decode(points, &tile)
        .unwrap();
    assert_eq!((batch.columns().len(), batch.len() as u64), (0, points));
}

#[test]
fn a_dimension_of_the_tile_that_the_schema_lacks_is_there() {
    let fixture = Fixture::named("laz-pf0");
    assert!(fixture.metadata.dimension("Withheld").is_none());
    let (points, tile) = fixture.largest();
    let batch = only(&fixture.metadata, &["Withheld"])
        .decode(points, &tile)
        .unwrap();
    assert!(matches!(batch.values("Withheld"), Some(Values::U8(_))));
}

#[test]
fn a_schema_without_coordinates_or_with_unreadable_ones_is_refused() {
    let axis =
        |name: &str, kind: &str, size: u16| json!({"name": name, "type": kind, "size": size});
    for (schema, place) in [
        (json!([]), "X"),
        (json!([axis("X", "signed", 4), axis("Z", "signed", 4)]), "Y"),
        (json!([axis("X", "signed", 4), axis("Y", "signed", 4)]), "Z"),
        (
            json!([
                axis("X", "string", 4),
                axis("Y", "signed", 4),
                axis("Z", "signed", 4)
            ]),
            "X",
        ),
    ] {
        for data_type in ["binary", "zstandard"] {
            let metadata = by_schema(data_type, &schema);
            let error = Decoder::new(&metadata).decode(1, &[0; 12]).unwrap_err();
            assert!(
                matches!(&error, DecodeError::Schema(text) if text.contains(place)),
                "{error}"
            );
        }
    }
}

#[test]
fn other_dimensions_are_scaled_as_the_schema_says() {
    let schema = json!([
        {"name": "Range", "type": "unsigned", "size": 2, "scale": 0.5, "offset": -1.25},
        {"name": "Label", "type": "string", "size": 3},
        {"name": "X", "type": "signed", "size": 1},
        {"name": "Y", "type": "signed", "size": 1},
        {"name": "Z", "type": "signed", "size": 1},
        {"name": "Shift", "type": "signed", "size": 1, "offset": 100},
    ]);
    let metadata = by_schema("binary", &schema);
    let tile = [
        4, 0, b'a', b'b', b'c', 1, 2, 0xff, 0x9c, 0xff, 0xff, b'x', 0, 0xfe, 5, 6, 7, 1,
    ];
    let batch = Decoder::new(&metadata).decode(2, &tile).unwrap();
    assert_eq!(
        batch.values("Range"),
        Some(&Values::F64(vec![0.75, 32766.25]))
    );
    let data = b"abcx\0\xfe".to_vec();
    assert_eq!(
        batch.values("Label"),
        Some(&Values::Bytes { width: 3, data })
    );
    assert_eq!(
        (batch.x().unwrap(), batch.y().unwrap(), batch.z().unwrap()),
        (&[1.0, 5.0][..], &[2.0, 6.0][..], &[-1.0, 7.0][..])
    );
    assert_eq!(batch.values("Shift"), Some(&Values::F64(vec![0.0, 101.0])));
}
