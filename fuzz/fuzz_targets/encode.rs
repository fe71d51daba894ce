//! Records to LASzip chunks, by two encoders, and back.

#![no_main]

use ept_fuzz::{check_records, forgive_laz};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: forgive_laz(), |data: &[u8]| {
    check_records(data);
});
