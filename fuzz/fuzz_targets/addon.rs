//! `ept-addon.json`: what parses is a dimension whose values have a size.

#![no_main]

use ept_format::{Addon, Key};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(addon) = Addon::from_json("Classification", data) else {
        return;
    };
    let dimension = addon.dimension();
    assert_eq!(dimension.name, "Classification");
    assert!(dimension.scalar.size() > 0);
    assert_eq!(addon.tile_path(Key::ROOT), "ept-data/0-0-0-0.bin");
});
