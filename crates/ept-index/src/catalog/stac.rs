//! STAC items as surveys.

use serde_json::Value;

use super::{FILE, footprint};
use crate::geometry::{bbox, bounds_of};
use crate::location::{Base, is_of_points};
use crate::{IndexError, Offer, OfferKind, Survey};

pub(super) fn surveys(items: &[Value], location: &str) -> Result<Vec<Survey>, IndexError> {
    let base = Base::beside(location);
    let surveys = items.iter().map(|item| survey(item, &base));
    surveys.collect()
}

fn survey(item: &Value, base: &Base) -> Result<Survey, IndexError> {
    let id = item["id"].as_str().unwrap_or_default();
    let fault = |problem: String| IndexError::malformed(FILE, format!("item {id:?}: {problem}"));
    let properties = &item["properties"];
    let text = |name: &str| properties[name].as_str().map(str::to_owned);
    let name = text("title").unwrap_or_else(|| id.to_owned());
    Ok(Survey {
        short_name: Some(id.to_owned()).filter(|id| !id.is_empty() && *id != name),
        dates: dates(properties),
        points: properties["pc:count"].as_u64(),
        horizontal: horizontal(properties),
        doi: text("sci:doi").map(|doi| format!("https://doi.org/{doi}")),
        citation: text("sci:citation"),
        footprint: footprint::polygons(&item["geometry"]).map_err(fault)?,
        bounds: match bbox(&item["bbox"], true) {
            Some(bounds) => Some(bounds),
            None => bounds_of(&item["geometry"]).map_err(fault)?,
        },
        offers: offers(item, base),
        name,
        ..Survey::default()
    })
}

/// The days of an item's time, or of its start and end (STAC, common metadata).
fn dates(properties: &Value) -> Option<[String; 2]> {
    let day = |name: &str| {
        let time = properties[name].as_str()?;
        Some(time.split('T').next().unwrap_or(time).to_owned())
    };
    match (day("start_datetime"), day("end_datetime"), day("datetime")) {
        (Some(first), Some(last), _) => Some([first, last]),
        (_, _, Some(day)) => Some([day.clone(), day]),
        _ => None,
    }
}

/// The code in the projection extension, version 2 or 1.
fn horizontal(properties: &Value) -> Option<String> {
    let code = properties["proj:code"].as_str().map(str::to_owned);
    let epsg = properties["proj:epsg"].as_u64();
    code.or_else(|| epsg.map(|code| format!("EPSG:{code}")))
}

/// The assets that are point files: EPT, then COPC, then others.
fn offers(item: &Value, base: &Base) -> Vec<Offer> {
    let assets = item["assets"].as_object().into_iter().flatten();
    let locations = assets.filter_map(|(_, asset)| asset["href"].as_str());
    let locations = locations.map(str::trim).filter(|href| is_of_points(href));
    let mut offers: Vec<Offer> = locations
        .map(|href| Offer {
            kind: OfferKind::of(href),
            location: base.complete(href),
        })
        .collect();
    offers.sort_by_key(|offer| offer.kind);
    offers
}
