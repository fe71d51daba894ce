//! Tiles to bytes: the part of the work that many threads can do.

use super::level::TILE;
use super::pyramid::Overview;
use super::statistics::Statistics;
use super::{CogError, CogLayout};
use crate::geotiff::Predictor;
use crate::{Raster, Window};

/// A tile that was encoded: to be pushed to the [`CogWriter`](crate::CogWriter).
#[derive(Debug, Clone, PartialEq)]
pub struct EncodedTile {
    pub(super) level: usize,
    pub(super) column: u32,
    pub(super) row: u32,
    /// Compressed values. Empty if all cells are void.
    pub(super) bytes: Vec<u8>,
    /// Those of each band, for tiles of the full resolution that are not void.
    pub(super) statistics: Vec<Statistics>,
    /// The quarter of the tile of the next level, as pixels. `None` if all cells are void, or there is no level.
    pub(super) quarter: Option<Vec<u8>>,
}

impl CogLayout {
    /// Encodes a tile of the full resolution: one raster for each band, of any windows. Cells that a raster lacks, and
    /// values that are not finite, are void. Other values become the nearest that the type of the file has.
    ///
    /// # Errors
    /// If there isn't one raster for each band, or the tile is outside the grid.
    pub fn encode(&self, column: u32, row: u32, bands: &[Raster]) -> Result<EncodedTile, CogError> {
        if bands.len() != self.bands.len() {
            return Err(CogError::BandCount {
                given: bands.len(),
                expected: self.bands.len(),
            });
        }
        let window = self.window(column, row);
        if window.is_empty() {
            return Err(CogError::Tile {
                level: 0,
                column,
                row,
                problem: "is outside the grid",
            });
        }
        match self.pixels(window, bands) {
            Some(pixels) => self.encode_pixels([0, column, row], pixels),
            None => Ok(self.void_tile(column, row)),
        }
    }

    /// A tile of the full resolution without values. It takes no room in the file.
    #[must_use]
    pub fn void_tile(&self, column: u32, row: u32) -> EncodedTile {
        EncodedTile {
            level: 0,
            column,
            row,
            bytes: Vec::new(),
            statistics: Vec::new(),
            quarter: None,
        }
    }

    /// Encodes a tile of an overview.
    ///
    /// # Errors
    /// If it can't be compressed.
    pub fn encode_overview(&self, overview: Overview) -> Result<EncodedTile, CogError> {
        let Overview {
            level,
            column,
            row,
            pixels,
        } = overview;
        match pixels {
            Some(pixels) => self.encode_pixels([level as u32, column, row], pixels),
            None => Ok(EncodedTile {
                level,
                ..self.void_tile(column, row)
            }),
        }
    }

    /// The pixels of a tile in the type of the file. `None` if all are void.
    fn pixels(&self, window: Window, bands: &[Raster]) -> Option<Vec<u8>> {
        let count = bands.len();
        let mut pixels = Vec::with_capacity((TILE * TILE) as usize * self.pixel());
        let mut line = vec![self.void(); TILE as usize * count];
        let mut is_void = true;
        for row in (window.south..window.north()).rev() {
            line.fill(self.void());
            for (band, raster) in bands.iter().enumerate() {
                let line_window = Window {
                    south: row,
                    rows: 1,
                    ..window
                };
                let Some(shared) = raster.window().intersection(&line_window) else {
                    continue;
                };
                let Some(from) = raster.window().position(shared.west, row) else {
                    continue;
                };
                let values = &raster.values()[from..][..shared.columns as usize];
                let start = (shared.west - window.west) as usize * count + band;
                for (cell, value) in line[start..].iter_mut().step_by(count).zip(values) {
                    if value.is_finite() {
                        *cell = *value;
                        is_void = false;
                    }
                }
            }
            self.sample.write(&line, &mut pixels);
        }
        if is_void {
            return None;
        }
        self.fill(&mut pixels);
        Some(pixels)
    }

    /// Appends voids up to the size of a tile.
    pub(super) fn fill(&self, pixels: &mut Vec<u8>) {
        let missing = (TILE * TILE) as usize * self.pixel() - pixels.len();
        let mut void = Vec::new();
        self.sample.write(&[self.void()], &mut void);
        pixels.extend(void.iter().cycle().take(missing));
    }

    fn encode_pixels(
        &self,
        [level, column, row]: [u32; 3],
        mut pixels: Vec<u8>,
    ) -> Result<EncodedTile, CogError> {
        let level = level as usize;
        let bands = self.bands.len();
        let [width, height] = self.level(level).size_of(column, row).map(|n| n as usize);
        let mut values = vec![0.0; (TILE * TILE) as usize * bands];
        self.sample.read(&pixels, 1, &mut values);
        for value in &mut values {
            if self.is_void(*value) {
                *value = f64::NAN;
            }
        }
        let line = TILE as usize * bands;
        // Cells outside the image are no part of statistics and overviews, even where 0 is no void.
        let lines = || {
            values
                .chunks(line)
                .take(height)
                .map(|all| &all[..width * bands])
        };
        let statistics = if level == 0 {
            let of = |band| Statistics::of(lines().flatten().copied().skip(band).step_by(bands));
            (0..bands).map(of).collect()
        } else {
            Vec::new()
        };
        let has_next = level + 1 < self.levels().len();
        let quarter = has_next.then(|| self.quarter(&lines().collect::<Vec<_>>()));
        if self.compression.is_predicted() {
            let predictor = Predictor::of(self.sample);
            let mut spare = Vec::new();
            for row in pixels.chunks_mut(TILE as usize * self.pixel()) {
                predictor.apply(row, self.sample.size(), bands, &mut spare);
            }
        }
        Ok(EncodedTile {
            level,
            column,
            row,
            bytes: self.compression.compress(self, pixels)?,
            statistics,
            quarter,
        })
    }

    /// The pixels of half as many columns and rows, 256 x 256 of them.
    fn quarter(&self, lines: &[&[f64]]) -> Vec<u8> {
        let bands = self.bands.len();
        let half = (TILE / 2) as usize;
        let mut pixels = Vec::with_capacity(half * half * self.pixel());
        let mut row = vec![f64::NAN; half * bands];
        for pair in 0..half {
            let above = lines.get(pair * 2).copied().unwrap_or_default();
            let below = lines.get(pair * 2 + 1).copied().unwrap_or_default();
            for (at, cell) in row.iter_mut().enumerate() {
                let west = at / bands * bands * 2 + at % bands;
                let [west_above, east_above, west_below, east_below] = [
                    above.get(west),
                    above.get(west + bands),
                    below.get(west),
                    below.get(west + bands),
                ]
                .map(|value| value.copied().unwrap_or(f64::NAN));
                let cells = [west_above, east_above, west_below, east_below];
                let value = self.resampling.resample(cells);
                *cell = if value.is_nan() { self.void() } else { value };
            }
            self.sample.write(&row, &mut pixels);
        }
        pixels
    }
}
