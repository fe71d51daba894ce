//! What a Cloud Optimized GeoTIFF contains, beside its values.

use ept_format::GeoKeys;

use super::level::{Level, TILE};
use super::{Band, CogError, Compression, Resampling};
use crate::{Grid, SampleType, Window};

/// What a Cloud Optimized GeoTIFF contains, beside its values: cells, bands, type of values, coordinate system.
///
/// It divides the grid into tiles of 512 x 512 cells from the north-western corner, and encodes them
/// ([`CogLayout::encode`]). [`CogWriter`](crate::CogWriter) makes the file of them.
#[derive(Debug, Clone, PartialEq)]
pub struct CogLayout {
    grid: Grid,
    levels: Vec<Level>,
    pub(super) sample: SampleType,
    pub(super) bands: Vec<Band>,
    pub(super) nodata: Option<f64>,
    pub(super) compression: Compression,
    pub(super) resampling: Resampling,
    pub(super) keys: GeoKeys,
    pub(super) items: Vec<(String, String)>,
}

/// What marks voids in floats unless told otherwise, as most terrain models have it.
const NODATA: f64 = -9999.0;

impl CogLayout {
    /// Maximum number of tiles of all levels together, for which a file needs 16 bytes each in memory: 256 MiB.
    pub const MOST_TILES: u64 = 1 << 24;
    /// Maximum number of bands.
    pub const MOST_BANDS: usize = 256;

    /// A file for the cells of a grid. Voids are -9999 in floats; integers have no voids, unless
    /// [`CogLayout::with_nodata`] gives them a value.
    ///
    /// # Errors
    /// If there are no cells or no bands, or too many bands or tiles.
    pub fn new(grid: Grid, sample: SampleType, bands: Vec<Band>) -> Result<CogLayout, CogError> {
        if grid.window().is_empty() {
            return Err(CogError::Empty("cells"));
        }
        if bands.is_empty() {
            return Err(CogError::Empty("bands"));
        }
        if bands.len() > CogLayout::MOST_BANDS {
            return Err(CogError::Bands {
                bands: bands.len(),
                limit: CogLayout::MOST_BANDS,
            });
        }
        let levels = Level::pyramid(grid.columns(), grid.rows());
        let tiles = levels.iter().map(Level::tiles).sum();
        if tiles > CogLayout::MOST_TILES {
            return Err(CogError::Tiles {
                columns: grid.columns(),
                rows: grid.rows(),
                tiles,
                limit: CogLayout::MOST_TILES,
            });
        }
        Ok(CogLayout {
            grid,
            levels,
            sample,
            bands,
            nodata: sample.is_float().then_some(NODATA),
            compression: Compression::default(),
            resampling: Resampling::default(),
            keys: GeoKeys::default(),
            items: Vec::new(),
        })
    }

    /// The same with another value for voids. Values equal to it are read as voids.
    ///
    /// # Errors
    /// If the type of the values does not have it.
    pub fn with_nodata(self, nodata: f64) -> Result<CogLayout, CogError> {
        let sample = self.sample;
        let is_nan = nodata.is_nan() && sample.is_float();
        if !is_nan && (sample.stored(nodata) != nodata || nodata.is_infinite()) {
            return Err(CogError::Nodata { nodata, sample });
        }
        Ok(CogLayout {
            nodata: Some(nodata),
            ..self
        })
    }

    /// The same with another compression.
    #[must_use]
    pub fn with_compression(self, compression: Compression) -> CogLayout {
        CogLayout {
            compression,
            ..self
        }
    }

    /// The same with another rule for overviews.
    #[must_use]
    pub fn with_resampling(self, resampling: Resampling) -> CogLayout {
        CogLayout { resampling, ..self }
    }

    /// The same with a coordinate system.
    #[must_use]
    pub fn with_keys(self, keys: GeoKeys) -> CogLayout {
        CogLayout { keys, ..self }
    }

    /// The same with one more entry of metadata about the whole file.
    #[must_use]
    pub fn with_item(mut self, name: &str, value: &str) -> CogLayout {
        self.items.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The cells.
    #[must_use]
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// Number of columns of tiles and of rows of tiles.
    #[must_use]
    pub fn tiles(&self) -> [u32; 2] {
        let full = self.level(0);
        [full.across(), full.down()]
    }

    /// The cells of a tile: at most 512 x 512. Columns are counted from the west, rows from the north. A tile outside the
    /// grid has no cells.
    #[must_use]
    pub fn window(&self, column: u32, row: u32) -> Window {
        let [columns, rows] = if column < self.tiles()[0] && row < self.tiles()[1] {
            self.level(0).size_of(column, row)
        } else {
            [0, 0]
        };
        let all = self.grid.window();
        Window {
            west: all.west + i64::from(column) * i64::from(TILE),
            south: all.north() - i64::from(row) * i64::from(TILE) - i64::from(rows),
            columns,
            rows,
        }
    }

    /// The full resolution, then the overviews.
    pub(super) fn levels(&self) -> &[Level] {
        &self.levels
    }

    pub(super) fn level(&self, level: usize) -> Level {
        self.levels[level]
    }

    /// What a void is in the file.
    pub(super) fn void(&self) -> f64 {
        self.nodata.unwrap_or(0.0)
    }

    /// Whether a value of the file is a void.
    pub(super) fn is_void(&self, value: f64) -> bool {
        value.is_nan() || self.nodata == Some(value)
    }

    /// Bytes of a pixel.
    pub(super) fn pixel(&self) -> usize {
        self.sample.size() * self.bands.len()
    }
}
