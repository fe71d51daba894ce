//! Credits for the surveys given by short names.

use ept_index::{Credit, Survey};
use ept_select::Area;

use crate::services::{OPENTOPOGRAPHY, USGS};
use crate::{Dataset, Engine, read_catalog};

/// The credits for the short names among the locations of a dataset. If a catalogue can't be read, that is not an
/// error: the credit is then only the name of the survey.
pub(crate) async fn credits(
    locations: &[String],
    dataset: &Dataset,
    engine: &Engine,
) -> Vec<Credit> {
    let mut credits = Vec::new();
    let mut records: Option<Vec<Survey>> = None;
    for location in locations {
        if let Some(name) = location.strip_prefix(USGS) {
            credits.push(Credit {
                survey: name.to_owned(),
                citation: Some(format!(
                    "U.S. Geological Survey, 3D Elevation Program, lidar point cloud {name}; public domain"
                )),
                doi: None,
            });
        }
        let Some(name) = location.strip_prefix(OPENTOPOGRAPHY) else {
            continue;
        };
        if records.is_none() {
            records = Some(around(dataset, engine).await);
        }
        let mut surveys = records.iter().flatten();
        let survey = surveys.find(|survey| survey.short_name.as_deref() == Some(name));
        credits.push(Credit {
            survey: name.to_owned(),
            citation: survey.and_then(|survey| survey.citation.clone()),
            doi: survey.and_then(|survey| survey.doi.clone()),
        });
    }
    credits
}

/// OpenTopography's surveys at the place of a dataset.
async fn around(dataset: &Dataset, engine: &Engine) -> Vec<Survey> {
    let frame = dataset.frame();
    let Ok(crs) = frame.crs() else {
        return Vec::new();
    };
    let Ok(degrees) = Area::from(*frame.extent()).in_crs(crs).in_degrees() else {
        return Vec::new();
    };
    let mut surveys = Vec::new();
    for url in engine.options().services.opentopography_catalog(&degrees) {
        if let Ok(catalog) = read_catalog(&url, engine).await {
            surveys.extend(catalog.surveys);
        }
    }
    surveys
}
