//! Outliers, compared with the distances of all pairs.

use ept_raster::{DistanceStatistics, MeanDistances, Points, RasterError, sparse_points};
use proptest::prelude::*;

const EVERYWHERE: [f64; 4] = [
    f64::NEG_INFINITY,
    f64::NEG_INFINITY,
    f64::INFINITY,
    f64::INFINITY,
];

fn points<'a>(places: impl IntoIterator<Item = &'a [f64; 3]>) -> Points {
    let mut points = Points::default();
    places
        .into_iter()
        .for_each(|[x, y, z]| points.push(*x, *y, *z));
    points
}

fn squared_distance(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    let [x, y, z] = [0, 1, 2].map(|i| a[i] - b[i]);
    x * x + y * y + z * z
}

/// Clouds with duplicates and equal distances, with clusters, and plain ones.
fn clouds() -> impl Strategy<Value = Vec<[f64; 3]>> {
    let grid = prop::collection::vec([0..5_i32, 0..5_i32, 0..2_i32], 0..90);
    let scattered = prop::collection::vec([0.0..20.0, 0.0..20.0, -2.0..2.0], 0..150);
    let clusters = prop::collection::vec((0..3_i32, [0.0..0.1, 0.0..0.1, 0.0..9.0]), 0..90);
    prop_oneof![
        grid.prop_map(|all| all.into_iter().map(|place| place.map(f64::from)).collect()),
        scattered,
        clusters.prop_map(|all| {
            let place =
                |(cluster, [x, y, z]): (i32, [f64; 3])| [x + 6.0 * f64::from(cluster), y, z];
            all.into_iter().map(place).collect()
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn distances_are_the_mean_of_the_nearest(cloud in clouds(), neighbours in 0..12_usize) {
        let measured = MeanDistances::new(&points(&cloud), cloud.len(), neighbours, EVERYWHERE).expect("points");
        prop_assert!(measured.open.is_empty());
        for (place, mean) in cloud.iter().zip(&measured.distances) {
            let mut distances: Vec<f64> = cloud.iter().map(|other| squared_distance(place, other).sqrt()).collect();
            distances.sort_by(f64::total_cmp);
            let sum: f64 = distances.iter().skip(1).take(neighbours).sum();
            let expected = sum / neighbours.max(1) as f64;
            prop_assert!((mean - expected).abs() <= 1e-12 * expected, "{} is not {}", mean, expected);
        }
    }

    /// What is not open is certain: to the bit what it is with all points, whatever is left out beyond the box.
    #[test]
    fn distances_with_a_halo_are_those_of_all_points(
        cloud in clouds(),
        neighbours in 1..9_usize,
        corner in [-1.0..20.0, -1.0..20.0],
        size in 0.5..12.0,
        halo in 0.0..6.0,
    ) {
        let all = MeanDistances::new(&points(&cloud), cloud.len(), neighbours, EVERYWHERE).expect("points");
        let known = [corner[0] - halo, corner[1] - halo, corner[0] + size + halo, corner[1] + size + halo];
        let is_known = |place: &[f64; 3]| (known[0]..=known[2]).contains(&place[0]) && (known[1]..=known[3]).contains(&place[1]);
        let is_inner = |place: &[f64; 3]| (0..2).all(|i| corner[i] <= place[i] && place[i] < corner[i] + size);
        let inner: Vec<usize> = (0..cloud.len()).filter(|i| is_inner(&cloud[*i])).collect();
        let outer = cloud.iter().filter(|place| is_known(place) && !is_inner(place));
        let part = points(inner.iter().map(|i| &cloud[*i]).chain(outer));
        let measured = MeanDistances::new(&part, inner.len(), neighbours, known).expect("points");
        for (position, index) in inner.iter().enumerate() {
            let is_open = measured.open.contains(&(position as u32));
            let is_equal = measured.distances[position].to_bits() == all.distances[*index].to_bits();
            prop_assert!(is_open || is_equal);
        }
    }

    #[test]
    fn sparse_points_have_few_others_around(cloud in clouds(), radius in prop_oneof![Just(1.0), 0.05..4.0], minimum in 0..6_usize) {
        let is_sparse = sparse_points(&points(&cloud), cloud.len(), radius, minimum).expect("points");
        for (place, is_sparse) in cloud.iter().zip(is_sparse) {
            let near = cloud.iter().filter(|other| squared_distance(place, other) < radius * radius).count();
            prop_assert_eq!(is_sparse, near <= minimum);
        }
    }

    /// Distances of all magnitudes: sums in floating point would depend on the order.
    #[test]
    fn statistics_depend_on_the_distances_alone(
        (distances, shuffled) in prop::collection::vec(
            prop_oneof![0.0..10.0, (-300..60_i32).prop_map(|e| 2_f64.powi(e)), (0..9_i32).prop_map(f64::from)], 0..60,
        ).prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        parts in 1..7_usize,
    ) {
        let mut whole = DistanceStatistics::default();
        distances.iter().for_each(|distance| whole.add(*distance));
        let mut merged = DistanceStatistics::default();
        for part in shuffled.chunks(shuffled.len().div_ceil(parts).max(1)) {
            let mut statistics = DistanceStatistics::default();
            part.iter().for_each(|distance| statistics.add(*distance));
            merged.merge(&statistics);
        }
        prop_assert_eq!(whole.count(), merged.count());
        for value in [DistanceStatistics::mean, DistanceStatistics::deviation, |s: &DistanceStatistics| s.threshold(2.5)] {
            prop_assert_eq!(value(&whole).to_bits(), value(&merged).to_bits());
        }
    }

    /// With integers, both sums are exact in `i128`.
    #[test]
    fn statistics_are_those_of_a_sample(distances in prop::collection::vec(0..1_000_000_000_i64, 2..60), shift in 0..4_i64) {
        let distances: Vec<i64> = distances.iter().map(|d| (d >> (9 * shift)) + (1 << (9 * shift))).collect();
        let mut statistics = DistanceStatistics::default();
        distances.iter().for_each(|distance| statistics.add(*distance as f64));
        let count = distances.len() as i128;
        let sum: i128 = distances.iter().map(|d| i128::from(*d)).sum();
        let squares: i128 = distances.iter().map(|d| i128::from(*d) * i128::from(*d)).sum();
        let mean = sum as f64 / count as f64;
        let deviation = ((count * squares - sum * sum) as f64 / (count * (count - 1)) as f64).sqrt();
        prop_assert!((statistics.mean() - mean).abs() <= 1e-15 * mean);
        prop_assert!((statistics.deviation() - deviation).abs() <= 1e-14 * deviation);
        let is_equal = distances.iter().all(|d| *d == distances[0]);
        let threshold = if is_equal { f64::INFINITY } else { mean + 3.0 * deviation };
        prop_assert!(statistics.threshold(3.0) == threshold || (statistics.threshold(3.0) - threshold).abs() <= 1e-14 * threshold);
    }
}

#[test]
fn fewer_points_than_neighbours_count_as_if_at_distance_0() {
    // As PDAL: its list of distances keeps zeros where it finds none.
    let cloud = [[0.0, 0.0, 0.0], [3.0, 4.0, 0.0], [0.0, 0.0, 10.0]];
    let measured = MeanDistances::new(&points(&cloud), 1, 8, EVERYWHERE).expect("points");
    assert_eq!(measured.distances, [15.0 / 8.0]);
    // With more points somewhere, nothing can be said yet.
    let measured =
        MeanDistances::new(&points(&cloud), 1, 8, [-1e9, -1e9, 1e9, 1e9]).expect("points");
    assert_eq!(measured.open, [0]);
    let many = MeanDistances::new(&points(&cloud), 3, usize::MAX, EVERYWHERE).expect("points");
    assert!(many.distances.iter().all(|distance| *distance < 1e-15));
}

#[test]
fn nothing_stands_out_of_nothing() {
    let mut statistics = DistanceStatistics::default();
    assert!(statistics.mean().is_nan() && statistics.threshold(2.0) == f64::INFINITY);
    for distance in [f64::NAN, -1.0, f64::INFINITY, 1e300] {
        statistics.add(distance);
    }
    assert_eq!(statistics.count(), 0);
    statistics.add(0.1);
    assert!(statistics.deviation().is_nan() && statistics.threshold(2.0) == f64::INFINITY);
    statistics.add(0.1);
    statistics.add(0.1);
    assert_eq!(statistics.deviation(), 0.0);
}

#[test]
fn coordinates_that_are_not_places_are_errors() {
    for number in [f64::NAN, f64::INFINITY, 1e300] {
        let cloud = points(&[[0.0, 0.0, 0.0], [0.0, number, 0.0]]);
        let measured = MeanDistances::new(&cloud, 2, 8, EVERYWHERE);
        assert!(matches!(measured, Err(RasterError::Coordinate(_))));
        assert!(sparse_points(&cloud, 2, 1.0, 2).is_err());
    }
}
