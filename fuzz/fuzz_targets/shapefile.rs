//! Plain shapefiles: the lengths of .shp and .shx as two numbers of 16 bits, these two, then the .dbf.

#![no_main]

use ept_fuzz::{check_index, read_index};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some(([a, b, c, d], rest)) = data.split_first_chunk() else {
        return;
    };
    let lengths = [[*a, *b], [*c, *d]].map(|bytes| usize::from(u16::from_le_bytes(bytes)));
    let (shp, rest) = rest.split_at(lengths[0].min(rest.len()));
    let (shx, dbf) = rest.split_at(lengths[1].min(rest.len()));
    let parts = [("dbf", dbf), ("shx", shx)];
    let parts = if shx.is_empty() {
        &parts[..1]
    } else {
        &parts[..]
    };
    if let Ok(index) = read_index(shp, parts) {
        check_index(&index);
    }
});
