//! Indexes of points, as `LAStools` write them.

#![no_main]

use ept_fuzz::check_lax;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| check_lax(data));
