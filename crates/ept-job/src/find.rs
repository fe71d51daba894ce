//! Searches catalogues for surveys that intersect an area.

use std::str::FromStr;

use ept_reader::{
    Area, Bounds, Engine, Error, Survey, opentopography_surveys, read_catalog, surveys_in_areas,
};
use serde_json::{Value, json};

use crate::query_json::bounds_json;
use crate::sorted_json;

/// A catalogue to search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Catalogue {
    /// OpenTopography's catalogue, including what it lists of USGS 3DEP and NOAA.
    OpenTopography,
    /// The EPT datasets of USGS 3DEP.
    Usgs,
    /// The EPT datasets of NOAA's coastal lidar.
    Noaa,
    /// A file or URL, see [`ept_index::Catalog::from_json`].
    At(String),
}

impl FromStr for Catalogue {
    type Err = std::convert::Infallible;

    /// Parses `opentopography`, `3dep`, `noaa`, or the location of another catalogue.
    fn from_str(text: &str) -> Result<Catalogue, std::convert::Infallible> {
        Ok(match text {
            "opentopography" => Catalogue::OpenTopography,
            "3dep" => Catalogue::Usgs,
            "noaa" => Catalogue::Noaa,
            location => Catalogue::At(location.to_owned()),
        })
    }
}

impl Catalogue {
    /// The locations to read for a box in longitude and latitude.
    fn locations(&self, degrees: &Bounds, engine: &Engine) -> Vec<String> {
        let services = &engine.options().services;
        match self {
            Catalogue::OpenTopography => services.opentopography_catalog(degrees),
            Catalogue::Usgs => vec![services.usgs_list.clone()],
            Catalogue::Noaa => vec![services.noaa_list.clone()],
            Catalogue::At(location) => vec![location.clone()],
        }
    }
}

/// The surveys that intersect an area.
#[derive(Debug, Clone, Default)]
pub struct Find {
    /// The surveys, in the order of the catalogues and their answers, without duplicates.
    pub surveys: Vec<Survey>,
    /// The nearest survey in the catalogues and its distance from the area in kilometres, if no survey intersects it.
    pub nearest: Option<(Survey, f64)>,
    /// Catalogues that could not be read, and why.
    pub failed: Vec<(String, String)>,
    /// Addresses of next pages of catalogues that were not read, since they are on other servers.
    pub next: Vec<String>,
}

/// Degrees around an area to search for the nearest survey, in catalogues that only answer queries by area.
const AROUND: f64 = 1.0;

impl Find {
    /// Searches for the surveys that intersect an area. Without a coordinate system, the area is in longitude and
    /// latitude.
    ///
    /// # Errors
    /// If no catalogue can be read, or the area can't be transformed to longitude and latitude.
    pub async fn surveys(
        area: &Area,
        catalogues: &[Catalogue],
        engine: &Engine,
    ) -> Result<Find, Error> {
        let degrees = area.in_degrees()?;
        let mut find = Find::default();
        let mut known: Vec<Survey> = Vec::new();
        let (mut last, mut is_any_read) = (None, false);
        for catalogue in catalogues {
            for location in catalogue.locations(&degrees, engine) {
                match read_catalog(&location, engine).await {
                    Ok(catalog) => {
                        is_any_read = true;
                        find.next.extend(catalog.next.map(|next| next.to_string()));
                        known.extend(catalog.surveys);
                    }
                    Err(error) => {
                        find.failed.push((location, error.to_string()));
                        last = Some(error);
                    }
                }
            }
        }
        if let Some(error) = last
            && !is_any_read
        {
            return Err(error);
        }
        for survey in surveys_in_areas(&known, std::slice::from_ref(area))? {
            if !find.surveys.contains(survey) {
                find.surveys.push(survey.clone());
            }
        }
        if find.surveys.is_empty() {
            if catalogues.contains(&Catalogue::OpenTopography) {
                known.extend(around(&degrees, engine).await);
            }
            find.nearest = nearest(&degrees, &known);
        }
        Ok(find)
    }

    /// All of this as a JSON object.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let failed = self.failed.iter();
        let failed = failed.map(|(at, cause)| json!({ "catalogue": at, "cause": cause }));
        let nearest = self.nearest.as_ref();
        let nearest = nearest.map(|(survey, km)| json!({ "survey": to_json(survey), "km": km }));
        sorted_json(json!({
            "surveys": self.surveys.iter().map(to_json).collect::<Vec<_>>(),
            "nearest": nearest,
            "failed": failed.collect::<Vec<_>>(),
            "next": self.next,
        }))
    }

    /// The surveys as a GeoJSON collection, with their footprints or, failing that, boxes, in longitude and latitude.
    #[must_use]
    pub fn to_geojson(&self) -> Value {
        let feature = |survey: &Survey| {
            json!({
                "type": "Feature",
                "properties": to_json(survey),
                "geometry": geometry(survey),
            })
        };
        let features: Vec<Value> = self.surveys.iter().map(feature).collect();
        sorted_json(json!({ "type": "FeatureCollection", "features": features }))
    }
}

/// OpenTopography's surveys around a box. Errors are ignored, since they are only for a hint.
async fn around(degrees: &Bounds, engine: &Engine) -> Vec<Survey> {
    let (min, max) = (degrees.min(), degrees.max());
    let min = [min[0] - AROUND, (min[1] - AROUND).max(-90.0), min[2]];
    let max = [max[0] + AROUND, (max[1] + AROUND).min(90.0), max[2]];
    let Ok(wide) = Bounds::new(min, max) else {
        return Vec::new();
    };
    opentopography_surveys(&wide, engine)
        .await
        .unwrap_or_default()
}

/// The survey whose box is nearest to another box.
fn nearest(degrees: &Bounds, surveys: &[Survey]) -> Option<(Survey, f64)> {
    let boxes = surveys.iter();
    let boxes = boxes.filter_map(|survey| Some((survey, km(degrees, &survey.bounds?))));
    let (survey, km) = boxes.min_by(|a, b| a.1.total_cmp(&b.1))?;
    Some((survey.clone(), km))
}

/// Kilometres per degree of latitude, the mean on the WGS 84 ellipsoid.
const KM_PER_DEGREE: f64 = 111.195;

/// Approximate distance of two boxes in kilometres.
fn km(a: &Bounds, b: &Bounds) -> f64 {
    let gap = |axis: usize, turn: f64| {
        let before = a.min()[axis] - (b.max()[axis] + turn);
        let after = b.min()[axis] + turn - a.max()[axis];
        f64::max(0.0, f64::max(before, after))
    };
    let across = [-360.0, 0.0, 360.0].map(|turn| gap(0, turn));
    let across = across.into_iter().fold(f64::INFINITY, f64::min);
    let latitude = f64::midpoint(a.min()[1], a.max()[1]).to_radians();
    let (x, y) = (across * latitude.cos(), gap(1, 0.0));
    f64::hypot(x, y) * KM_PER_DEGREE
}

/// The known properties of a survey.
pub(crate) fn to_json(survey: &Survey) -> Value {
    let offers = survey.offers.iter();
    let offers =
        offers.map(|offer| json!({ "kind": offer.kind.name(), "location": offer.location }));
    json!({
        "name": survey.name,
        "shortName": survey.short_name,
        "id": survey.id,
        "dates": survey.dates,
        "points": survey.points,
        "squareKm": survey.square_km,
        "horizontal": survey.horizontal,
        "vertical": survey.vertical,
        "doi": survey.doi,
        "citation": survey.citation,
        "bounds": survey.bounds.as_ref().map(bounds_json),
        "offers": offers.collect::<Vec<_>>(),
    })
}

/// The footprint of a survey or, failing that, its box.
fn geometry(survey: &Survey) -> Option<Value> {
    let ring = |ring: &geo_types::LineString<f64>| -> Value {
        ring.coords()
            .map(|place| json!([place.x, place.y]))
            .collect()
    };
    if let Some(footprint) = &survey.footprint {
        let polygons = footprint.iter().map(|polygon| {
            let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
            rings.map(ring).collect::<Value>()
        });
        let polygons: Value = polygons.collect();
        return Some(json!({ "type": "MultiPolygon", "coordinates": polygons }));
    }
    let bounds = survey.bounds?;
    let ([x0, y0, _], [x1, y1, _]) = (bounds.min(), bounds.max());
    let ring = [[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]];
    Some(json!({ "type": "Polygon", "coordinates": [ring] }))
}
