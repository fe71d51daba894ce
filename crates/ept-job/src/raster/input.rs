//! Rasters that are read.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use ept_crs::{Crs, srs_codes};
use ept_raster::{GeoTiff, GeoTiffError};
use ept_reader::Srs;

use super::model::Cells;
use crate::JobError;

/// Opens a GeoTIFF.
///
/// # Errors
/// If it is not one that can be used.
pub(crate) fn open(path: &Path) -> Result<GeoTiff<BufReader<File>>, JobError> {
    let file = File::open(path).map_err(|error| failed(path, error.into()))?;
    GeoTiff::new(BufReader::new(file)).map_err(|source| failed(path, source))
}

/// The error of a raster that can't be read.
pub(crate) fn failed(path: &Path, source: GeoTiffError) -> JobError {
    JobError::RasterInput {
        input: path.display().to_string(),
        source,
    }
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

/// Refuses a raster in another coordinate system than points. Vertical systems may be unknown, but not different.
///
/// # Errors
/// If both systems are known, and not the same.
pub(crate) fn check_system(path: &Path, raster: &Srs, points: &Srs) -> Result<(), JobError> {
    let [theirs, ours] = [raster, points].map(srs_codes);
    let is_same = match (&theirs, &ours) {
        (Some(theirs), Some(ours)) => is_same_code(theirs, ours),
        _ => is_same_system(raster, points).unwrap_or(true),
    };
    if is_same {
        return Ok(());
    }
    let name =
        |code: Option<String>, srs| code.or_else(|| Some(Crs::of(srs).ok()?.name().to_owned()));
    Err(JobError::RasterSystem {
        input: path.display().to_string(),
        ours: name(ours, points).unwrap_or_default(),
        theirs: name(theirs, raster).unwrap_or_default(),
    })
}

/// Whether two codes such as `EPSG:26915+5703` are of the same system, as far as both name it.
fn is_same_code(a: &str, b: &str) -> bool {
    let parts = a.split('+').zip(b.split('+'));
    parts.into_iter().all(|(a, b)| a == b)
}

/// Whether coordinates in two systems are the same numbers. `None` if one is not known.
fn is_same_system(a: &Srs, b: &Srs) -> Option<bool> {
    let (a, b) = (Crs::of(a).ok()?, Crs::of(b).ok()?);
    Some(a.to(&b).is_ok_and(|transform| transform.is_identity()))
}
