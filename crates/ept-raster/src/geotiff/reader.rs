//! Reading a GeoTIFF.

use std::collections::VecDeque;
use std::io::{Read, Seek};

use ept_format::GeoKeys;

use super::chunks::Chunks;
use super::directory::Directory;
use super::georeference::grid;
use super::{GeoTiffError, SampleType, tag};
use crate::{Grid, Raster, Window};

/// A GeoTIFF of which windows are read, without more of it than the tiles or strips around them.
///
/// Supports tiles and strips, classic TIFF and BigTIFF, integers of 8 to 32 bits and floats of 32 and 64 bits, without
/// compression or with Deflate or LZW (with the feature `zstd` also Zstandard), and all predictors. Cells must be squares
/// with north up. Of a file with overviews, this is the full resolution. The file may be anything: damage is an error.
///
/// ```no_run
/// use ept_raster::GeoTiff;
///
/// let mut file = GeoTiff::new(std::fs::File::open("dtm.tif")?)?;
/// let all = file.read(0, *file.grid().window())?;
/// println!("{} cells, CRS {:?}", all.values().len(), file.keys().srs().codes());
/// # Ok::<(), ept_raster::GeoTiffError>(())
/// ```
#[derive(Debug)]
pub struct GeoTiff<R> {
    file: R,
    grid: Grid,
    chunks: Chunks,
    nodata: Option<f64>,
    keys: GeoKeys,
    /// Decoded chunks, the last used ones at the end.
    cache: VecDeque<(u64, Option<Vec<u8>>)>,
}

/// Maximum bytes of the cache, but for the chunk in use.
const CACHE: usize = 64 << 20;

impl<R: Read + Seek> GeoTiff<R> {
    /// Reads the tags of a file.
    ///
    /// # Errors
    /// If the file is not a GeoTIFF of a supported kind.
    pub fn new(mut file: R) -> Result<GeoTiff<R>, GeoTiffError> {
        let directory = Directory::read(&mut file)?;
        let chunks = Chunks::read(&directory, &mut file)?;
        let keys = directory.numbers(&mut file, tag::GEO_DIRECTORY)?;
        let keys = GeoKeys::new(
            keys.into_iter().map(|number| number as u16).collect(),
            directory.doubles(&mut file, tag::GEO_DOUBLES)?,
            directory.text(&mut file, tag::GEO_TEXTS)?,
        );
        let grid = grid(&directory, &mut file, &keys, chunks.image())?;
        let metadata = directory.text(&mut file, tag::GDAL_METADATA)?;
        let metadata = String::from_utf8_lossy(&metadata);
        if metadata.contains("role=\"scale\"") || metadata.contains("role=\"offset\"") {
            let problem = "has scaled values: convert it with gdal_translate -unscale -ot Float32";
            return Err(GeoTiffError::Unsupported(problem.into()));
        }
        let text = directory.text(&mut file, tag::GDAL_NODATA)?;
        let text = String::from_utf8_lossy(&text);
        let nodata = text.trim_matches(['\0', ' ']).parse().ok();
        Ok(GeoTiff {
            // Text has other digits than 32-bit floats.
            nodata: nodata.map(|nodata: f64| {
                if chunks.sample.is_float() {
                    chunks.sample.stored(nodata)
                } else {
                    nodata
                }
            }),
            file,
            grid,
            chunks,
            keys,
            cache: VecDeque::new(),
        })
    }

    /// The cells.
    #[must_use]
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// Number of bands.
    #[must_use]
    pub fn bands(&self) -> usize {
        self.chunks.bands
    }

    /// The type of the values.
    #[must_use]
    pub fn sample_type(&self) -> SampleType {
        self.chunks.sample
    }

    /// The value of voids. `None` if the file does not say it.
    #[must_use]
    pub fn nodata(&self) -> Option<f64> {
        self.nodata
    }

    /// The coordinate system.
    #[must_use]
    pub fn keys(&self) -> &GeoKeys {
        &self.keys
    }

    /// The values of a band, counted from 0, in a window of the lattice of the grid. Cells outside the file, voids and
    /// infinite values are NaN.
    ///
    /// # Errors
    /// If the file is damaged or can't be read, or there is no such band.
    pub fn read(&mut self, band: usize, window: Window) -> Result<Raster, GeoTiffError> {
        let bands = self.chunks.bands;
        if band >= bands {
            let problem = format!("has {bands} bands, so no band {}", band + 1);
            return Err(GeoTiffError::Unsupported(problem));
        }
        if window.check().is_err() {
            let problem = format!(
                "has too many cells to read {} x {} at once",
                window.columns, window.rows
            );
            return Err(GeoTiffError::Unsupported(problem));
        }
        let mut raster = Raster::void(window);
        let all = *self.grid.window();
        let Some(shared) = all.intersection(&window) else {
            return Ok(raster);
        };
        let [width, height] = self.chunks.size;
        // Columns and rows of the image, counted from its north-western corner.
        let left = (shared.west - all.west) as u32;
        let top = (all.north() - shared.north()) as u32;
        let (right, bottom) = (left + shared.columns - 1, top + shared.rows - 1);
        for row in top / height..=bottom / height {
            for column in left / width..=right / width {
                let tile = Window {
                    west: all.west + i64::from(column) * i64::from(width),
                    south: all.north() - (i64::from(row) + 1) * i64::from(height),
                    columns: width,
                    rows: height,
                };
                if let Some(part) = tile.intersection(&shared) {
                    let index = self.chunks.index(column, row, band);
                    self.copy(index, band, tile, part, &mut raster)?;
                }
            }
        }
        Ok(raster)
    }

    /// Copies a part of a chunk.
    fn copy(
        &mut self,
        index: u64,
        band: usize,
        tile: Window,
        part: Window,
        raster: &mut Raster,
    ) -> Result<(), GeoTiffError> {
        self.load(index)?;
        let window = *raster.window();
        let Some((_, Some(bytes))) = self.cache.back() else {
            // Not in the file: void, or 0 if there are no voids.
            if self.nodata.is_none() {
                fill(raster, part);
            }
            return Ok(());
        };
        let (size, step) = (self.chunks.sample.size(), self.chunks.step());
        for row in part.south..part.north() {
            let places = (
                tile.position(part.west, row),
                window.position(part.west, row),
            );
            let (Some(from), Some(to)) = places else {
                continue;
            };
            let values = &mut raster.values_mut()[to..][..part.columns as usize];
            let from = (from * step + self.chunks.place(band)) * size;
            self.chunks
                .sample
                .read(bytes.get(from..).unwrap_or_default(), step, values);
            for value in values {
                if !value.is_finite() || self.nodata == Some(*value) {
                    *value = f64::NAN;
                }
            }
        }
        Ok(())
    }

    /// Brings a chunk to the end of the cache.
    fn load(&mut self, index: u64) -> Result<(), GeoTiffError> {
        let known = self.cache.iter().position(|(known, _)| *known == index);
        let chunk = match known.and_then(|at| self.cache.remove(at)) {
            Some(chunk) => chunk,
            None => {
                let size = |chunk: &Option<Vec<u8>>| chunk.as_ref().map_or(64, Vec::len);
                let mut total: usize = self.cache.iter().map(|(_, chunk)| size(chunk)).sum();
                while total > CACHE {
                    total -= self
                        .cache
                        .pop_front()
                        .map_or(total, |(_, chunk)| size(&chunk));
                }
                (index, self.chunks.decode(&mut self.file, index)?)
            }
        };
        self.cache.push_back(chunk);
        Ok(())
    }
}

fn fill(raster: &mut Raster, part: Window) {
    let window = *raster.window();
    for row in part.south..part.north() {
        if let Some(at) = window.position(part.west, row) {
            raster.values_mut()[at..][..part.columns as usize].fill(0.0);
        }
    }
}
