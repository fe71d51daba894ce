//! Areas as text: WKT and GeoJSON.

use std::str::FromStr;

use geo_types::{Coord, Geometry, LineString, MultiPolygon, Polygon};

use crate::geojson_area::from_geojson;
use crate::wkt_area::from_wkt;
use crate::{Area, Crs, SelectError};

impl Area {
    /// Reads an area of WKT (one or more geometries) or of GeoJSON (a geometry, a feature or a collection). All within are
    /// united. Lines and points have no inside: with them, the area needs a [buffer](Area::buffered).
    ///
    /// They are in `crs`; or else in the coordinate system that the text names: WKT by `SRID=n;` in front or `/ EPSG:n`
    /// behind, as PDAL writes it, GeoJSON by a `crs` member, as older files have it, or an `srs` member. Otherwise WKT is in the
    /// dataset's coordinates, and GeoJSON in longitude and latitude (RFC 7946, section 4).
    ///
    /// # Errors
    /// If the text is not of that kind, has more than that, names several coordinate systems, or as GeoJSON without one
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
    let mut parts = Parts::default();
    geometries
        .into_iter()
        .for_each(|geometry| parts.add(geometry));
    let Parts {
        polygons,
        mut lines,
    } = parts;
    if lines.is_empty() {
        return Area::new(MultiPolygon::new(polygons));
    }
    if !polygons.is_empty() {
        // Checks the polygons.
        Area::new(MultiPolygon::new(polygons.clone()))?;
    }
    lines.extend(polygons);
    Area::thin(MultiPolygon::new(lines))
}

/// The parts of geometries: polygons, and lines and points as rings without an inside.
#[derive(Default)]
struct Parts {
    polygons: Vec<Polygon<f64>>,
    lines: Vec<Polygon<f64>>,
}

impl Parts {
    fn add(&mut self, geometry: Geometry<f64>) {
        match geometry {
            Geometry::Polygon(polygon) => self.polygons.push(polygon),
            Geometry::MultiPolygon(several) => self.polygons.extend(several.0),
            Geometry::GeometryCollection(several) => {
                several.0.into_iter().for_each(|part| self.add(part));
            }
            Geometry::Rect(rect) => self.polygons.push(rect.to_polygon()),
            Geometry::Triangle(triangle) => self.polygons.push(triangle.to_polygon()),
            Geometry::Point(point) => self.add_line(vec![point.0]),
            Geometry::MultiPoint(several) => {
                let points = several.0.into_iter();
                points.for_each(|point| self.add_line(vec![point.0]));
            }
            Geometry::Line(line) => self.add_line(vec![line.start, line.end]),
            Geometry::LineString(line) => self.add_line(line.0),
            Geometry::MultiLineString(several) => {
                several.0.into_iter().for_each(|line| self.add_line(line.0));
            }
        }
    }

    /// Adds a line as a ring that goes there and back.
    fn add_line(&mut self, there: Vec<Coord<f64>>) {
        let back = there.iter().rev().skip(1).copied().collect::<Vec<_>>();
        let ring: Vec<_> = there.into_iter().chain(back).collect();
        if !ring.is_empty() {
            self.lines
                .push(Polygon::new(LineString::new(ring), Vec::new()));
        }
    }
}
