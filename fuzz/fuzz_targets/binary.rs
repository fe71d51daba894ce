//! Binary tiles, by several schemas, with a count of points from the input.

#![no_main]

use ept_fuzz::{BINARY, Input, check_tile};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Some(input) = Input::parse(data) {
        check_tile(input.dataset(&BINARY), input.points(), &input);
    }
});
