//! `ept.json`: the specification's examples, what real files do beyond them, and what is refused.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod dialects;
mod dimensions;
mod examples;
mod refusals;
mod resolution;
mod srs;

use ept_format::{Dimension, FormatError, Metadata};
use serde_json::{Value, json};

/// The example of the specification, section "ept.json", as it stands there.
const SPECIFICATION: &str = r#"{
    "bounds": [634962.0, 848881.0, -1818.0, 639620.0, 853539.0, 2840.0],
    "boundsConforming": [635577.0, 848882.0, 406.0, 639004.0, 853538.0, 616.0],
    "dataType": "laszip",
    "hierarchyType": "json",
    "points": 10653336,
    "schema": [
        { "name": "X", "type": "signed", "size": 4, "scale": 0.01, "offset": 637291.0 },
        { "name": "Y", "type": "signed", "size": 4, "scale": 0.01, "offset": 851210.0 },
        { "name": "Z", "type": "signed", "size": 4, "scale": 0.01, "offset": 511.0 },
        { "name": "Intensity", "type": "unsigned", "size": 2 },
        { "name": "ReturnNumber", "type": "unsigned", "size": 1 },
        { "name": "NumberOfReturns", "type": "unsigned", "size": 1 },
        { "name": "ScanDirectionFlag", "type": "unsigned", "size": 1 },
        { "name": "EdgeOfFlightLine", "type": "unsigned", "size": 1 },
        { "name": "Classification", "type": "unsigned", "size": 1 },
        { "name": "ScanAngleRank", "type": "float", "size": 4 },
        { "name": "UserData", "type": "unsigned", "size": 1 },
        { "name": "PointSourceId", "type": "unsigned", "size": 2 },
        { "name": "GpsTime", "type": "float", "size": 8 },
        { "name": "Red", "type": "unsigned", "size": 2 },
        { "name": "Green", "type": "unsigned", "size": 2 },
        { "name": "Blue", "type": "unsigned", "size": 2 },
        { "name": "OriginId", "type": "unsigned", "size": 4 }
    ],
    "span" : 256,
    "srs": {
        "authority": "EPSG",
        "horizontal": "3857",
        "vertical": "5703",
        "wkt": "PROJCS[\"WGS 84 ... AUTHORITY[\"EPSG\",\"3857\"]]"
    },
    "version" : "1.1.0"
}"#;

/// A small `ept.json` in which nothing is odd.
fn plain() -> Value {
    json!({
        "bounds": [0, 0, 0, 64, 64, 64],
        "span": 64,
        "dataType": "binary",
        "schema": [
            { "name": "X", "type": "signed", "size": 4, "scale": 0.01 },
            { "name": "Y", "type": "signed", "size": 4, "scale": 0.01 },
            { "name": "Z", "type": "signed", "size": 4, "scale": 0.01 }
        ]
    })
}

fn parse(value: &Value) -> Result<Metadata, FormatError> {
    Metadata::from_json(value.to_string().as_bytes())
}

/// The plain file with some keys set.
fn with(pairs: &[(&str, Value)]) -> Result<Metadata, FormatError> {
    let mut file = plain();
    for (key, value) in pairs {
        file[*key] = value.clone();
    }
    parse(&file)
}

/// The plain file without one key and with others.
fn replaced(key: &str, pairs: &[(&str, Value)]) -> Result<Metadata, FormatError> {
    let mut file = plain();
    file.as_object_mut().unwrap().remove(key);
    for (key, value) in pairs {
        file[*key] = value.clone();
    }
    parse(&file)
}

fn dimension(value: Value) -> Result<Dimension, FormatError> {
    let metadata = with(&[("schema", json!([value]))])?;
    Ok(metadata.schema()[0].clone())
}
