//! Keeps the points of the ground.

use std::path::Path;
use std::sync::Arc;

use ept_raster::{Grid, GroundSurface, Kernel, Lattice, Raster, Smrf, Statistic, Window};
use ept_reader::Engine;
use futures::{StreamExt, stream};

use super::around::{UsedPoints, VALUE};
use super::buckets::{Buckets, Key, Stored};
use super::extent::Extent;
use super::gather::window_of;
use super::scratch::Scratch;
use crate::JobError;

/// Points that are looked at at once, unless a single bucket has more.
const MOST_POINTS: u64 = 400_000;

/// Cells around a window beyond which nothing is looked at.
const WIDEST: u32 = 512;

/// How the ground is found, in the coordinates of the raster.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GroundFilter {
    pub(crate) smrf: Smrf,
    /// The cells of its surface.
    pub(crate) lattice: Lattice,
    /// Edge length of a cell, in units of heights.
    pub(crate) cell: f64,
}

/// The points of the ground among others, in a new scratch file in `folder`.
///
/// # Errors
/// If points can't be read again or written, or cover too many cells.
pub(crate) async fn ground_points(
    points: UsedPoints,
    filter: GroundFilter,
    engine: &Engine,
    folder: &Path,
) -> Result<UsedPoints, JobError> {
    let points = Arc::new(points);
    let scratch = Arc::new(Scratch::new(folder));
    let lattice = *points.buckets.lattice();
    let mut ground = Buckets::new(
        lattice,
        points.buckets.edge(),
        points.buckets.width(),
        Arc::clone(&scratch),
    );
    let all = Arc::clone(&points);
    let Some(grid) = engine.compute(0, move || filter.grid(&all)).await?? else {
        return Ok(UsedPoints {
            buckets: Arc::new(ground),
            columns: points.columns,
            judgement: None,
        });
    };
    let groups = points.buckets.groups(MOST_POINTS).into_iter().enumerate();
    let kept = stream::iter(groups).map(|(number, keys)| {
        let (points, scratch) = (Arc::clone(&points), Arc::clone(&scratch));
        let keep = move || filter.keep(&points, &keys, &grid, &scratch);
        async move { engine.compute(number as u64, keep).await? }
    });
    let threads = engine.limits().threads.get();
    let mut kept = std::pin::pin!(kept.buffered(threads + 1));
    while let Some(stored) = kept.next().await {
        ground.add(stored?);
    }
    Ok(UsedPoints {
        buckets: Arc::new(ground),
        columns: points.columns,
        judgement: None,
    })
}

impl GroundFilter {
    /// The cells of all points. `None` if there are none.
    fn grid(&self, points: &UsedPoints) -> Result<Option<Window>, JobError> {
        let mut extent: Option<Extent> = None;
        for key in points.buckets.keys() {
            points.each(key, |row| {
                let place = Extent::of([row[0], row[1]]);
                extent = Some(extent.map_or(place, |extent| extent.joined(place)));
            })?;
        }
        let Some([west, south, east, north]) = extent.map(Extent::corners) else {
            return Ok(None);
        };
        let corners = self
            .lattice
            .find(west, south)
            .zip(self.lattice.find(east, north));
        let corners = corners.map(|(low, high)| Extent::of(low).joined(Extent::of(high)));
        Ok(corners.map(window_of).transpose()?)
    }

    /// Writes the points of the ground of some buckets.
    fn keep(
        &self,
        points: &UsedPoints,
        keys: &[Key],
        grid: &Window,
        scratch: &Scratch,
    ) -> Result<Stored, JobError> {
        let boxes = keys.iter().map(|key| points.buckets.extent(*key));
        let Some(area) = boxes.reduce(Extent::joined) else {
            return Ok(Stored::default());
        };
        let window = *Grid::covering(self.lattice, area.corners())?.window();
        let surface = self.surface(points, window, grid)?;
        let (mut rows, mut cells) = (Vec::new(), Vec::new());
        for key in keys {
            points.each(*key, |row| {
                let found = self.lattice.find(row[0], row[1]);
                let is_ground =
                    found.is_some_and(|[column, line]| surface.is_ground(column, line, row[VALUE]));
                let cell = points.buckets.lattice().find(row[0], row[1]);
                if let Some(cell) = cell.filter(|_| is_ground) {
                    rows.extend_from_slice(row);
                    cells.push(cell);
                }
            })?;
        }
        let (edge, width) = (points.buckets.edge(), points.buckets.width());
        let number = |row: usize, column: usize| rows[row * width + column];
        let stored = Stored::write(scratch, (edge, width), &cells, number);
        stored.map_err(JobError::Scratch)
    }

    /// The ground in a window: of the points in it and as many around it as it takes.
    fn surface(
        &self,
        points: &UsedPoints,
        window: Window,
        grid: &Window,
    ) -> Result<GroundSurface, JobError> {
        let mut halo = self.smrf.halo()?;
        loop {
            let Some(around) = window.grown(halo).intersection(grid) else {
                return Ok(GroundSurface::void(window));
            };
            // Single points far from all others don't need the whole raster to be told from the ground.
            let grid = if halo < WIDEST { grid } else { &around };
            let [west, south] = [
                self.lattice.west(around.west),
                self.lattice.south(around.south),
            ];
            let [east, north] = [
                self.lattice.west(around.east()),
                self.lattice.south(around.north()),
            ];
            let near = points.in_box(Extent::new([west, south, east, north]))?;
            let lowest =
                Kernel::Cell.rasters(&near, &self.lattice, around, &[Statistic::Min], 1.0)?;
            let lowest = lowest
                .into_iter()
                .next()
                .unwrap_or_else(|| Raster::void(around));
            if let Some(surface) = self.smrf.ground(&lowest, grid, window, self.cell)? {
                return Ok(surface);
            }
            halo = halo.saturating_mul(2);
        }
    }
}
