//! Which points count for a cell.

use std::ops::Range;

use crate::disc::{Disc, cells_beyond, squared};
use crate::extremes::Extremes;
use crate::sample::Sample;
use crate::{CellPoints, Lattice, Points, Raster, RasterError, Statistic, Window};

/// Which points count for a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kernel {
    /// The points in the cell.
    Cell,
    /// The points nearer to the centre of the cell than this, in x and y, in units of the coordinate system. Most points
    /// count for several cells, and those in the corners of a cell perhaps for none.
    Radius(f64),
}

impl Kernel {
    /// Maximum radius, in cells.
    pub const LARGEST: f64 = 1024.0;

    /// The default of PDAL's `writers.gdal`: the radius is the diagonal of a cell.
    #[must_use]
    pub fn diagonal(lattice: &Lattice) -> Kernel {
        Kernel::Radius(lattice.cell() * 2.0_f64.sqrt())
    }

    /// How many cells around a window there can be points that count for its cells.
    ///
    /// # Errors
    /// If the radius is not greater than 0, or larger than [`Kernel::LARGEST`] cells.
    pub fn halo(self, lattice: &Lattice) -> Result<u32, RasterError> {
        let Kernel::Radius(radius) = self else {
            return Ok(0);
        };
        let limit = Kernel::LARGEST * lattice.cell();
        if !(radius > 0.0 && radius <= limit) {
            return Err(RasterError::Radius { radius, limit });
        }
        Ok(cells_beyond(radius / lattice.cell()))
    }

    /// Statistics of the points for each cell of a window, a raster for each statistic. Cells without points have 0 as
    /// count and density, else no value.
    ///
    /// The points must include all in the window and [`Kernel::halo`] cells around; further points have no effect. Cells
    /// have the values of PDAL's `writers.gdal`. `area` is that of a cell, for densities.
    ///
    /// # Errors
    /// If a number is out of its limits, see [`Kernel::halo`] and [`CellPoints::new`], or a statistic needs an order that
    /// the points don't have.
    pub fn rasters(
        self,
        points: &Points,
        lattice: &Lattice,
        window: Window,
        statistics: &[Statistic],
        area: f64,
    ) -> Result<Vec<Raster>, RasterError> {
        statistics.iter().try_for_each(|s| s.check())?;
        let is_ordered = points.order.len() == points.len();
        if statistics.iter().any(|s| s.needs_order()) && !is_ordered {
            return Err(RasterError::Order);
        }
        if !(area > 0.0 && area.is_finite()) {
            return Err(RasterError::Cell(format!("{area} square units large")));
        }
        window.check()?;
        points.check()?;
        let halo = self.halo(lattice)?;
        if window.is_empty() || statistics.is_empty() {
            return Ok(vec![Raster::void(window); statistics.len()]);
        }
        let disc = match self {
            Kernel::Cell => None,
            Kernel::Radius(radius) => Some(Disc::new(radius, lattice)),
        };
        let area = area * disc.as_ref().map_or(1.0, Disc::area);
        if statistics.iter().all(|s| s.is_incremental()) {
            let extremes = match &disc {
                None => Extremes::of_cells(points, lattice, window),
                Some(disc) => Extremes::of_discs(points, lattice, window, disc),
            };
            let statistics = statistics.iter();
            return Ok(statistics.map(|s| extremes.raster(*s, area)).collect());
        }
        let cells = CellPoints::new(points, lattice, window.grown(halo))?;
        let mut rasters = vec![Raster::void(window); statistics.len()];
        let mut put = |position: usize, statistic: usize, value: f64| {
            rasters[statistic].values_mut()[position] = value;
        };
        let columns = Columns::new(&cells, points, statistics, self);
        match &disc {
            None => columns.of_cells(&cells, lattice, statistics, area, &mut put),
            Some(disc) => columns.of_discs(&cells, disc, lattice, statistics, area, &mut put),
        }
        Ok(rasters)
    }
}

/// The columns of points that statistics need, sorted by cell.
struct Columns {
    x: Vec<f64>,
    y: Vec<f64>,
    value: Vec<f64>,
    order: Vec<f64>,
    needs_distance: bool,
}

impl Columns {
    fn new(
        cells: &CellPoints,
        points: &Points,
        statistics: &[Statistic],
        kernel: Kernel,
    ) -> Columns {
        let needs_distance = statistics.iter().any(|s| s.needs_distance());
        let is_placed = needs_distance || kernel != Kernel::Cell;
        let is_ordered = statistics.iter().any(|s| s.needs_order());
        let sorted = |column: &[f64], is_needed: bool| {
            if is_needed {
                cells.sorted(column)
            } else {
                Vec::new()
            }
        };
        Columns {
            x: sorted(&points.x, is_placed),
            y: sorted(&points.y, is_placed),
            value: sorted(&points.value, true),
            order: sorted(&points.order, is_ordered),
            needs_distance,
        }
    }

    fn of_cells(
        &self,
        cells: &CellPoints,
        lattice: &Lattice,
        statistics: &[Statistic],
        area: f64,
        put: &mut impl FnMut(usize, usize, f64),
    ) {
        let window = cells.window();
        let mut sample = Sample::default();
        for position in 0..window.len() {
            let range = cells.range(position, 1);
            sample.clear();
            sample.values.extend_from_slice(&self.value[range.clone()]);
            if !self.x.is_empty() {
                let [column, row] = window.cell_at(position);
                let centre = lattice.centre(column, row);
                let squares = range
                    .clone()
                    .map(|at| squared([self.x[at] - centre[0], self.y[at] - centre[1]]));
                sample.squares.extend(squares);
            }
            if !self.order.is_empty() {
                sample.orders.extend_from_slice(&self.order[range]);
            }
            sample.evaluate(statistics, area, |statistic, value| {
                put(position, statistic, value);
            });
        }
    }

    fn of_discs(
        &self,
        cells: &CellPoints,
        disc: &Disc,
        lattice: &Lattice,
        statistics: &[Statistic],
        area: f64,
        put: &mut impl FnMut(usize, usize, f64),
    ) {
        let halo = disc.halo();
        let stride = cells.window().columns as usize;
        let columns = stride - 2 * halo;
        let rows = cells.window().rows as usize - 2 * halo;
        let mut sample = Sample::default();
        for place in 0..columns * rows {
            let central = (place / columns + halo) * stride + place % columns + halo;
            let [column, row] = cells.window().cell_at(central);
            sample.clear();
            self.collect(
                cells,
                central,
                disc,
                lattice.centre(column, row),
                &mut sample,
            );
            sample.evaluate(statistics, area, |statistic, value| {
                put(place, statistic, value);
            });
        }
    }

    /// Collects the points of a disc around the centre of the cell at a position.
    fn collect(
        &self,
        cells: &CellPoints,
        central: usize,
        disc: &Disc,
        centre: [f64; 2],
        sample: &mut Sample,
    ) {
        let stride = cells.window().columns as usize;
        let halo = disc.halo();
        for row in 0..=2 * halo {
            let width = disc.widths[row.abs_diff(halo)] as usize;
            let first = central + row * stride - halo * stride - width;
            let range = cells.range(first, 2 * width + 1);
            if !self.needs_distance && self.order.is_empty() {
                self.collect_values(range, disc, centre, sample);
                continue;
            }
            let places = self.x[range.clone()].iter().zip(&self.y[range.clone()]);
            let points = places.zip(&self.value[range.clone()]).zip(range);
            for (((x, y), value), at) in points {
                let square = squared([x - centre[0], y - centre[1]]);
                if disc.contains(square) {
                    sample.values.push(*value);
                    if self.needs_distance {
                        sample.squares.push(square);
                    }
                    if let Some(order) = self.order.get(at) {
                        sample.orders.push(*order);
                    }
                }
            }
        }
    }

    /// As [`Columns::collect`], of a part of a row of cells and for values alone. Which points are in the disc is a matter of
    /// chance, so there is no branch for it.
    fn collect_values(
        &self,
        range: Range<usize>,
        disc: &Disc,
        centre: [f64; 2],
        sample: &mut Sample,
    ) {
        let places = self.x[range.clone()].iter().zip(&self.y[range.clone()]);
        let points = places.zip(&self.value[range.clone()]);
        let mut count = sample.values.len();
        sample.values.resize(count + range.len(), 0.0);
        for ((x, y), value) in points {
            sample.values[count] = *value;
            let square = squared([x - centre[0], y - centre[1]]);
            count += usize::from(disc.contains(square));
        }
        sample.values.truncate(count);
    }
}
