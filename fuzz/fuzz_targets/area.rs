//! Areas as WKT, GeoJSON or corners: what parses has an extent, and its corners are in order.

#![no_main]

use ept_select::{Area, Corners};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(area) = text.parse::<Area>() {
        check(&area);
    }
    if let Ok(corners) = text.parse::<Corners>()
        && let Ok(area) = corners.to_area(None)
    {
        check(&area);
    }
});

fn check(area: &Area) {
    let [x0, y0, x1, y1] = area.extent();
    assert!(x0 <= x1 && y0 <= y1, "{:?}", area.extent());
}
