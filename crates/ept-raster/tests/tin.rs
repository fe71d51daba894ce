//! Surfaces of windows that read only the points around, compared with the surface of all points.

mod buckets;

use buckets::Buckets;
use ept_raster::{Duplicates, Lattice, MaxEdge, Points, Raster, Tin, Triangulation, Window};
use proptest::prelude::*;

/// All points at once: nothing has to be certain.
fn whole(cloud: &[[f64; 3]], max_edge: MaxEdge, lattice: &Lattice, window: Window) -> Raster {
    let everything = [-1e6, -1e6, 1e6, 1e6];
    let mut buckets = Buckets::new(cloud, 1e9);
    let tin = Tin::new(everything, Duplicates::Lowest, max_edge, &mut buckets).expect("points");
    assert_eq!(buckets.unread(), 0);
    tin.surface(lattice, window)
}

fn bits(raster: &Raster) -> Vec<u64> {
    raster
        .values()
        .iter()
        .map(|value| value.to_bits())
        .collect()
}

/// Clouds on small grids, full of ties, with voids, clusters, lines, and plain ones.
fn clouds() -> impl Strategy<Value = Vec<[f64; 3]>> {
    let grid = |side: i32, step: f64, most: usize| {
        prop::collection::vec((0..=side, 0..=side, -9..9_i32), 0..most).prop_map(move |all| {
            let place = |(x, y, z)| [f64::from(x) * step, f64::from(y) * step, f64::from(z)];
            all.into_iter().map(place).collect::<Vec<[f64; 3]>>()
        })
    };
    let scattered = |side: f64| prop::collection::vec([0.0..side, 0.0..side, -9.0..9.0], 0..80);
    let clusters =
        prop::collection::vec((0..4_i32, 0..4_i32, [0.0..1.5, 0.0..1.5, -9.0..9.0]), 0..80);
    let clusters = clusters.prop_map(|all| {
        let place = |(i, j, [x, y, z]): (i32, i32, [f64; 3])| {
            [x + 5.0 * f64::from(i * i % 4), y + 5.0 * f64::from(j), z]
        };
        all.into_iter().map(place).collect()
    });
    prop_oneof![
        grid(20, 1.0, 120),
        grid(10, 2.0, 60),
        grid(40, 0.5, 120),
        scattered(20.0),
        clusters,
        // Almost on lines: circles far larger than the cloud.
        grid(20, 1.0, 40).prop_map(|all| all
            .into_iter()
            .map(|[x, y, z]| [x, y * 1e-7 + 0.3 * x, z])
            .collect()),
    ]
}

fn max_edges() -> impl Strategy<Value = MaxEdge> {
    prop_oneof![
        Just(MaxEdge::NONE),
        (0.5..12.0).prop_map(|length| MaxEdge::new(length, [1.0, 1.0]).expect("a length")),
        (1.0..9.0).prop_map(|length| MaxEdge::new(length, [0.7, 1.3]).expect("a length")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn surfaces_of_windows_are_parts_of_the_surface_of_all(
        cloud in clouds(),
        max_edge in max_edges(),
        bucket in prop_oneof![Just(1.0), Just(2.5), Just(7.0), Just(40.0)],
        cell in prop_oneof![Just(0.5), Just(1.0), Just(1.7)],
        columns in 1..9_u32,
        rows in 1..9_u32,
    ) {
        let lattice = Lattice::new(cell, [0.0, 0.25]).expect("cells");
        let count = (24.0 / cell) as u32;
        let all = Window { west: -2, south: -2, columns: count, rows: count };
        let expected = whole(&cloud, max_edge, &lattice, all);
        for west in (all.west..all.east()).step_by(columns as usize) {
            for south in (all.south..all.north()).step_by(3 * rows as usize) {
                let window = Window { west, south, columns, rows };
                let mut buckets = Buckets::new(&cloud, bucket);
                let area = lattice.centres(&window);
                let tin = Tin::new(area, Duplicates::Lowest, max_edge, &mut buckets).expect("points");
                let surface = tin.surface(&lattice, window);
                let Some(shared) = window.intersection(&all) else { continue };
                prop_assert_eq!(bits(&surface.cropped(shared)), bits(&expected.cropped(shared)));
            }
        }
    }

    /// The triangulation has another test: here it is taken for granted, and the surface is that of its definition.
    #[test]
    fn surfaces_have_the_height_of_the_triangle_at_the_centre(cloud in clouds(), max_edge in 2.0..30.0) {
        let lattice = Lattice::new(0.5, [0.0, 0.0]).expect("cells");
        let window = Window { west: -1, south: -1, columns: 44, rows: 44 };
        let rule = MaxEdge::new(max_edge, [1.0, 1.0]).expect("a length");
        let surface = whole(&cloud, rule, &lattice, window);
        let mut triangulation = Triangulation::new(Duplicates::Lowest);
        let mut points = Points::default();
        cloud.iter().for_each(|[x, y, z]| points.push(*x, *y, *z));
        triangulation.extend(&points).expect("points");
        let triangles: Vec<[[f64; 3]; 3]> = triangulation.triangles().map(|corners| corners.map(|corner| {
            let [x, y] = triangulation.places()[corner as usize];
            [x, y, triangulation.values()[corner as usize]]
        })).collect();
        for (position, value) in surface.values().iter().enumerate() {
            let [column, row] = window.cell_at(position);
            let [x, y] = lattice.centre(column, row);
            let heights: Vec<f64> = triangles.iter().filter_map(|t| height(*t, x, y, max_edge)).collect();
            // Close to an edge, a height by plain arithmetic may be of the wrong side.
            if heights.is_empty() {
                continue;
            }
            let is_near = heights.iter().any(|height| (height - value).abs() < 1e-3);
            prop_assert!(is_near, "{} at {}, {}, but {:?}", value, x, y, heights);
        }
    }
}

/// Height of a triangle at a place well inside of it, by barycentric coordinates.
fn height(triangle: [[f64; 3]; 3], x: f64, y: f64, max_edge: f64) -> Option<f64> {
    let [a, b, c] = triangle;
    let longest = [[a, b], [b, c], [c, a]]
        .map(|[p, q]| ((p[0] - q[0]).powi(2) + (p[1] - q[1]).powi(2)).sqrt());
    if longest.into_iter().any(|length| length > max_edge) {
        return None;
    }
    let area = (b[1] - c[1]) * (a[0] - c[0]) + (c[0] - b[0]) * (a[1] - c[1]);
    let u = ((b[1] - c[1]) * (x - c[0]) + (c[0] - b[0]) * (y - c[1])) / area;
    let v = ((c[1] - a[1]) * (x - c[0]) + (a[0] - c[0]) * (y - c[1])) / area;
    let is_inside = area.abs() > 1e-4 && u.min(v).min(1.0 - u - v) > 1e-9;
    is_inside.then_some(u * a[2] + v * b[2] + (1.0 - u - v) * c[2])
}

#[test]
fn only_points_around_a_window_are_read() {
    let cloud: Vec<[f64; 3]> = (0..10_000_u32)
        .map(|i| {
            let shake = f64::from(i.wrapping_mul(2_654_435_761) >> 8) / 16_777_216.0;
            [
                f64::from(i % 100) + 0.4 * shake,
                f64::from(i / 100) + 0.3 * shake,
                shake,
            ]
        })
        .collect();
    let mut buckets = Buckets::new(&cloud, 5.0);
    let area = [40.0, 40.0, 50.0, 50.0];
    Tin::new(area, Duplicates::Lowest, MaxEdge::NONE, &mut buckets).expect("points");
    // The area with one or two buckets on each side.
    assert!(
        buckets.unread() > 10_000 - 1000,
        "{} points are left",
        buckets.unread()
    );
    let mut at_edge = Buckets::new(&cloud, 5.0);
    let max_edge = MaxEdge::new(4.0, [1.0, 1.0]).expect("a length");
    Tin::new(
        [-5.0, 40.0, 5.0, 50.0],
        Duplicates::Lowest,
        max_edge,
        &mut at_edge,
    )
    .expect("points");
    assert!(
        at_edge.unread() > 10_000 - 600,
        "{} points are left",
        at_edge.unread()
    );
}

#[test]
fn centres_on_edges_and_corners_have_a_height() {
    // Centres of cells are at the corners, on all edges, and inside.
    let lattice = Lattice::new(1.0, [-0.5, -0.5]).expect("cells");
    let window = Window {
        west: 0,
        south: 0,
        columns: 5,
        rows: 5,
    };
    let cloud: Vec<[f64; 3]> = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0], [2.0, 2.0]]
        .map(|[x, y]| [x, y, 3.0 * x - 2.0 * y + 7.0])
        .to_vec();
    let surface = whole(&cloud, MaxEdge::NONE, &lattice, window);
    for (position, value) in surface.values().iter().enumerate() {
        let [column, row] = window.cell_at(position);
        assert_eq!(*value, 3.0 * column as f64 - 2.0 * row as f64 + 7.0);
    }
    // Without the western triangle, whose edge is the longest with this scale, its other edges still have heights.
    let rule = MaxEdge::new(7.9, [1.0, 2.0]).expect("a length");
    let surface = whole(&cloud, rule, &lattice, window);
    assert!(surface.get(0, 2).is_nan() && surface.get(4, 2).is_nan());
    assert_eq!(surface.get(1, 1), 8.0);
    assert_eq!(surface.get(0, 0), 7.0);
}

#[test]
fn lengths_that_are_none_are_errors() {
    for length in [0.0, -1.0, f64::NAN] {
        assert!(MaxEdge::new(length, [1.0, 1.0]).is_err());
    }
    assert!(MaxEdge::new(1.0, [0.0, 1.0]).is_err());
}
