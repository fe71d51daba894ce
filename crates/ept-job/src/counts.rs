//! How many points have each value of a dimension.

use std::collections::BTreeMap;

use ept_reader::{PointBatch, Values};
use serde_json::Value;

/// Number of points of each value of a dimension whose values are few and whole, such as `Classification`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counts(BTreeMap<i64, u64>);

impl Counts {
    /// The counts of a dimension; nothing if the points do not have it.
    pub(crate) fn of(points: &PointBatch, name: &str) -> Counts {
        let mut counts = BTreeMap::new();
        match points.find(name) {
            None => {}
            Some(Values::U8(values)) => {
                let mut of_byte = [0_u64; 256];
                values
                    .iter()
                    .for_each(|value| of_byte[usize::from(*value)] += 1);
                counts.extend((0..).zip(of_byte).filter(|(_, points)| *points > 0));
            }
            Some(values) => {
                for value in values.to_f64().unwrap_or_default() {
                    *counts.entry(value as i64).or_default() += 1;
                }
            }
        }
        Counts(counts)
    }

    /// Adds counts of other points.
    pub(crate) fn merge(&mut self, other: Counts) {
        for (value, points) in other.0 {
            *self.0.entry(value).or_default() += points;
        }
    }

    /// The values in ascending order, each with its number of points.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (i64, u64)> {
        self.0.iter().map(|(value, points)| (*value, *points))
    }

    /// An object with a key for each value.
    pub(crate) fn to_json(&self) -> Value {
        let counts = self.iter();
        Value::Object(
            counts
                .map(|(value, points)| (value.to_string(), points.into()))
                .collect(),
        )
    }
}
