//! Pages of the hierarchy: the specification's examples, and what is refused.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use ept_format::{Entry, FormatError, Key, Page};
use proptest::prelude::*;

/// The example of the specification, section "ept-hierarchy", in which two nodes have pages of their own.
const SPECIFICATION: &str = r#"{
    "0-0-0-0": 65341,
        "1-0-0-0": 438,
            "2-0-1-0": 322,
        "1-0-0-1": 56209,
            "2-0-1-2": 4332,
            "2-1-1-2": 20300,
            "2-1-1-3": 64020,
                "3-2-3-6": -1,
                "3-3-3-7": -1,
        "1-0-1-0": 30390,
            "2-1-2-0": 2300,
        "1-1-1-1": 2303
}"#;

fn key(text: &str) -> Key {
    text.parse().unwrap()
}

/// The entries of a page, by key.
fn entries(text: &str) -> Vec<(Key, Entry)> {
    let mut entries = Page::from_json(text.as_bytes()).unwrap().entries().to_vec();
    entries.sort_by_key(|(key, _)| *key);
    entries
}

fn refused(text: &str) -> FormatError {
    match Page::from_json(text.as_bytes()) {
        Err(error) => error,
        Ok(page) => panic!("{text} was read as {page:?}"),
    }
}

#[test]
fn the_examples_of_the_specification_are_read() {
    let points = |text, points| (key(text), Entry::Points(points));
    assert_eq!(
        entries(SPECIFICATION),
        [
            points("0-0-0-0", 65341),
            points("1-0-0-0", 438),
            points("1-0-0-1", 56209),
            points("1-0-1-0", 30390),
            points("1-1-1-1", 2303),
            points("2-0-1-0", 322),
            points("2-0-1-2", 4332),
            points("2-1-1-2", 20300),
            points("2-1-1-3", 64020),
            points("2-1-2-0", 2300),
            (key("3-2-3-6"), Entry::Page),
            (key("3-3-3-7"), Entry::Page),
        ]
    );
    assert_eq!(
        entries(r#"{ "3-2-3-6": 32004, "4-4-6-12": 1500, "4-5-6-13": 2400 }"#),
        [
            points("3-2-3-6", 32004),
            points("4-4-6-12", 1500),
            points("4-5-6-13", 2400),
        ]
    );
}

#[test]
fn a_node_stands_before_those_below_it() {
    let text = r#"{"3-2-3-6": 1, "1-1-0-0": 2, "2-1-1-3": 3, "0-0-0-0": 4, "1-0-0-1": 5}"#;
    let page = Page::from_json(text.as_bytes()).unwrap();
    let keys: Vec<Key> = page.entries().iter().map(|(key, _)| *key).collect();
    for (at, lower) in keys.iter().enumerate() {
        assert!(
            !keys[..at].iter().any(|upper| lower.holds(*upper)),
            "{keys:?}"
        );
    }
    assert_eq!(keys.len(), 5);
}

proptest! {
    #[test]
    fn every_subtree_is_contiguous(
        nodes in prop::collection::btree_map(
            (0..6_u32, any::<[u32; 3]>()), 1..1000_u64, 0..60,
        ),
    ) {
        let name = |depth: u32, [x, y, z]: [u32; 3]| {
            let last = (1 << depth) - 1;
            format!("{depth}-{}-{}-{}", x & last, y & last, z & last)
        };
        let nodes: std::collections::BTreeMap<String, u64> =
            nodes.into_iter().map(|((depth, at), points)| (name(depth, at), points)).collect();
        let text = serde_json::to_vec(&nodes).unwrap();
        let page = Page::from_json(&text).unwrap();
        let keys: Vec<Key> = page.entries().iter().map(|(key, _)| *key).collect();
        for root in &keys {
            let inside: Vec<usize> = (0..keys.len()).filter(|at| root.holds(keys[*at])).collect();
            prop_assert_eq!(keys[inside[0]], *root);
            prop_assert!(inside.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{keys:?}");
        }
        for (key, entry) in page.entries() {
            prop_assert_eq!(*entry, Entry::Points(nodes[&key.to_string()]));
        }
        prop_assert_eq!(keys.len(), nodes.len());
    }
}

#[test]
fn counts_may_be_written_as_floats() {
    assert_eq!(
        entries(r#"{"0-0-0-0": 65341.0, "1-0-0-0": -1.0, "1-0-0-1": 4.38e2, "1-0-1-0": 0.0}"#),
        [
            (key("0-0-0-0"), Entry::Points(65341)),
            (key("1-0-0-0"), Entry::Page),
            (key("1-0-0-1"), Entry::Points(438)),
            (key("1-0-1-0"), Entry::Points(0)),
        ]
    );
}

#[test]
fn counts_of_zero_and_of_64_bits_are_kept() {
    assert_eq!(
        entries(r#"{"0-0-0-0": 0, "1-0-0-0": 18446744073709551615}"#),
        [
            (key("0-0-0-0"), Entry::Points(0)),
            (key("1-0-0-0"), Entry::Points(u64::MAX)),
        ]
    );
}

#[test]
fn a_count_that_is_none_is_refused_with_its_node() {
    for count in [
        "-2",
        "-9223372036854775808",
        "-1.5",
        "0.5",
        "1e300",
        "18446744073709551616",
    ] {
        let error = refused(&format!(r#"{{"0-0-0-0": 5, "1-0-1-0": {count}}}"#));
        let FormatError::Entry { key: at, .. } = &error else {
            panic!("{count}: {error}");
        };
        assert_eq!(*at, key("1-0-1-0"), "{count}");
        assert!(error.to_string().contains("1-0-1-0"), "{error}");
    }
}

#[test]
fn a_value_that_is_no_number_is_refused_with_its_node() {
    for value in ["\"5\"", "null", "true", "[5]", "{\"points\": 5}"] {
        let error = refused(&format!(r#"{{"0-0-0-0": 5, "1-0-1-0": {value}}}"#));
        assert!(
            matches!(&error, FormatError::Entry { key: at, .. } if *at == key("1-0-1-0")),
            "{value}: {error}"
        );
    }
}

#[test]
fn a_node_listed_twice_alike_counts_once() {
    assert_eq!(
        entries(r#"{"0-0-0-0": 5, "1-0-0-0": -1, "0-0-0-0": 5, "1-0-0-0": -1, "0-0-0-0": 5.0}"#),
        [
            (key("0-0-0-0"), Entry::Points(5)),
            (key("1-0-0-0"), Entry::Page),
        ]
    );
}

#[test]
fn a_node_listed_twice_differently_is_refused() {
    for (a, b) in [("5", "6"), ("5", "-1"), ("0", "-1"), ("0", "1")] {
        for (first, second) in [(a, b), (b, a)] {
            let error = refused(&format!(
                r#"{{"1-0-0-0": {first}, "1-1-1-1": 9, "0-0-0-0": 7, "1-0-0-0": {second}}}"#
            ));
            let text = error.to_string();
            assert!(
                matches!(&error, FormatError::Entry { key: at, .. } if *at == key("1-0-0-0")),
                "{text}"
            );
            assert!(text.contains(a) && text.contains(b), "{text}");
        }
    }
}

#[test]
fn a_key_that_is_no_node_is_refused() {
    for text in ["", "0-0-0", "1-2-0-0", "32-0-0-0", "points", "0-0-0-0 "] {
        let error = refused(&format!(r#"{{"0-0-0-0": 5, "{text}": 1}}"#));
        assert!(
            matches!(&error, FormatError::Key { text: named, .. } if named == text),
            "{text}: {error}"
        );
    }
}

#[test]
fn escapes_in_keys_are_resolved() {
    assert_eq!(
        entries(r#"{"0-0-0-\u0030": 5, "1\u002d0-0-1": 6}"#),
        [
            (key("0-0-0-0"), Entry::Points(5)),
            (key("1-0-0-1"), Entry::Points(6)),
        ]
    );
}

#[test]
fn json_that_is_no_object_is_refused_as_such() {
    for text in ["[]", "[[\"0-0-0-0\", 5]]", "5", "null", "\"0-0-0-0\""] {
        let error = refused(text);
        assert!(!matches!(error, FormatError::NotJson(_)), "{text}: {error}");
        assert!(error.to_string().contains("object"), "{text}: {error}");
    }
}

#[test]
fn text_that_is_not_json_is_refused() {
    let gzip: &[u8] = &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    assert!(matches!(
        Page::from_json(gzip),
        Err(FormatError::NotJson(_))
    ));
    for text in [
        "",
        " ",
        "{",
        "{\"0-0-0-0\"",
        "{\"0-0-0-0\": }",
        "{0-0-0-0: 5}",
        "{\"0-0-0-0\": 05}",
    ] {
        assert!(matches!(refused(text), FormatError::NotJson(_)), "{text}");
    }
    for end in 0..SPECIFICATION.len() {
        assert!(
            matches!(refused(&SPECIFICATION[..end]), FormatError::NotJson(_)),
            "{end}"
        );
    }
    assert_eq!(refused("<!DOCTYPE html>"), FormatError::WebPage);
}

#[test]
fn more_after_the_object_is_refused() {
    for rest in ["x", "{}", ",", "}", "5"] {
        let text = format!("{SPECIFICATION}{rest}");
        assert!(matches!(refused(&text), FormatError::NotJson(_)), "{rest}");
    }
    assert_eq!(
        entries(&format!("\u{feff} {SPECIFICATION} \r\n")),
        entries(SPECIFICATION)
    );
}

#[test]
fn an_empty_page_has_no_entries() {
    assert_eq!(Page::from_json(b"{}").unwrap(), Page::default());
}
