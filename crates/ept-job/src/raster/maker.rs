//! Makes the cells of a window.

use ept_raster::{
    CellKind, Duplicates, Kernel, MaxEdge, Raster, Statistic, Tin, Window, distances, filled,
    heights_above_ground,
};

use super::around::UsedPoints;
use super::coverage::Coverage;
use super::model::Fill;
use crate::JobError;

/// Points up to which a window is made at once: some ten megabytes, and a tenth of a second for a triangulation.
const MOST_POINTS: u64 = 200_000;

/// Cells along the edge of the smallest windows.
const LEAST_EDGE: u32 = 16;

/// How cells get their values, in the coordinates of the raster.
#[derive(Debug)]
pub(crate) enum Method {
    /// From triangles.
    Tin,
    /// From the points near each cell.
    Statistics {
        /// Which points those are.
        kernel: Kernel,
        /// A band for each.
        statistics: Vec<Statistic>,
        /// Square metres of a cell, or units if those are not known.
        area: f64,
    },
}

/// Makes the cells of windows. Each gets what it would get in any other window.
#[derive(Debug)]
pub(crate) struct Maker {
    pub(crate) points: UsedPoints,
    pub(crate) method: Method,
    pub(crate) fill: Fill,
    /// The longest edge of triangles.
    pub(crate) max_edge: MaxEdge,
    /// Which of several points at a place counts.
    pub(crate) duplicates: Duplicates,
    /// Triangles of the points in the upper depths, for [`Fill::Octree`].
    pub(crate) coarse: Tin,
    pub(crate) coverage: Coverage,
    /// Whether distances are wanted.
    pub(crate) has_distance: bool,
}

/// The cells of a window.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(crate) bands: Vec<Raster>,
    /// Numbers of [`CellKind`].
    pub(crate) kinds: Raster,
    /// Distance of each cell to the nearest used point.
    pub(crate) distance: Option<Raster>,
}

/// The bands of a window, and which cells have points that count for them.
struct Surface {
    bands: Vec<Raster>,
    measured: Vec<bool>,
}

impl Made {
    fn rasters(&mut self) -> impl Iterator<Item = &mut Raster> {
        let others = self.distance.iter_mut();
        self.bands.iter_mut().chain([&mut self.kinds]).chain(others)
    }

    /// The cells of a window from those of its quarters.
    fn joined(window: Window, mut quarters: Vec<Made>) -> Option<Made> {
        let mut made = quarters.first().cloned()?;
        made.rasters()
            .for_each(|raster| *raster = Raster::void(window));
        for quarter in &mut quarters {
            let parts = made.rasters().zip(quarter.rasters());
            parts.for_each(|(raster, part)| raster.paste(part));
        }
        Some(made)
    }
}

impl Maker {
    /// The cells of a window.
    ///
    /// # Errors
    /// If points can't be read, or numbers are out of limits.
    pub(crate) fn make(&self, window: Window) -> Result<Made, JobError> {
        let is_small = window.columns.max(window.rows) <= LEAST_EDGE;
        if !is_small && self.points.count(&window) > MOST_POINTS {
            let made = quarters(&window)
                .into_iter()
                .map(|quarter| self.make(quarter));
            if let Some(made) = Made::joined(window, made.collect::<Result<_, _>>()?) {
                return Ok(made);
            }
        }
        self.make_at_once(window)
    }

    fn make_at_once(&self, window: Window) -> Result<Made, JobError> {
        let lattice = self.points.buckets.lattice();
        let covered = self.coverage.covered(lattice, &window)?;
        if !covered.contains(&true) {
            return Ok(self.outside(window));
        }
        let incomplete = self.coverage.incomplete(lattice, &window);
        let Surface {
            mut bands,
            measured,
        } = self.surface(window)?;
        for (at, _) in covered.iter().enumerate().filter(|(_, is)| !**is) {
            bands
                .iter_mut()
                .for_each(|band| band.values_mut()[at] = f64::NAN);
        }
        let valued: Vec<&Raster> = self.valued(&bands).collect();
        let mut kinds = Raster::void(window);
        for (at, kind) in kinds.values_mut().iter_mut().enumerate() {
            let has_value = valued.iter().any(|band| !band.values()[at].is_nan());
            // A point outside all triangles gives no value.
            let is_measured = measured[at] && (has_value || valued.is_empty());
            let found = CellKind::of(covered[at], is_measured, has_value, incomplete[at]);
            *kind = f64::from(found as u8);
        }
        Ok(Made {
            distance: self.distance(window, &covered)?,
            bands,
            kinds,
        })
    }

    /// A window that no source covers.
    fn outside(&self, window: Window) -> Made {
        let bands = match &self.method {
            Method::Tin => 1,
            Method::Statistics { statistics, .. } => statistics.len(),
        };
        let outside = vec![f64::from(CellKind::Outside as u8); window.len()];
        Made {
            bands: vec![Raster::void(window); bands],
            kinds: Raster::new(window, outside).unwrap_or_else(|| Raster::void(window)),
            distance: self.has_distance.then(|| Raster::void(window)),
        }
    }

    /// The bands whose cells have a value only if there are points.
    fn valued<'a>(&'a self, bands: &'a [Raster]) -> impl Iterator<Item = &'a Raster> {
        let counts = |at: usize| match &self.method {
            Method::Tin => false,
            Method::Statistics { statistics, .. } => statistics[at].counts(),
        };
        let bands = bands.iter().enumerate();
        bands.filter_map(move |(at, band)| (!counts(at)).then_some(band))
    }

    /// The surface with filled voids.
    fn surface(&self, window: Window) -> Result<Surface, JobError> {
        let lattice = self.points.buckets.lattice();
        if let Fill::Window(reach) = self.fill {
            let around = self.unfilled(window.grown(reach))?;
            return around.filled(window, reach);
        }
        let mut surface = self.unfilled(window)?;
        match self.fill {
            Fill::Tin if surface.has_void() => {
                let tin = self.tin(&window, MaxEdge::NONE)?;
                surface.fill(&tin.surface(lattice, window));
            }
            Fill::Octree if surface.has_void() => {
                surface.fill(&self.coarse.surface(lattice, window));
            }
            _ => {}
        }
        Ok(surface)
    }

    /// The surface of the points.
    fn unfilled(&self, window: Window) -> Result<Surface, JobError> {
        let lattice = self.points.buckets.lattice();
        match &self.method {
            Method::Tin => {
                let tin = self.tin(&window, self.max_edge)?;
                let near = self.points.near(&window)?;
                let counts = [Statistic::Count];
                let mut counts = Kernel::Cell.rasters(&near, lattice, window, &counts, 1.0)?;
                Ok(Surface {
                    bands: vec![tin.surface(lattice, window)],
                    measured: counted(counts.pop(), window),
                })
            }
            Method::Statistics {
                kernel,
                statistics,
                area,
            } => {
                let mut near = self.points.near(&window.grown(kernel.halo(lattice)?))?;
                if let Some(mut ground) = self.points.ground() {
                    near.value = heights_above_ground(&near, self.max_edge, &mut ground)?;
                }
                let with_count = [&statistics[..], &[Statistic::Count]].concat();
                let mut bands = kernel.rasters(&near, lattice, window, &with_count, *area)?;
                let counts = bands.pop();
                Ok(Surface {
                    bands,
                    measured: counted(counts, window),
                })
            }
        }
    }
}

impl Maker {
    /// Distance of each covered cell to the nearest used point.
    fn distance(&self, window: Window, covered: &[bool]) -> Result<Option<Raster>, JobError> {
        if !self.has_distance {
            return Ok(None);
        }
        let lattice = self.points.buckets.lattice();
        let mut distance = distances(lattice, window, [1.0; 2], &[], &mut self.points.all())?;
        let cells = distance.values_mut().iter_mut().zip(covered);
        let others = cells.filter(|(_, is_covered)| !**is_covered);
        others.for_each(|(value, _)| *value = f64::NAN);
        Ok(Some(distance))
    }

    fn tin(&self, window: &Window, max_edge: MaxEdge) -> Result<Tin, JobError> {
        let lattice = self.points.buckets.lattice();
        let [west, south] = [lattice.west(window.west), lattice.south(window.south)];
        let [east, north] = [lattice.west(window.east()), lattice.south(window.north())];
        let area = [west, south, east, north];
        Tin::new(area, self.duplicates, max_edge, &mut self.points.all())
    }
}

impl Surface {
    /// The surface in a window, with voids filled from up to `reach` cells around, which this surface must have.
    fn filled(&self, window: Window, reach: u32) -> Result<Surface, JobError> {
        let bands = self.bands.iter().map(|band| filled(band, window, reach));
        let all = self.bands.first().map(Raster::window);
        let at = |cell: [i64; 2]| all.and_then(|all| all.position(cell[0], cell[1]));
        let cells = (0..window.len()).map(|position| at(window.cell_at(position)));
        Ok(Surface {
            measured: cells
                .map(|at| at.is_some_and(|at| self.measured[at]))
                .collect(),
            bands: bands.collect::<Result<_, _>>()?,
        })
    }

    fn has_void(&self) -> bool {
        let mut values = self.bands.iter().flat_map(Raster::values);
        values.any(|value| value.is_nan())
    }

    /// Gives void cells the values of another surface.
    fn fill(&mut self, other: &Raster) {
        for band in &mut self.bands {
            let cells = band.values_mut().iter_mut().zip(other.values());
            let voids = cells.filter(|(value, _)| value.is_nan());
            voids.for_each(|(value, other)| *value = *other);
        }
    }
}

/// Which cells of a window have points, by their number.
fn counted(counts: Option<Raster>, window: Window) -> Vec<bool> {
    let counts = counts.unwrap_or_else(|| Raster::void(window));
    counts.values().iter().map(|count| *count > 0.0).collect()
}

/// The quarters of a window, those that are not empty.
fn quarters(window: &Window) -> Vec<Window> {
    let (west, south) = (window.columns / 2, window.rows / 2);
    let columns = [(0, west), (west, window.columns - west)];
    let rows = [(0, south), (south, window.rows - south)];
    let quarters = columns
        .into_iter()
        .flat_map(|column| rows.map(|row| (column, row)));
    let quarters = quarters.map(|((west, columns), (south, rows))| Window {
        west: window.west + i64::from(west),
        south: window.south + i64::from(south),
        columns,
        rows,
    });
    quarters.filter(|quarter| !quarter.is_empty()).collect()
}
