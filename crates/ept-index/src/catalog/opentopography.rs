//! Records of OpenTopography's `otCatalog`: <https://portal.opentopography.org/apidocs/>.

use ept_format::Bounds;
use serde_json::Value;

use super::{FILE, footprint};
use crate::geometry::bounds_of;
use crate::record::flat;
use crate::{IndexError, Offer, OfferKind, Survey};

/// Type of the identifier of federated records. Those of USGS 3DEP have no tile index at OpenTopography.
const USGS: &str = "USGS_3DEP_ID";

/// The survey in an element of `Datasets`.
pub(super) fn survey(record: &Value) -> Result<Survey, IndexError> {
    let dataset = &record["Dataset"];
    let name = text(&dataset["name"]).or_else(|| text(&dataset["alternateName"]));
    let name = name.ok_or_else(|| IndexError::malformed(FILE, "a record has no name"))?;
    let fault = |problem| IndexError::malformed(FILE, format!("{name}: {problem}"));
    let geo = &dataset["spatialCoverage"]["geo"];
    let footprint = footprint::polygons(&geo["geojson"]).map_err(fault)?;
    let mut extent = None;
    for feature in geo["geojson"]["features"].as_array().into_iter().flatten() {
        let bounds = bounds_of(&feature["geometry"]).map_err(fault)?;
        extent = joined(extent, bounds);
    }
    let identifier = &dataset["identifier"];
    let short_name = text(&dataset["alternateName"]);
    Ok(Survey {
        offers: offers(identifier, short_name.as_deref()),
        id: text(&identifier["value"]),
        dates: text(&dataset["temporalCoverage"]).map(|dates| days(&dates)),
        square_km: measured(dataset, "Area").and_then(|area| square_km(&area)),
        horizontal: system(dataset, "EPSG (Horizontal)", "Horizontal Coordinates"),
        vertical: system(dataset, "EPSG (Vertical)", "Vertical Coordinates"),
        doi: text(&dataset["url"]),
        citation: text(&dataset["citation"]),
        bounds: extent.or_else(|| latitude_first(&geo["box"])),
        footprint,
        short_name,
        name,
        points: None,
    })
}

/// Text that is not blank, with HTML entities decoded.
fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let text = html_escape::decode_html_entities(text.trim()).into_owned();
    (!text.is_empty()).then_some(text)
}

/// The locations of the points. Records of the Community Dataspace have no short name, and no index.
fn offers(identifier: &Value, short_name: Option<&str>) -> Vec<Offer> {
    let federated = text(&identifier["value"]).filter(|_| identifier["propertyID"] == USGS);
    let offer = match (federated, short_name) {
        (Some(id), _) => Offer {
            kind: OfferKind::Ept,
            location: format!("usgs:{id}"),
        },
        (None, Some(name)) if identifier["propertyID"] == "opentopoID" => Offer {
            kind: OfferKind::TileIndex,
            location: format!("ot:{name}"),
        },
        _ => return Vec::new(),
    };
    vec![offer]
}

/// Parses `2015-02-01 / 2019-01-31`, or a single day.
fn days(text: &str) -> [String; 2] {
    let (first, last) = text.split_once('/').unwrap_or((text, text));
    [first, last].map(|day| day.trim().to_owned())
}

/// The value of a property, from a list of names and values.
fn property(dataset: &Value, name: &str) -> Option<String> {
    let properties = dataset["spatialCoverage"]["additionalProperty"].as_array()?;
    named(properties, name)
}

fn measured(dataset: &Value, name: &str) -> Option<String> {
    let lists = [
        &dataset["variableMeasured"],
        &dataset["spatialCoverage"]["variableMeasured"],
    ];
    let mut lists = lists.into_iter().filter_map(Value::as_array);
    lists.find_map(|list| named(list, name))
}

fn named(list: &[Value], name: &str) -> Option<String> {
    let found = list.iter().find(|entry| entry["name"] == name)?;
    text(&found["value"])
}

/// The code of a coordinate system or, failing that, its name.
fn system(dataset: &Value, code: &str, words: &str) -> Option<String> {
    let is_code = |code: &String| code.bytes().all(|byte| byte.is_ascii_digit());
    match property(dataset, code).filter(is_code) {
        Some(code) => Some(format!("EPSG:{code}")),
        None => property(dataset, words),
    }
}

/// Parses `518.03 km2`.
fn square_km(text: &str) -> Option<f64> {
    let number = text.strip_suffix("km2")?.trim().parse::<f64>().ok()?;
    (number.is_finite() && number >= 0.0).then_some(number)
}

/// Parses `minlat minlon maxlat maxlon`.
fn latitude_first(text: &Value) -> Option<Bounds> {
    let numbers = text.as_str()?.split([' ', ',']);
    let numbers = numbers
        .filter(|part| !part.is_empty())
        .map(|part| part.parse::<f64>().ok());
    let numbers: Option<Vec<f64>> = numbers.collect();
    let [y0, x0, y1, mut x1] = *numbers?.as_slice() else {
        return None;
    };
    if x0 > x1 {
        x1 += 360.0;
    }
    flat([x0, y0], [x1, y1])
}

fn joined(a: Option<Bounds>, b: Option<Bounds>) -> Option<Bounds> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.joined(&b)),
        (a, b) => a.or(b),
    }
}
