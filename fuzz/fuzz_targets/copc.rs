//! The octree of COPC files: info record and hierarchy pages.

#![no_main]

use ept_fuzz::check_copc;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| check_copc(data));
