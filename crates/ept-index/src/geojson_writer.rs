//! Writes indexes as GeoJSON (RFC 7946).

use serde_json::{Map, Value, json};

use crate::location::Base;
use crate::outline::Degrees;
use crate::{Index, IndexError, Row};

impl Index {
    /// The index as GeoJSON: a feature for each file, with its box as a polygon in longitude and latitude. Property
    /// `location` is named as by `tindex` of PDAL and GDAL, `count` is the number of points, and all other attributes
    /// are kept. Paths below the folder of `location`, where the index will be, become relative to it.
    ///
    /// # Errors
    /// If the coordinate system of the boxes is unknown, or a box can't be transformed to longitude and latitude.
    pub fn to_geojson(&self, location: &str) -> Result<Vec<u8>, IndexError> {
        let base = Base::beside(location);
        let degrees = self.crs.as_ref().map(Degrees::new).transpose()?;
        let features = self.rows.iter();
        let features = features.map(|row| feature(row, &base, degrees.as_ref()));
        Ok(collection(features.collect::<Result<_, _>>()?))
    }
}

/// A collection with one feature per line.
pub(crate) fn collection(features: Vec<Value>) -> Vec<u8> {
    let lines = features.into_iter().map(|mut feature| {
        // The library's order depends on features that other crates enable.
        feature.sort_all_objects();
        feature.to_string()
    });
    let lines: Vec<String> = lines.collect();
    let lines = lines.join(",\n");
    format!("{{\"type\":\"FeatureCollection\",\"features\":[\n{lines}\n]}}\n").into_bytes()
}

fn feature(row: &Row, base: &Base, degrees: Option<&Degrees>) -> Result<Value, IndexError> {
    let unwritable = |problem: &str| IndexError::unwritable(&row.location, problem);
    let mut properties = Map::new();
    for (name, value) in &row.attributes {
        properties.insert(name.clone(), value.to_json());
    }
    if let Some(points) = row.points {
        properties.insert("count".into(), points.into());
    }
    let location = base.relative(&row.location);
    let location = location.unwrap_or_else(|| row.location.clone());
    properties.insert("location".into(), location.into());
    let Some(bounds) = row.bounds else {
        return Ok(json!({ "type": "Feature", "properties": properties, "geometry": null }));
    };
    let degrees = degrees.ok_or_else(|| {
        unwritable("the coordinate system of its box is unknown, and GeoJSON needs it")
    })?;
    let outline = degrees.outline(&bounds);
    let outline = outline
        .ok_or_else(|| unwritable("its box can't be transformed to longitude and latitude"))?;
    Ok(json!({
        "type": "Feature",
        "bbox": outline.bbox,
        "properties": properties,
        "geometry": outline.polygon,
    }))
}
