//! Areas as GeoJSON.

use geo_types::Geometry;
use geojson::{Feature, GeoJson, JsonObject};
use serde_json::Value;

use crate::geometry::{from_geometries, one_crs};
use crate::{Area, Crs, SelectError};

/// The polygons of a geometry, a feature or a collection: in `crs`, otherwise in the system named in the text,
/// otherwise in longitude and latitude.
pub(crate) fn from_geojson(text: &str, crs: Option<&Crs>) -> Result<Area, SelectError> {
    let parsed = Parsed::new(text, crs)?;
    let area = from_geometries(geometries(parsed.json)?)?;
    placed(area, parsed.crs.as_ref())
}

/// Parsed GeoJSON, with its coordinate system if one is named.
pub(crate) struct Parsed {
    json: GeoJson,
    crs: Option<Crs>,
}

impl Parsed {
    pub(crate) fn new(text: &str, crs: Option<&Crs>) -> Result<Parsed, SelectError> {
        let json: Value = serde_json::from_str(text).map_err(|error| fault(error.to_string()))?;
        check_positions(&json)?;
        let json: GeoJson =
            serde_json::from_value(json).map_err(|error| fault(error.to_string()))?;
        let named = named_crs(&json)?;
        let crs = crs.cloned().or(named);
        Ok(Parsed { json, crs })
    }

    /// The features.
    pub(crate) fn features(&self) -> Result<Vec<&Feature>, SelectError> {
        match &self.json {
            GeoJson::Feature(feature) => Ok(vec![feature]),
            GeoJson::FeatureCollection(collection) => Ok(collection.features.iter().collect()),
            GeoJson::Geometry(_) => Err(fault("a geometry has no name, only features do".into())),
        }
    }

    /// The area of a feature.
    pub(crate) fn area(&self, feature: &Feature) -> Result<Area, SelectError> {
        let geometry = feature
            .geometry
            .clone()
            .ok_or_else(|| fault("it has no area".into()))?;
        let geometry =
            Geometry::<f64>::try_from(geometry).map_err(|error| fault(error.to_string()))?;
        placed(from_geometries([geometry])?, self.crs.as_ref())
    }
}

/// The area in a coordinate system, by default in longitude and latitude.
fn placed(area: Area, crs: Option<&Crs>) -> Result<Area, SelectError> {
    match crs {
        Some(crs) => Ok(area.in_crs(crs.clone())),
        None => in_degrees(area),
    }
}

pub(crate) fn fault(problem: String) -> SelectError {
    SelectError::Geometry(format!("GeoJSON: {problem}"))
}

/// Checks that positions have at least two numbers (RFC 7946, section 3.1.1), on which the conversion of coordinates
/// relies.
fn check_positions(json: &Value) -> Result<(), SelectError> {
    match json {
        Value::Array(items) => {
            if items.len() == 1 && items[0].is_number() {
                return Err(fault(format!("{json} is a position with only one number")));
            }
            items.iter().try_for_each(check_positions)
        }
        Value::Object(members) => {
            let parts = ["coordinates", "geometry", "geometries", "features"];
            let parts = parts.iter().filter_map(|name| members.get(*name));
            parts.into_iter().try_for_each(check_positions)
        }
        _ => Ok(()),
    }
}

fn geometries(json: GeoJson) -> Result<Vec<Geometry<f64>>, SelectError> {
    let found = match json {
        GeoJson::Geometry(geometry) => vec![Some(geometry)],
        GeoJson::Feature(feature) => vec![feature.geometry],
        GeoJson::FeatureCollection(collection) => {
            let features = collection.features.into_iter();
            features.map(|feature| feature.geometry).collect()
        }
    };
    let found = found.into_iter().enumerate();
    let found = found.filter_map(|(at, geometry)| Some((at, geometry?)));
    let converted = found.map(|(at, geometry)| {
        let geometry = Geometry::<f64>::try_from(geometry);
        geometry.map_err(|error| fault(format!("feature {}: {error}", at + 1)))
    });
    converted.collect()
}

/// Without a named system, coordinates are longitude and latitude (RFC 7946, section 4).
fn in_degrees(area: Area) -> Result<Area, SelectError> {
    let [x0, y0, x1, y1] = area.extent();
    // Longitudes beyond 180 are across the antimeridian.
    let is_degrees = x0 >= -360.0 && x1 <= 360.0 && y0 >= -90.0 && y1 <= 90.0;
    let is_swapped = x0 >= -90.0 && x1 <= 90.0 && y0 >= -360.0 && y1 <= 360.0;
    if is_degrees {
        return Ok(area.in_crs(Crs::wgs84()?));
    }
    Err(fault(if is_swapped {
        format!(
            "{x0} {y0} looks like latitude and longitude; in GeoJSON longitude comes first, so swap them"
        )
    } else {
        format!(
            "{x0} {y0} is not longitude and latitude, which is assumed if no coordinate system is named; name it \
             with --crs"
        )
    }))
}

/// The coordinate system named by members of the file, at any level.
fn named_crs(json: &GeoJson) -> Result<Option<Crs>, SelectError> {
    let names = members(json).into_iter().map(crs_name);
    let names: Result<Vec<Option<String>>, SelectError> = names.collect();
    one_crs(names?.into_iter().flatten().collect())
}

/// The members outside the standard, of the file and everything in it.
fn members(json: &GeoJson) -> Vec<&JsonObject> {
    let found: Vec<Option<&JsonObject>> = match json {
        GeoJson::Geometry(geometry) => vec![geometry.foreign_members.as_ref()],
        GeoJson::Feature(feature) => of_feature(feature).into(),
        GeoJson::FeatureCollection(collection) => {
            let own = std::iter::once(collection.foreign_members.as_ref());
            own.chain(collection.features.iter().flat_map(of_feature))
                .collect()
        }
    };
    found.into_iter().flatten().collect()
}

fn of_feature(feature: &Feature) -> [Option<&JsonObject>; 2] {
    let geometry = feature.geometry.as_ref();
    [
        feature.foreign_members.as_ref(),
        geometry.and_then(|geometry| geometry.foreign_members.as_ref()),
    ]
}

/// The name in a `crs` member, as in GeoJSON 2008 and its drafts, or in an `srs` member, as in PDAL.
fn crs_name(members: &JsonObject) -> Result<Option<String>, SelectError> {
    let Some(value) = members.get("srs").or_else(|| members.get("crs")) else {
        return Ok(None);
    };
    let properties = &value["properties"];
    let texts = [
        value,
        &properties["name"],
        &properties["code"],
        &properties["href"],
    ];
    let text = texts
        .iter()
        .find_map(|value| value.as_str().map(str::to_owned));
    let code = texts.iter().find_map(|value| value.as_u64());
    let name = text.or_else(|| code.map(|code| format!("EPSG:{code}")));
    match name {
        None if !value.is_null() => Err(fault(format!(
            "its coordinate system {value} is not understood"
        ))),
        name => Ok(name),
    }
}
