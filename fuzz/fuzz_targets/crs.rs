//! Coordinate systems: whatever a text says, it is read within bounds, and transforms give finite places or none.

#![no_main]

use ept_crs::{Crs, projjson};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let _ = projjson(text);
    let (Ok(crs), Ok(degrees)) = (Crs::parse(text), Crs::parse("EPSG:4326")) else {
        return;
    };
    if let Ok(transform) = crs.to(&degrees)
        && let Some(place) = transform.apply([500_000.0, 4_650_000.0, 10.0])
    {
        assert!(place.iter().all(|value| value.is_finite()), "{place:?}");
    }
});
