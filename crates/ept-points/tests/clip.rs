//! The bounds of a decoder: the same points as a filter over all of them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::common;

use common::{File, Fixture, Storage, bounds, by_schema, filtered, laszip, names};
use ept_format::{Bounds, Metadata};
use ept_points::{Decoder, PointBatch};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The box of a query of truth.json, which has four numbers where any z will do.
fn query_bounds(query: &Value) -> Bounds {
    let numbers: Vec<f64> = query["bounds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|n| n.as_f64().unwrap())
        .collect();
    match numbers[..] {
        [x0, y0, x1, y1] => bounds([x0, y0, f64::NEG_INFINITY], [x1, y1, f64::INFINITY]),
        [x0, y0, z0, x1, y1, z1] => bounds([x0, y0, z0], [x1, y1, z1]),
        _ => panic!("{query}"),
    }
}

#[test]
fn the_queries_of_the_generator_find_their_points() {
    for fixture in Fixture::all() {
        let all = Decoder::new(&fixture.metadata);
        let queries = fixture.truth["queries"].as_array().unwrap();
        assert!(queries.len() >= 5, "{}", fixture.name);
        for query in queries {
            let area = query_bounds(query);
            let clipped = all.clone().with_bounds(area);
            let mut found = 0;
            for (key, points) in fixture.nodes() {
                if u64::from(key.depth()) > query["depth"].as_u64().unwrap() {
                    continue;
                }
                let tile = fixture.tile(key);
                let batch = clipped.decode(points, &tile).unwrap();
                let expected = filtered(&all.decode(points, &tile).unwrap(), &area);
                assert_eq!(batch, expected, "{} {key} {query}", fixture.name);
                found += batch.len() as u64;
            }
            assert_eq!(
                found,
                query["points"].as_u64().unwrap(),
                "{} {query}",
                fixture.name
            );
        }
    }
}

/// Boxes whose faces lie on a point of the batch, one bit inside of it, and one bit outside.
fn boxes_around(batch: &PointBatch, at: usize) -> Vec<Bounds> {
    let point = [
        batch.x().unwrap()[at],
        batch.y().unwrap()[at],
        batch.z().unwrap()[at],
    ];
    let mut boxes = vec![bounds(point, point)];
    for axis in 0..3 {
        for edge in [point[axis], point[axis].next_up(), point[axis].next_down()] {
            let (mut min, mut max) = ([f64::NEG_INFINITY; 3], [f64::INFINITY; 3]);
            min[axis] = edge;
            boxes.push(bounds(min, max));
            (min[axis], max[axis]) = (f64::NEG_INFINITY, edge);
            boxes.push(bounds(min, max));
            min[axis] = edge;
            boxes.push(bounds(min, max));
        }
    }
    boxes
}

#[test]
fn faces_on_and_beside_coordinates_are_exact_to_the_bit() {
    for fixture in Fixture::all() {
        let (points, tile) = fixture.largest();
        let all = Decoder::new(&fixture.metadata);
        let batch = all.decode(points, &tile).unwrap();
        for at in [0, batch.len() / 3, batch.len() - 1] {
            for area in boxes_around(&batch, at) {
                let clipped = all.clone().with_bounds(area).decode(points, &tile).unwrap();
                assert_eq!(
                    clipped,
                    filtered(&batch, &area),
                    "{} {area:?}",
                    fixture.name
                );
            }
        }
    }
}

/// A tile of three coordinates of one type each, and what they are by definition.
fn tile(types: [(&str, usize); 3], stored: &[[i64; 3]]) -> Vec<u8> {
    let mut tile = Vec::new();
    for point in stored {
        for ((name, size), value) in types.iter().zip(point) {
            match (*name, *size) {
                ("float", 4) => tile.extend((*value as f32 / 7.0).to_le_bytes()),
                ("float", _) => tile.extend((*value as f64 / 7.0).to_le_bytes()),
                _ => tile.extend(&value.to_le_bytes()[..*size]),
            }
        }
    }
    tile
}

/// The number that a stored value is read as.
fn number((name, size): (&str, usize), value: i64) -> f64 {
    match (name, size) {
        ("float", 4) => f64::from(value as f32 / 7.0),
        ("float", _) => value as f64 / 7.0,
        ("signed", 1) => f64::from(value as i8),
        ("signed", 2) => f64::from(value as i16),
        ("signed", 4) => f64::from(value as i32),
        ("signed", _) => value as f64,
        (_, 1) => f64::from(value as u8),
        (_, 2) => f64::from(value as u16),
        (_, 4) => f64::from(value as u32),
        _ => value as u64 as f64,
    }
}

fn any_type() -> impl Strategy<Value = (&'static str, usize)> {
    prop_oneof![
        6 => Just(("signed", 4)),
        2 => Just(("signed", 8)),
        2 => Just(("float", 8)),
        1 => Just(("float", 4)),
        1 => Just(("unsigned", 4)),
        1 => Just(("unsigned", 8)),
        1 => Just(("signed", 2)),
        1 => Just(("unsigned", 1)),
    ]
}

fn any_stored() -> impl Strategy<Value = i64> {
    prop_oneof![
        -1000..1000_i64,
        any::<i64>(),
        any::<i32>().prop_map(i64::from),
        Just(i64::from(i32::MIN)),
        Just(i64::from(i32::MAX)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_scale_offset_and_type_is_clipped_as_its_coordinates(
        types in [any_type(), any_type(), any_type()],
        scales in prop::array::uniform3(prop_oneof![
            Just(0.01), Just(-0.01), Just(1.0), Just(-1.0), Just(1e-9), Just(1e300), Just(-1e-300),
            -10.0..10.0_f64,
        ]),
        offsets in prop::array::uniform3(prop_oneof![
            Just(0.0), Just(-0.037829), Just(4_918_361.0), Just(1e17), -1e6..1e6_f64,
        ]),
        stored in prop::collection::vec([any_stored(), any_stored(), any_stored()], 1..12),
        faces in prop::array::uniform6((any::<prop::sample::Index>(), 0..7_u8)),
    ) {
        let scales = scales.map(|scale| if scale == 0.0 { 1.0 } else { scale });
        let schema = ["X", "Y", "Z"].into_iter().enumerate().map(|(axis, name)| json!({
            "name": name, "type": types[axis].0, "size": types[axis].1,
            "scale": scales[axis], "offset": offsets[axis],
        }));
        let metadata = by_schema("binary", &schema.collect());
        let tile = tile(types, &stored);
        let points = stored.len() as u64;
        let coordinate = |point: &[i64; 3], axis: usize| {
            let raw = number(types[axis], point[axis]);
            let product = raw * scales[axis];
            product + offsets[axis]
        };

        // Coordinates are the product and the sum, each rounded.
        let batch = Decoder::new(&metadata).decode(points, &tile).unwrap();
        for (axis, values) in [batch.x().unwrap(), batch.y().unwrap(), batch.z().unwrap()].into_iter().enumerate() {
            let expected: Vec<f64> = stored.iter().map(|point| coordinate(point, axis)).collect();
            prop_assert_eq!(values, expected);
        }

        let (mut min, mut max) = ([0.0; 3], [0.0; 3]);
        for axis in 0..3 {
            let face = |(index, kind): &(prop::sample::Index, u8)| {
                let value = coordinate(index.get(&stored), axis);
                match kind {
                    0 | 1 => value,
                    2 => value.next_up(),
                    3 => value.next_down(),
                    4 => f64::NEG_INFINITY,
                    5 => f64::INFINITY,
                    _ => value / 2.0,
                }
            };
            let (a, b) = (face(&faces[axis]), face(&faces[axis + 3]));
            (min[axis], max[axis]) = (a.min(b), a.max(b));
        }
        let area = bounds(min, max);
        let clipped = Decoder::new(&metadata).with_bounds(area).decode(points, &tile).unwrap();
        prop_assert_eq!(clipped, filtered(&batch, &area));
    }
}

#[test]
fn a_negative_scale_turns_the_order_around() {
    let schema = ["X", "Y", "Z"].map(
        |name| json!({"name": name, "type": "signed", "size": 4, "scale": -0.01, "offset": 10}),
    );
    let metadata = by_schema("binary", &json!(schema));
    let stored: Vec<[i64; 3]> = (0..=1000).map(|i| [i, 0, 0]).collect();
    let tile = tile([("signed", 4); 3], &stored);
    let area = bounds([2.5, 10.0, 10.0], [5.0, 10.0, 10.0]);
    let batch = Decoder::new(&metadata)
        .with_bounds(area)
        .decode(1001, &tile)
        .unwrap();
    // 10 - 0.01 i lies between 2.5 and 5 for i from 500 to 750.
    assert_eq!(batch.len(), 251);
    assert_eq!((batch.x().unwrap()[0], batch.x().unwrap()[250]), (5.0, 2.5));
}

#[test]
fn bounds_beyond_the_integers_take_all_or_none() {
    let file = File::new(1, 50).build();
    let all = Decoder::new(&laszip());
    for (min, max, expected) in [
        ([-1e300; 3], [1e300; 3], 50),
        ([-1e9; 3], [1e9; 3], 50),
        ([1e9; 3], [1e300; 3], 0),
        ([-1e300; 3], [-1e9; 3], 0),
        ([f64::INFINITY; 3], [f64::INFINITY; 3], 0),
        ([f64::NEG_INFINITY; 3], [f64::NEG_INFINITY; 3], 0),
        ([f64::NEG_INFINITY; 3], [f64::INFINITY; 3], 50),
    ] {
        let clipped = all.clone().with_bounds(bounds(min, max));
        assert_eq!(
            clipped.decode(50, &file).unwrap().len(),
            expected,
            "{min:?}"
        );
    }
}

#[test]
fn the_ends_of_the_integers_are_clipped_exactly() {
    let mut file = File::new(0, 3).stored(Storage::Uncompressed);
    for (point, stored) in [i32::MIN, 0, i32::MAX].into_iter().enumerate() {
        file.records[point * 20..][..4].copy_from_slice(&stored.to_le_bytes());
    }
    (file.scale, file.offset) = ([0.5; 3], [0.0; 3]);
    let tile = file.build();
    let (low, high) = (f64::from(i32::MIN) * 0.5, f64::from(i32::MAX) * 0.5);
    for (min, max, expected) in [
        (low, high, vec![low, 0.0, high]),
        (low.next_up(), high, vec![0.0, high]),
        (low, high.next_down(), vec![low, 0.0]),
        (high, f64::INFINITY, vec![high]),
        (high.next_up(), f64::INFINITY, vec![]),
        (f64::NEG_INFINITY, low, vec![low]),
        (f64::NEG_INFINITY, low.next_down(), vec![]),
    ] {
        let (inf, neg) = (f64::INFINITY, f64::NEG_INFINITY);
        let area = bounds([min, neg, neg], [max, inf, inf]);
        let batch = Decoder::new(&laszip())
            .with_bounds(area)
            .decode(3, &tile)
            .unwrap();
        assert_eq!(batch.x().unwrap(), expected, "{min} to {max}");
    }
}

#[test]
fn a_point_that_is_no_number_lies_in_no_closed_box() {
    let schema = ["X", "Y", "Z"].map(|name| json!({"name": name, "type": "float", "size": 8}));
    let metadata = by_schema("binary", &json!(schema));
    let points = [[1.0, 2.0, 3.0], [f64::NAN, 2.0, 3.0], [1.0, 2.0, f64::NAN]];
    let tile: Vec<u8> = points
        .as_flattened()
        .iter()
        .flat_map(|x| x.to_le_bytes())
        .collect();
    let all = Decoder::new(&metadata);
    let len = |area| {
        all.clone()
            .with_bounds(area)
            .decode(3, &tile)
            .unwrap()
            .len()
    };
    assert_eq!(all.decode(3, &tile).unwrap().len(), 3);
    assert_eq!(len(bounds([0.0; 3], [9.0; 3])), 1);
    // A flat box takes every z.
    let (inf, neg) = (f64::INFINITY, f64::NEG_INFINITY);
    assert_eq!(len(bounds([0.0, 0.0, neg], [9.0, 9.0, inf])), 2);
}

#[test]
fn coordinates_that_are_not_wanted_decide_all_the_same() {
    for fixture in Fixture::all() {
        let (points, tile) = fixture.largest();
        let all = Decoder::new(&fixture.metadata);
        let batch = all.decode(points, &tile).unwrap();
        let middle = |values: &[f64]| {
            let mut sorted = values.to_vec();
            sorted.sort_by(f64::total_cmp);
            sorted[sorted.len() / 2]
        };
        // The half below the middle of each axis alone, and of all three.
        let centre = [
            middle(batch.x().unwrap()),
            middle(batch.y().unwrap()),
            middle(batch.z().unwrap()),
        ];
        let mut areas = vec![bounds([f64::NEG_INFINITY; 3], centre)];
        for axis in 0..3 {
            let mut max = [f64::INFINITY; 3];
            max[axis] = centre[axis];
            areas.push(bounds([f64::NEG_INFINITY; 3], max));
        }
        for area in areas {
            let expected = filtered(&batch, &area);
            assert!(expected.len() < batch.len());
            let name = "Classification";
            let decoder = all
                .clone()
                .with_dimensions(vec![name.into()])
                .with_bounds(area);
            let clipped = decoder.decode(points, &tile).unwrap();
            assert_eq!(names(&clipped), [name]);
            assert_eq!(
                clipped.values(name),
                expected.values(name),
                "{}",
                fixture.name
            );
        }
    }
}

#[test]
fn decoders_of_many_points_clip_every_block() {
    // More than fit one block of records, so that the clip goes over several.
    let file = File::new(6, 20_000).stored(Storage::Fixed(7_000));
    let tile = file.build();
    let metadata: Metadata = laszip();
    let batch = Decoder::new(&metadata).decode(20_000, &tile).unwrap();
    let area = bounds([200.0, -1e9, -1e9], [900.0, 1e9, 1e9]);
    let clipped = Decoder::new(&metadata)
        .with_bounds(area)
        .decode(20_000, &tile)
        .unwrap();
    let expected = filtered(&batch, &area);
    assert!(expected.len() > 5_000 && expected.len() < 15_000);
    assert_eq!(clipped, expected);
}
