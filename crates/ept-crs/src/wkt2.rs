//! WKT 2 (ISO 19162) to PROJJSON, which has the same parts under other names.

use serde_json::{Map, Value, json};

use crate::projjson::{coordinate_system, id, object, unit};
use crate::wkt::Node;

/// Keywords of units, each with its type in PROJJSON.
const UNITS: [(&str, &str); 3] = [
    ("LENGTHUNIT", "LinearUnit"),
    ("ANGLEUNIT", "AngularUnit"),
    ("SCALEUNIT", "ScaleUnit"),
];

/// The coordinate system of a tree. `None` if it contains anything unsupported.
pub(crate) fn crs(node: &Node) -> Option<Value> {
    match &*node.keyword {
        "PROJCRS" | "PROJECTEDCRS" => projected(node),
        "GEOGCRS" | "GEOGRAPHICCRS" | "GEODCRS" | "GEODETICCRS" => geodetic(node),
        "VERTCRS" | "VERTICALCRS" => vertical(node),
        "COMPOUNDCRS" => compound(node),
        _ => None,
    }
}

fn compound(node: &Node) -> Option<Value> {
    let keywords = ["PROJCRS", "GEOGCRS", "GEODCRS", "VERTCRS"];
    let parts: Option<Vec<Value>> = node.all(&keywords).map(crs).collect();
    let parts = parts.filter(|parts| parts.len() == 2)?;
    object("CompoundCRS", node, &[("components", parts.into())])
}

fn projected(node: &Node) -> Option<Value> {
    let base = node.find(&["BASEGEOGCRS", "BASEGEODCRS"])?;
    // A base system has no axes in WKT 2, but PROJ requires some. If it is not in degrees, neither is the conversion.
    let axes = [
        ("Geodetic latitude", "Lat", "north"),
        ("Geodetic longitude", "Lon", "east"),
    ];
    let axes = axes.map(|(name, short, direction)| {
        json!({"name": name, "abbreviation": short, "direction": direction, "unit": "degree"})
    });
    let system = coordinate_system("ellipsoidal", axes.into());
    let (key, datum) = datum(base)?;
    let base = object(
        "GeographicCRS",
        base,
        &[(key, datum), ("coordinate_system", system)],
    )?;
    let parts = [
        ("base_crs", base),
        ("conversion", conversion(node.find(&["CONVERSION"])?)?),
        ("coordinate_system", axes_of(node)?),
    ];
    let is_flat = node.find(&["CS"])?.number(1) == Some(2.0);
    object("ProjectedCRS", node, &parts).filter(|_| is_flat)
}

fn geodetic(node: &Node) -> Option<Value> {
    let kind = match node.find(&["CS"])?.text(0)? {
        "ellipsoidal" => "GeographicCRS",
        "Cartesian" => "GeodeticCRS",
        _ => return None,
    };
    let (key, datum) = datum(node)?;
    object(
        kind,
        node,
        &[(key, datum), ("coordinate_system", axes_of(node)?)],
    )
}

fn vertical(node: &Node) -> Option<Value> {
    let datum = node.find(&["VDATUM", "VRF", "VERTICALDATUM"])?;
    let datum = object("VerticalReferenceFrame", datum, &[])?;
    object(
        "VerticalCRS",
        node,
        &[("datum", datum), ("coordinate_system", axes_of(node)?)],
    )
}

/// The datum or ensemble of a system, with its key. `None` if it is dynamic, since its epoch would be lost.
fn datum(node: &Node) -> Option<(&'static str, Value)> {
    if node.find(&["DYNAMIC"]).is_some() {
        return None;
    }
    let meridian = prime_meridian(node)?;
    if let Some(ensemble) = node.find(&["ENSEMBLE"]) {
        let members: Option<Vec<Value>> = ensemble.all(&["MEMBER"]).map(named).collect();
        let accuracy = ensemble.find(&["ENSEMBLEACCURACY"])?.text(0)?;
        let parts = [
            ("members", members?.into()),
            ("ellipsoid", ellipsoid(ensemble)?),
            ("accuracy", accuracy.into()),
        ];
        // An ensemble can't have a meridian.
        let ensemble = object("DatumEnsemble", ensemble, &parts)?;
        return meridian.is_none().then_some(("datum_ensemble", ensemble));
    }
    let datum = node.find(&["DATUM", "TRF", "GEODETICDATUM"])?;
    let mut parts = vec![("ellipsoid", ellipsoid(datum)?)];
    parts.extend(meridian.map(|meridian| ("prime_meridian", meridian)));
    Some(("datum", object("GeodeticReferenceFrame", datum, &parts)?))
}

fn ellipsoid(datum: &Node) -> Option<Value> {
    let node = datum.find(&["ELLIPSOID", "SPHEROID"])?;
    let is_metre = node
        .find(&["LENGTHUNIT"])
        .is_none_or(|unit| unit.number(1) == Some(1.0));
    let axis = node.number(1).filter(|_| is_metre)?;
    let mut ellipsoid = named(node)?;
    match node.number(2)? {
        0.0 => ellipsoid["radius"] = axis.into(),
        inverse => {
            ellipsoid["semi_major_axis"] = axis.into();
            ellipsoid["inverse_flattening"] = inverse.into();
        }
    }
    Some(ellipsoid)
}

/// The prime meridian, or `Some(None)` for Greenwich. `None` if it is not supported.
fn prime_meridian(node: &Node) -> Option<Option<Value>> {
    let Some(meridian) = node.find(&["PRIMEM", "PRIMEMERIDIAN"]) else {
        return Some(None);
    };
    let longitude = meridian.number(1)?;
    if longitude == 0.0 {
        return Some(None);
    }
    let mut value = named(meridian)?;
    value["longitude"] = json!({"value": longitude, "unit": unit_of(meridian)?});
    Some(Some(value))
}

fn conversion(node: &Node) -> Option<Value> {
    let parameters = node.all(&["PARAMETER"]).map(|parameter| {
        let mut value = named(parameter)?;
        value["value"] = parameter.number(1)?.into();
        let unit = unit_of(parameter)?;
        let is_odd_angle = unit["type"] == "AngularUnit";
        value["unit"] = unit;
        (!is_odd_angle).then_some(value)
    });
    let parameters: Option<Vec<Value>> = parameters.collect();
    let mut conversion = named(node)?;
    conversion["method"] = named(node.find(&["METHOD", "PROJECTION"])?)?;
    conversion["parameters"] = parameters?.into();
    Some(conversion)
}

/// The axes, which make up the coordinate system in the narrow sense.
fn axes_of(node: &Node) -> Option<Value> {
    let system = node.find(&["CS"])?;
    let axes: Option<Vec<Value>> = node
        .all(&["AXIS"])
        .map(|axis| self::axis(axis, node))
        .collect();
    let count = system.number(1)?;
    let axes = axes.filter(|axes| axes.len() as f64 == count)?;
    Some(coordinate_system(system.text(0)?, axes))
}

/// An axis. Its abbreviation follows its name in brackets, or either is given alone.
fn axis(node: &Node, crs: &Node) -> Option<Value> {
    let (text, direction) = (node.text(0)?, node.text(1)?);
    let bracket = text
        .strip_suffix(')')
        .and_then(|text| text.rsplit_once('('));
    let (name, short) = match bracket.map(|(name, short)| (name.trim(), short)) {
        None => (capitalised(text), capitalised(text.get(..1)?)),
        Some(("", short)) => (
            name_of(direction).unwrap_or(short).to_owned(),
            short.to_owned(),
        ),
        Some((name, short)) => (capitalised(name), short.to_owned()),
    };
    let unit = unit_of(node).or_else(|| unit_of(crs))?;
    let mut axis = json!({
        "name": name,
        "abbreviation": short,
        "direction": direction,
        "unit": unit,
    });
    if let Some(meridian) = node.find(&["MERIDIAN"]) {
        let longitude = meridian.number(0)?;
        axis["meridian"] = json!({"longitude": {"value": longitude, "unit": unit_of(meridian)?}});
    }
    Some(axis)
}

/// The usual name of a map's axis.
fn name_of(direction: &str) -> Option<&'static str> {
    match direction {
        "east" => Some("Easting"),
        "north" => Some("Northing"),
        _ => None,
    }
}

/// Capitalises the name of an axis: WKT 2 writes it in lower case, PROJJSON with a capital.
fn capitalised(name: &str) -> String {
    let mut rest = name.chars();
    let first = rest.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(rest).collect()
}

/// The unit in a node.
fn unit_of(node: &Node) -> Option<Value> {
    UNITS.iter().find_map(|(keyword, kind)| {
        let unit_node = node.find(&[keyword])?;
        match (*kind, unit_node.number(1)?) {
            ("ScaleUnit", 1.0) => Some("unity".into()),
            _ => unit(unit_node, kind),
        }
    })
}

/// An object with a name and a code.
fn named(node: &Node) -> Option<Value> {
    let mut object = Map::new();
    object.insert("name".into(), node.text(0)?.into());
    object.extend(id(node).map(|id| ("id".into(), id)));
    Some(Value::Object(object))
}
