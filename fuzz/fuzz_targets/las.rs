//! The structure of LAS and LAZ files: headers, records, extra bytes, chunk tables.

#![no_main]

use ept_fuzz::{check_las, forgive_laz};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: forgive_laz(), |data: &[u8]| check_las(data));
