//! Node keys: their text, their limits and their family.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use ept_format::{FormatError, Key};
use proptest::prelude::*;

fn any_key() -> impl Strategy<Value = Key> {
    (0..=31_u32).prop_flat_map(|depth| {
        let index = 0..1_u32 << depth;
        (Just(depth), index.clone(), index.clone(), index)
            .prop_map(|(depth, x, y, z)| Key::new(depth, x, y, z).unwrap())
    })
}

fn parts(key: Key) -> [u32; 4] {
    [key.depth(), key.x(), key.y(), key.z()]
}

fn refused(text: &str) -> FormatError {
    match text.parse::<Key>() {
        Err(error) => error,
        Ok(key) => panic!("{text:?} was read as {key}"),
    }
}

proptest! {
    #[test]
    fn a_key_reads_back_from_its_text(key in any_key()) {
        prop_assert_eq!(key.to_string().parse::<Key>(), Ok(key));
    }

    #[test]
    fn the_text_is_depth_x_y_z(key in any_key()) {
        let text = parts(key).map(|part| part.to_string()).join("-");
        prop_assert_eq!(key.to_string(), text);
    }

    #[test]
    fn the_children_are_the_eight_halvings(key in any_key()) {
        let [depth, x, y, z] = parts(key);
        let mut expected = Vec::new();
        if depth < 31 {
            for (i, j, k) in [
                (0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1),
                (1, 0, 0), (1, 0, 1), (1, 1, 0), (1, 1, 1),
            ] {
                expected.push([depth + 1, 2 * x + i, 2 * y + j, 2 * z + k]);
            }
        }
        let children: Vec<Key> = key.children().collect();
        prop_assert_eq!(children.iter().copied().map(parts).collect::<Vec<_>>(), expected);
        prop_assert!(children.is_sorted());
        prop_assert!(children.iter().all(|child| child.parent() == Some(key)));
    }

    #[test]
    fn ancestors_are_the_parents_of_parents(key in any_key(), depth in 0..40_u32) {
        let mut up = key;
        while up.depth() > depth {
            up = up.parent().unwrap();
        }
        prop_assert_eq!(key.ancestor(depth), up);
        prop_assert_eq!(key.ancestor(0), Key::ROOT);
    }

    #[test]
    fn a_key_holds_itself_and_what_is_below(a in any_key(), b in any_key(), depth in 0..=31_u32) {
        let above = |mut key: Key, other: Key| loop {
            match key.parent() {
                _ if key == other => return true,
                Some(parent) => key = parent,
                None => return false,
            }
        };
        prop_assert!(a.holds(a) && Key::ROOT.holds(a));
        prop_assert!(a.ancestor(depth).holds(a));
        prop_assert_eq!(a.holds(b), above(b, a));
    }

    #[test]
    fn keys_stand_in_order_of_depth_x_y_z(mut keys in prop::collection::vec(any_key(), 0..20)) {
        let mut expected: Vec<[u32; 4]> = keys.iter().copied().map(parts).collect();
        expected.sort_unstable();
        keys.sort_unstable();
        prop_assert_eq!(keys.into_iter().map(parts).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn no_text_makes_it_panic(text in "[-0-9+ .a\u{ff10}]{0,24}") {
        if let Ok(key) = text.parse::<Key>() {
            prop_assert!([key.x(), key.y(), key.z()].iter().all(|i| u64::from(*i) < 1 << key.depth()));
        }
    }
}

#[test]
fn the_root_has_no_parent() {
    assert_eq!(Key::ROOT.parent(), None);
    assert_eq!(Key::ROOT.to_string(), "0-0-0-0");
}

#[test]
fn an_index_of_two_to_the_depth_is_refused() {
    for text in [
        "0-1-0-0",
        "0-0-1-0",
        "0-0-0-1",
        "1-2-0-0",
        "1-0-2-0",
        "1-0-0-2",
        "5-32-31-31",
        "5-31-32-31",
        "5-31-31-32",
        "31-2147483648-0-0",
        "31-0-4294967295-0",
    ] {
        let error = refused(text);
        assert!(
            matches!(&error, FormatError::Key { text: named, .. } if named == text),
            "{text}: {error}"
        );
    }
    for text in [
        "1-1-1-1",
        "5-31-31-31",
        "31-2147483647-2147483647-2147483647",
    ] {
        assert_eq!(text.parse::<Key>().unwrap().to_string(), text);
    }
}

#[test]
fn depth_31_is_the_last() {
    assert_eq!(Key::MAX_DEPTH, 31);
    let deepest = Key::new(31, 0, 0, 0).unwrap();
    assert_eq!(deepest.children().count(), 0);
    for depth in [32, 33, 64, u32::MAX] {
        assert!(Key::new(depth, 0, 0, 0).is_err(), "{depth}");
        let text = format!("{depth}-0-0-0");
        assert!(refused(&text).to_string().contains(&text));
    }
}

#[test]
fn what_is_not_four_numbers_is_refused() {
    for text in [
        "",
        "-",
        "---",
        "0",
        "0-0-0",
        "0-0-0-",
        "-0-0-0-0",
        "0-0-0-0-",
        "0-0-0-0-0",
        "0--0-0-0",
        "-1-0-0-0",
        "1--1-0-0",
        "+0-0-0-0",
        "1-+1-0-0",
        " 0-0-0-0",
        "0-0-0-0 ",
        "1- 1-0-0",
        "0-0-0-0\n",
        "a-b-c-d",
        "0x0-0-0-0",
        "0.0-0-0-0",
        "1e0-0-0-0",
        "1-1_0-0-0",
        "\u{ff10}-0-0-0",
        "0\u{2013}0\u{2013}0\u{2013}0",
        "0_0_0_0",
        "0-0-0-4294967296",
        "99999999999999999999999-0-0-0",
    ] {
        assert!(matches!(refused(text), FormatError::Key { .. }), "{text:?}");
    }
}

#[test]
fn leading_zeros_name_the_same_node() {
    assert_eq!("03-2-0003-06".parse(), "3-2-3-6".parse::<Key>());
}

#[test]
fn the_error_of_an_endless_key_is_short() {
    let text = "é".repeat(1_000_000);
    assert!(refused(&text).to_string().len() < 300);
}
