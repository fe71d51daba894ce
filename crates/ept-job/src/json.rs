//! JSON that is the same on every run.

use serde_json::Value;

/// Sorts the keys of all objects. Otherwise their order would depend on features that other crates enable.
#[must_use]
pub fn sorted_json(mut value: Value) -> Value {
    value.sort_all_objects();
    value
}
