//! `truth.json`: what a reader must return, computed from the points themselves and not with any reader.

use serde_json::{Map, Value as Json, json};
use sha2::{Digest as _, Sha256};

use super::dataset::Dataset;
use super::summary::Summary;
use super::value::Value;

impl Dataset {
    pub(super) fn truth(&self) -> Json {
        let nodes: Map<String, Json> = self
            .tiles()
            .map(|(key, node)| (key.to_string(), node.points.len().into()))
            .collect();
        let dimensions: Map<String, Json> = self
            .dimensions
            .iter()
            .map(|d| (d.name.to_owned(), column(&self.values(d))))
            .collect();
        json!({
            "points": self.count(),
            "nodes": nodes,
            "dimensions": dimensions,
            "queries": self.queries(),
        })
    }
}

fn column(values: &[Value]) -> Json {
    let mut column = Map::new();
    if let Some(first) = values.first() {
        column.insert("type".into(), first.type_name().into());
    }
    // Integers are written as strings, since not every JSON reader supports 64 bits.
    let [min, max, sum] = match Summary::new(values) {
        Some(Summary::Integers { min, max, sum }) => [min, max, sum].map(|v| v.to_string().into()),
        Some(Summary::Floats { min, max, sum }) => [min, max, sum].map(Json::from),
        None => [Json::Null, Json::Null, Json::Null],
    };
    column.insert("min".into(), min);
    column.insert("max".into(), max);
    column.insert("sum".into(), sum);
    column.insert("order_sha256".into(), digest(values).into());
    column.into()
}

/// SHA-256 of the values as little-endian bytes.
fn digest(values: &[Value]) -> String {
    let mut hasher = Sha256::new();
    for value in values {
        hasher.update(value.bytes());
    }
    let digest = hasher.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
