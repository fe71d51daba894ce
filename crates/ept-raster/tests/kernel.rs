//! Statistics of cells against their definitions, and their independence of order and windows.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use ept_raster::{Kernel, Lattice, Points, Raster, RasterError, Statistic, Window};
use proptest::prelude::*;

const NAMES: &str = "count density min max mean stdev median p0 p10 p99.5 p100 idw idw2 first last";

fn statistics() -> Vec<Statistic> {
    NAMES.split(' ').map(|name| name.parse().unwrap()).collect()
}

/// All statistics, and those alone for which points are not sorted.
fn wanted() -> impl Strategy<Value = Vec<Statistic>> {
    prop_oneof![Just(statistics()), Just(statistics()[..4].to_vec())]
}

const WINDOW: Window = Window {
    west: -3,
    south: -2,
    columns: 7,
    rows: 5,
};

/// Points on a raster of hundredths, some of which coincide, some beyond the window; values and orders repeat.
fn points() -> impl Strategy<Value = Points> {
    let place = || (-700_i32..700).prop_map(|hundredths| f64::from(hundredths) / 100.0);
    let central = || (-7_i32..7).prop_map(|cell| f64::from(cell) + 0.5);
    let x = prop_oneof![4 => place(), 1 => central()];
    let y = prop_oneof![4 => place(), 1 => central()];
    let value = prop_oneof![
        (-20_i32..20).prop_map(|v| 300.0 + f64::from(v) / 7.0),
        Just(0.0),
        Just(-0.0)
    ];
    let order = (0_i32..5).prop_map(f64::from);
    prop::collection::vec((x, y, value, order), 0..60).prop_map(|rows| {
        let mut points = Points::default();
        for (x, y, value, order) in rows {
            points.push(x, y, value);
            points.order.push(order);
        }
        points
    })
}

fn lattice() -> Lattice {
    Lattice::new(1.0, [0.0, 0.0]).unwrap()
}

fn kernel() -> impl Strategy<Value = Kernel> {
    let radius = prop_oneof![
        Just(2.0_f64.sqrt()),
        Just(0.2),
        Just(0.5),
        Just(1.0),
        Just(1.5),
        0.01..3.0
    ];
    prop_oneof![Just(Kernel::Cell), radius.prop_map(Kernel::Radius)]
}

/// A statistic by its definition.
fn expected(statistic: Statistic, found: &[[f64; 3]], area: f64) -> f64 {
    let count = found.len() as f64;
    let mut values: Vec<f64> = found.iter().map(|[_, value, _]| *value).collect();
    values.sort_by(f64::total_cmp);
    let percentile = |p: f64| {
        let rank = p / 100.0 * (count - 1.0);
        let (low, high) = (values[rank.floor() as usize], values[rank.ceil() as usize]);
        low + (high - low) * rank.fract()
    };
    let mean = values.iter().sum::<f64>() / count;
    match statistic {
        Statistic::Count => count,
        Statistic::Density => count / area,
        _ if found.is_empty() => f64::NAN,
        Statistic::Min => values[0],
        Statistic::Max => values[values.len() - 1],
        Statistic::Mean => mean,
        Statistic::Stdev => {
            let squares = values.iter().map(|v| (v - mean).powi(2));
            (squares.sum::<f64>() / count).sqrt()
        }
        Statistic::Median => percentile(50.0),
        Statistic::Percentile(p) => percentile(p),
        Statistic::Idw { power } => {
            let central: Vec<_> = found.iter().filter(|[d, ..]| *d == 0.0).collect();
            if central.is_empty() {
                let weights: f64 = found.iter().map(|[d, ..]| d.powf(-power)).sum();
                let sum: f64 = found.iter().map(|[d, v, _]| v * d.powf(-power)).sum();
                sum / weights
            } else {
                central.iter().map(|[_, v, _]| v).sum::<f64>() / central.len() as f64
            }
        }
        Statistic::First | Statistic::Last => {
            let mut pairs: Vec<_> = found
                .iter()
                .map(|[_, value, order]| (order, value))
                .collect();
            pairs.sort_by(|a, b| a.0.total_cmp(b.0).then(a.1.total_cmp(b.1)));
            let at = if statistic == Statistic::First {
                0
            } else {
                pairs.len() - 1
            };
            *pairs[at].1
        }
        _ => unreachable!(),
    }
}

/// Distance, value and order of the points that count for a cell.
fn found(points: &Points, kernel: Kernel, column: i64, row: i64) -> Vec<[f64; 3]> {
    let centre = [column as f64 + 0.5, row as f64 + 0.5];
    let rows = (0..points.len()).filter_map(|i| {
        let (x, y) = (points.x[i], points.y[i]);
        let distance = ((x - centre[0]).powi(2) + (y - centre[1]).powi(2)).sqrt();
        let is_inside = match kernel {
            Kernel::Cell => x.floor() == column as f64 && y.floor() == row as f64,
            Kernel::Radius(radius) => distance < radius,
        };
        is_inside.then_some([distance, points.value[i], points.order[i]])
    });
    rows.collect()
}

fn bits(rasters: &[Raster]) -> Vec<Vec<u64>> {
    let values = rasters.iter().map(Raster::values);
    values
        .map(|v| v.iter().map(|v| v.to_bits()).collect())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn cells_have_the_statistics_of_their_points(points in points(), kernel in kernel(), wanted in wanted()) {
        let area = 0.25;
        let rasters = kernel.rasters(&points, &lattice(), WINDOW, &wanted, area).unwrap();
        let reach = match kernel {
            Kernel::Cell => area,
            Kernel::Radius(radius) => area * std::f64::consts::PI * radius * radius,
        };
        for (statistic, raster) in wanted.iter().copied().zip(&rasters) {
            for (position, value) in raster.values().iter().enumerate() {
                let [column, row] = WINDOW.cell_at(position);
                let expected = expected(statistic, &found(&points, kernel, column, row), reach);
                let is_equal = match statistic {
                    Statistic::Mean | Statistic::Stdev | Statistic::Idw { .. } | Statistic::Density
                    | Statistic::Median | Statistic::Percentile(_) =>
                        (value - expected).abs() < 1e-9 || (value.is_nan() && expected.is_nan()),
                    _ => *value == expected || (value.is_nan() && expected.is_nan()),
                };
                prop_assert!(is_equal, "{statistic} of {column}, {row}: {value}, not {expected}");
            }
        }
    }

    #[test]
    fn the_order_of_points_has_no_effect(points in points(), kernel in kernel(), wanted in wanted(), seed in any::<u64>()) {
        let mut rows: Vec<usize> = (0..points.len()).collect();
        rows.sort_by_key(|row| (*row as u64 + 1).wrapping_mul(seed | 1));
        let shuffled = Points {
            x: rows.iter().map(|row| points.x[*row]).collect(),
            y: rows.iter().map(|row| points.y[*row]).collect(),
            value: rows.iter().map(|row| points.value[*row]).collect(),
            order: rows.iter().map(|row| points.order[*row]).collect(),
        };
        let make = |points| kernel.rasters(points, &lattice(), WINDOW, &wanted, 1.0).unwrap();
        prop_assert_eq!(bits(&make(&points)), bits(&make(&shuffled)));
    }

    #[test]
    fn windows_have_no_effect(
        points in points(), kernel in kernel(), wanted in wanted(),
        west in -3_i64..4, south in -2_i64..3, columns in 0_u32..5, rows in 0_u32..4,
    ) {
        let window = Window { west, south, columns, rows };
        let all = kernel.rasters(&points, &lattice(), WINDOW.grown(5), &wanted, 1.0).unwrap();
        let cropped: Vec<Raster> = all.iter().map(|raster| raster.cropped(window)).collect();
        // Only the points of the window and its halo.
        let reach = window.grown(kernel.halo(&lattice()).unwrap());
        let mut near = Points::default();
        for i in 0..points.len() {
            let [column, row] = lattice().find(points.x[i], points.y[i]).unwrap();
            if reach.contains(column, row) {
                near.push(points.x[i], points.y[i], points.value[i]);
                near.order.push(points.order[i]);
            }
        }
        let part = kernel.rasters(&near, &lattice(), window, &wanted, 1.0).unwrap();
        prop_assert_eq!(bits(&part), bits(&cropped));
    }

    #[test]
    fn points_that_are_not_numbers_are_left_out(points in points(), kernel in kernel(), wanted in wanted(), at in 0_usize..4) {
        let mut more = points.clone();
        for hostile in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300] {
            let mut row = [0.5, 0.5, 300.0];
            row[at % 3] = hostile;
            more.push(row[0], row[1], row[2]);
            more.order.push(0.0);
        }
        let make = |points| kernel.rasters(points, &lattice(), WINDOW, &wanted, 1.0).unwrap();
        prop_assert_eq!(bits(&make(&points)), bits(&make(&more)));
    }
}

/// Values with whole numbers as results, which rounding must not miss.
#[test]
fn known_cells_have_known_statistics() {
    let mut points = Points::default();
    for (x, value) in [(0.1, 4.0), (0.2, 2.0), (0.7, 4.0), (0.9, 5.0)] {
        points.push(x, 0.5, value);
    }
    points.push(1.5, 0.5, 7.25);
    let window = Window {
        west: 0,
        south: 0,
        columns: 3,
        rows: 1,
    };
    let names = ["mean", "stdev", "median", "p25"];
    let statistics: Vec<Statistic> = names.map(|name| name.parse().unwrap()).into();
    let rasters = Kernel::Cell
        .rasters(&points, &lattice(), window, &statistics, 1.0)
        .unwrap();
    let first: Vec<f64> = rasters.iter().map(|raster| raster.values()[0]).collect();
    assert_eq!(first[0], 3.75);
    assert!((first[1] - 1.1875_f64.sqrt()).abs() < 1e-15);
    assert_eq!(first[2..], [4.0, 3.5]);
    let second: Vec<f64> = rasters.iter().map(|raster| raster.values()[1]).collect();
    assert_eq!(second, [7.25, 0.0, 7.25, 7.25]);
    assert!(rasters.iter().all(|raster| raster.values()[2].is_nan()));
}

#[test]
fn values_of_every_magnitude_have_a_mean() {
    let window = Window {
        west: 0,
        south: 0,
        columns: 1,
        rows: 1,
    };
    for values in [
        [1e100, -1e100],
        [5e-324, 0.0],
        [1.0, 1.0 + f64::EPSILON],
        [-1e-300, 1e-300],
    ] {
        let mut points = Points::default();
        points.push(0.2, 0.5, values[0]);
        points.push(0.7, 0.5, values[1]);
        let rasters = Kernel::Cell
            .rasters(&points, &lattice(), window, &statistics()[..13], 1.0)
            .unwrap();
        for raster in &rasters {
            assert!(raster.values()[0].is_finite());
        }
        let (min, max) = (values[0].min(values[1]), values[0].max(values[1]));
        let mean = rasters[4].values()[0];
        assert!((min..=max).contains(&mean), "{mean} of {values:?}");
    }
}

#[test]
fn what_is_not_possible_is_refused() {
    let (lattice, points) = (lattice(), Points::default());
    let make = |kernel: Kernel, window, names: &str, points: &Points| {
        let statistics: Vec<Statistic> = names.split(' ').map(|n| n.parse().unwrap()).collect();
        kernel
            .rasters(points, &lattice, window, &statistics, 1.0)
            .map(|_| ())
    };
    for radius in [0.0, -1.0, f64::NAN, f64::INFINITY, 1025.0] {
        let result = make(Kernel::Radius(radius), WINDOW, "min", &points);
        assert!(matches!(result, Err(RasterError::Radius { .. })));
    }
    let huge = Window {
        columns: u32::MAX,
        rows: u32::MAX,
        ..WINDOW
    };
    assert!(matches!(
        make(Kernel::Cell, huge, "min", &points),
        Err(RasterError::Window { .. })
    ));
    let mut unordered = Points::default();
    unordered.push(0.5, 0.5, 1.0);
    assert_eq!(
        make(Kernel::Cell, WINDOW, "min last", &unordered),
        Err(RasterError::Order)
    );
    unordered.x.push(0.5);
    assert_eq!(
        make(Kernel::Cell, WINDOW, "min", &unordered),
        Err(RasterError::Columns)
    );
    let area = Kernel::Cell.rasters(&points, &lattice, WINDOW, &[Statistic::Density], 0.0);
    assert!(matches!(area, Err(RasterError::Cell(_))));
    let percentile = [Statistic::Percentile(101.0)];
    let result = Kernel::Cell.rasters(&points, &lattice, WINDOW, &percentile, 1.0);
    assert_eq!(result, Err(RasterError::Statistic("p101".into())));
}
