//! Footprints of surveys, in GeoJSON.

use geo_types::{Coord, LineString, MultiPolygon, Polygon};
use serde_json::Value;

/// The polygons of a geometry, a feature, or a collection. Lines and points are ignored. `None` if there are no
/// polygons.
pub(super) fn polygons(json: &Value) -> Result<Option<MultiPolygon<f64>>, String> {
    let mut polygons = Vec::new();
    add(json, &mut polygons)?;
    Ok((!polygons.is_empty()).then(|| MultiPolygon::new(polygons)))
}

fn add(json: &Value, polygons: &mut Vec<Polygon<f64>>) -> Result<(), String> {
    // The JSON parser limits the nesting.
    for parts in [&json["features"], &json["geometries"]] {
        for part in parts.as_array().into_iter().flatten() {
            add(part, polygons)?;
        }
    }
    if json["geometry"].is_object() {
        add(&json["geometry"], polygons)?;
    }
    match json["type"].as_str() {
        Some("Polygon") => polygons.extend(polygon(&json["coordinates"])?),
        Some("MultiPolygon") => {
            for part in json["coordinates"].as_array().into_iter().flatten() {
                polygons.extend(polygon(part)?);
            }
        }
        _ => {}
    }
    Ok(())
}

/// A polygon made of rings. `None` if it has no outer ring.
fn polygon(rings: &Value) -> Result<Option<Polygon<f64>>, String> {
    let rings = rings.as_array().into_iter().flatten().map(ring);
    let mut rings = rings.collect::<Result<Vec<_>, _>>()?.into_iter();
    // At least three positions: rings with fewer occur in catalogues and have no area.
    let is_ring = |ring: &LineString<f64>| ring.0.len() > 3;
    let exterior = rings.next().filter(is_ring);
    Ok(exterior.map(|exterior| Polygon::new(exterior, rings.filter(is_ring).collect())))
}

fn ring(places: &Value) -> Result<LineString<f64>, String> {
    let place = |place: &Value| {
        let number = |at: usize| place[at].as_f64().filter(|number| number.is_finite());
        match (number(0), number(1)) {
            (Some(x), Some(y)) => Ok(Coord { x, y }),
            _ => Err("a position is not two or more numbers".to_owned()),
        }
    };
    let places = places.as_array().into_iter().flatten().map(place);
    Ok(LineString::new(places.collect::<Result<_, _>>()?))
}
