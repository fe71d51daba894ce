//! The rows of a tile index that intersect areas.

use ept_format::{Bounds, Srs};
use ept_index::{Index, Row};

use crate::{Area, Cover, Crs, Edge, Frame, SelectError};

/// The rows whose boxes intersect or touch the intersection of all areas, in order. Rows without a box are included,
/// since their points may be anywhere.
///
/// Areas without a coordinate system are in that of the index. As for the cells of an octree, boxes are transformed to
/// the areas, not areas to the index: no row with a point in the areas is left out. An extra row is possible only if
/// its box misses the areas by less than 1/256 of its size.
///
/// # Errors
/// If an area has its own coordinate system or a buffer, and the index names no system, or if there is no transform
/// between them.
///
/// ```
/// use ept_index::{IndexFile, Reading};
/// use ept_select::{Area, Edge, rows_in_areas};
///
/// let text = br#"{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"url": "a.laz"},
///     "geometry": {"type": "Polygon", "coordinates": [[[5, 52], [6, 52], [6, 53], [5, 53], [5, 52]]]}}]}"#;
/// let index = Reading::new().read(&IndexFile::new("index.geojson", text))?;
/// // In UTM, zone 31.
/// let area = "POLYGON ((640000 5770000, 650000 5770000, 650000 5780000, 640000 5770000)) / EPSG:32631".parse::<Area>()?;
/// assert_eq!(rows_in_areas(&index, &[area], Edge::Closed)?.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn rows_in_areas<'a>(
    index: &'a Index,
    areas: &[Area],
    edge: Edge,
) -> Result<Vec<&'a Row>, SelectError> {
    let is_elsewhere = |area: &&Area| area.crs().is_some() || area.buffer().is_some();
    if let (None, Some(area)) = (&index.crs, areas.iter().find(is_elsewhere)) {
        let what = area.crs().map_or_else(
            || "the area has a buffer on the ground".to_owned(),
            |crs| format!("the area is in {crs}"),
        );
        return Err(SelectError::IndexCrs(what));
    }
    let cover = Cover::new(areas, edge, &frame(index))?;
    let is_round = index.crs.as_ref().is_some_and(Crs::is_geographic);
    let is_met = |row: &&Row| {
        row.bounds.is_none_or(|bounds| {
            cover.meets(&bounds) || is_round && turned(&bounds).is_some_and(|b| cover.meets(&b))
        })
    };
    Ok(index.rows.iter().filter(is_met).collect())
}

/// The frame of an index, with the boxes as cells.
fn frame(index: &Index) -> Frame {
    let crs = index.crs.as_ref();
    Frame {
        srs: Srs {
            wkt: crs.map(|crs| crs.definition().to_owned()),
            ..Srs::default()
        },
        bounds: index.bounds().unwrap_or(Bounds::EVERYTHING),
        conforming: None,
        slack: [0.0; 3],
        schema: Vec::new(),
        spacing: None,
    }
}

/// A box that continues beyond 180 degrees, moved across the antimeridian.
fn turned(bounds: &Bounds) -> Option<Bounds> {
    let (mut min, mut max) = (bounds.min(), bounds.max());
    if max[0] <= 180.0 {
        return None;
    }
    (min[0], max[0]) = (min[0] - 360.0, max[0] - 360.0);
    Bounds::new(min, max).ok()
}
