//! Areas as text: WKT and GeoJSON.

use std::str::FromStr;

use geo_types::{Geometry, MultiPolygon};

use crate::geojson_area::from_geojson;
use crate::wkt_area::from_wkt;
use crate::{Area, Crs, SelectError};

impl Area {
    /// Reads an area of WKT (one or more of `POLYGON`, `MULTIPOLYGON`, `GEOMETRYCOLLECTION` of them) or of GeoJSON (a
    /// geometry, a feature or a collection). All polygons within are united.
    ///
    /// They are in `crs`; or else in the coordinate system that the text names: WKT by `SRID=n;` in front or `/ EPSG:n`
    /// behind, as PDAL writes it, GeoJSON by a `crs` member, as older files have it, or an `srs` member. Otherwise WKT is in the
    /// dataset's coordinates, and GeoJSON in longitude and latitude (RFC 7946, section 4).
    ///
    /// # Errors
    /// When the text is not of that kind, has more than that, names several coordinate systems, or as GeoJSON without one
    /// has coordinates that are not degrees; the message gives the place.
    ///
    /// ```
    /// use ept_select::Area;
    ///
    /// let area = Area::from_text("POLYGON ((0 0, 4 0, 4 4, 0 0)) / EPSG:32612", None)?;
    /// assert_eq!(area.crs().map(|crs| crs.name()), Some("EPSG:32612"));
    /// # Ok::<(), ept_select::SelectError>(())
    /// ```
    pub fn from_text(text: &str, crs: Option<&Crs>) -> Result<Area, SelectError> {
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.starts_with('{') {
            from_geojson(text, crs)
        } else {
            from_wkt(text, crs)
        }
    }
}

/// As [`Area::from_text`], of a text that says itself where it is.
impl FromStr for Area {
    type Err = SelectError;

    fn from_str(text: &str) -> Result<Area, SelectError> {
        Area::from_text(text, None)
    }
}

/// The one coordinate system of these names; `None` if there is no name.
pub(crate) fn one_crs(mut names: Vec<String>) -> Result<Option<Crs>, SelectError> {
    names.dedup();
    let mut first: Option<Crs> = None;
    for name in &names {
        let crs = Crs::parse(name)?;
        match &first {
            Some(other) if *other != crs => {
                let (first, second) = (other.name(), crs.name());
                return Err(SelectError::Geometry(format!(
                    "it names several coordinate systems, such as {first} and {second}"
                )));
            }
            _ => first = Some(crs),
        }
    }
    Ok(first)
}

pub(crate) fn from_geometries(
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
