//! The ground filter against its definition, and its independence of windows.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use ept_raster::{GroundSurface, Raster, RasterError, Smrf, Window};
use proptest::prelude::*;

const GRID: Window = Window {
    west: -9,
    south: 30,
    columns: 22,
    rows: 17,
};

/// Small discs, so that grids can be small, and a slope that no heights have, so that rounding never decides.
const FILTER: Smrf = Smrf {
    slope: 0.317_1,
    window: 2.5,
    threshold: 0.4,
    scalar: 1.25,
};

const CELL: f64 = 2.0;

/// Sloping terrain with hills, things that are higher, low points and voids, of which some are large.
fn lowest() -> impl Strategy<Value = Raster> {
    let cell = prop_oneof![
        6 => (0..40_i32).prop_map(|height| f64::from(height) / 100.0),
        2 => Just(7.0),
        1 => Just(-30.0),
        2 => Just(f64::NAN),
    ];
    let lake = (-12_i64..9, 27_i64..47, 0_i64..14);
    (prop::collection::vec(cell, GRID.len()), lake, -0.4..0.4).prop_map(
        |(heights, (west, south, size), slope)| {
            let mut raster = Raster::new(GRID, heights).unwrap();
            for (position, height) in raster.values_mut().iter_mut().enumerate() {
                let [column, row] = GRID.cell_at(position);
                *height += slope * column as f64;
                if (west..west + size).contains(&column) && (south..south + size).contains(&row) {
                    *height = f64::NAN;
                }
            }
            raster
        },
    )
}

/// Gives voids the mean of the eight nearest cells. Those as far as the eighth share what is left.
fn fill(heights: &[f64]) -> Vec<f64> {
    let mut whole = heights.to_vec();
    for (position, height) in whole
        .iter_mut()
        .enumerate()
        .filter(|(_, height)| height.is_nan())
    {
        let [column, row] = GRID.cell_at(position);
        let places = heights
            .iter()
            .enumerate()
            .filter(|(_, height)| !height.is_nan());
        let mut near: Vec<(i64, f64)> = places
            .map(|(other, height)| {
                let [c, r] = GRID.cell_at(other);
                ((c - column).pow(2) + (r - row).pow(2), *height)
            })
            .collect();
        near.sort_by_key(|(square, _)| *square);
        let Some(limit) = near.get(7).or(near.last()).map(|(square, _)| *square) else {
            continue;
        };
        let nearer: Vec<f64> = near.iter().filter(|n| n.0 < limit).map(|n| n.1).collect();
        let ties: Vec<f64> = near.iter().filter(|n| n.0 == limit).map(|n| n.1).collect();
        let count = near.len().min(8) as f64;
        let rest = count - nearer.len() as f64;
        let mean = ties.iter().sum::<f64>() / ties.len() as f64;
        *height = (nearer.iter().sum::<f64>() + rest * mean) / count;
    }
    whole
}

/// The extreme of the cells at most `radius` steps away.
fn extreme(heights: &[f64], radius: i64, pick: fn(f64, f64) -> f64) -> Vec<f64> {
    let at = |position: usize| {
        let [column, row] = GRID.cell_at(position);
        let reach = -radius..=radius;
        let places = reach
            .clone()
            .flat_map(|east| reach.clone().map(move |north| (east, north)));
        let near = places.filter(|(east, north)| east.abs() + north.abs() <= radius);
        let cells = near.filter_map(|(east, north)| GRID.position(column + east, row + north));
        cells.map(|cell| heights[cell]).reduce(pick).unwrap()
    };
    (0..GRID.len()).map(at).collect()
}

fn mark(heights: &[f64], radius: i64, slope: f64, objects: &mut [bool]) {
    let mut before = heights.to_vec();
    for radius in 1..=radius {
        let opening = extreme(&extreme(heights, radius, f64::min), radius, f64::max);
        for (position, object) in objects.iter_mut().enumerate() {
            *object |= (before[position] - opening[position]).abs() > slope * CELL * radius as f64;
        }
        before = opening;
    }
}

/// Heights and tolerances by the definition.
fn expected(lowest: &Raster) -> (Vec<f64>, Vec<f64>) {
    let whole = fill(lowest.values());
    let mut objects = vec![false; GRID.len()];
    mark(&whole, 3, FILTER.slope, &mut objects);
    let upside_down: Vec<f64> = whole.iter().map(|height| -height).collect();
    mark(&upside_down, 1, 5.0, &mut objects);
    let bare = whole.iter().zip(&objects);
    let bare: Vec<f64> = bare
        .map(|(height, is)| if *is { f64::NAN } else { *height })
        .collect();
    let ground = fill(&bare);
    let tolerance = |position: usize| {
        let [column, row] = GRID.cell_at(position);
        let rise = |east: i64, north: i64| {
            let before = GRID.position(column - east, row - north);
            let after = GRID.position(column + east, row + north);
            let steps = before.iter().len() + after.iter().len();
            let [before, after] = [before, after].map(|at| ground[at.unwrap_or(position)]);
            (after - before) / steps as f64
        };
        FILTER.threshold + FILTER.scalar * rise(1, 0).hypot(rise(0, 1)) / CELL
    };
    let tolerances = (0..GRID.len()).map(tolerance).collect();
    (ground, tolerances)
}

/// The ground in a window, with a halo that is increased until it is enough.
fn ground(filter: &Smrf, lowest: &Raster, window: Window, first: u32) -> (GroundSurface, u32) {
    let mut halo = first;
    loop {
        let part = lowest.cropped(window.grown(halo));
        if let Some(surface) = filter.ground(&part, &GRID, window, CELL).unwrap() {
            return (surface, halo);
        }
        assert!(halo < 100, "no halo is enough");
        halo = 2 * halo + 1;
    }
}

fn bits(raster: &Raster) -> Vec<u64> {
    raster
        .values()
        .iter()
        .map(|value| value.to_bits())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_ground_is_that_of_the_definition(lowest in lowest()) {
        let surface = FILTER.ground(&lowest, &GRID, GRID, CELL).unwrap().unwrap();
        let (heights, tolerances) = expected(&lowest);
        for position in 0..GRID.len() {
            let height = surface.heights().values()[position];
            let tolerance = surface.tolerances().values()[position];
            if lowest.values()[position].is_nan() {
                prop_assert!(height.is_nan() && tolerance.is_nan());
            } else {
                let is_equal = |a: f64, b: f64| (a - b).abs() < 1e-9 || (a.is_nan() && b.is_nan());
                prop_assert!(is_equal(height, heights[position]), "{height}, not {}", heights[position]);
                prop_assert!(is_equal(tolerance, tolerances[position]));
            }
        }
    }

    #[test]
    fn any_heights_end_in_a_surface(heights in prop::collection::vec(any::<f64>(), GRID.len())) {
        let lowest = Raster::new(GRID, heights).unwrap();
        let surface = FILTER.ground(&lowest, &GRID, GRID, CELL).unwrap().unwrap();
        prop_assert!(!surface.is_ground(-9, 30, f64::NAN));
        prop_assert!(!surface.is_ground(-10, 30, 0.0));
    }
}

proptest! {
    // Few windows are next to a void that a halo just does not reach across.
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn windows_have_no_effect(
        lowest in lowest(), radius in 1_u8..4, first in 0_u32..9,
        west in -12_i64..14, south in 28_i64..48, columns in 0_u32..9, rows in 0_u32..9,
    ) {
        let filter = Smrf { window: f64::from(radius), ..FILTER };
        let all = filter.ground(&lowest, &GRID, GRID, CELL).unwrap().unwrap();
        let window = Window { west, south, columns, rows };
        let (part, _) = ground(&filter, &lowest, window, first);
        prop_assert_eq!(bits(part.heights()), bits(&all.heights().cropped(window)));
        prop_assert_eq!(bits(part.tolerances()), bits(&all.tolerances().cropped(window)));
    }
}

/// A house of 6 x 6 cells on level ground is not ground with large discs; with small ones its middle is.
#[test]
fn houses_are_not_ground_if_discs_are_larger() {
    let grid = Window {
        west: 0,
        south: 0,
        columns: 60,
        rows: 60,
    };
    let house = Window {
        west: 20,
        south: 25,
        columns: 6,
        rows: 6,
    };
    let heights = (0..grid.len()).map(|position| {
        let [column, row] = grid.cell_at(position);
        if house.contains(column, row) {
            103.0
        } else {
            100.0
        }
    });
    let lowest = Raster::new(grid, heights.collect()).unwrap();
    let make = |window: f64| {
        let filter = Smrf {
            window,
            ..Smrf::default()
        };
        filter.ground(&lowest, &grid, grid, 1.0).unwrap().unwrap()
    };
    let (large, small) = (make(18.0), make(2.0));
    for position in 0..grid.len() {
        let [column, row] = grid.cell_at(position);
        assert!(large.is_ground(column, row, 100.5));
        assert!(!large.is_ground(column, row, 100.51));
        assert!(!large.is_ground(column, row, 103.0));
    }
    assert!(small.is_ground(23, 28, 103.0));
}

/// With enough data around, the first halo is enough.
#[test]
fn the_first_halo_is_usually_enough() {
    let lowest = Raster::new(GRID, vec![1.0; GRID.len()]).unwrap();
    let window = Window {
        west: -1,
        south: 36,
        columns: 3,
        rows: 3,
    };
    let (_, halo) = ground(&FILTER, &lowest, window, 7);
    assert_eq!(halo, 7);
    // One more cell for slopes, and twice the radius.
    let near = lowest.cropped(window.grown(6));
    assert_eq!(FILTER.ground(&near, &GRID, window, CELL), Ok(None));
}

#[test]
fn discs_that_are_not_possible_are_refused() {
    for window in [0.0, -1.0, f64::NAN, f64::INFINITY, 129.0] {
        let filter = Smrf { window, ..FILTER };
        let result = filter.ground(&Raster::void(GRID), &GRID, GRID, CELL);
        assert!(matches!(result, Err(RasterError::Radius { .. })));
        assert!(filter.halo().is_err());
    }
}
