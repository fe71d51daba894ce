//! The ground as a raster.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use ept_raster::{GeoTiff, Grid, Raster};
use ept_reader::{PointBatch, Srs};

use crate::JobError;
use crate::raster::extent::Extent;
use crate::raster::gather::window_of;
use crate::raster::input;

/// Cells along the edge of what is read at once.
const BLOCK: i64 = 512;

/// The ground as a raster, of which cells are read as points need them.
#[derive(Debug)]
pub(crate) struct TerrainRaster {
    path: PathBuf,
    grid: Grid,
    file: Mutex<GeoTiff<BufReader<File>>>,
    has_values: AtomicBool,
    has_voids: AtomicBool,
}

impl TerrainRaster {
    /// Opens a GeoTIFF for points in a coordinate system.
    ///
    /// # Errors
    /// If it can't be used, or is in another coordinate system.
    pub(crate) fn open(path: &Path, points: &Srs) -> Result<TerrainRaster, JobError> {
        let file = input::open(path)?;
        input::check_system(path, &file.keys().srs(), points)?;
        Ok(TerrainRaster {
            path: path.to_owned(),
            grid: *file.grid(),
            file: Mutex::new(file),
            has_values: AtomicBool::new(false),
            has_voids: AtomicBool::new(false),
        })
    }

    /// Heights of points above the cells that they are in, NaN if those have no value.
    ///
    /// # Errors
    /// If the raster can't be read.
    pub(crate) fn heights(&self, points: &PointBatch) -> Result<Vec<f64>, JobError> {
        let mut heights = vec![f64::NAN; points.len()];
        let mut blocks: BTreeMap<[i64; 2], Vec<(usize, [i64; 2])>> = BTreeMap::new();
        for (row, [x, y, _]) in points.places().enumerate() {
            let cell = self.grid.lattice().find(x, y);
            let cell = cell.filter(|[x, y]| self.grid.window().contains(*x, *y));
            if let Some(cell) = cell {
                let block = cell.map(|index| index.div_euclid(BLOCK));
                blocks.entry(block).or_default().push((row, cell));
            }
        }
        let z = points.z().unwrap_or_default();
        for rows in blocks.into_values() {
            let ground = self.read(rows.iter().map(|(_, cell)| *cell))?;
            for (row, [column, line]) in rows {
                heights[row] = z
                    .get(row)
                    .map_or(f64::NAN, |z| z - ground.get(column, line));
            }
        }
        let is_void = |height: &f64| height.is_nan();
        let has_voids = heights.iter().any(is_void);
        self.has_voids.fetch_or(has_voids, Ordering::Relaxed);
        let has_values = !heights.iter().all(is_void);
        self.has_values.fetch_or(has_values, Ordering::Relaxed);
        Ok(heights)
    }

    /// Whether there were points, but no value at any of them.
    pub(crate) fn is_elsewhere(&self) -> bool {
        self.has_voids.load(Ordering::Relaxed) && !self.has_values.load(Ordering::Relaxed)
    }

    /// The values of some cells of a block, and of those between.
    fn read(&self, cells: impl Iterator<Item = [i64; 2]>) -> Result<Raster, JobError> {
        let around = cells.map(Extent::of).reduce(Extent::joined);
        let window = window_of(around.unwrap_or(Extent::of([0, 0])))?;
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.read(0, window)
            .map_err(|source| input::failed(&self.path, source))
    }
}
