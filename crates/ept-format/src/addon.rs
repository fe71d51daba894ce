//! Addons: dimensions stored beside a dataset.

use serde_json::Value;

use crate::{Dimension, FormatError, Key, NodeName, json};

/// A dimension written by PDAL's `writers.ept_addon`, in a folder of its own: `ept-addon.json`, a hierarchy, and a
/// binary file for each node with the values of its points, in the order of the points.
#[derive(Debug, Clone, PartialEq)]
pub struct Addon {
    dimension: Dimension,
}

impl Addon {
    /// Path of the addon's metadata, relative to its folder.
    pub const METADATA_PATH: &'static str = "ept-addon.json";

    /// Parses `ept-addon.json`: an object with `type` and `size` as in a schema.
    ///
    /// # Errors
    /// If the text is not a JSON object, lacks a type or size, or says that the data are not binary.
    pub fn from_json(name: &str, text: &[u8]) -> Result<Addon, FormatError> {
        let Value::Object(mut object) = json::parse(text)? else {
            return Err(FormatError::field("ept-addon.json", "must be an object"));
        };
        let data_type = object.get("dataType").and_then(Value::as_str);
        if let Some(other) = data_type.filter(|data_type| *data_type != "binary") {
            return Err(FormatError::field(
                "dataType",
                format!("{other} is not binary"),
            ));
        }
        object.insert("name".into(), name.into());
        let dimension = Dimension::from_json("addon", &Value::Object(object))?;
        Ok(Addon { dimension })
    }

    /// Name and type of the values.
    #[must_use]
    pub fn dimension(&self) -> &Dimension {
        &self.dimension
    }

    /// Path of a node's values, relative to the addon's folder.
    #[must_use]
    pub fn tile_path(&self, node: impl Into<NodeName>) -> String {
        format!("ept-data/{}.bin", node.into())
    }

    /// Path of the hierarchy page rooted at a node, relative to the addon's folder.
    #[must_use]
    pub fn page_path(&self, key: Key) -> String {
        format!("ept-hierarchy/{key}.json")
    }
}
