//! Keys: what parses is written as it was read, and the tree fits together around it.

#![no_main]

use std::str;

use ept_format::{Bounds, Key};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(Ok(key)) = str::from_utf8(data).map(str::parse::<Key>) else {
        return;
    };
    assert_eq!(key.to_string().parse(), Ok(key));
    assert_eq!(Key::new(key.depth(), key.x(), key.y(), key.z()), Ok(key));
    check_family(key);
    check_cells(key);
});

fn check_family(key: Key) {
    let children: Vec<Key> = key.children().collect();
    assert!(children.is_sorted());
    assert!(children.iter().all(|child| child.parent() == Some(key)));
    for depth in 0..=key.depth() {
        let ancestor = key.ancestor(depth);
        assert_eq!(ancestor.depth(), depth);
        assert!(ancestor.holds(key));
        assert_eq!(key.holds(ancestor), depth == key.depth());
    }
}

fn check_cells(key: Key) {
    let Ok(cube) = Bounds::new([-300.1, 0.0, 4e6], [700.2, 1000.3, 4.001e6]) else {
        unreachable!("the minimum is less than the maximum");
    };
    let cell = cube.cell(key);
    assert!(cube.holds(&cell));
    assert!(key.children().all(|child| cell.holds(&cube.cell(child))));
}
