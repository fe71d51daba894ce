//! GeoTIFF: tags, the place of the cells, strips and tiles.

#![no_main]

use std::io::Cursor;

use ept_raster::{GeoTiff, Raster, Window};
use libfuzzer_sys::fuzz_target;

/// Columns and rows of the windows that are read.
const SIDE: u32 = 40;

fuzz_target!(|data: &[u8]| {
    let Ok(mut file) = GeoTiff::new(Cursor::new(data)) else {
        return;
    };
    let all = *file.grid().window();
    assert!(!all.is_empty() && file.bands() > 0);
    let _ = file.keys().srs();
    let band = file.bands() - 1;
    // Across the north-western corner, where the first strip or tile is.
    let window = Window {
        west: all.west - 2,
        south: all.north() + 2 - i64::from(SIDE),
        columns: SIDE,
        rows: SIDE,
    };
    let Ok(raster) = file.read(band, window) else {
        return;
    };
    assert_eq!(raster.values().len(), window.len());
    let is_same = |a: &Raster, b: &Raster| {
        let mut pairs = a.values().iter().zip(b.values());
        pairs.all(|(a, b)| a == b || a.is_nan() && b.is_nan())
    };
    for (at, value) in raster.values().iter().enumerate() {
        let [column, row] = window.cell_at(at);
        assert!(value.is_nan() || value.is_finite() && all.contains(column, row));
    }
    // A part is what it is in the whole, also in a file that has not been read before.
    let part = Window {
        west: window.west + 7,
        columns: 11,
        rows: 13,
        ..window
    };
    let expected = raster.cropped(part);
    let again = file.read(band, part).expect("read before");
    assert!(is_same(&expected, &again));
    let mut fresh = GeoTiff::new(Cursor::new(data)).expect("read before");
    let alone = fresh.read(band, part).expect("read before");
    assert!(is_same(&expected, &alone));
});
