//! What is refused, and what the error says.

use ept_format::{FormatError, Metadata};
use serde_json::{Value, json};

use super::{SPECIFICATION, parse, replaced, with};

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
