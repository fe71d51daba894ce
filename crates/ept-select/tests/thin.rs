//! Thinning against a search among all points of each cell.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use ept_format::{Key, Metadata, Node};
use ept_points::{Column, PointBatch, Values};
use ept_select::{Frame, Query, Selection, Spacing, Thin, ThinGrid, Thinner};
use proptest::prelude::*;

/// Coordinates are stored in quarters of a unit, so all of them are exact.
const STEPS: i64 = 4;
/// The edge of the cube, in steps: from -256 to 256.
const EDGE: i64 = 512;
/// An edge of a grid's cell that stands for flat cells, with no end in z.
const FLAT: i64 = 0;

fn dataset() -> Metadata {
    let axis = |name: &str| {
        format!(r#"{{"name": "{name}", "type": "signed", "size": 4, "scale": 0.25, "offset": 0}}"#)
    };
    let text = format!(
        r#"{{"bounds": [-64, -64, -64, 64, 64, 64], "span": 16, "dataType": "laszip", "schema": [{}, {}, {}]}}"#,
        axis("X"),
        axis("Y"),
        axis("Z")
    );
    Metadata::from_json(text.as_bytes()).unwrap()
}

/// The dataset as a [`Thinner`] takes it.
fn thinner(thin: ThinGrid) -> Thinner {
    Thinner::new(thin, &Frame::from(&dataset()))
}

/// Points by node, in steps.
type Points = BTreeMap<Key, Vec<[i64; 3]>>;

/// A point of the result: its node and row.
type Place = (Key, usize);

fn key() -> impl Strategy<Value = Key> {
    // Few places, so that nodes have common branches.
    (0..5_u32, prop::array::uniform3(0..16_u32)).prop_map(|(depth, path)| {
        let [x, y, z] = path.map(|index| index >> (4 - depth));
        Key::new(depth, x, y, z).unwrap()
    })
}

/// Nodes with points in their cells, and up to a step outside.
fn points() -> impl Strategy<Value = Points> {
    let shares = prop::collection::vec(prop::array::uniform3(any::<u16>()), 1..40);
    prop::collection::btree_map(key(), shares, 1..40).prop_map(|nodes| {
        let scaled = nodes.into_iter().map(|(key, shares)| {
            let points = shares.into_iter().map(|share| point_of(key, share));
            (key, points.collect())
        });
        scaled.collect()
    })
}

fn point_of(key: Key, share: [u16; 3]) -> [i64; 3] {
    let edge = EDGE >> key.depth();
    let path = [key.x(), key.y(), key.z()];
    [0, 1, 2].map(|i| {
        let low = i64::from(path[i]) * edge - EDGE / 2;
        low - 1 + i64::from(share[i]) % (edge + 3)
    })
}

/// Edges of a grid's cell in steps. Powers of two make distances exact, so points can be equally near.
fn sizes(exact: bool) -> impl Strategy<Value = [i64; 3]> {
    let size = move || {
        if exact {
            (0..8_u32).prop_map(|power| 1 << power).boxed()
        } else {
            (1..200_i64).boxed()
        }
    };
    [
        size(),
        size(),
        prop_oneof![2 => size(), 1 => Just(FLAT)].boxed(),
    ]
}

fn thin(size: [i64; 3]) -> ThinGrid {
    let units = size.map(|size| {
        if size == FLAT {
            f64::INFINITY
        } else {
            size as f64 / STEPS as f64
        }
    });
    ThinGrid::new(units).unwrap()
}

/// The squared distance of a point from the centre of its cell, in cells, as a fraction: the numerator over 4 times the
/// squares of all sizes.
fn distance(point: [i64; 3], size: [i64; 3]) -> i128 {
    let axes = (0..3).filter(|&i| size[i] != FLAT);
    let square = |value: i64| i128::from(value) * i128::from(value);
    let others = |i: usize| -> i128 {
        let others = (0..3).filter(|&j| j != i && size[j] != FLAT);
        others.map(|j| square(size[j])).product()
    };
    axes.map(|i| square(2 * point[i].rem_euclid(size[i]) - size[i]) * others(i))
        .sum()
}

/// For each cell, its points with their distances, nearest first and then in the order of nodes and rows.
fn cells(points: &Points, size: [i64; 3]) -> HashMap<[i64; 3], Vec<(i128, Place)>> {
    let mut cells: HashMap<_, Vec<_>> = HashMap::new();
    for (key, points) in points {
        for (row, point) in points.iter().enumerate() {
            let cell = [0, 1, 2].map(|i| {
                if size[i] == FLAT {
                    0
                } else {
                    point[i].div_euclid(size[i])
                }
            });
            cells
                .entry(cell)
                .or_default()
                .push((distance(*point, size), (*key, row)));
        }
    }
    cells.values_mut().for_each(|points| points.sort_unstable());
    cells
}

fn batch(points: &[[i64; 3]]) -> PointBatch {
    let axis = |name: &str, i: usize| {
        let values = points.iter().map(|point| point[i] as f64 / STEPS as f64);
        Column::new(name, Values::F64(values.collect()))
    };
    let rows = (0..points.len() as u32).collect();
    let columns = vec![
        axis("X", 0),
        axis("Y", 1),
        axis("Z", 2),
        Column::new("Row", Values::U32(rows)),
    ];
    PointBatch::new(columns).unwrap()
}

fn rows(batch: &PointBatch) -> Vec<u32> {
    match batch.values("Row") {
        Some(Values::U32(rows)) => rows.clone(),
        other => panic!("{other:?}"),
    }
}

/// The branches of a node from the root down, each with a rank that depends on `seed`: an order by these completes each
/// branch before the next. If cells are flat, nodes above each other are in one branch.
fn ranks(key: Key, is_flat: bool, seed: u64) -> Vec<u64> {
    let rank = |branch: Key| {
        let height = if is_flat { 0 } else { branch.z() };
        let mut hasher = DefaultHasher::new();
        (seed, branch.depth(), branch.x(), branch.y(), height).hash(&mut hasher);
        hasher.finish()
    };
    (0..=key.depth())
        .map(|depth| rank(key.ancestor(depth)))
        .collect()
}

/// What is left of the points, by node and row. Nodes are pushed in the given order.
fn thinned(
    thin: ThinGrid,
    points: &Points,
    order: &[Key],
    is_reduced: bool,
) -> Result<Vec<Place>, TestCaseError> {
    let mut thinner = thinner(thin);
    let mut parts = Vec::new();
    for key in order {
        let batch = batch(&points[key]);
        let node = Node {
            source: 0,
            name: (*key).into(),
            points: batch.len() as u64,
            cell: dataset().bounds().cell(*key),
        };
        let batch = if is_reduced {
            thin.reduced(batch)
        } else {
            batch
        };
        parts.extend(thinner.push(node, batch));
    }
    parts.extend(thinner.finish());
    let mut places = Vec::new();
    for (node, batch) in parts {
        let rows = rows(&batch);
        prop_assert!(rows.is_sorted(), "{:?} of {}", rows, node.name);
        let whole = self::batch(&points[&node.key().unwrap()]);
        let expected: Vec<usize> = rows.iter().map(|row| *row as usize).collect();
        prop_assert_eq!(
            batch,
            whole.gather(&expected),
            "other values than the node's"
        );
        places.extend(expected.into_iter().map(|row| (node.key().unwrap(), row)));
    }
    places.sort_unstable();
    Ok(places)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_first_of_the_nearest_stays(
        points in points(),
        size in sizes(true),
        seed in any::<u64>(),
        is_reduced in any::<bool>(),
    ) {
        let thin = thin(size);
        let mut order: Vec<Key> = points.keys().copied().collect();
        order.sort_by_key(|key| (ranks(*key, size[2] == FLAT, seed), *key));
        let mut expected: Vec<Place> = cells(&points, size).into_values().map(|points| points[0].1).collect();
        expected.sort_unstable();
        prop_assert_eq!(&thinned(thin, &points, &order, is_reduced)?, &expected);
        // The order that it asks for is one of these.
        order.sort_by(|a, b| thin.compare((*a).into(), (*b).into()));
        prop_assert_eq!(&thinned(thin, &points, &order, is_reduced)?, &expected);
    }

    /// Where distances are rounded, any of the nearest but for the rounding may stay.
    #[test]
    fn one_of_the_nearest_stays(points in points(), size in sizes(false), is_reduced in any::<bool>()) {
        let thin = thin(size);
        let mut order: Vec<Key> = points.keys().copied().collect();
        order.sort_by(|a, b| thin.compare((*a).into(), (*b).into()));
        let found: HashSet<Place> = thinned(thin, &points, &order, is_reduced)?.into_iter().collect();
        let scale: f64 = size.iter().filter(|size| **size != FLAT).map(|size| (*size as f64).powi(2)).product();
        let cells = cells(&points, size);
        prop_assert_eq!(found.len(), cells.len());
        for points in cells.into_values() {
            let left: Vec<i128> = points.iter().filter(|(_, place)| found.contains(place)).map(|(distance, _)| *distance).collect();
            prop_assert_eq!(left.len(), 1, "of {:?}", points);
            prop_assert!((left[0] - points[0].0) as f64 / scale <= 1e-12, "of {:?}", points);
        }
    }
}

#[test]
fn a_grid_too_fine_for_the_coordinates_is_refused() {
    let frame = std::sync::Arc::new(Frame::from(&dataset()));
    let select = |thin: Thin| Selection::new(&Query::new().with_thin(thin), &frame);
    // 64 units have 6.4e15 cells of 1e-14 and 6.4e17 of 1e-16; floats tell 9e15 apart.
    assert!(select(Thin::squares(Spacing::Units(1e-14))).is_ok());
    for thin in [
        Thin::squares(Spacing::Units(1e-16)),
        Thin::cubes(Spacing::Units(1e-300)),
    ] {
        let error = select(thin).unwrap_err().to_string();
        assert!(error.contains("too small"), "{error}");
    }
}
