//! Zipped tile indexes.

#![no_main]

use ept_fuzz::{check_index, read_index};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(index) = read_index(data, &[]) {
        check_index(&index);
    }
});
