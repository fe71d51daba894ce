//! Distances of cells from points, and heights above the ground, compared with all pairs.

mod buckets;

use buckets::Buckets;
use ept_raster::{
    Duplicates, Lattice, MaxEdge, Points, RasterError, Tin, Window, distances, heights_above_ground,
};
use proptest::prelude::*;

/// Ground with clusters, voids, equal distances and duplicates.
fn grounds() -> impl Strategy<Value = Vec<[f64; 3]>> {
    let grid = prop::collection::vec((0..8_i32, 0..8_i32, -9..9_i32), 0..50);
    let scattered = prop::collection::vec([0.0..20.0, 0.0..20.0, -9.0..9.0], 0..60);
    prop_oneof![
        grid.prop_map(|all| {
            let place = |(x, y, z)| [f64::from(x * x % 20), 2.0 * f64::from(y), f64::from(z)];
            all.into_iter().map(place).collect()
        }),
        scattered,
    ]
}

fn places() -> impl Strategy<Value = Vec<[f64; 3]>> {
    let coordinate = || prop_oneof![-5.0..25.0, (-2..24_i32).prop_map(f64::from)];
    prop::collection::vec((coordinate(), coordinate(), -9.0..30.0), 1..30)
        .prop_map(|all| all.into_iter().map(|(x, y, z)| [x, y, z]).collect())
}

fn points(places: &[[f64; 3]]) -> Points {
    let mut points = Points::default();
    places.iter().for_each(|[x, y, z]| points.push(*x, *y, *z));
    points
}

/// Nearest ground in the plane; of equally near ones the first by X, then Y, and the lowest there.
fn nearest(ground: &[[f64; 3]], place: [f64; 2], scale: [f64; 2]) -> Option<(f64, f64)> {
    let square = |point: &[f64; 3]| {
        let [x, y] = [0, 1].map(|i| place[i] * scale[i] - point[i] * scale[i]);
        x * x + y * y
    };
    let order = |a: &&[f64; 3], b: &&[f64; 3]| {
        let [x, y, z] = [0, 1, 2].map(|i| a[i].total_cmp(&b[i]));
        square(a).total_cmp(&square(b)).then(x).then(y).then(z)
    };
    let best = ground.iter().min_by(order)?;
    Some((square(best).sqrt(), best[2]))
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn distances_are_those_of_the_nearest_of_all_points(
        ground in grounds(),
        bucket in prop_oneof![Just(1.0), Just(3.0), Just(50.0)],
        (west, south) in (-6..24_i64, -6..24_i64),
        scale in prop_oneof![Just([1.0, 1.0]), Just([0.5, 3.0])],
    ) {
        let lattice = Lattice::new(1.0, [0.0, 0.5]).expect("cells");
        let window = Window { west, south, columns: 7, rows: 5 };
        let mut buckets = Buckets::new(&ground, bucket);
        let raster = distances(&lattice, window, scale, &[], &mut buckets).expect("points");
        // As well after other parts of the set were read.
        let mut buckets = Buckets::new(&ground, bucket);
        let tin = Tin::new(lattice.centres(&window), Duplicates::Lowest, MaxEdge::NONE, &mut buckets).expect("points");
        let read = tin.triangulation().places();
        let after = distances(&lattice, window, scale, read, &mut buckets).expect("points");
        prop_assert_eq!(bits(raster.values()), bits(after.values()));
        for (position, distance) in raster.values().iter().enumerate() {
            let [column, row] = window.cell_at(position);
            let expected = nearest(&ground, lattice.centre(column, row), scale);
            let expected = expected.map_or(f64::NAN, |(distance, _)| distance);
            prop_assert_eq!(distance.to_bits(), expected.to_bits(), "{} is not {}", distance, expected);
        }
    }

    #[test]
    fn heights_depend_on_the_ground_alone(
        ground in grounds(),
        places in places(),
        bucket in prop_oneof![Just(1.0), Just(3.0), Just(50.0)],
        max_edge in prop_oneof![
            Just(MaxEdge::NONE),
            (1.0..9.0).prop_map(|length| MaxEdge::new(length, [0.7, 1.3]).expect("a length")),
        ],
    ) {
        let mut all = Buckets::new(&ground, 1e9);
        let together = heights_above_ground(&points(&places), max_edge, &mut all).expect("points");
        let mut alone = Vec::new();
        for place in &places {
            let mut buckets = Buckets::new(&ground, bucket);
            alone.extend(heights_above_ground(&points(&[*place]), max_edge, &mut buckets).expect("points"));
        }
        prop_assert_eq!(bits(&together), bits(&alone));
        // And they are those above the surface, which has its own tests: a cell around each point.
        for ([x, y, z], height) in places.iter().zip(&together) {
            let lattice = Lattice::new(1.0, [*x - 0.5, *y - 0.5]).expect("cells");
            let window = Window { west: 0, south: 0, columns: 1, rows: 1 };
            prop_assume!(lattice.centre(0, 0) == [*x, *y]);
            let area = [*x, *y, *x, *y];
            let tin = Tin::new(area, Duplicates::Lowest, max_edge, &mut Buckets::new(&ground, bucket)).expect("points");
            let surface = tin.surface(&lattice, window).get(0, 0);
            let scale = if max_edge == MaxEdge::NONE { [1.0, 1.0] } else { [0.7, 1.3] };
            let expected = if surface.is_nan() {
                nearest(&ground, [*x, *y], scale).map_or(f64::NAN, |(_, value)| value)
            } else {
                surface
            };
            prop_assert_eq!((z - expected).to_bits(), height.to_bits());
        }
    }

    #[test]
    fn heights_above_a_plane_are_those_of_geometry(
        places in places(),
        inner in prop::collection::vec([0.0..20.0, 0.0..20.0], 0..40),
    ) {
        let plane = |x: f64, y: f64| 100.0 + 0.25 * x - 0.5 * y;
        let corners = [[0.0, 0.0], [20.0, 0.0], [20.0, 20.0], [0.0, 20.0]];
        let ground: Vec<[f64; 3]> = corners.iter().chain(&inner).map(|[x, y]| [*x, *y, plane(*x, *y)]).collect();
        let mut buckets = Buckets::new(&ground, 4.0);
        let heights = heights_above_ground(&points(&places), MaxEdge::NONE, &mut buckets).expect("points");
        for ([x, y, z], height) in places.iter().zip(heights) {
            let is_inside = (0.0..=20.0).contains(x) && (0.0..=20.0).contains(y);
            let below = if is_inside {
                plane(*x, *y)
            } else {
                nearest(&ground, [*x, *y], [1.0, 1.0]).expect("ground").1
            };
            prop_assert!((z - below - height).abs() < 1e-9, "{} is not {}", height, z - below);
        }
    }
}

#[test]
fn only_points_that_can_be_nearer_are_read() {
    let grid = |i: u32| [f64::from(i % 100), f64::from(i / 100), 0.0];
    let ground: Vec<[f64; 3]> = (0..10_000).map(grid).collect();
    let mut buckets = Buckets::new(&ground, 5.0);
    let lattice = Lattice::new(1.0, [0.0, 0.0]).expect("cells");
    let window = Window {
        west: 120,
        south: 40,
        columns: 10,
        rows: 10,
    };
    let raster = distances(&lattice, window, [1.0, 1.0], &[], &mut buckets).expect("points");
    assert_eq!(raster.get(120, 40), (21.5_f64 * 21.5 + 0.25).sqrt());
    // At most twice as far as the nearest.
    assert!(
        buckets.unread() > 8000,
        "{} points are left",
        buckets.unread()
    );
}

#[test]
fn places_that_are_none_have_no_height() {
    let ground = [[0.0, 0.0, 5.0]];
    let all = [
        [f64::NAN, 0.0, 1.0],
        [3.0, 4.0, 7.0],
        [0.0, 1e300, 1.0],
        [0.0, 0.0, 5.5],
    ];
    let mut buckets = Buckets::new(&ground, 1.0);
    let heights = heights_above_ground(&points(&all), MaxEdge::NONE, &mut buckets).expect("points");
    assert!(heights[0].is_nan() && heights[2].is_nan());
    assert_eq!([heights[1], heights[3]], [2.0, 0.5]);
    let mut nothing = Buckets::new(&[], 1.0);
    let heights = heights_above_ground(&points(&all), MaxEdge::NONE, &mut nothing).expect("points");
    assert!(heights.iter().all(|height| height.is_nan()));
}

#[test]
fn scales_that_are_none_are_errors() {
    let lattice = Lattice::new(1.0, [0.0, 0.0]).expect("cells");
    let window = Window {
        west: 0,
        south: 0,
        columns: 1,
        rows: 1,
    };
    for scale in [[0.0, 1.0], [1.0, f64::NAN], [f64::INFINITY, 1.0]] {
        assert!(distances(&lattice, window, scale, &[], &mut Buckets::new(&[], 1.0)).is_err());
        assert!(matches!(
            MaxEdge::new(1.0, scale),
            Err(RasterError::Scale(_))
        ));
    }
}
