//! Zstandard tiles, by several schemas, with a count of points from the input.

#![no_main]

use ept_fuzz::{Input, MOST_POINTS, ZSTANDARD, check_tile};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Some(input) = Input::parse(data) {
        let points = input.points().min(MOST_POINTS);
        check_tile(input.dataset(&ZSTANDARD), points, &input);
    }
});
