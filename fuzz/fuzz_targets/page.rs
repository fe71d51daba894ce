//! Hierarchy pages: what parses is distinct, written again it is the same, and a walk finds all of it.

#![no_main]

use std::collections::BTreeMap;

use ept_format::{Bounds, Entry, Key, Page, Policy, Step, Walk};
use libfuzzer_sys::fuzz_target;

type Entries = BTreeMap<Key, Entry>;

fuzz_target!(|data: &[u8]| {
    let Ok(page) = Page::from_json(data) else {
        return;
    };
    let entries: Entries = page.entries().iter().copied().collect();
    assert_eq!(entries.len(), page.entries().len(), "a node stands twice");
    check_text(&page, &entries);
    check_walk(&page, &entries);
});

/// The page written in another order than its own is the same page.
fn check_text(page: &Page, entries: &Entries) {
    let pairs = entries.iter().rev();
    let pairs: Vec<String> = pairs
        .map(|(key, entry)| format!("\"{key}\": {entry}"))
        .collect();
    let text = format!("{{{}}}", pairs.join(","));
    assert_eq!(Page::from_json(text.as_bytes()).as_ref(), Ok(page));
}

/// A walk over this page alone gives its nodes in order, and asks for each page that it points to.
fn check_walk(page: &Page, entries: &Entries) {
    let mut walk = Walk::new(&Bounds::EVERYTHING, Everywhere);
    assert_eq!(walk.step(), Ok(Step::Load(Key::ROOT)));
    let supplied = walk.supply(Key::ROOT, page);
    let points_to_itself = entries.get(&Key::ROOT) == Some(&Entry::Page);
    assert_eq!(supplied.is_err(), points_to_itself);
    if points_to_itself {
        return;
    }
    let (mut nodes, mut pages) = (Vec::new(), Vec::new());
    loop {
        match walk.step() {
            Ok(Step::Node(node)) => {
                let key = node.key().expect("a walk gives nodes of an octree");
                nodes.push((key, Entry::Points(node.points)));
            }
            Ok(Step::Load(key)) => {
                walk.lose(key);
                pages.push((key, Entry::Page));
            }
            Ok(Step::Done) => break,
            step => panic!("{step:?} of a page that needs no other"),
        }
    }
    pages.sort_unstable_by_key(|(key, _)| *key);
    let those = |test: fn(&Entry) -> bool| -> Vec<(Key, Entry)> {
        let each = entries.iter().filter(|(_, entry)| test(entry));
        each.map(|(key, entry)| (*key, *entry)).collect()
    };
    assert_eq!(nodes, those(|entry| matches!(entry, Entry::Points(1..))));
    assert_eq!(pages, those(|entry| *entry == Entry::Page));
}

/// All cells, in the order of results.
struct Everywhere;

impl Policy for Everywhere {
    fn rank(&self, key: Key, _: &Bounds) -> Option<f64> {
        Some(-f64::from(key.depth()))
    }
}
