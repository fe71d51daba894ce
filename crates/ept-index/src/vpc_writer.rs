//! Writes indexes as VPC, the virtual point clouds of QGIS and PDAL wrench: a STAC `ItemCollection`.
//!
//! Both read only STAC 1.0.0 items. wrench requires `pc:count`, the text `proj:wkt2`, `proj:geometry` and a `proj:bbox`
//! of six numbers (`vpc.cpp`), QGIS a geometry in longitude and latitude (`qgsvirtualpointcloudprovider.cpp`).
//! `proj:epsg` is left out, since QGIS takes it for a number of another list.

use std::collections::HashSet;

use ept_crs::Crs;
use serde_json::{Map, Value, json};

use crate::geojson_writer::collection;
use crate::location::Base;
use crate::outline::{Degrees, Outline, native_polygon};
use crate::{Index, IndexError, Row};

const EXTENSIONS: [&str; 2] = [
    "https://stac-extensions.github.io/pointcloud/v1.0.0/schema.json",
    "https://stac-extensions.github.io/projection/v1.1.0/schema.json",
];

/// Attributes that are written as item properties, besides those of the point cloud extension.
const TIMES: [&str; 3] = ["datetime", "start_datetime", "end_datetime"];

impl Index {
    /// The index as VPC. Paths below the folder of `location`, where the index will be, become relative to it.
    ///
    /// # Errors
    /// If a row has no box, no heights or no number of points, or its box can't be transformed to longitude and
    /// latitude.
    pub fn to_vpc(&self, location: &str) -> Result<Vec<u8>, IndexError> {
        let base = Base::beside(location);
        let degrees = self.crs.as_ref().map(Degrees::new).transpose()?;
        let mut ids = HashSet::new();
        let items = self.rows.iter().map(|row| {
            let id = id(row, &mut ids);
            item(row, id, &base, self.crs.as_ref(), degrees.as_ref())
        });
        Ok(collection(items.collect::<Result<_, _>>()?))
    }
}

fn item(
    row: &Row,
    id: String,
    base: &Base,
    crs: Option<&Crs>,
    degrees: Option<&Degrees>,
) -> Result<Value, IndexError> {
    let unwritable = |problem: &str| IndexError::unwritable(&row.location, problem);
    let bounds = row
        .bounds
        .ok_or_else(|| unwritable("a VPC requires its box"))?;
    let points = row.points;
    let points = points.ok_or_else(|| unwritable("a VPC requires its number of points"))?;
    let (min, max) = (bounds.min(), bounds.max());
    if !(min[2].is_finite() && max[2].is_finite()) {
        return Err(unwritable("a VPC requires the heights of its box"));
    }
    let native = native_polygon(&bounds);
    let outline = match degrees {
        Some(degrees) => degrees.outline(&bounds),
        // As in wrench. Readers use `proj:bbox` then.
        None => Some(Outline {
            polygon: native.clone(),
            bbox: [min[0], min[1], max[0], max[1]],
        }),
    };
    let outline = outline
        .ok_or_else(|| unwritable("its box can't be transformed to longitude and latitude"))?;
    let [west, south, east, north] = outline.bbox;
    let mut properties = Map::new();
    for (name, value) in &row.attributes {
        if name.starts_with("pc:") || TIMES.contains(&&**name) {
            properties.insert(name.clone(), value.to_json());
        }
    }
    for (name, value) in [
        ("datetime", Value::Null),
        ("pc:type", "lidar".into()),
        ("pc:encoding", encoding(row).into()),
        ("pc:schemas", json!([])),
    ] {
        properties.entry(name).or_insert(value);
    }
    let wkt = crs.map(|crs| crs.well_known_text().unwrap_or(crs.definition()));
    properties.insert("pc:count".into(), points.into());
    properties.insert("proj:wkt2".into(), wkt.unwrap_or_default().into());
    properties.insert("proj:geometry".into(), native);
    properties.insert("proj:bbox".into(), json!([min, max].concat()));
    // Both readers recognise a relative path by its leading dot.
    let relative = base.relative(&row.location).map(|path| format!("./{path}"));
    let href = relative.unwrap_or_else(|| row.location.clone());
    Ok(json!({
        "type": "Feature",
        "stac_version": "1.0.0",
        "stac_extensions": EXTENSIONS,
        "id": id,
        "geometry": outline.polygon,
        "bbox": [west, south, min[2], east, north, max[2]],
        "properties": properties,
        "links": [],
        "assets": { "data": { "href": href, "roles": ["data"] } },
    }))
}

/// A unique name for an item: that of the file without its extension, or of the folder of an EPT dataset.
fn id(row: &Row, taken: &mut HashSet<String>) -> String {
    let mut parts = row.location.rsplit(['/', '\\']);
    let file = row.file_name();
    let name = match parts.nth(1).filter(|_| file == "ept.json") {
        Some(folder) => folder,
        None => file.split('.').next().unwrap_or(file),
    };
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    // There are more numbers than rows.
    let free = names.find(|name| taken.insert(name.clone()));
    free.unwrap_or_default()
}

/// The encoding of the points in the terms of the extension, judging by the file name.
fn encoding(row: &Row) -> String {
    let file = row.file_name().to_ascii_lowercase();
    let known = [(".laz", "LASZip"), (".las", "LAS"), ("ept.json", "EPT")];
    let found = known.iter().find(|(ending, _)| file.ends_with(ending));
    found.map_or("?", |(_, name)| name).to_owned()
}
