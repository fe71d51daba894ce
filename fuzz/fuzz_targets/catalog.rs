//! Answers of catalogues of surveys.

#![no_main]

use ept_index::Catalog;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(catalog) = Catalog::from_json(data, "https://example.com/list.json") else {
        return;
    };
    for survey in &catalog.surveys {
        let places = survey.footprint.iter().flatten();
        let mut places = places.flat_map(|polygon| polygon.exterior().coords());
        assert!(places.all(|place| place.x.is_finite() && place.y.is_finite()));
        if let Some(bounds) = survey.bounds {
            assert!((0..2).all(|i| bounds.min()[i] <= bounds.max()[i]));
        }
    }
});
