//! Every tile of the committed datasets, held against what their independent generator counted.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::common;

use std::collections::BTreeMap;

use common::{Fixture, bytes, names};
use ept_format::DataType;
use ept_points::{Column, Decoder, PointBatch, Scalar, Summary, Values};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// What the tests count of a dimension, in the order of the nodes and of the points in them.
#[derive(Default)]
struct Counted {
    types: Vec<String>,
    points: u64,
    sha256: Sha256,
    integers: Option<(i128, i128, i128)>,
    floats: Option<(f64, f64, f64)>,
}

impl Counted {
    fn add(&mut self, values: &Values) {
        let name = values.scalar().to_string();
        if !self.types.contains(&name) {
            self.types.push(name);
        }
        self.points += values.len() as u64;
        self.sha256.update(bytes(values));
        match values {
            Values::I8(v) => self.add_integers(v),
            Values::I16(v) => self.add_integers(v),
            Values::I32(v) => self.add_integers(v),
            Values::I64(v) => self.add_integers(v),
            Values::U8(v) => self.add_integers(v),
            Values::U16(v) => self.add_integers(v),
            Values::U32(v) => self.add_integers(v),
            Values::U64(v) => self.add_integers(v),
            Values::F32(v) => self.add_floats(v),
            Values::F64(v) => self.add_floats(v),
            Values::Bytes { .. } => {}
        }
    }

    fn add_integers<T: Copy + Into<i128>>(&mut self, values: &[T]) {
        for value in values {
            let value = (*value).into();
            let (min, max, sum) = self.integers.unwrap_or((value, value, 0));
            self.integers = Some((min.min(value), max.max(value), sum + value));
        }
    }

    fn add_floats<T: Copy + Into<f64>>(&mut self, values: &[T]) {
        for value in values {
            let value = (*value).into();
            let (min, max, sum) = self.floats.unwrap_or((value, value, 0.0));
            self.floats = Some((min.min(value), max.max(value), sum + value));
        }
    }

    fn check(self, truth: &Value, place: &str) {
        assert_eq!(self.types, [truth["type"].as_str().unwrap()], "{place}");
        let digest: String = self
            .sha256
            .finalize()
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        assert_eq!(digest, truth["order_sha256"].as_str().unwrap(), "{place}");
        let keys = ["min", "max", "sum"];
        if let Some((min, max, sum)) = self.integers {
            let expected = keys.map(|key| truth[key].as_str().unwrap().to_owned());
            assert_eq!([min, max, sum].map(|n| n.to_string()), expected, "{place}");
        } else if let Some((min, max, sum)) = self.floats {
            let expected = keys.map(|key| truth[key].as_f64().unwrap());
            assert_eq!([min, max, sum], expected, "{place}");
        } else {
            assert!(keys.iter().all(|key| truth[*key].is_null()), "{place}");
        }
    }
}

/// All tiles of a dataset, in ascending order of their nodes.
fn decode(fixture: &Fixture) -> Vec<PointBatch> {
    let decoder = Decoder::new(&fixture.metadata);
    let nodes = fixture.nodes().into_iter();
    nodes
        .map(|(key, points)| decoder.decode(points, &fixture.tile(key)).unwrap())
        .collect()
}

#[test]
fn every_value_of_every_dimension_is_what_was_stored() {
    for fixture in Fixture::all() {
        let mut counted: BTreeMap<String, Counted> = BTreeMap::new();
        for batch in decode(&fixture) {
            // All that the tile has, and nothing that it has not.
            let mut found = names(&batch);
            found.sort_unstable();
            assert_eq!(found, fixture.dimensions(), "{}", fixture.name);
            for Column { name, values } in batch.columns() {
                counted.entry(name.to_string()).or_default().add(values);
            }
        }
        for (name, dimension) in counted {
            let place = format!("{} of {}", name, fixture.name);
            assert_eq!(
                dimension.points,
                fixture.truth["points"].as_u64().unwrap(),
                "{place}"
            );
            dimension.check(&fixture.truth["dimensions"][&name], &place);
        }
    }
}

#[test]
fn the_nodes_have_all_points_of_the_dataset() {
    for fixture in Fixture::all() {
        let points: usize = decode(&fixture).iter().map(PointBatch::len).sum();
        assert_eq!(points as u64, fixture.truth["points"].as_u64().unwrap());
        assert_eq!(
            Some(points as u64),
            fixture.metadata.points(),
            "{}",
            fixture.name
        );
    }
}

#[test]
fn summaries_of_tiles_merge_into_that_of_the_dataset() {
    for fixture in Fixture::all() {
        let mut summary = Summary::default();
        for batch in decode(&fixture) {
            summary.merge(Summary::of(&batch));
        }
        let points = fixture.truth["points"].as_u64().unwrap();
        assert_eq!(summary.points(), points);
        assert_eq!(summary.dimensions().count(), fixture.dimensions().len());
        for (name, dimension) in summary.dimensions() {
            let place = format!("{name} of {}", fixture.name);
            let truth = &fixture.truth["dimensions"][name];
            assert_eq!(dimension.count(), points, "{place}");
            let is_extreme = |scalar: Option<Scalar>, truth: &Value| match scalar {
                None => truth.is_null(),
                Some(Scalar::Integer(n)) => truth.as_str() == Some(&n.to_string()),
                Some(Scalar::Float(n)) => truth.as_f64() == Some(n),
            };
            assert!(is_extreme(dimension.min(), &truth["min"]), "{place}");
            assert!(is_extreme(dimension.max(), &truth["max"]), "{place}");
            let sum = match &truth["sum"] {
                Value::String(text) => Some(text.parse::<f64>().unwrap()),
                sum => sum.as_f64(),
            };
            match (dimension.mean(), sum) {
                (Some(mean), Some(sum)) => {
                    let off = (mean - sum / points as f64).abs();
                    assert!(off <= mean.abs() * 1e-12, "{place}: {mean}");
                }
                (mean, sum) => assert_eq!((mean, sum), (None, None), "{place}"),
            }
        }
    }
}

#[test]
fn a_batch_knows_how_its_coordinates_are_stored() {
    for fixture in Fixture::all() {
        let is_laszip = fixture.metadata.data_type() == DataType::Laszip;
        let format = fixture
            .name
            .strip_prefix("laz-pf")
            .map(|n| n.parse().unwrap());
        for batch in decode(&fixture) {
            assert_eq!(
                batch.point_format().is_some(),
                is_laszip,
                "{}",
                fixture.name
            );
            if format.is_some() {
                assert_eq!(batch.point_format(), format, "{}", fixture.name);
            }
            let is_stored_small = !["float64", "wide-integers"].contains(&&*fixture.name);
            assert_eq!(
                batch.scaling().is_some(),
                is_stored_small,
                "{}",
                fixture.name
            );
            let Some(scaling) = batch.scaling() else {
                continue;
            };
            // Every coordinate is that of one integer.
            for (axis, values) in [batch.x().unwrap(), batch.y().unwrap(), batch.z().unwrap()]
                .into_iter()
                .enumerate()
            {
                let (scale, offset) = (scaling.scale[axis], scaling.offset[axis]);
                let is_exact = |value: &f64| {
                    let stored = ((value - offset) / scale).round();
                    stored * scale + offset == *value
                };
                assert!(values.iter().all(is_exact), "{} axis {axis}", fixture.name);
            }
        }
    }
}

#[test]
fn the_header_of_the_tile_decides_over_the_schema() {
    // The generator gives each tile of this dataset an offset of its own.
    let fixture = Fixture::named("laz-pf3");
    let schema = fixture.metadata.dimension("X").unwrap();
    let batches = decode(&fixture);
    let differs = |batch: &PointBatch| batch.scaling().unwrap().offset[0] != schema.offset;
    assert!(batches.iter().any(differs));
}

#[test]
fn zstandard_tiles_hold_what_the_binary_ones_hold() {
    let (binary, zstandard) = (Fixture::named("binary"), Fixture::named("zstandard"));
    assert_eq!(binary.nodes(), zstandard.nodes());
    assert_eq!(decode(&binary), decode(&zstandard));
}
