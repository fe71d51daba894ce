//! Reads GeoJSON indexes: a feature for each file. Features with assets are STAC items.

use ept_crs::Crs;
use ept_format::Bounds;
use serde_json::Value;

use crate::form::without_mark;
use crate::geometry::{bbox, bounds_of};
use crate::record::{Record, Records, check_values, values};
use crate::{Attribute, IndexError, NextPage, stac};

const FILE: &str = "JSON";

/// The records of a text. `crs`, if given, overrides the system in the text.
pub(crate) fn read(bytes: &[u8], crs: Option<&Crs>) -> Result<Records, IndexError> {
    check_values(FILE, values(bytes, b",[{"))?;
    let json: Value = serde_json::from_slice(without_mark(bytes))
        .map_err(|error| IndexError::malformed(FILE, error.to_string()))?;
    let features = match (json["type"].as_str(), &json["features"]) {
        (Some("FeatureCollection"), Value::Array(features)) => features.as_slice(),
        (Some("Feature"), _) => std::slice::from_ref(&json),
        (Some(kind @ ("Catalog" | "Collection")), _) => {
            return Err(IndexError::Unknown(format!(
                "a STAC {kind} does not list files itself; give the items that it links to"
            )));
        }
        (kind, _) => {
            let kind = kind.map(|kind| format!(" of type {kind:?}"));
            return Err(IndexError::Unknown(format!(
                "JSON{} is not a FeatureCollection",
                kind.unwrap_or_default()
            )));
        }
    };
    let mut records = if features.iter().any(|feature| feature["assets"].is_object()) {
        stac::read(features)?
    } else {
        plain(&json, features, crs)?
    };
    if let Some(crs) = crs {
        records.crs = Some(crs.clone());
    }
    records.next = NextPage::of_collection(&json)?;
    Ok(records)
}

fn plain(json: &Value, features: &[Value], crs: Option<&Crs>) -> Result<Records, IndexError> {
    let records = features.iter().enumerate().map(|(at, feature)| {
        let bounds = bounds(feature).map_err(|problem| {
            IndexError::malformed(FILE, format!("feature {}: {problem}", at + 1))
        });
        Ok(Record {
            attributes: attributes(&feature["properties"]),
            bounds: bounds?,
            ..Record::default()
        })
    });
    let records: Vec<Record> = records.collect::<Result<_, _>>()?;
    let crs = match (crs, named_crs(json)) {
        (Some(crs), _) => Some(crs.clone()),
        (None, Some(name)) => Some(Crs::parse(&name).map_err(fault)?),
        // Coordinates without a system are longitude and latitude (RFC 7946, section 4), except in some files.
        (None, None) if are_degrees(&records) => Some(Crs::wgs84().map_err(fault)?),
        (None, None) => None,
    };
    Ok(Records {
        crs,
        records,
        next: None,
    })
}

/// The bounds of the geometry and the `bbox`, if both exist.
fn bounds(feature: &Value) -> Result<Option<Bounds>, String> {
    let (geometry, bbox) = (
        bounds_of(&feature["geometry"])?,
        bbox(&feature["bbox"], true),
    );
    let bbox = bbox.and_then(|bbox| {
        let ([x0, y0, _], [x1, y1, _]) = (bbox.min(), bbox.max());
        crate::record::flat([x0, y0], [x1, y1])
    });
    Ok(match (geometry, bbox) {
        (Some(a), Some(b)) => Some(a.joined(&b)),
        (a, b) => a.or(b),
    })
}

/// The members that have a value.
pub(crate) fn attributes(properties: &Value) -> Vec<(String, Attribute)> {
    let members = properties.as_object().into_iter().flatten();
    let attributes =
        members.filter_map(|(name, value)| Some((name.clone(), Attribute::from_json(value)?)));
    attributes.collect()
}

pub(crate) fn fault(error: ept_crs::CrsError) -> IndexError {
    IndexError::malformed(FILE, error.to_string())
}

/// The name in a `crs` member, as in GeoJSON 2008 and its drafts.
fn named_crs(json: &Value) -> Option<String> {
    let properties = &json["crs"]["properties"];
    let code = properties["code"].as_u64();
    let name = properties["name"].as_str().map(str::to_owned);
    name.or_else(|| code.map(|code| format!("EPSG:{code}")))
}

fn are_degrees(records: &[Record]) -> bool {
    let mut boxes = records.iter().filter_map(|record| record.bounds);
    boxes.all(|bounds| {
        let (min, max) = (bounds.min(), bounds.max());
        // Longitudes beyond 180 are across the antimeridian.
        min[0] >= -360.0 && max[0] <= 360.0 && min[1] >= -90.0 && max[1] <= 90.0
    })
}
