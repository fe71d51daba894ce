//! WKT to PROJJSON.

use serde_json::{Map, Value, json};

use crate::projection::{Kind, LATITUDE, PSEUDO_MERCATOR, Projection};
use crate::wkt::Node;
use crate::wkt2;

const SCHEMA: &str = "https://proj.org/schemas/v0.7/projjson.schema.json";

/// Converts WKT to [PROJJSON](https://proj.org/specifications/projjson.html), the form of coordinate systems in
/// GeoParquet.
///
/// Supports geographic, geocentric, projected, vertical and compound systems, in WKT 2 with every projection, in WKT 1
/// with those in common use for point clouds. Everything comes from the text itself; nothing is looked up or guessed.
/// `None` if the text contains anything unsupported, such as another projection or an extra parameter. A shift to WGS
/// 84 (`TOWGS84`) is left out, since PROJ has better ones for the datums that it knows.
///
/// ```
/// let wkt = r#"GEOGCS["NAD83",DATUM["North_American_Datum_1983",
///     SPHEROID["GRS 1980",6378137,298.257222101]],PRIMEM["Greenwich",0],
///     UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4269"]]"#;
/// let json = ept_crs::projjson(wkt).unwrap_or_default();
/// assert!(json.contains(r#""id":{"authority":"EPSG","code":4269}"#));
/// assert_eq!(ept_crs::projjson("+proj=longlat"), None);
/// ```
#[must_use]
pub fn projjson(wkt: &str) -> Option<String> {
    let mut crs = crs(&Node::parse(wkt)?)?;
    crs["$schema"] = json!(SCHEMA);
    // Otherwise the order of keys would depend on features that other crates enable.
    crs.sort_all_objects();
    Some(crs.to_string())
}

fn crs(node: &Node) -> Option<Value> {
    match &*node.keyword {
        "PROJCS" => projected(node),
        "GEOGCS" => geographic(node),
        "GEOCCS" => geocentric(node),
        "VERT_CS" => vertical(node),
        "COMPD_CS" => compound(node),
        _ => wkt2::crs(node),
    }
}

/// An object with a type, and the name and code of a node.
pub(crate) fn object(kind: &str, node: &Node, parts: &[(&str, Value)]) -> Option<Value> {
    let mut object = Map::new();
    object.insert("type".into(), kind.into());
    object.insert("name".into(), node.text(0)?.into());
    for (key, value) in parts {
        object.insert((*key).into(), value.clone());
    }
    object.extend(id(node).map(|id| ("id".into(), id)));
    Some(Value::Object(object))
}

/// The code given by an authority.
pub(crate) fn id(node: &Node) -> Option<Value> {
    let authority = node.find(&["AUTHORITY", "ID"])?;
    let (name, code) = (authority.text(0)?, authority.text(1)?);
    let number = code.parse::<u32>().map(Value::from);
    Some(json!({"authority": name, "code": number.unwrap_or(code.into())}))
}

fn compound(node: &Node) -> Option<Value> {
    let parts = [&["PROJCS", "GEOGCS"][..], &["VERT_CS"]];
    let parts: Option<Vec<Value>> = parts
        .map(|keywords| crs(node.find(keywords)?))
        .into_iter()
        .collect();
    object("CompoundCRS", node, &[("components", parts?.into())])
}

fn vertical(node: &Node) -> Option<Value> {
    let datum = object("VerticalReferenceFrame", node.find(&["VERT_DATUM"])?, &[])?;
    let unit = unit(node.find(&["UNIT"])?, "LinearUnit")?;
    let direction = match node.find(&["AXIS"]) {
        Some(axis) => axis.text(1)?.to_ascii_lowercase(),
        None => "up".into(),
    };
    let (name, short) = match &*direction {
        "up" => ("Gravity-related height", "H"),
        "down" => ("Depth", "D"),
        _ => return None,
    };
    let axis = axis(name, short, &direction, &unit);
    let system = coordinate_system("vertical", vec![axis]);
    object(
        "VerticalCRS",
        node,
        &[("datum", datum), ("coordinate_system", system)],
    )
}

fn geographic(node: &Node) -> Option<Value> {
    let unit = unit(node.find(&["UNIT"])?, "AngularUnit")?;
    // Without axes, WKT 1 means longitude before latitude (OGC 01-009, section 7.3.10). But GDAL leaves the axes out of
    // EPSG systems, which have the opposite order. Coordinates of EPT are x, y in either case.
    let is_epsg = node.find(&["AUTHORITY"]).and_then(|node| node.text(0)) == Some("EPSG");
    let usual = if is_epsg {
        ["north", "east"]
    } else {
        ["east", "north"]
    };
    let axes: Option<Vec<Value>> = directions(node, usual)?
        .iter()
        .map(|direction| match &**direction {
            "east" => Some(axis("Longitude", "Lon", direction, &unit)),
            "north" => Some(axis("Latitude", "Lat", direction, &unit)),
            _ => None,
        })
        .collect();
    let system = coordinate_system("ellipsoidal", axes?);
    let parts = [("datum", datum(node)?), ("coordinate_system", system)];
    object("GeographicCRS", node, &parts)
}

fn geocentric(node: &Node) -> Option<Value> {
    let unit = unit(node.find(&["UNIT"])?, "LinearUnit")?;
    let axes = ["X", "Y", "Z"].map(|name| {
        axis(
            &format!("Geocentric {name}"),
            name,
            &format!("geocentric{name}"),
            &unit,
        )
    });
    let system = coordinate_system("Cartesian", axes.into());
    let parts = [("datum", datum(node)?), ("coordinate_system", system)];
    object("GeodeticCRS", node, &parts)
}

fn datum(node: &Node) -> Option<Value> {
    let datum = node.find(&["DATUM"])?;
    let spheroid = datum.find(&["SPHEROID"])?;
    let mut ellipsoid = Map::new();
    ellipsoid.insert("name".into(), spheroid.text(0)?.into());
    match (spheroid.number(1)?, spheroid.number(2)?) {
        // WKT 1 writes 0 for a sphere, for which the inverse flattening is not defined.
        (radius, 0.0) => ellipsoid.insert("radius".into(), radius.into()),
        (axis, inverse) => {
            ellipsoid.insert("semi_major_axis".into(), axis.into());
            ellipsoid.insert("inverse_flattening".into(), inverse.into())
        }
    };
    ellipsoid.extend(id(spheroid).map(|id| ("id".into(), id)));
    let mut parts = vec![("ellipsoid", Value::Object(ellipsoid))];
    if let Some(meridian) = node
        .find(&["PRIMEM"])
        .filter(|node| node.number(1) != Some(0.0))
    {
        parts.push(("prime_meridian", prime_meridian(node, meridian)?));
    }
    let mut frame = object("GeodeticReferenceFrame", datum, &parts)?;
    frame["name"] = datum_name(datum.text(0)?).into();
    Some(frame)
}

/// The EPSG name of a datum. WKT 1 has underscores instead of spaces, Esri also a `D_` prefix.
fn datum_name(name: &str) -> String {
    match name.strip_prefix("D_").unwrap_or(name) {
        "WGS_1984" => "World Geodetic System 1984".into(),
        "North_American_1983" => "North American Datum 1983".into(),
        name => name.replace('_', " "),
    }
}

/// A prime meridian other than Greenwich. `None` if the system is not in degrees: GDAL writes the meridian in degrees
/// even then, others in the unit of the system.
fn prime_meridian(node: &Node, meridian: &Node) -> Option<Value> {
    let unit = unit(node.find(&["UNIT"])?, "AngularUnit")?;
    let mut parts = Map::new();
    parts.insert("name".into(), meridian.text(0)?.into());
    let degrees = meridian.number(1).filter(|_| unit == "degree")?;
    parts.insert("longitude".into(), degrees.into());
    parts.extend(id(meridian).map(|id| ("id".into(), id)));
    Some(Value::Object(parts))
}

fn projected(node: &Node) -> Option<Value> {
    let base = node.find(&["GEOGCS"])?;
    let length = unit(node.find(&["UNIT"])?, "LinearUnit")?;
    let directions = directions(node, ["east", "north"])?;
    let axes = directions.iter().map(|direction| {
        let (name, short) = match &**direction {
            "east" => ("Easting", "E"),
            "north" => ("Northing", "N"),
            "west" => ("Westing", "W"),
            "south" => ("Southing", "S"),
            _ => return None,
        };
        Some(axis(name, short, direction, &length))
    });
    let axes: Option<Vec<Value>> = axes.collect();
    let system = coordinate_system("Cartesian", axes?);
    let angle = unit(base.find(&["UNIT"])?, "AngularUnit")?;
    let parts = [
        ("base_crs", geographic(base)?),
        ("conversion", conversion(node, &angle, &length)?),
        ("coordinate_system", system),
    ];
    // Around a pole the axes have other directions, which are unknown if the text has no axes.
    let is_polar = node.all(&["PARAMETER"]).any(|parameter| {
        let name = parameter.text(0).unwrap_or_default();
        LATITUDE.is_called(name)
            && parameter
                .number(1)
                .is_some_and(|latitude| latitude.abs() == 90.0)
    });
    let is_clear = !is_polar || node.find(&["AXIS"]).is_some();
    object("ProjectedCRS", node, &parts).filter(|_| is_clear)
}

/// The projection with its parameters.
fn conversion(node: &Node, angle: &Value, length: &Value) -> Option<Value> {
    let mut projection = Projection::by_keyword(node.find(&["PROJECTION"])?.text(0)?)?;
    let extension = node.find(&["EXTENSION"]).and_then(|node| node.text(1));
    if let Some(text) = extension {
        // The only extension in use: Mercator on a sphere with the coordinates of an ellipsoid.
        let is_web = text.starts_with("+proj=merc") && text.contains("+b=6378137 ");
        projection = is_web.then_some(&PSEUDO_MERCATOR)?;
    }
    let mut given: Vec<(&str, f64)> = Vec::new();
    for parameter in node.all(&["PARAMETER"]) {
        given.push((parameter.text(0)?, parameter.number(1)?));
    }
    let mut parameters = Vec::new();
    for parameter in projection.parameters {
        let at = given.iter().position(|(name, _)| parameter.is_called(name));
        let value = at.map(|at| given.swap_remove(at).1).or(parameter.default)?;
        let unit = match parameter.kind {
            Kind::Angle => angle.clone(),
            Kind::Length => length.clone(),
            Kind::Scale => "unity".into(),
        };
        parameters.push(json!({
            "name": parameter.name,
            "value": value,
            "unit": unit,
            "id": {"authority": "EPSG", "code": parameter.code},
        }));
    }
    let is_web = projection.code == PSEUDO_MERCATOR.code;
    given.retain(|given| !(is_web && is_of_no_effect(*given)));
    given.is_empty().then(|| {
        json!({
            "name": "unnamed",
            "method": {
                "name": projection.method,
                "id": {"authority": "EPSG", "code": projection.code},
            },
            "parameters": parameters,
        })
    })
}

/// Whether a parameter that Web Mercator does not have has no effect.
fn is_of_no_effect(given: (&str, f64)) -> bool {
    match given.0.to_ascii_lowercase().as_str() {
        "scale_factor" => given.1 == 1.0,
        "standard_parallel_1" | "auxiliary_sphere_type" => given.1 == 0.0,
        _ => false,
    }
}

/// The directions of the two axes, in order. `usual` if the text has none. `None` if both lie along one line, as around
/// a pole, where directions are ambiguous.
fn directions(node: &Node, usual: [&str; 2]) -> Option<[String; 2]> {
    let axes = node.all(&["AXIS"]);
    let axes: Option<Vec<String>> = axes
        .map(|axis| Some(axis.text(1)?.to_ascii_lowercase()))
        .collect();
    let directions = match axes?.as_slice() {
        [] => usual.map(str::to_owned),
        [first, second] => [first.clone(), second.clone()],
        _ => return None,
    };
    let is_across = |direction: &String| matches!(&**direction, "east" | "west");
    (is_across(&directions[0]) != is_across(&directions[1])).then_some(directions)
}

fn axis(name: &str, abbreviation: &str, direction: &str, unit: &Value) -> Value {
    json!({
        "name": name,
        "abbreviation": abbreviation,
        "direction": direction,
        "unit": unit,
    })
}

pub(crate) fn coordinate_system(subtype: &str, axes: Vec<Value>) -> Value {
    json!({"subtype": subtype, "axis": axes})
}

/// A unit, by name if PROJJSON has a name for it.
pub(crate) fn unit(node: &Node, kind: &str) -> Option<Value> {
    let (name, factor) = (node.text(0)?, node.number(1)?);
    Some(match (kind, factor) {
        ("LinearUnit", 1.0) => "metre".into(),
        // WKT 1 gives the factor with any number of digits.
        ("AngularUnit", _) if (factor.to_degrees() - 1.0).abs() < 1e-9 => "degree".into(),
        _ => json!({"type": kind, "name": name, "conversion_factor": factor}),
    })
}
