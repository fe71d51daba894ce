//! Queries as JSON that parses as the same query.

use std::fmt;
use std::str::FromStr;

use ept_format::Bounds;
use geo_types::{Coord, LineString, MultiPolygon, Polygon};
use serde::{Deserialize, Serialize};

use crate::area::Footprint;
use crate::query::Detail;
use crate::{Area, Core, Crs, Edge, Origin, Query, SelectError, Spacing, Thin};

/// The JSON form of a query. Whatever is not set is left out.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct QueryText {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    areas: Vec<AreaText>,
    #[serde(rename = "anyOf", skip_serializing_if = "Vec::is_empty")]
    any_of: Vec<AreaText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    edge: Option<EdgeText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    depth: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolution: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dimensions: Option<Vec<String>>,
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    filter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<OriginText>,
    #[serde(rename = "outCrs", skip_serializing_if = "Option::is_none")]
    output_crs: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thin: Option<String>,
    #[serde(rename = "thin3d", skip_serializing_if = "Option::is_none")]
    thin_cubes: Option<String>,
    #[serde(rename = "maxPoints", skip_serializing_if = "Option::is_none")]
    max_points: Option<u64>,
    #[serde(rename = "sourceId", skip_serializing_if = "Option::is_none")]
    source_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    core: Option<AreaText>,
    /// The core with the points around it.
    #[serde(skip_serializing_if = "Option::is_none")]
    around: Option<AreaText>,
    /// The dimension that flags those.
    #[serde(skip_serializing_if = "Option::is_none")]
    halo: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum EdgeText {
    Closed,
    HalfOpen,
}

/// An area, either `box` or `polygons`. An infinite side is null.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AreaText {
    #[serde(rename = "box", skip_serializing_if = "Option::is_none")]
    corners: Option<[Option<f64>; 4]>,
    /// Polygons as lists of rings of positions, the outer ring first.
    #[serde(skip_serializing_if = "Option::is_none")]
    polygons: Option<Vec<Vec<Vec<[f64; 2]>>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    heights: Option<[Option<f64>; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    crs: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    buffer: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OriginText {
    id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// Minimum x, y and z, then the maximum.
    #[serde(skip_serializing_if = "Option::is_none")]
    bounds: Option<[f64; 6]>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    by_bounds: bool,
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = serde_json::to_string(&QueryText::from(self));
        f.write_str(&text.map_err(|_| fmt::Error)?)
    }
}

impl FromStr for Query {
    type Err = SelectError;

    fn from_str(text: &str) -> Result<Query, SelectError> {
        let parsed: QueryText =
            serde_json::from_str(text).map_err(|error| SelectError::Query(error.to_string()))?;
        Query::try_from(parsed)
    }
}

impl Serialize for Query {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        QueryText::from(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Query {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Query, D::Error> {
        let text = QueryText::deserialize(deserializer)?;
        Query::try_from(text).map_err(serde::de::Error::custom)
    }
}

impl From<&Query> for QueryText {
    fn from(query: &Query) -> QueryText {
        let thin = |is_flat: bool| {
            let thin = query.thin.filter(|thin| thin.is_flat == is_flat);
            thin.map(|thin| thin.edge.to_string())
        };
        let halo = query.core.as_ref().and_then(|core| core.halo.as_ref());
        QueryText {
            areas: query.areas.iter().map(AreaText::from).collect(),
            any_of: query.any_of.iter().map(AreaText::from).collect(),
            edge: match query.edge {
                Edge::Closed => None,
                Edge::HalfOpen => Some(EdgeText::HalfOpen),
            },
            depth: match query.detail {
                Detail::Depth(depth) => Some(depth),
                _ => None,
            },
            resolution: match query.detail {
                Detail::Resolution(spacing) => Some(spacing.to_string()),
                _ => None,
            },
            dimensions: query.dimensions.clone(),
            filter: query.filter.as_ref().map(ToString::to_string),
            origin: query.origin.as_ref().map(OriginText::from),
            output_crs: query.output_crs.as_ref().map(crs_text),
            thin: thin(true),
            thin_cubes: thin(false),
            max_points: query.max_points,
            source_id: query.source_id.clone(),
            core: query.core.as_ref().map(|core| AreaText::from(&core.area)),
            around: halo.map(|(around, _)| AreaText::from(around)),
            halo: halo.map(|(_, flag)| flag.clone()),
        }
    }
}

impl TryFrom<QueryText> for Query {
    type Error = SelectError;

    fn try_from(text: QueryText) -> Result<Query, SelectError> {
        let areas = text.areas.into_iter().map(Area::try_from);
        let any_of = text.any_of.into_iter().map(Area::try_from);
        let spacing = |text: Option<String>| text.map(|text| text.parse::<Spacing>()).transpose();
        let (flat, cubes) = (spacing(text.thin)?, spacing(text.thin_cubes)?);
        let has_halo = text.around.is_some() || text.halo.is_some();
        if has_halo && (text.core.is_none() || text.around.is_some() != text.halo.is_some()) {
            let problem = "a halo needs all of `core`, `around` and `halo`";
            return Err(SelectError::Query(problem.into()));
        }
        Ok(Query {
            areas: areas.collect::<Result<_, _>>()?,
            any_of: any_of.collect::<Result<_, _>>()?,
            edge: match text.edge {
                None | Some(EdgeText::Closed) => Edge::Closed,
                Some(EdgeText::HalfOpen) => Edge::HalfOpen,
            },
            detail: match (text.depth, spacing(text.resolution)?) {
                (None, None) => Detail::All,
                (Some(depth), None) => Detail::Depth(depth),
                (None, Some(resolution)) => Detail::Resolution(resolution),
                (Some(_), Some(_)) => return Err(both("depth", "resolution")),
            },
            dimensions: text.dimensions,
            filter: text.filter.map(|filter| filter.parse()).transpose()?,
            origin: text.origin.map(Origin::try_from).transpose()?,
            output_crs: text.output_crs.map(|crs| Crs::parse(&crs)).transpose()?,
            thin: match (flat, cubes) {
                (None, None) => None,
                (Some(edge), None) => Some(Thin::squares(edge)),
                (None, Some(edge)) => Some(Thin::cubes(edge)),
                (Some(_), Some(_)) => return Err(both("thin", "thin3d")),
            },
            max_points: text.max_points,
            source_id: text.source_id,
            core: core(text.core, text.around.zip(text.halo))?,
        })
    }
}

/// A core, with the area around it and the dimension that flags the points there.
fn core(
    area: Option<AreaText>,
    halo: Option<(AreaText, String)>,
) -> Result<Option<Core>, SelectError> {
    let Some(area) = area else {
        return Ok(None);
    };
    let core = Core::new(Area::try_from(area)?);
    Ok(Some(match halo {
        Some((around, flag)) => core.with_halo(Area::try_from(around)?, &flag),
        None => core,
    }))
}

fn both(a: &str, b: &str) -> SelectError {
    SelectError::Query(format!("{a} and {b} exclude each other"))
}

impl From<&Area> for AreaText {
    fn from(area: &Area) -> AreaText {
        let finite = |number: f64| Some(number).filter(|number| number.is_finite());
        let is_endless = area.heights == [f64::NEG_INFINITY, f64::INFINITY];
        let (corners, polygons) = match &area.footprint {
            Footprint::Box { min, max } => {
                let corners = [min[0], min[1], max[0], max[1]];
                (Some(corners.map(finite)), None)
            }
            Footprint::Polygons(polygons) => (None, Some(rings(polygons))),
        };
        AreaText {
            corners,
            polygons,
            heights: (!is_endless).then(|| area.heights.map(finite)),
            crs: area.crs.as_ref().map(crs_text),
            buffer: area.buffer.map(|buffer| buffer.to_string()),
        }
    }
}

impl TryFrom<AreaText> for Area {
    type Error = SelectError;

    fn try_from(text: AreaText) -> Result<Area, SelectError> {
        let low = |number: Option<f64>| number.unwrap_or(f64::NEG_INFINITY);
        let high = |number: Option<f64>| number.unwrap_or(f64::INFINITY);
        let [bottom, top] = text.heights.unwrap_or_default();
        let heights = [low(bottom), high(top)];
        let crs = text.crs.map(|crs| Crs::parse(&crs)).transpose()?;
        let mut area = match (text.corners, text.polygons) {
            (Some([x0, y0, x1, y1]), None) => {
                let (min, max) = ([low(x0), low(y0)], [high(x1), high(y1)]);
                Area::from_corners(
                    [min[0], min[1], heights[0]],
                    [max[0], max[1], heights[1]],
                    crs,
                )?
            }
            (None, Some(polygons)) => {
                let polygons = polygons_of(polygons);
                let area = match text.buffer {
                    Some(_) => Area::new(polygons.clone()).or_else(|_| Area::thin(polygons))?,
                    None => Area::new(polygons)?,
                };
                Area {
                    heights,
                    crs,
                    ..area
                }
            }
            _ => {
                let problem = "an area is either a `box` or `polygons`";
                return Err(SelectError::Query(problem.into()));
            }
        };
        area.buffer = text.buffer.map(|buffer| buffer.parse()).transpose()?;
        Ok(area)
    }
}

fn rings(polygons: &MultiPolygon<f64>) -> Vec<Vec<Vec<[f64; 2]>>> {
    let places = |ring: &LineString<f64>| ring.coords().map(|place| [place.x, place.y]).collect();
    let polygons = polygons.iter().map(|polygon| {
        let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
        rings.map(places).collect()
    });
    polygons.collect()
}

fn polygons_of(polygons: Vec<Vec<Vec<[f64; 2]>>>) -> MultiPolygon<f64> {
    let ring = |places: Vec<[f64; 2]>| -> LineString<f64> {
        places.into_iter().map(|[x, y]| Coord { x, y }).collect()
    };
    let polygons = polygons.into_iter().map(|rings| {
        let mut rings = rings.into_iter().map(ring);
        let outer = rings.next().unwrap_or_else(|| LineString::new(Vec::new()));
        Polygon::new(outer, rings.collect())
    });
    polygons.collect()
}

impl From<&Origin> for OriginText {
    fn from(origin: &Origin) -> OriginText {
        OriginText {
            id: origin.id,
            path: origin.path.clone(),
            bounds: origin.bounds.map(|bounds| {
                let ([x0, y0, z0], [x1, y1, z1]) = (bounds.min(), bounds.max());
                [x0, y0, z0, x1, y1, z1]
            }),
            by_bounds: origin.by_bounds,
        }
    }
}

impl TryFrom<OriginText> for Origin {
    type Error = SelectError;

    fn try_from(text: OriginText) -> Result<Origin, SelectError> {
        let bounds = text.bounds.map(|[x0, y0, z0, x1, y1, z1]| {
            let bounds = Bounds::new([x0, y0, z0], [x1, y1, z1]);
            bounds.map_err(|error| SelectError::Query(error.to_string()))
        });
        Ok(Origin {
            id: text.id,
            path: text.path,
            bounds: bounds.transpose()?,
            by_bounds: text.by_bounds,
        })
    }
}

/// Text that [`Crs::parse`] parses as the same system.
fn crs_text(crs: &Crs) -> String {
    if crs.name().starts_with("EPSG:") {
        return crs.name().to_owned();
    }
    crs.well_known_text().unwrap_or(crs.definition()).to_owned()
}
