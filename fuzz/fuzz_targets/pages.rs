//! The pages of an index, with zero bytes between them: as a whole, and the requests by which one leads to the next.

#![no_main]

use ept_fuzz::{check_pages, check_requests, read_index};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let pages = data.split(|byte| *byte == 0).take(8);
    let pages: Vec<_> = pages
        .filter_map(|page| read_index(page, &[]).ok())
        .collect();
    check_requests(&pages);
    check_pages(&pages);
});
