//! Lists of EPT datasets in GeoJSON, for example `resources.geojson` of <https://github.com/hobuinc/usgs-lidar>.

use std::collections::HashMap;

use geo_types::MultiPolygon;
use serde_json::Value;

use super::{FILE, footprint, unknown};
use crate::geometry::bounds_of;
use crate::location::Base;
use crate::{IndexError, Offer, OfferKind, Survey};

/// A survey for each dataset. Several features of the same dataset are one survey.
pub(super) fn surveys(features: &[Value], location: &str) -> Result<Vec<Survey>, IndexError> {
    let base = Base::beside(location);
    let mut surveys: Vec<Survey> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for (at, feature) in features.iter().enumerate() {
        let fault =
            |problem: String| IndexError::malformed(FILE, format!("feature {}: {problem}", at + 1));
        let properties = &feature["properties"];
        let Some(url) = properties["url"].as_str().map(str::trim) else {
            return Err(unknown());
        };
        let url = base.complete(url);
        let polygons = footprint::polygons(feature).map_err(fault)?;
        let bounds = bounds_of(&feature["geometry"]).map_err(fault)?;
        if let Some(&at) = known.get(&url) {
            let survey = &mut surveys[at];
            survey.footprint = match (survey.footprint.take(), polygons) {
                (Some(MultiPolygon(mut all)), Some(MultiPolygon(more))) => {
                    all.extend(more);
                    Some(MultiPolygon(all))
                }
                (all, more) => all.or(more),
            };
            survey.bounds = match (survey.bounds, bounds) {
                (Some(all), Some(more)) => Some(all.joined(&more)),
                (all, more) => all.or(more),
            };
            continue;
        }
        known.insert(url.clone(), surveys.len());
        let name = properties["name"]
            .as_str()
            .map(|name| name.trim().to_owned());
        surveys.push(Survey {
            name: name.clone().unwrap_or_else(|| url.clone()),
            short_name: name,
            id: id(&properties["id"]),
            points: properties["count"].as_u64(),
            footprint: polygons,
            bounds,
            offers: vec![Offer {
                kind: OfferKind::of(&url),
                location: url,
            }],
            ..Survey::default()
        });
    }
    Ok(surveys)
}

fn id(value: &Value) -> Option<String> {
    match value {
        Value::String(id) => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}
