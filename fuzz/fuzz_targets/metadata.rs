//! `ept.json`: what parses is a tree that can be walked and a schema that can be read by.

#![no_main]

use ept_format::{Key, Metadata};
use ept_fuzz::check_bounds;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(metadata) = Metadata::from_json(data) else {
        return;
    };
    check_tree(&metadata);
    check_schema(&metadata);
});

fn check_tree(metadata: &Metadata) {
    check_bounds(metadata.bounds());
    metadata
        .bounds_conforming()
        .into_iter()
        .for_each(check_bounds);
    assert_eq!(metadata.bounds().cell(Key::ROOT), *metadata.bounds());
    assert!(metadata.cell_slack().iter().all(|slack| *slack >= 0.0));
    let spacing = metadata.spacing(0);
    assert!(spacing.is_finite() && spacing > 0.0, "spacing {spacing}");
    assert_eq!(metadata.depth_for_resolution(spacing), Ok(0));
    for depth in 1..=Key::MAX_DEPTH {
        assert!(metadata.spacing(depth) <= metadata.spacing(depth - 1));
    }
}

fn check_schema(metadata: &Metadata) {
    for dimension in metadata.schema() {
        assert_eq!(metadata.dimension(&dimension.name), Some(dimension));
        assert!(!dimension.name.is_empty() && dimension.scalar.size() > 0);
        assert!(dimension.scale.is_finite() && dimension.scale != 0.0);
        assert!(dimension.offset.is_finite());
    }
}
