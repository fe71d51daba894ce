//! Rasters to work units.

use std::num::NonZeroUsize;

use ept_raster::{Compression, Grid, Window};
use ept_reader::{Area, Bounds, Loss, Node, Selection, Unit, UnitPart, plane_boxes};
use futures::StreamExt;

use super::raster_work::RasterWork;
use crate::note::note;
use crate::raster::place::place;
use crate::raster::plan::Plan;
use crate::tile_names::find_names;
use crate::{Cells, JobError, Pass, RasterModel};

/// A side of a unit's area is at least this many times as long as points matter around it, and this many cells.
const LEAST_SIDE: f64 = 4.0;
const LEAST_CELLS: f64 = 64.0;

/// Divides a raster into work units, for [`write_unit`](crate::write_unit): each makes some of the cells, of the points in and
/// around them. The cells of all units together are those of [`write_raster`](crate::write_raster). What can't be read of the
/// hierarchy is a loss of the pass, if that allows losses, and then of the first unit.
///
/// # Errors
/// If cells depend on points however far away (statistical outliers, voids filled by triangles, heights above triangulated
/// ground), or as for [`Selection::units`].
pub async fn raster_units(
    pass: &mut Pass,
    model: &RasterModel,
    compression: Compression,
    count: NonZeroUsize,
) -> Result<Vec<Unit>, JobError> {
    find_names(pass).await?;
    let selection = pass.selection().clone();
    let plan = Plan::new(&selection, model, false)?;
    let whole = plan.grid(&selection, None, &[])?;
    let is_told = matches!(model.cells, Cells::Like { .. }) || plan.has_box(&selection);
    let said = note(pass, &model.bands());
    let mut work = RasterWork::new(model, compression, &whole, !is_told, said)?;
    let read = selection.with_query(&plan.query)?;
    let mut found = read.nodes();
    let mut nodes: Vec<Node> = Vec::new();
    while let Some(node) = found.next().await {
        nodes.extend(pass.losses_mut().sort_out(node)?);
    }
    let mut parts = Vec::new();
    for window in windows(&selection, &nodes, &whole, count, plan.halo) {
        let grid = Grid::new(*whole.lattice(), window)?;
        let area = around(&grid, plan.halo, &selection)?;
        let reach = read.with_query(&plan.query.clone().with_area(area.clone()))?;
        let mut own = Vec::new();
        for node in &nodes {
            if reach.reaches(node)? {
                own.push(*node);
            }
        }
        parts.push(UnitPart {
            query: selection.query().clone().with_area(area),
            nodes: own,
            work: Some(work.text(&window)?),
        });
    }
    let lost: Vec<Loss> = pass.losses().sorted().into_iter().cloned().collect();
    Ok(selection.units_of(parts, &lost).await?)
}

/// The cells of each unit, disjoint and together all cells, with about as many points.
fn windows(
    selection: &Selection,
    nodes: &[Node],
    whole: &Grid,
    count: NonZeroUsize,
    halo: f64,
) -> Vec<Window> {
    let [west, south, east, north] = whole.extent();
    let Ok(bounds) = Bounds::from_2d([west, south], [east, north]) else {
        return vec![*whole.window()];
    };
    let cells: Vec<(Bounds, u64)> = nodes
        .iter()
        .map(|node| {
            let [x0, y0, x1, y1] = place(selection, &node.cell).corners();
            let cell = Bounds::from_2d([x0, y0], [x1, y1]);
            let is_finite = [x0, y0, x1, y1].iter().all(|side| side.is_finite());
            (
                cell.ok().filter(|_| is_finite).unwrap_or(bounds),
                node.points,
            )
        })
        .collect();
    let lattice = whole.lattice();
    let least = f64::max(halo * LEAST_SIDE, lattice.cell() * LEAST_CELLS);
    let all = whole.window();
    let boxes = plane_boxes(&cells, &bounds, count, least);
    let windows = boxes.into_iter().filter_map(|[x0, y0, x1, y1]| {
        // A side of two boxes is that of the cell that it is in, for both.
        let cell = |x: f64, y: f64| {
            let [x, y] = [x.clamp(west, east), y.clamp(south, north)];
            lattice.find(x, y)
        };
        let (low, high) = (cell(x0, y0)?, cell(x1, y1)?);
        let from = [
            if x0.is_finite() { low[0] } else { all.west },
            if y0.is_finite() { low[1] } else { all.south },
        ];
        let to = [
            if x1.is_finite() { high[0] } else { all.east() },
            if y1.is_finite() { high[1] } else { all.north() },
        ];
        let size = [0, 1].map(|axis| u32::try_from(to[axis] - from[axis]).ok());
        let window = Window {
            west: from[0],
            south: from[1],
            columns: size[0]?,
            rows: size[1]?,
        };
        (!window.is_empty()).then_some(window)
    });
    windows.collect()
}

/// The area of the points that cells depend on.
fn around(grid: &Grid, halo: f64, selection: &Selection) -> Result<Area, JobError> {
    let [west, south, east, north] = grid.extent();
    let low = [west - halo, south - halo, f64::NEG_INFINITY];
    let high = [east + halo, north + halo, f64::INFINITY];
    let crs = selection.query().output_crs().cloned();
    Ok(Area::from_corners(low, high, crs).map_err(ept_reader::Error::from)?)
}
