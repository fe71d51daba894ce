//! Triangulations, compared with their definition in exact arithmetic of integers.

use std::collections::{BTreeMap, BTreeSet};

use ept_raster::{Duplicates, Points, RasterError, Triangulation};
use proptest::prelude::*;

type Place = [i64; 2];

fn points(places: &[Place]) -> Points {
    let mut points = Points::default();
    for (index, [x, y]) in places.iter().enumerate() {
        points.push(*x as f64, *y as f64, index as f64);
    }
    points
}

fn triangulated(portions: &[&[Place]]) -> Triangulation {
    let mut triangulation = Triangulation::new(Duplicates::Lowest);
    for portion in portions {
        triangulation
            .extend(&points(portion))
            .expect("usable places");
    }
    triangulation
}

/// The triangles by their places, each from its smallest corner on.
fn triangles(triangulation: &Triangulation) -> BTreeSet<[Place; 3]> {
    let place = |vertex: u32| triangulation.places()[vertex as usize].map(|c| c as i64);
    let triangles = triangulation.triangles();
    let canonical = triangles.map(|corners| {
        let corners = corners.map(place);
        let first = (0..3).min_by_key(|i| corners[*i]).unwrap_or(0);
        [0, 1, 2].map(|i| corners[(i + first) % 3])
    });
    let mut seen = BTreeSet::new();
    for triangle in canonical {
        assert!(seen.insert(triangle), "{triangle:?} is there twice");
    }
    seen
}

fn doubled_area([a, b, c]: [Place; 3]) -> i64 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}

/// Positive if `p` is inside the circle of a counterclockwise triangle.
fn in_circle(triangle: [Place; 3], p: Place) -> i128 {
    let [a, b, c] = triangle.map(|[x, y]| {
        let (x, y) = (i128::from(x - p[0]), i128::from(y - p[1]));
        [x, y, x * x + y * y]
    });
    let minor = |p: [i128; 3], q: [i128; 3]| p[0] * q[1] - p[1] * q[0];
    a[2] * minor(b, c) + b[2] * minor(c, a) + c[2] * minor(a, b)
}

/// Twice the area of the convex hull (Andrew's monotone chain).
fn doubled_area_of_hull(places: &[Place]) -> i64 {
    let sorted: BTreeSet<Place> = places.iter().copied().collect();
    let chain = |places: Vec<Place>| {
        let mut chain: Vec<Place> = Vec::new();
        for place in places {
            while let [.., a, b] = chain[..] {
                if doubled_area([a, b, place]) > 0 {
                    break;
                }
                chain.pop();
            }
            chain.push(place);
        }
        chain.pop();
        chain
    };
    let mut hull = chain(sorted.iter().copied().collect());
    hull.extend(chain(sorted.iter().rev().copied().collect()));
    let next = hull.iter().cycle().skip(1);
    hull.iter()
        .zip(next)
        .map(|(a, b)| a[0] * b[1] - a[1] * b[0])
        .sum()
}

/// Clouds with many duplicates, lines and circles: small grids, lines, clusters, and plain ones.
fn clouds() -> impl Strategy<Value = Vec<Place>> {
    let square = |side: i64, most: usize| {
        prop::collection::vec([-side..=side, -side..=side], 0..most).boxed()
    };
    let line = prop::collection::vec(-9_i64..9, 0..30)
        .prop_map(|steps| steps.into_iter().map(|step| [3 * step, 2 * step]).collect());
    let clusters =
        prop::collection::vec((0..3_i64, -2..=2_i64, -2..=2_i64), 0..40).prop_map(|all| {
            let place = |(cluster, x, y)| [x + 100_000 * cluster, y + 7 * cluster];
            all.into_iter().map(place).collect()
        });
    prop_oneof![
        3 => square(3, 60),
        1 => line,
        1 => clusters,
        2 => square(1000, 60),
        1 => square(1_000_000_000, 40),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn triangles_cover_the_hull_and_their_circles_are_empty(cloud in clouds()) {
        let triangulation = triangulated(&[&cloud]);
        let places: BTreeSet<Place> = cloud.iter().copied().collect();
        prop_assert_eq!(triangulation.len(), places.len());
        let triangles = triangles(&triangulation);
        let mut area = 0;
        for triangle in &triangles {
            prop_assert!(doubled_area(*triangle) > 0);
            area += doubled_area(*triangle);
            for place in &places {
                prop_assert!(in_circle(*triangle, *place) <= 0);
            }
        }
        prop_assert_eq!(area, doubled_area_of_hull(&cloud));
        let corners: BTreeSet<Place> = triangles.into_iter().flatten().collect();
        prop_assert!(area == 0 || corners == places);
    }

    #[test]
    fn triangles_depend_on_the_points_alone(
        (cloud, shuffled) in clouds().prop_flat_map(|cloud| (Just(cloud.clone()), Just(cloud).prop_shuffle())),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
    ) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(shuffled.len() + 1)).collect();
        cuts.sort_unstable();
        let mut portions = Vec::new();
        let mut start = 0;
        for end in cuts.into_iter().chain([shuffled.len()]) {
            portions.push(&shuffled[start..end]);
            start = end;
        }
        let (all, parts) = (triangulated(&[&cloud]), triangulated(&portions));
        prop_assert_eq!(triangles(&all), triangles(&parts));
        let hull = |triangulation: &Triangulation| -> BTreeSet<[Place; 2]> {
            let place = |vertex: u32| triangulation.places()[vertex as usize].map(|c| c as i64);
            triangulation.hull().map(|edge| edge.map(place)).collect()
        };
        prop_assert_eq!(hull(&all), hull(&parts));
    }

    /// The law on which windows rest: what is left out can only take the triangles away that it is a corner of, also
    /// where ties decide.
    #[test]
    fn a_part_of_the_points_has_the_triangles_of_all(cloud in clouds(), mask in any::<u64>()) {
        let kept = |(index, _): &(usize, &Place)| mask >> (index % 64) & 1 == 1;
        let part: Vec<Place> = cloud.iter().enumerate().filter(kept).map(|(_, place)| *place).collect();
        let places: BTreeSet<Place> = part.iter().copied().collect();
        let of_part = triangles(&triangulated(&[&part]));
        for triangle in triangles(&triangulated(&[&cloud])) {
            if triangle.iter().all(|corner| places.contains(corner)) {
                prop_assert!(of_part.contains(&triangle), "{:?} is missing", triangle);
            }
        }
    }

    #[test]
    fn of_points_above_each_other_the_lowest_or_highest_counts(
        all in prop::collection::vec((0..4_i64, 0..4_i64, -5..5_i32), 0..60),
    ) {
        for rule in [Duplicates::Lowest, Duplicates::Highest] {
            let mut expected: BTreeMap<Place, f64> = BTreeMap::new();
            let mut triangulation = Triangulation::new(rule);
            for part in all.chunks(13) {
                let mut points = Points::default();
                for (x, y, value) in part {
                    let value = f64::from(*value);
                    points.push(*x as f64, *y as f64, value);
                    let best = expected.entry([*x, *y]).or_insert(value);
                    *best = if rule == Duplicates::Lowest { best.min(value) } else { best.max(value) };
                }
                triangulation.extend(&points).unwrap();
            }
            let places = triangulation.places().iter().map(|place| place.map(|c| c as i64));
            let values: BTreeMap<Place, f64> = places.zip(triangulation.values().iter().copied()).collect();
            prop_assert_eq!(values, expected);
        }
    }

    /// Predicates in floating point alone make triangulations hang or overlap here: almost on a line, all magnitudes.
    #[test]
    fn any_numbers_end_in_a_triangulation_or_an_error(
        cloud in prop::collection::vec(
            [prop_oneof![any::<f64>(), -1e-30..1e-30, -3.0..3.0, Just(0.1), Just(0.3)],
             prop_oneof![any::<f64>(), -1e-30..1e-30, -3.0..3.0, Just(0.1), Just(0.3)]],
            0..40,
        ),
    ) {
        let mut triangulation = Triangulation::new(Duplicates::Lowest);
        for [x, y] in &cloud {
            let point = Points { x: vec![*x], y: vec![*y], value: vec![1.0], order: Vec::new() };
            let is_usable = x.abs() <= Triangulation::FARTHEST && y.abs() <= Triangulation::FARTHEST;
            prop_assert_eq!(triangulation.extend(&point).is_ok(), is_usable);
        }
        // Euler's formula holds for what is no overlapping heap of triangles.
        let (vertices, edges) = (triangulation.len(), triangulation.hull().count());
        let count = triangulation.triangles().count();
        prop_assert!(count == 0 || count == 2 * vertices - 2 - edges);
    }
}

#[test]
fn regular_grids_have_one_triangulation() {
    let grid: Vec<Place> = (0..40).flat_map(|x| (0..40).map(move |y| [x, y])).collect();
    let rows: Vec<Place> = grid.iter().map(|[x, y]| [*y, *x]).collect();
    let all = triangles(&triangulated(&[&grid]));
    assert_eq!(all.len(), 2 * 39 * 39);
    let portions: Vec<&[Place]> = rows.chunks(7).collect();
    assert_eq!(all, triangles(&triangulated(&portions)));
}

#[test]
fn points_on_a_line_have_no_triangles_until_another_comes() {
    let line: Vec<Place> = (0..100).map(|i| [5 * i, 3 * i]).collect();
    let mut triangulation = triangulated(&[&line[..50], &line]);
    assert_eq!(triangulation.len(), 100);
    assert_eq!(triangulation.triangles().count(), 0);
    triangulation.extend(&points(&[[0, 1]])).unwrap();
    assert_eq!(triangulation.triangles().count(), 99);
    assert_eq!(triangulation.hull().count(), 101);
}

#[test]
fn coordinates_that_are_not_places_are_errors() {
    let mut triangulation = triangulated(&[&[[0, 0], [1, 0], [0, 1]]]);
    for number in [f64::NAN, f64::INFINITY, 1e300, -1e31] {
        for axis in 0..3 {
            let mut columns = [1.0, 1.0, 1.0];
            columns[axis] = number;
            let mut points = points(&[[7, 7]]);
            points.push(columns[0], columns[1], columns[2]);
            let result = triangulation.extend(&points);
            assert!(matches!(result, Err(RasterError::Coordinate(_))));
            assert_eq!(triangulation.len(), 3);
        }
    }
}
