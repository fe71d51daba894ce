//! JSON that is the same on every run.

use serde_json::Value;

/// The value with the keys of all objects sorted, whatever order the library keeps: that depends on the features that
/// other crates turn on.
#[must_use]
pub fn sorted_json(mut value: Value) -> Value {
    value.sort_all_objects();
    value
}
