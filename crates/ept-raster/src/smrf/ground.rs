//! The surface of the ground.

use super::certainty::Certainty;
use super::nearest_cells::NearestCells;
use crate::{Raster, Window};

/// The ground in a window, and how far from it points are ground, in each cell that has points.
#[derive(Debug, Clone, PartialEq)]
pub struct GroundSurface {
    heights: Raster,
    tolerances: Raster,
}

impl GroundSurface {
    /// Height of the ground in each cell with points: that of the lowest point, or where that is an object, the mean of
    /// cells around.
    #[must_use]
    pub fn heights(&self) -> &Raster {
        &self.heights
    }

    /// How far from the ground points are still ground, in each cell with points.
    #[must_use]
    pub fn tolerances(&self) -> &Raster {
        &self.tolerances
    }

    /// Whether a point in a cell is ground. Never outside the window, or in a cell of which the lowest height was not known.
    #[must_use]
    pub fn is_ground(&self, column: i64, row: i64, height: f64) -> bool {
        // Also false for NaN.
        (self.heights.get(column, row) - height).abs() <= self.tolerances.get(column, row)
    }

    /// No ground.
    #[must_use]
    pub fn void(window: Window) -> GroundSurface {
        GroundSurface {
            heights: Raster::void(window),
            tolerances: Raster::void(window),
        }
    }

    pub(super) fn set(&mut self, position: usize, height: f64, tolerance: f64) {
        self.heights.values_mut()[position] = height;
        self.tolerances.values_mut()[position] = tolerance;
    }
}

/// The lowest surface without objects, in a part of a grid.
pub(super) struct Terrain<'a> {
    /// Has no values in the cells of objects.
    bare: &'a Raster,
    nearest: NearestCells<'a>,
    certainty: Certainty,
    grid: Window,
}

impl Terrain<'_> {
    pub(super) fn new<'a>(bare: &'a Raster, certainty: Certainty, grid: &Window) -> Terrain<'a> {
        Terrain {
            bare,
            nearest: NearestCells::new(bare),
            certainty,
            grid: *grid,
        }
    }

    /// Height of a cell, and rise per cell. `None` if they are not certain.
    pub(super) fn at(&self, cell: [i64; 2]) -> Option<[f64; 2]> {
        let height = self.height(cell)?;
        let east = self.rise(cell, [1, 0])?;
        let north = self.rise(cell, [0, 1])?;
        Some([height, (east * east + north * north).sqrt()])
    }

    /// Rise per cell between the neighbours of a cell in a direction. The cell itself stands for one outside the grid.
    fn rise(&self, [column, row]: [i64; 2], [east, north]: [i64; 2]) -> Option<f64> {
        let step = |steps: i64| {
            let [column, row] = [column + steps * east, row + steps * north];
            self.grid.contains(column, row).then_some([column, row])
        };
        let (before, after) = (step(-1), step(1));
        let steps = u8::from(before.is_some()) + u8::from(after.is_some());
        let own = [column, row];
        let rise = self.height(after.unwrap_or(own))? - self.height(before.unwrap_or(own))?;
        Some(rise / f64::from(steps.max(1)))
    }

    /// Height of a cell.
    fn height(&self, [column, row]: [i64; 2]) -> Option<f64> {
        let position = self.bare.window().position(column, row)?;
        let own = self.bare.values()[position];
        let (height, distance) = if own.is_nan() {
            let found = self.nearest.mean(position);
            found.unwrap_or((f64::NAN, f64::INFINITY))
        } else {
            (own, 0.0)
        };
        let is_certain = self.certainty.is_certain(position, distance);
        is_certain.then_some(height)
    }
}
