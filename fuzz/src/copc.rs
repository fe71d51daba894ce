//! The laws of the octree of COPC files.

use std::collections::BTreeSet;

use ept_format::{CopcInfo, CopcPage, Entry, Key};

/// Parses the info record at the start of the input and the page after it.
pub fn check_copc(data: &[u8]) {
    let (record, page) = data.split_at(data.len().min(CopcInfo::SIZE));
    if let Ok(info) = CopcInfo::parse(record) {
        assert!(info.root_page.start <= info.root_page.end, "{info:?}");
        // Times may be NaN, which is not even itself.
        let written = info.to_bytes();
        let again = CopcInfo::parse(&written).map(|info| info.to_bytes());
        assert_eq!(again, Ok(written));
        let cube = info.cube().expect("its corners are finite");
        assert!((0..3).all(|axis| cube.min()[axis] <= cube.max()[axis]));
    }
    let file = 1000..1_000_000_000;
    let Ok(page) = CopcPage::parse(page, file.clone()) else {
        return;
    };
    let entries = page.page().entries();
    let keys: BTreeSet<Key> = entries.iter().map(|(key, _)| *key).collect();
    assert_eq!(keys.len(), entries.len(), "a node stands twice");
    for (key, entry) in entries {
        let place = page.place(*key);
        assert_eq!(place.is_some(), *entry != Entry::Points(0), "{key} {entry}");
        if let Some(place) = place {
            assert!(
                file.start <= place.start && place.end <= file.end,
                "{place:?}"
            );
        }
    }
}
