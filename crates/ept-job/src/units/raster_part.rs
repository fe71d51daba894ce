//! Work units of rasters to parts.

use std::path::Path;

use ept_raster::Band;
use ept_reader::{Engine, Unit};
use serde::{Deserialize, Serialize};

use super::raster_work::{CompressionText, RasterWork, numbers};
use crate::{JobError, OnError, Pass, Progress, RasterFiles, RasterProgress, write_raster};

/// What is said in a receipt of the part of a raster, to put it together with others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RasterPart {
    /// The box of the cells with used points: western column, southern row, number of columns and of rows.
    pub(super) used: Option<[i64; 4]>,
    /// The cells of all units.
    pub(super) whole: [i64; 4],
    pub(super) is_cropped: bool,
    pub(super) compression: CompressionText,
    pub(super) bands: Vec<BandText>,
    /// Metadata of the file, as names and values.
    pub(super) items: Vec<(String, String)>,
}

/// A band of a raster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BandText {
    name: String,
    unit: Option<String>,
    description: Option<String>,
}

impl BandText {
    fn of(band: &Band) -> BandText {
        BandText {
            name: band.name.clone(),
            unit: band.unit.clone(),
            description: band.description.clone(),
        }
    }

    pub(super) fn band(&self) -> Band {
        Band {
            unit: self.unit.clone(),
            description: self.description.clone(),
            ..Band::new(&self.name)
        }
    }
}

/// Makes the cells of a unit.
pub(super) async fn write(
    unit: &Unit,
    work: &RasterWork,
    engine: &Engine,
    path: &Path,
    on_error: OnError,
    mut progress: impl FnMut(&Progress),
) -> Result<(RasterPart, u64, Pass), JobError> {
    let model = work.model()?;
    let mut pass = Pass::new(unit.select(engine)?, on_error).with_told(unit.lost());
    pass.note = Some(work.note.clone());
    let files = RasterFiles {
        raster: path.to_owned(),
        mask: None,
        distance: None,
        compression: work.compression.compression(),
    };
    let show = |now: &RasterProgress| {
        if let RasterProgress::Reading(now) = now {
            progress(now);
        }
    };
    let made = write_raster(&mut pass, &model, &files, show).await?;
    let part = RasterPart {
        used: made.used_cells.as_ref().map(numbers),
        whole: work.whole,
        is_cropped: work.is_cropped,
        compression: work.compression,
        bands: made.bands.iter().map(BandText::of).collect(),
        items: made.items,
    };
    Ok((part, made.used, pass))
}
