//! Information about a survey from a tile index and a catalogue.

use ept_index::Reading;
use ept_reader::{Area, Edge, Engine, Error, Services, StoredFile, Survey, opentopography_surveys};
use futures::{StreamExt, stream};
use serde_json::{Value, json};

use crate::query_json::bounds_json;
use crate::{Tiles, sorted_json};

/// Information about a survey from its tile index, without opening its files, and from the catalogue if it was given by
/// a short name.
#[derive(Debug, Clone)]
pub struct SurveyInfo {
    tiles: Tiles,
    bytes: Option<u64>,
    is_estimate: bool,
    survey: Option<Survey>,
}

/// Number of files whose sizes are requested. The sizes of others are estimated from them.
const SAMPLE: usize = 64;

impl SurveyInfo {
    /// Reads the index at a path, URL or short name.
    ///
    /// # Errors
    /// If it can't be read. If the catalogue or a size can't be read, that is not an error.
    pub async fn read(
        location: &str,
        reading: &Reading,
        engine: &Engine,
    ) -> Result<SurveyInfo, Error> {
        let tiles = Tiles::find(location, reading, &[], Edge::Closed, engine).await?;
        Ok(SurveyInfo {
            bytes: bytes(location, &tiles, engine).await,
            is_estimate: tiles.index().rows.len() > SAMPLE,
            survey: match Services::opentopography_name(location) {
                Some(name) => survey(name, &tiles, engine).await,
                None => None,
            },
            tiles,
        })
    }

    /// The tiles.
    #[must_use]
    pub fn tiles(&self) -> &Tiles {
        &self.tiles
    }

    /// Total size of the tiles in bytes. `None` if a server does not tell sizes.
    #[must_use]
    pub fn bytes(&self) -> Option<u64> {
        self.bytes
    }

    /// Whether the size is estimated from a sample of the tiles.
    #[must_use]
    pub fn is_estimate(&self) -> bool {
        self.is_estimate
    }

    /// The survey in the catalogue. `None` if there is no catalogue, or it can't be read.
    #[must_use]
    pub fn survey(&self) -> Option<&Survey> {
        self.survey.as_ref()
    }

    /// All of this as a JSON object.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let index = self.tiles.index();
        sorted_json(json!({
            "kind": "tiles",
            "tiles": self.tiles.total(),
            "points": self.tiles.points(),
            "bounds": self.tiles.bounds().as_ref().map(bounds_json),
            "crs": index.crs.as_ref().map(ept_crs::Crs::name),
            "bytes": self.bytes,
            "isEstimate": self.is_estimate,
            "survey": self.survey.as_ref().map(crate::find::to_json),
        }))
    }
}

/// The total size of the tiles of the index at a location, estimated from an evenly spread sample.
async fn bytes(index: &str, tiles: &Tiles, engine: &Engine) -> Option<u64> {
    let rows = &tiles.index().rows;
    let count = rows.len().min(SAMPLE);
    let sample = (0..count).map(|at| &rows[at * rows.len() / count].location);
    let size = async |location: &String| {
        let file = StoredFile::listed(location, index, engine).ok()?;
        file.size().await.ok().flatten()
    };
    let sizes: Vec<Option<u64>> = stream::iter(sample)
        .map(size)
        .buffered(SAMPLE)
        .collect()
        .await;
    let sum = sizes.into_iter().sum::<Option<u64>>()?;
    let all = u128::from(sum) * rows.len() as u128 / u128::max(count as u128, 1);
    u64::try_from(all).ok()
}

/// The survey in OpenTopography's catalogue, whose tiles are known.
async fn survey(name: &str, tiles: &Tiles, engine: &Engine) -> Option<Survey> {
    let crs = tiles.index().crs.clone()?;
    let degrees = Area::from(tiles.bounds()?).in_crs(crs).in_degrees().ok()?;
    let surveys = opentopography_surveys(&degrees, engine).await.ok()?;
    let mut surveys = surveys.into_iter();
    surveys.find(|survey| survey.short_name.as_deref() == Some(name))
}
