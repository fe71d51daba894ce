//! Laszip tiles, with the count of points that their own header claims.

#![no_main]

use ept_fuzz::{Input, LASZIP, MOST_POINTS, check_tile, forgive_laz};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: forgive_laz(), |data: &[u8]| {
    let Some(input) = Input::parse(data) else {
        return;
    };
    if let Some(points @ ..=MOST_POINTS) = claimed(input.tile) {
        check_tile(input.dataset(&LASZIP), points, &input);
    }
});

/// The number of points by the header (LAS 1.4 R15, section 2.4).
fn claimed(tile: &[u8]) -> Option<u64> {
    let minor = tile.get(25)?;
    let header_size = u16::from_le_bytes(*tile.get(94..)?.first_chunk()?);
    let legacy = u32::from_le_bytes(*tile.get(107..)?.first_chunk()?);
    let wide = match *minor >= 4 && header_size >= 375 {
        true => u64::from_le_bytes(*tile.get(247..)?.first_chunk()?),
        false => 0,
    };
    Some(wide.max(legacy.into()))
}
