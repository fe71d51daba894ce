//! Filled voids against the definition, and their independence of windows.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use ept_raster::{Raster, RasterError, Window, filled};
use proptest::prelude::*;

const WINDOW: Window = Window {
    west: -4,
    south: 7,
    columns: 9,
    rows: 6,
};

/// Cells of which few have a value.
fn raster() -> impl Strategy<Value = Raster> {
    let value = prop_oneof![3 => Just(f64::NAN), 1 => 250.0..350.0];
    prop::collection::vec(value, WINDOW.len()).prop_map(|v| Raster::new(WINDOW, v).unwrap())
}

/// Weighted mean around a cell, by PDAL's documentation of `window_size`.
fn expected(raster: &Raster, column: i64, row: i64, reach: i64) -> f64 {
    let (mut sum, mut weights) = (0.0, 0.0);
    for east in -reach..=reach {
        for north in -reach..=reach {
            let value = raster.get(column + east, row + north);
            if !value.is_nan() {
                let distance = east.abs().max(north.abs()) as f64;
                sum += value / distance;
                weights += 1.0 / distance;
            }
        }
    }
    sum / weights
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn voids_have_the_mean_of_values_around(raster in raster(), reach in 0_u32..4) {
        let filled = filled(&raster, WINDOW, reach).unwrap();
        for (position, value) in filled.values().iter().enumerate() {
            let [column, row] = WINDOW.cell_at(position);
            let own = raster.get(column, row);
            if own.is_nan() {
                let expected = expected(&raster, column, row, i64::from(reach));
                let is_equal = (value - expected).abs() < 1e-9 || (value.is_nan() && expected.is_nan());
                prop_assert!(is_equal, "{value}, not {expected}");
            } else {
                prop_assert_eq!(*value, own);
            }
        }
    }

    #[test]
    fn windows_have_no_effect(
        raster in raster(), reach in 0_u32..4,
        west in -6_i64..7, south in 5_i64..15, columns in 0_u32..6, rows in 0_u32..6,
    ) {
        let window = Window { west, south, columns, rows };
        let all = filled(&raster, WINDOW.grown(9), reach).unwrap().cropped(window);
        let part = filled(&raster.cropped(window.grown(reach)), window, reach).unwrap();
        let bits = |raster: &Raster| raster.values().iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        prop_assert_eq!(bits(&part), bits(&all));
    }
}

#[test]
fn squares_that_are_too_large_are_refused() {
    let raster = Raster::void(WINDOW);
    assert!(matches!(
        filled(&raster, WINDOW, 1025),
        Err(RasterError::Radius { .. })
    ));
    let huge = Window {
        columns: u32::MAX,
        rows: u32::MAX,
        ..WINDOW
    };
    assert!(matches!(
        filled(&raster, huge, 1),
        Err(RasterError::Window { .. })
    ));
}
