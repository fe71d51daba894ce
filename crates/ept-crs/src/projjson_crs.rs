//! PROJJSON to coordinate systems.

use std::sync::Arc;

use serde_json::Value;
use terrio_crs::SpatialRef;

use crate::vertical::Vertical;
use crate::{Crs, CrsError};

/// Parses PROJJSON, by its code or, failing that, its contents. Of a compound system, this is the horizontal part.
pub(crate) fn from_projjson(text: &str) -> Result<Crs, CrsError> {
    let unknown = |problem: String| CrsError::unknown(text, problem);
    let mut json: Value =
        serde_json::from_str(text).map_err(|error| unknown(format!("invalid JSON: {error}")))?;
    let horizontal = match &json["components"][0] {
        Value::Null => None,
        horizontal => Some(horizontal.clone()),
    };
    let vertical = epsg(&json["components"][1]);
    if let Some(horizontal) = horizontal {
        json = horizontal;
    }
    let vertical = vertical
        .map(|code| Vertical::from_code(&code))
        .transpose()?
        .map(Arc::new);
    let known = epsg(&json).map(|code| Crs::from_code(&code));
    if let Some(Ok(crs)) = known {
        let vertical = vertical.or(crs.vertical().cloned());
        return Ok(crs.with_vertical(vertical));
    }
    // The library knows one version of the schema and requires a type that PROJ leaves out. Other versions differ only
    // in parts that are not read here.
    if let Some(object) = json.as_object_mut() {
        object.remove("$schema");
        if let Some(Value::Object(base)) = object.get_mut("base_crs") {
            base.entry("type").or_insert_with(|| "GeographicCRS".into());
        }
    }
    let system = SpatialRef::from_projjson(&json.to_string());
    let system = system.map_err(|error| unknown(error.to_string()))?;
    let wkt = system.to_wkt();
    let name = json["name"].as_str().unwrap_or(text).to_owned();
    let crs = Crs::new(&name, text, wkt.as_deref(), system)?;
    Ok(crs.with_vertical(vertical))
}

/// The EPSG code in PROJJSON.
fn epsg(json: &Value) -> Option<String> {
    let id = json.get("id")?;
    let is_epsg = id["authority"].as_str()?.eq_ignore_ascii_case("EPSG");
    let code = &id["code"];
    let number = code.as_u64().map(|code| code.to_string());
    number
        .or_else(|| code.as_str().map(str::to_owned))
        .filter(|_| is_epsg)
}
