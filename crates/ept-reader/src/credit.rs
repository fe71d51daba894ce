//! Credits for the surveys given by short names.

use std::sync::Arc;
use std::time::Duration;

use ept_index::{Credit, Survey};
use ept_select::Area;
use tokio::sync::OnceCell;
use tokio::time::timeout;

use crate::services::{OPENTOPOGRAPHY, USGS};
use crate::{Dataset, opentopography_surveys};

/// How long the catalogue may take. The points do not wait longer for their credits.
const PATIENCE: Duration = Duration::from_secs(10);

/// The short names among the locations of a dataset, and their credits once they were looked up.
#[derive(Debug, Clone, Default)]
pub(crate) struct Credits {
    short_names: Arc<[String]>,
    found: Arc<OnceCell<Vec<Credit>>>,
}

impl Credits {
    pub(crate) fn of(locations: &[String]) -> Credits {
        let is_short = |name: &&String| name.starts_with(OPENTOPOGRAPHY) || name.starts_with(USGS);
        Credits {
            short_names: locations.iter().filter(is_short).cloned().collect(),
            found: Arc::default(),
        }
    }
}

impl Dataset {
    /// Looks up the surveys to credit for the points: those whose locations were given by short names, see
    /// [`Services`](crate::Services). The catalogue is asked only once, and only if there are any. If it can't be read within
    /// ten seconds, that is not an error: the credit is then only the name of the survey.
    pub async fn look_up_credits(&self) -> &[Credit] {
        let credits = self.own_credits();
        credits
            .found
            .get_or_init(|| credits_of(self, &credits.short_names))
            .await
    }

    /// The surveys to credit for the points, if they were [looked up](Dataset::look_up_credits); otherwise none.
    #[must_use]
    pub fn credits(&self) -> &[Credit] {
        self.own_credits().found.get().map_or(&[], Vec::as_slice)
    }
}

async fn credits_of(dataset: &Dataset, short_names: &[String]) -> Vec<Credit> {
    let is_listed = short_names
        .iter()
        .any(|name| name.starts_with(OPENTOPOGRAPHY));
    let listed = if is_listed {
        around(dataset).await
    } else {
        Vec::new()
    };
    let credit = |location: &String| {
        if let Some(name) = location.strip_prefix(USGS) {
            let citation = format!(
                "U.S. Geological Survey, 3D Elevation Program, lidar point cloud {name}; public domain"
            );
            return Credit {
                survey: name.to_owned(),
                citation: Some(citation),
                doi: None,
            };
        }
        let name = location.trim_start_matches(OPENTOPOGRAPHY);
        let mut surveys = listed.iter();
        let survey = surveys.find(|survey| survey.short_name.as_deref() == Some(name));
        Credit {
            survey: name.to_owned(),
            citation: survey.and_then(|survey| survey.citation.clone()),
            doi: survey.and_then(|survey| survey.doi.clone()),
        }
    };
    short_names.iter().map(credit).collect()
}

/// OpenTopography's surveys at the place of a dataset. Empty if the catalogue can't be read.
async fn around(dataset: &Dataset) -> Vec<Survey> {
    let frame = dataset.frame();
    let degrees = frame
        .crs()
        .and_then(|crs| Area::from(*frame.extent()).in_crs(crs).in_degrees());
    let Ok(degrees) = degrees else {
        return Vec::new();
    };
    let surveys = timeout(PATIENCE, opentopography_surveys(&degrees, dataset.engine())).await;
    surveys.ok().and_then(Result::ok).unwrap_or_default()
}
