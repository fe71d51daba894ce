//! Rasters that are read.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use ept_crs::srs_codes;
use ept_raster::GeoTiff;

use super::model::Cells;
use crate::JobError;

/// Opens a GeoTIFF.
///
/// # Errors
/// If it is not one that can be used.
pub(crate) fn open(path: &Path) -> Result<GeoTiff<BufReader<File>>, JobError> {
    let failed = |source| JobError::RasterInput {
        input: path.display().to_string(),
        source,
    };
    let file = File::open(path).map_err(|error| failed(error.into()))?;
    GeoTiff::new(BufReader::new(file)).map_err(failed)
}

/// The cells of a GeoTIFF, to make another raster of the same cells.
///
/// # Errors
/// If it is not one that can be used: its cells must be squares, with north up.
pub fn cells_like(path: &Path) -> Result<Cells, JobError> {
    let file = open(path)?;
    Ok(Cells::Like {
        grid: *file.grid(),
        codes: srs_codes(&file.keys().srs()),
    })
}
