//! Selections to work units.

use std::io::Write;
use std::path::Path;

use ept_reader::{Cut, CutKind, Loss, Unit, UnitPart};

use super::first_points::FirstPoints;
use super::points_work::PointsWork;
use crate::pending::Pending;
use crate::tile_names::{find_dimensions, find_names};
use crate::{JobError, Pass};

/// Divides the points of a pass into work units, see [`ept_reader::Selection::units`]. Names in the query that are not in the
/// schema are looked for in tiles first, as [`write_points`](crate::write_points) does.
///
/// What can't be read of the hierarchy is a loss of the pass, if that allows losses, and then of the first unit. If the pass
/// has a limit, nodes that may have points outside the query are read until enough points are found, since only then it is
/// known which nodes have the first points.
///
/// # Errors
/// As there, or if the pass has heights above points of the ground, which depend on points however far away; or a limit, but
/// its points can't be divided in their order: by area, with thinning, or with a condition on heights.
pub async fn units(pass: &mut Pass, cut: &Cut) -> Result<Vec<Unit>, JobError> {
    let work = PointsWork::of(pass)?;
    let limit = pass.limit();
    if limit.is_some() {
        check_limit(pass, cut)?;
    }
    find_names(pass).await?;
    let nodes = pass.only_nodes().await?;
    find_dimensions(pass, nodes.clone()).await?;
    let mut parts = match limit {
        None => pass.selection().parts(&nodes, cut)?,
        Some(limit) => {
            let first = FirstPoints::of(pass, &nodes, limit).await?;
            first_parts(pass, cut, &first, &work)?
        }
    };
    if limit.is_none() {
        let text = work.text()?;
        parts
            .iter_mut()
            .for_each(|part| part.work.clone_from(&text));
    }
    let lost: Vec<Loss> = pass.losses().sorted().into_iter().cloned().collect();
    Ok(pass.selection().units_of(parts, &lost).await?)
}

/// Refuses a limit of points that can't be divided in their order.
fn check_limit(pass: &Pass, cut: &Cut) -> Result<(), JobError> {
    let query = pass.selection().query();
    let is_late = |filter| pass.heights().is_some_and(|heights| heights.is_in(filter));
    let what = if query.thin().is_some() {
        "thinned points"
    } else if cut.kind != CutKind::Nodes {
        "the points of parts of the plane"
    } else if query.filter().is_some_and(is_late) {
        "points with a condition on their heights above the ground"
    } else {
        return Ok(());
    };
    Err(JobError::Division(format!(
        "a limit takes the first points in the order of the nodes, which {what} do not keep, so they can't be divided into \
         work units"
    )))
}

/// The parts of the first points.
fn first_parts(
    pass: &Pass,
    cut: &Cut,
    first: &FirstPoints,
    work: &PointsWork,
) -> Result<Vec<UnitPart>, JobError> {
    let mut parts = pass.selection().parts(&first.nodes, cut)?;
    let mut start = 0;
    for part in &mut parts {
        let end = start + part.nodes.len();
        let work = PointsWork {
            take: first.taken(start, end),
            ..work.clone()
        };
        part.work = work.text()?;
        start = end;
    }
    Ok(parts)
}

/// Writes units to a file as lines of JSON. The file appears when it is complete.
///
/// # Errors
/// If it can't be written.
pub fn write_units(units: &[Unit], path: &Path) -> Result<(), JobError> {
    let failed = |source| JobError::File {
        output: path.display().to_string(),
        source,
    };
    let (file, pending) = Pending::create(path).map_err(failed)?;
    let mut out = std::io::BufWriter::new(file);
    for unit in units {
        writeln!(out, "{unit}").map_err(failed)?;
    }
    out.into_inner()
        .map_err(|error| failed(error.into_error()))?;
    pending.keep().map_err(failed)
}
