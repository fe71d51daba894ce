//! Limited Error Raster Compression, as GDAL's `LERC_DEFLATE`.

use lerc_writer::{EncodeOptions, EncoderProfile, MaskView, RasterView, encode};

use super::level::TILE;
use super::{CogError, CogLayout};
use crate::SampleType;
use crate::geotiff::for_each_type;

/// The pixels of a tile as a blob of Lerc2, before Deflate. The error of values is at most `max_error`.
pub(super) fn blob(layout: &CogLayout, pixels: &[u8], max_error: f64) -> Result<Vec<u8>, CogError> {
    let bands = layout.bands.len();
    let mut values = vec![0.0; pixels.len() / layout.sample.size()];
    layout.sample.read(pixels, 1, &mut values);
    // Lerc keeps the least value of each block exactly. So voids stay what they are if no value is less.
    let has_less = |nodata: f64| values.iter().any(|value| *value < nodata);
    let is_allowed = bands == 1 && !layout.nodata.is_some_and(has_less);
    let options = EncodeOptions::new()
        .with_max_z_error(if is_allowed { max_error } else { 0.0 })
        .with_profile(EncoderProfile::Gdal);
    let mask = mask(&values, bands)?;
    let view = MaskView::new(TILE, TILE, &mask).map_err(failed)?;
    let view = mask.contains(&0).then_some(view);
    for_each_type!(layout.sample, T => {
        let (numbers, _) = pixels.as_chunks();
        let numbers: Vec<T> = numbers.iter().map(|number| T::from_le_bytes(*number)).collect();
        let raster = RasterView::new(TILE, TILE, bands as u32, &numbers).map_err(failed)?;
        encode(raster, view, options).map_err(failed)
    })
}

/// 1 for pixels with values, 0 for those that are NaN, which Lerc has no numbers for.
fn mask(values: &[f64], bands: usize) -> Result<Vec<u8>, CogError> {
    let mut mask = Vec::with_capacity(values.len() / bands);
    for pixel in values.chunks(bands) {
        let voids = pixel.iter().filter(|value| value.is_nan()).count();
        if voids > 0 && voids < bands {
            let problem = "Lerc has one mask for all bands, give voids a number";
            return Err(failed(problem));
        }
        mask.push(u8::from(voids == 0));
    }
    Ok(mask)
}

fn failed(problem: impl std::fmt::Display) -> CogError {
    CogError::Compression(problem.to_string())
}
