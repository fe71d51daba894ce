//! Areas as text: WKT and GeoJSON.

use std::str::FromStr;

use geo_types::{Coord, Geometry, LineString, MultiPolygon, Polygon};

use crate::geojson_area::from_geojson;
use crate::wkt_area::from_wkt;
use crate::{Area, Crs, SelectError};

impl Area {
    /// Parses an area from WKT (one or more geometries) or GeoJSON (a geometry, a feature or a collection). The area is
    /// the union of everything in it. Lines and points have no inside: with them, the area needs a
    /// [buffer](Area::buffered).
    ///
    /// Coordinates are in `crs`, otherwise in the system named in the text: in WKT by a prefix `SRID=n;` or a suffix `/
    /// EPSG:n`, as PDAL writes it, in GeoJSON by a `crs` member, as in older files, or an `srs` member. Otherwise WKT
    /// is in the dataset's coordinates, and GeoJSON in longitude and latitude (RFC 7946, section 4).
    ///
    /// # Errors
    /// If the text is neither or contains something else, names several coordinate systems, or is GeoJSON without a
    /// named system whose coordinates are not degrees. The message says where.
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

/// As [`Area::from_text`] with the coordinate system named in the text.
impl FromStr for Area {
    type Err = SelectError;

    fn from_str(text: &str) -> Result<Area, SelectError> {
        Area::from_text(text, None)
    }
}

/// The only coordinate system among these names. `None` if there is no name.
pub(crate) fn one_crs(mut names: Vec<String>) -> Result<Option<Crs>, SelectError> {
    names.dedup();
    let mut first: Option<Crs> = None;
    for name in &names {
        let crs = Crs::parse(name)?;
        match &first {
            Some(other) if *other != crs => {
                let (first, second) = (other.name(), crs.name());
                return Err(SelectError::Geometry(format!(
                    "it names several coordinate systems, for example {first} and {second}"
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
        // Only checks the polygons.
        Area::new(MultiPolygon::new(polygons.clone()))?;
    }
    lines.extend(polygons);
    Area::thin(MultiPolygon::new(lines))
}

/// The parts of geometries: polygons, with lines and points as rings without an inside.
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
