//! LASzip chunks, by two decoders.

#![no_main]

use ept_fuzz::{check_chunk, forgive_laz};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: forgive_laz(), |data: &[u8]| {
    check_chunk(data);
});
