//! Coordinate systems for rasters: GeoTIFF keys, and the side file of GDAL.

use ept_format::{GeoKey, GeoKeys, Srs};
use serde_json::Value;
use terrio_crs::identify_epsg;

use crate::geo_method::Method;
use crate::vertical::Vertical;
use crate::{Crs, FileSrs, srs_projjson};

/// Values of the key of the model.
const PROJECTED: u16 = 1;
const GEOGRAPHIC: u16 = 2;
/// A value of a cell is for its area.
const AREA: u16 = 1;
const DEGREE: u16 = 9102;
/// EPSG codes of units of length, by their size in metres.
const UNITS: [(f64, u16); 3] = [(1.0, 9001), (0.3048, 9002), (1200.0 / 3937.0, 9003)];

/// The coordinate system of a dataset as GeoTIFF keys: EPSG codes if it has them, with that of the vertical system; else
/// the parameters of the projection and the datum, as GDAL writes them.
///
/// `None` if the system is not known, geocentric, or has a projection that GeoTIFF lacks; [`pam_xml`] says it then. A
/// vertical system without a code is left out.
///
/// ```
/// use ept_crs::geo_keys;
/// use ept_format::{GeoKey, Srs};
///
/// let keys = geo_keys(&Srs::from_text("EPSG:26915+5703")).unwrap();
/// assert_eq!(keys.number(GeoKey::ProjectedCrs), Some(26915));
/// assert_eq!(keys.number(GeoKey::Vertical), Some(5703));
/// ```
#[must_use]
pub fn geo_keys(srs: &Srs) -> Option<GeoKeys> {
    let crs = Crs::of(srs).ok()?;
    if crs.is_geocentric() {
        return None;
    }
    let keys = by_code(&crs).or_else(|| by_parameters(srs))?;
    let vertical = Vertical::of(srs).ok().flatten();
    let vertical = vertical.and_then(|vertical| vertical.code()).and_then(code);
    Some(match vertical {
        Some(vertical) => keys.with_number(GeoKey::Vertical, vertical),
        None => keys,
    })
}

/// The text of the file beside a raster from which GDAL and QGIS read its coordinate system, whatever the format of the
/// raster: its name with `.aux.xml` added. `None` if the system has no WKT.
#[must_use]
pub fn pam_xml(srs: &Srs) -> Option<String> {
    let made = FileSrs::of(srs).srs;
    let wkt = made.well_known_text()?;
    // Coordinates are x, y, whatever the order of the system's axes.
    let order = if is_north_first(&made) { "2,1" } else { "1,2" };
    let mut text = String::new();
    for c in wkt.chars() {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            c if c.is_control() => text.push(' '),
            c => text.push(c),
        }
    }
    Some(format!(
        "<PAMDataset>\n  <SRS dataAxisToSRSAxisMapping=\"{order}\">{text}</SRS>\n</PAMDataset>\n"
    ))
}

fn is_north_first(srs: &Srs) -> bool {
    let directions = || {
        let system = horizontal(srs)?;
        let axes = system["coordinate_system"]["axis"].as_array()?;
        let directions = axes.iter().map(|axis| axis["direction"].as_str());
        directions
            .collect::<Option<Vec<_>>>()
            .map(|all| all == ["north", "east"])
    };
    directions().unwrap_or(false)
}

/// The horizontal system as PROJJSON.
fn horizontal(srs: &Srs) -> Option<Value> {
    let mut system: Value = serde_json::from_str(&srs_projjson(srs)?).ok()?;
    if system["type"] == "CompoundCRS" {
        system = system["components"][0].take();
    }
    if system["type"] == "BoundCRS" {
        system = system["source_crs"].take();
    }
    Some(system)
}

/// A code that a key can have.
fn code(code: u32) -> Option<u16> {
    let code = u16::try_from(code).ok()?;
    (1024..GeoKeys::USER_DEFINED)
        .contains(&code)
        .then_some(code)
}

fn by_code(crs: &Crs) -> Option<GeoKeys> {
    let system = crs.system();
    let identified = || identify_epsg(system.wkt.as_deref()?);
    let code = system.epsg.or_else(identified).and_then(code)?;
    let name = system.name();
    let name = name.as_deref().unwrap_or(crs.name());
    Some(if crs.is_geographic() {
        GeoKeys::default()
            .with_number(GeoKey::ModelType, GEOGRAPHIC)
            .with_number(GeoKey::RasterType, AREA)
            .with_number(GeoKey::GeodeticCrs, code)
            .with_text(GeoKey::GeodeticCitation, name)
            .with_number(GeoKey::AngularUnit, DEGREE)
    } else {
        let keys = GeoKeys::default()
            .with_number(GeoKey::ModelType, PROJECTED)
            .with_number(GeoKey::RasterType, AREA)
            .with_text(GeoKey::Citation, name)
            .with_number(GeoKey::ProjectedCrs, code);
        with_unit(keys, crs.metres_per_height())
    })
}

fn by_parameters(srs: &Srs) -> Option<GeoKeys> {
    let srs = FileSrs::of(srs).srs;
    let system = horizontal(&srs)?;
    let keys = GeoKeys::default().with_number(GeoKey::RasterType, AREA);
    match system["type"].as_str()? {
        "GeographicCRS" => with_datum(keys.with_number(GeoKey::ModelType, GEOGRAPHIC), &system),
        "ProjectedCRS" => {
            let keys = keys
                .with_number(GeoKey::ModelType, PROJECTED)
                .with_text(GeoKey::Citation, system["name"].as_str()?)
                .with_number(GeoKey::ProjectedCrs, GeoKeys::USER_DEFINED)
                .with_number(GeoKey::Projection, GeoKeys::USER_DEFINED);
            let keys = with_datum(keys, &system["base_crs"])?;
            with_projection(keys, &system)
        }
        _ => None,
    }
}

/// Adds the unit of lengths.
fn with_unit(keys: GeoKeys, metres: f64) -> GeoKeys {
    let is_same = |(known, _): &&(f64, u16)| (metres / known - 1.0).abs() < 1e-9;
    match UNITS.iter().find(is_same) {
        Some((_, code)) => keys.with_number(GeoKey::LinearUnit, *code),
        None => keys
            .with_number(GeoKey::LinearUnit, GeoKeys::USER_DEFINED)
            .with_double(GeoKey::LinearUnitSize, metres),
    }
}

/// Adds a geographic system: its code, else that of its datum, else its ellipsoid.
fn with_datum(keys: GeoKeys, system: &Value) -> Option<GeoKeys> {
    let degrees = system["coordinate_system"]["axis"].as_array();
    let is_in_degrees = degrees.is_none_or(|axes| axes.iter().all(|axis| axis["unit"] == "degree"));
    if !is_in_degrees {
        return None;
    }
    let keys = keys.with_number(GeoKey::AngularUnit, DEGREE);
    let name = system["name"].as_str()?;
    if let Some(code) = id(system) {
        return Some(
            keys.with_number(GeoKey::GeodeticCrs, code)
                .with_text(GeoKey::GeodeticCitation, name),
        );
    }
    let datum = [&system["datum"], &system["datum_ensemble"]];
    let datum = datum.into_iter().find(|datum| datum.is_object())?;
    let ellipsoid = &datum["ellipsoid"];
    let meridian = match &datum["prime_meridian"]["longitude"] {
        Value::Null => 0.0,
        longitude => longitude.as_f64()?,
    };
    let mut keys = keys
        .with_number(GeoKey::GeodeticCrs, GeoKeys::USER_DEFINED)
        .with_double(GeoKey::PrimeMeridianLongitude, meridian);
    let [axis, flattening] = shape(ellipsoid)?;
    keys = keys
        .with_double(GeoKey::SemiMajorAxis, axis)
        .with_double(GeoKey::InverseFlattening, flattening);
    let mut citation = format!("GCS Name = {name}|");
    keys = match id(datum) {
        Some(code) => keys.with_number(GeoKey::GeodeticDatum, code),
        None => {
            let [datum, ellipsoid_name] = [datum, ellipsoid].map(|part| part["name"].as_str());
            citation += &format!("Datum = {}|Ellipsoid = {}|", datum?, ellipsoid_name?);
            keys.with_number(GeoKey::GeodeticDatum, GeoKeys::USER_DEFINED)
                .with_number(
                    GeoKey::Ellipsoid,
                    id(ellipsoid).unwrap_or(GeoKeys::USER_DEFINED),
                )
        }
    };
    let primary = &datum["prime_meridian"]["name"];
    citation += &format!("Primem = {}|", primary.as_str().unwrap_or("Greenwich"));
    Some(keys.with_text(GeoKey::GeodeticCitation, &citation))
}

/// Semi-major axis in metres and inverse flattening, 0 for a sphere.
fn shape(ellipsoid: &Value) -> Option<[f64; 2]> {
    if let Some(radius) = ellipsoid["radius"].as_f64() {
        return Some([radius, 0.0]);
    }
    let axis = ellipsoid["semi_major_axis"].as_f64()?;
    let minor = || {
        let minor = ellipsoid["semi_minor_axis"].as_f64()?;
        Some(if minor == axis {
            0.0
        } else {
            axis / (axis - minor)
        })
    };
    Some([
        axis,
        ellipsoid["inverse_flattening"].as_f64().or_else(minor)?,
    ])
}

/// Adds the projection with its parameters, lengths in the unit of the system.
fn with_projection(keys: GeoKeys, system: &Value) -> Option<GeoKeys> {
    let axes = system["coordinate_system"]["axis"].as_array()?;
    let directions: Vec<_> = axes.iter().map(|axis| axis["direction"].as_str()).collect();
    let metres = size_of(&axes.first()?["unit"], "metre")?;
    let conversion = &system["conversion"];
    let method = Method::find(&conversion["method"])?;
    // Elsewhere coordinates to the west or south can't be said.
    let is_plain = directions
        .iter()
        .all(|d| matches!(d, Some("east" | "north")));
    if !is_plain && !method.is_polar() {
        return None;
    }
    let mut keys = with_unit(keys, metres).with_number(GeoKey::Method, method.number);
    let given = conversion["parameters"].as_array()?;
    for parameter in method.parameters {
        let given = given.iter().find(|given| parameter.is(given))?;
        let (value, unit) = (given["value"].as_f64()?, &given["unit"]);
        let value = match unit.as_str() {
            Some("degree" | "unity") => value,
            Some("metre") => value / metres,
            Some(_) => return None,
            None if unit["type"] == "LinearUnit" => {
                let size = size_of(unit, "metre")?;
                // Without rounding if the units are the same.
                if size == metres {
                    value
                } else {
                    value * size / metres
                }
            }
            None if unit["type"] == "AngularUnit" => {
                (value * unit["conversion_factor"].as_f64()?).to_degrees()
            }
            None => return None,
        };
        keys = keys.with_double(parameter.key, value);
    }
    for (key, value) in method.fixed {
        keys = keys.with_double(*key, *value);
    }
    Some(keys)
}

/// The size of a unit, which has size 1 if it has this name.
fn size_of(unit: &Value, one: &str) -> Option<f64> {
    if unit == one {
        return Some(1.0);
    }
    unit["conversion_factor"]
        .as_f64()
        .filter(|size| *size > 0.0)
}

/// The EPSG code of a part.
fn id(part: &Value) -> Option<u16> {
    let id = &part["id"];
    let number = id["code"].as_u64().filter(|_| id["authority"] == "EPSG")?;
    code(u32::try_from(number).ok()?)
}
