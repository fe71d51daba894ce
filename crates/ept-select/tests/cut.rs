//! How selections are divided into work units.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::num::NonZeroUsize;

use ept_format::{Bounds, Dimension, Key, Metadata, Node, ScalarType, Srs};
use ept_points::{Column, PointBatch, Values};
use ept_select::{Area, Core, Frame, PlaneBox, Query, Selection, node_runs, plane_boxes};
use proptest::prelude::*;
use std::sync::Arc;

fn nodes(counts: &[u64]) -> Vec<Node> {
    let node = |points: &u64| Node {
        source: 0,
        name: Key::ROOT.into(),
        points: *points,
        cell: Bounds::EVERYTHING,
    };
    counts.iter().map(node).collect()
}

/// A cell of an octree over this box.
fn cell(bounds: &Bounds, (depth, x, y): (u32, u32, u32)) -> Bounds {
    let last = (1_u32 << depth) - 1;
    bounds.cell(Key::new(depth, x & last, y & last, 0).unwrap())
}

fn holds(sides: &PlaneBox, place: [f64; 2]) -> bool {
    (0..2).all(|axis| sides[axis] <= place[axis] && place[axis] < sides[axis + 2])
}

fn count() -> impl Strategy<Value = NonZeroUsize> {
    (1..40_usize).prop_map(|units| NonZeroUsize::new(units).unwrap())
}

proptest! {
    #[test]
    fn runs_of_nodes_are_all_of_them_in_order(counts in prop::collection::vec(0..5000_u64, 0..60), units in count()) {
        let nodes = nodes(&counts);
        let runs = node_runs(&nodes, units);
        prop_assert!(runs.len() <= units.get());
        let mut next = 0;
        for run in &runs {
            prop_assert_eq!(run.start, next);
            prop_assert!(run.end > run.start);
            next = run.end;
        }
        prop_assert_eq!(next, nodes.len());
    }

    /// No run has more than its share and the node that crosses it.
    #[test]
    fn runs_of_nodes_are_balanced(counts in prop::collection::vec(1..5000_u64, 1..60), units in count()) {
        let (total, most): (u64, u64) = (counts.iter().sum(), *counts.iter().max().unwrap());
        for run in node_runs(&nodes(&counts), units) {
            let points: u64 = counts[run].iter().sum();
            prop_assert!(points <= total.div_ceil(units.get() as u64) + most);
        }
    }

    #[test]
    fn boxes_of_the_plane_are_disjoint_and_all_of_it(
        corner in prop::array::uniform2(-1e6..1e6_f64),
        edge in 1.0..1e5_f64,
        keys in prop::collection::vec(((0..6_u32), any::<u32>(), any::<u32>()), 0..40),
        units in count(),
        least in prop_oneof![Just(0.0), 0.1..1e4_f64],
        places in prop::collection::vec(prop::array::uniform2(-0.5..1.5_f64), 1..40),
    ) {
        let [x, y] = corner;
        let bounds = Bounds::new([x, y, 0.0], [x + edge, y + edge, edge]).unwrap();
        let cells: Vec<_> = keys.iter().map(|key| (cell(&bounds, *key), 1000)).collect();
        let boxes = plane_boxes(&cells, &bounds, units, least);
        prop_assert!((1..=units.get()).contains(&boxes.len()));
        for sides in &boxes {
            for axis in 0..2 {
                prop_assert!(boxes.len() == 1 || sides[axis + 2] - sides[axis] >= least);
            }
        }
        // Among the places, the corners and sides of the boxes themselves.
        let corners = boxes.iter().map(|sides| [sides[0], sides[1]]).filter(|c| c.iter().all(|s| s.is_finite()));
        let places = places.iter().map(|[u, v]| [x + u * edge, y + v * edge]).chain(corners);
        for place in places {
            let holders = boxes.iter().filter(|sides| holds(sides, place)).count();
            prop_assert_eq!(holders, 1, "{:?}", place);
        }
    }

    #[test]
    fn a_frame_is_read_back_from_its_text(
        sides in prop::array::uniform3((-1e9..1e9_f64, 0.0..1e6_f64)),
        has_more in any::<bool>(),
        texts in prop::array::uniform3(prop::option::of(".{0,12}")),
        size in 1..u16::MAX,
        scale in prop_oneof![Just(1.0), 1e-9..1.0_f64],
    ) {
        let min = sides.map(|(low, _)| low);
        let max = sides.map(|(low, length)| low + length);
        let bounds = Bounds::new(min, max).unwrap();
        let scalars = [
            ScalarType::I8, ScalarType::I16, ScalarType::I32, ScalarType::I64, ScalarType::U8, ScalarType::U16,
            ScalarType::U32, ScalarType::U64, ScalarType::F32, ScalarType::F64, ScalarType::Bytes(size),
        ];
        let [authority, horizontal, wkt] = texts;
        let frame = Frame {
            srs: Srs { authority, horizontal, vertical: None, wkt: wkt.clone(), wkt2: wkt },
            bounds,
            conforming: has_more.then_some(Bounds::EVERYTHING),
            slack: [scale; 3],
            schema: scalars.iter().map(|scalar| Dimension { scale, ..Dimension::new(scalar.to_string(), *scalar) }).collect(),
            spacing: has_more.then_some(scale),
        };
        let text = serde_json::to_string(&frame).unwrap();
        prop_assert_eq!(serde_json::from_str::<Frame>(&text).unwrap(), frame);
    }

    /// Points are dropped or flagged by the half-open core, whatever the order of the dimensions.
    #[test]
    fn points_outside_a_core_are_dropped_or_flagged(
        places in prop::collection::vec(prop::array::uniform2(0..9_u8), 1..50),
        corner in prop::array::uniform2(0..9_u8),
        size in 1..9_u8,
    ) {
        let at = |axis: usize| Values::F64(places.iter().map(|place| f64::from(place[axis])).collect());
        let points = PointBatch::new(vec![
            Column::new("X", at(0)), Column::new("Y", at(1)), Column::new("Z", at(0)),
        ]).unwrap();
        let [x, y] = corner.map(f64::from);
        let size = f64::from(size);
        let area = || Area::from(Bounds::from_2d([x, y], [x + size, y + size]).unwrap());
        let metadata = Metadata::from_json(br#"{
            "bounds": [-1, -1, -1, 99, 99, 99], "span": 64, "dataType": "binary",
            "schema": [{"name": "X", "type": "float", "size": 8}, {"name": "Y", "type": "float", "size": 8},
                       {"name": "Z", "type": "float", "size": 8}]
        }"#).unwrap();
        let frame = Arc::new(Frame::from(&metadata));
        let select = |query: &Query| {
            let selection = Selection::new(query, &frame).unwrap();
            selection.select(&frame.bounds, points.clone()).unwrap()
        };
        let sides = [x, y, x + size, y + size];
        let inside: Vec<bool> = places.iter().map(|place| holds(&sides, place.map(f64::from))).collect();

        let dropped = select(&Query::new().with_dimensions(["Y"]).with_core(Core::new(area())));
        let expected: Vec<f64> = places.iter().zip(&inside).filter(|(_, is)| **is).map(|(p, _)| f64::from(p[1])).collect();
        prop_assert_eq!(&dropped.find("Y").unwrap(), &&Values::F64(expected));
        prop_assert_eq!(dropped.columns().len(), 1);

        let around = Area::from(Bounds::from_2d([x - 2.0, y - 2.0], [x + size + 2.0, y + size + 2.0]).unwrap());
        let core = Core::new(area()).with_halo(around, "Halo");
        let flagged = select(&Query::new().with_dimensions(["Y"]).with_core(core));
        // The halo is closed.
        let is_near = |place: &[u8; 2]| {
            let [u, v] = place.map(f64::from);
            (x - 2.0..=x + size + 2.0).contains(&u) && (y - 2.0..=y + size + 2.0).contains(&v)
        };
        let near = || places.iter().zip(&inside).filter(|(place, _)| is_near(place));
        let expected: Vec<u8> = near().map(|(_, is)| u8::from(!is)).collect();
        prop_assert_eq!(&flagged.find("Halo").unwrap(), &&Values::U8(expected));
        let expected: Vec<f64> = near().map(|(place, _)| f64::from(place[1])).collect();
        prop_assert_eq!(&flagged.find("Y").unwrap(), &&Values::F64(expected));
    }
}
