//! Which points are ground: the simple morphological filter.

use super::certainty::Certainty;
use super::ground::{GroundSurface, Terrain};
use super::nearest_cells::NearestCells;
use super::opening::Erosion;
use crate::{Raster, RasterError, Window};

/// The simple morphological filter (SMRF) of Pingel, Clarke and `McBride` (2013), as PDAL's `filters.smrf` has it, without net
/// cutting: a surface of the lowest points is opened by larger and larger discs, and what is removed is not ground.
///
/// It differs from PDAL in two ways. Cells are those of any lattice; PDAL counts them from the least coordinates. And where
/// several cells are equally far from a void, PDAL takes those that it finds first. PDAL uses last returns only, by default:
/// the caller chooses the points.
///
/// A part of a surface is certain if no cell beyond what is known can change it. A void has the mean of the eight nearest
/// cells, so it is certain if they are nearer than the end of the halo. An opening of radius `r` depends on cells at most
/// `2 r` steps away, so what is an object is certain that far from the end of the halo and from voids that are not. A cell
/// of an object has the mean of the eight nearest others, and is certain if they are nearer than any cell of which that is
/// not certain. Slopes depend on one more cell on each side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Smrf {
    /// Steepest slope of ground, as rise per distance. Default: 0.15.
    pub slope: f64,
    /// Radius of the largest disc, in cells, rounded up: things that are wider are ground. Default: 18.
    pub window: f64,
    /// By how much a point may be off the surface, in units of its height. Default: 0.5.
    pub threshold: f64,
    /// How much more that is on slopes, times the rise per distance. Default: 1.25.
    pub scalar: f64,
}

impl Default for Smrf {
    fn default() -> Smrf {
        Smrf {
            slope: 0.15,
            window: 18.0,
            threshold: 0.5,
            scalar: 1.25,
        }
    }
}

/// Slope of the filter for points that are too low.
const LOW_SLOPE: f64 = 5.0;

impl Smrf {
    /// Maximum radius of a disc, in cells. The time increases with the square of the radius.
    pub const LARGEST: f64 = 128.0;

    /// How many cells around a window are needed at least, and some more for voids: what to begin with.
    ///
    /// # Errors
    /// If [`Smrf::window`] is not greater than 0 or larger than [`Smrf::LARGEST`].
    pub fn halo(&self) -> Result<u32, RasterError> {
        Ok(2 * self.radius()? + 28)
    }

    fn radius(&self) -> Result<u32, RasterError> {
        let (radius, limit) = (self.window, Smrf::LARGEST);
        if radius > 0.0 && radius <= limit {
            Ok(radius.ceil() as u32)
        } else {
            Err(RasterError::Radius { radius, limit })
        }
    }

    /// The ground in a window, from the lowest heights in its cells and those of a halo. `None` if the halo is too small to
    /// be certain that more of it would change nothing: try again with twice as much. A halo up to the edges of `grid` is
    /// always enough.
    ///
    /// `lowest` has the least height of the points in each cell of the window and its halo, see
    /// [`Statistic::Min`](crate::Statistic::Min). `grid` has the cells of all points, `cell` is the edge length of a cell in
    /// units of heights.
    ///
    /// # Errors
    /// If a number of the filter is out of its limits, or there are more than [`Window::MOST_CELLS`] cells.
    pub fn ground(
        &self,
        lowest: &Raster,
        grid: &Window,
        window: Window,
        cell: f64,
    ) -> Result<Option<GroundSurface>, RasterError> {
        let radius = self.radius()?;
        lowest.window().check()?;
        window.check()?;
        let Some(region) = lowest.window().intersection(grid) else {
            return Ok(Some(GroundSurface::void(window)));
        };
        let lowest = lowest.cropped(region);
        let mut certainty = Certainty::new(region, grid);
        let whole = without_voids(&lowest, &mut certainty);
        let objects = self.objects(&whole, radius, cell);
        certainty.spread(2 * radius);
        let bare = without(whole, &objects);
        let terrain = Terrain::new(&bare, certainty, grid);
        let is_asked =
            |column, row| window.contains(column, row) && !lowest.get(column, row).is_nan();
        let mut surface = GroundSurface::void(window);
        for position in 0..window.len() {
            let [column, row] = window.cell_at(position);
            if !is_asked(column, row) {
                continue;
            }
            let Some([height, rise]) = terrain.at([column, row]) else {
                return Ok(None);
            };
            surface.set(position, height, self.threshold + self.scalar * rise / cell);
        }
        Ok(Some(surface))
    }

    /// Which cells are not ground: higher than the opened surface, or single and far too low.
    fn objects(&self, lowest: &Raster, radius: u32, cell: f64) -> Vec<bool> {
        let columns = lowest.window().columns as usize;
        let mut objects = vec![false; lowest.values().len()];
        mark(
            lowest.values().to_vec(),
            columns,
            radius,
            self.slope * cell,
            &mut objects,
        );
        let upside_down = lowest.values().iter().map(|value| -value).collect();
        mark(upside_down, columns, 1, LOW_SLOPE * cell, &mut objects);
        objects
    }
}

/// The lowest surface with values for its voids, as far as there are any.
fn without_voids(lowest: &Raster, certainty: &mut Certainty) -> Raster {
    let nearest = NearestCells::new(lowest);
    let mut whole = lowest.clone();
    for (position, value) in whole.values_mut().iter_mut().enumerate() {
        if value.is_nan() {
            let found = nearest.mean(position);
            *value = found.map_or(f64::NAN, |(mean, _)| mean);
            certainty.check(
                position,
                found.map_or(f64::INFINITY, |(_, distance)| distance),
            );
        }
    }
    whole
}

/// A surface without the cells of objects.
fn without(mut surface: Raster, objects: &[bool]) -> Raster {
    for (value, is_object) in surface.values_mut().iter_mut().zip(objects) {
        if *is_object {
            *value = f64::NAN;
        }
    }
    surface
}

/// Marks what is higher above an opening than the last one, by more than a slope allows.
fn mark(surface: Vec<f64>, columns: usize, radius: u32, rise: f64, objects: &mut [bool]) {
    let mut before = surface.clone();
    let mut erosion = Erosion::new(surface, columns);
    for radius in 1..=radius {
        let opening = erosion.next_opening();
        let limit = rise * f64::from(radius);
        for ((object, before), after) in objects.iter_mut().zip(&before).zip(&opening) {
            *object |= (before - after).abs() > limit;
        }
        before = opening;
    }
}
