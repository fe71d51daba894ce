//! Summaries of the values of a dimension.

use serde_json::{Map, Value as Json, json};

use super::number::number;
use super::value::Value;

/// Minimum, maximum and sum, added in the order of the values.
#[derive(Debug)]
pub(super) enum Summary {
    Integers { min: i128, max: i128, sum: i128 },
    Floats { min: f64, max: f64, sum: f64 },
}

impl Summary {
    /// `None` for bytes, and if there are no values.
    pub(super) fn new(values: &[Value]) -> Option<Summary> {
        let integers: Option<Vec<i128>> = values.iter().map(Value::integer).collect();
        if let Some(integers) = integers {
            return Some(Summary::Integers {
                min: *integers.iter().min()?,
                max: *integers.iter().max()?,
                sum: integers.iter().sum(),
            });
        }
        let floats: Vec<f64> = values.iter().map(Value::number).collect::<Option<_>>()?;
        Some(Summary::Floats {
            min: floats.iter().copied().reduce(f64::min)?,
            max: floats.iter().copied().reduce(f64::max)?,
            sum: floats.iter().fold(0.0, |sum, value| sum + value),
        })
    }

    /// Minimum, maximum and sum as floats.
    fn numbers(&self) -> [f64; 3] {
        match *self {
            Summary::Integers { min, max, sum } => [min as f64, max as f64, sum as f64],
            Summary::Floats { min, max, sum } => [min, max, sum],
        }
    }
}

/// The statistics of a schema entry, as Entwine writes them. Empty for bytes.
pub(super) fn statistics(name: &str, values: &[Value]) -> Map<String, Json> {
    let Some(summary) = Summary::new(values) else {
        return Map::new();
    };
    let [min, max, sum] = summary.numbers();
    let count = values.len();
    let mean = sum / count as f64;
    let squares = values.iter().filter_map(Value::number);
    let squares = squares.fold(0.0, |sum, value| sum + (value - mean) * (value - mean));
    let variance = squares / count as f64;
    let mut statistics = Map::new();
    if name == "Classification" {
        statistics.insert("counts".into(), counts(values));
    }
    statistics.insert("count".into(), count.into());
    statistics.insert("minimum".into(), number(min));
    statistics.insert("maximum".into(), number(max));
    statistics.insert("mean".into(), number(mean));
    statistics.insert("stddev".into(), number(variance.sqrt()));
    statistics.insert("variance".into(), number(variance));
    statistics
}

/// Number of points per value.
fn counts(values: &[Value]) -> Json {
    let mut counts = std::collections::BTreeMap::new();
    for value in values.iter().filter_map(Value::integer) {
        *counts.entry(value).or_insert(0_u64) += 1;
    }
    let counts = counts.into_iter();
    counts
        .map(|(value, count)| json!({"value": value as i64, "count": count}))
        .collect()
}
