//! Areas as text: WKT and GeoJSON.

use std::str::FromStr;

use geo_types::{Geometry, MultiPolygon};
use geojson::GeoJson;
use wkt::Wkt;

use crate::{Area, Crs, SelectError};

/// Reads an area of WKT (`POLYGON`, `MULTIPOLYGON`, `GEOMETRYCOLLECTION` of them, with or without `SRID=n;`) or of
/// GeoJSON (a geometry, a feature or a collection). All polygons within are united.
///
/// WKT without `SRID` is in the dataset's coordinates; GeoJSON in longitude and latitude (RFC 7946, section 4), or in
/// the system of a `crs` member as older files have it.
impl FromStr for Area {
    type Err = SelectError;

    fn from_str(text: &str) -> Result<Area, SelectError> {
        let text = text.trim_start_matches('\u{feff}').trim();
        match text.starts_with('{') {
            true => from_geojson(text),
            false => from_wkt(text),
        }
    }
}

/// Maximum nesting of brackets in the WKT of an area; the reader of WKT goes as deep as the text does.
const MAX_NESTING: usize = 32;

fn from_wkt(text: &str) -> Result<Area, SelectError> {
    let (srid, text) = match text.split_once(';') {
        Some((srid, rest)) if srid.to_ascii_uppercase().starts_with("SRID=") => {
            (Some(&srid[5..]), rest)
        }
        _ => (None, text),
    };
    let fault = |problem: &str| {
        let start: String = text.chars().take(40).collect();
        SelectError::Geometry(format!("{problem}, in WKT that starts with {start:?}"))
    };
    if nesting(text) > MAX_NESTING {
        return Err(fault("it is nested too deep"));
    }
    let parsed = Wkt::from_str(text).map_err(fault)?;
    let geometry = Geometry::try_from(parsed).map_err(|error| fault(&error.to_string()))?;
    let area = from_geometries([geometry])?;
    Ok(match srid {
        Some(code) => area.in_crs(Crs::parse(code)?),
        None => area,
    })
}

/// The greatest number of brackets that are open at one place.
fn nesting(text: &str) -> usize {
    let (mut open, mut most) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' => open += 1,
            b')' => open = open.saturating_sub(1),
            _ => {}
        }
        most = most.max(open);
    }
    most
}

fn from_geojson(text: &str) -> Result<Area, SelectError> {
    let fault = |problem: String| SelectError::Geometry(format!("GeoJSON: {problem}"));
    let json: GeoJson = text
        .parse()
        .map_err(|error: geojson::Error| fault(error.to_string()))?;
    let crs = match foreign_crs(&json) {
        Some(name) => Crs::parse(&name)?,
        None => Crs::wgs84()?,
    };
    let mut geometries = Vec::new();
    let features = match json {
        GeoJson::Geometry(geometry) => vec![Some(geometry)],
        GeoJson::Feature(feature) => vec![feature.geometry],
        GeoJson::FeatureCollection(collection) => collection
            .features
            .into_iter()
            .map(|feature| feature.geometry)
            .collect(),
    };
    for (at, geometry) in features.into_iter().enumerate() {
        let Some(geometry) = geometry else { continue };
        let geometry = Geometry::<f64>::try_from(geometry);
        geometries.push(geometry.map_err(|error| fault(format!("feature {}: {error}", at + 1)))?);
    }
    Ok(from_geometries(geometries)?.in_crs(crs))
}

/// The name of the coordinate system that files from before RFC 7946 give.
fn foreign_crs(json: &GeoJson) -> Option<String> {
    let members = match json {
        GeoJson::Geometry(geometry) => geometry.foreign_members.as_ref(),
        GeoJson::Feature(feature) => feature.foreign_members.as_ref(),
        GeoJson::FeatureCollection(collection) => collection.foreign_members.as_ref(),
    };
    let name = &members?.get("crs")?["properties"]["name"];
    name.as_str().map(str::to_owned)
}

fn from_geometries(
    geometries: impl IntoIterator<Item = Geometry<f64>>,
) -> Result<Area, SelectError> {
    let mut polygons = Vec::new();
    for geometry in geometries {
        collect(geometry, &mut polygons)?;
    }
    Area::new(MultiPolygon::new(polygons))
}

fn collect(
    geometry: Geometry<f64>,
    polygons: &mut Vec<geo_types::Polygon<f64>>,
) -> Result<(), SelectError> {
    let kind = match geometry {
        Geometry::Polygon(polygon) => {
            polygons.push(polygon);
            return Ok(());
        }
        Geometry::MultiPolygon(several) => {
            polygons.extend(several.0);
            return Ok(());
        }
        Geometry::GeometryCollection(several) => {
            return several
                .0
                .into_iter()
                .try_for_each(|part| collect(part, polygons));
        }
        Geometry::Rect(rect) => {
            polygons.push(rect.to_polygon());
            return Ok(());
        }
        Geometry::Triangle(triangle) => {
            polygons.push(triangle.to_polygon());
            return Ok(());
        }
        Geometry::Point(_) | Geometry::MultiPoint(_) => "points",
        Geometry::Line(_) | Geometry::LineString(_) | Geometry::MultiLineString(_) => "lines",
    };
    Err(SelectError::Geometry(format!(
        "it has {kind}; only polygons have an inside"
    )))
}
