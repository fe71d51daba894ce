//! Work units to parts.

use std::path::Path;

use ept_reader::{Column, Engine, PointBatch, Selection, Unit, Values};

use super::points_work::PointsWork;
use super::raster_part;
use super::raster_work::RasterWork;
use super::receipt::{Receipt, digest};
use crate::points::columns_of;
use crate::sinks::{empty, no_octree_of};
use crate::{Format, JobError, OnError, Output, Pass, Progress, report, write_points};

/// Reads a unit and writes its points to a part in a folder, which is created, and beside it a receipt. Doing a unit
/// again gives the same bytes.
///
/// Points in the halo are left out. Without a format, the part of a unit by nodes is COPC if it can have the octree of the
/// dataset; others are LAZ. Units of a raster are GeoTIFF. Remarks are those of [`Pass::remarks`].
///
/// # Errors
/// If the unit can't be read, or the part can't be written. There is no receipt then.
pub async fn write_unit(
    unit: &Unit,
    engine: &Engine,
    folder: &Path,
    format: Option<Format>,
    on_error: OnError,
    progress: impl FnMut(&Progress),
) -> Result<(Receipt, Pass), JobError> {
    std::fs::create_dir_all(folder).map_err(failed(folder))?;
    let file = |extension| Receipt::part_name(unit.job(), unit.index(), extension);
    let (part, format, points, raster, pass) = match (PointsWork::of_unit(unit), unit.work()) {
        (Some(work), _) => {
            let mut pass = points_pass(&own_points(unit), work, engine, on_error)?;
            let format = format.unwrap_or_else(|| usual_format(pass.selection()));
            let part = file(format.extension());
            let mut output = Output::to_file(folder.join(&part), Some(format))?;
            output.columns = common_columns(&pass, format)?;
            let points = write_points(&mut pass, output, progress).await?;
            (part, format.name(), points, None, pass)
        }
        (None, work) => {
            if let Some(format) = format {
                let problem = format!("the unit is of a raster, which can't be {format}");
                return Err(JobError::Part(problem));
            }
            let (part, work) = (file(RASTER), RasterWork::parse(work.unwrap_or_default())?);
            let path = folder.join(&part);
            let made = raster_part::write(unit, &work, engine, &path, on_error, progress);
            let (raster, points, pass) = made.await?;
            (part, RASTER, points, Some(raster), pass)
        }
    };
    let path = folder.join(&part);
    let (bytes, sha256) = digest(&path).map_err(failed(&path))?;
    let losses = pass.losses().sorted().into_iter().map(report::loss);
    let receipt = Receipt {
        job: unit.job().to_owned(),
        index: unit.index(),
        of: unit.of(),
        part,
        format: format.to_owned(),
        points,
        bytes,
        sha256,
        losses: losses.collect(),
        raster,
    };
    receipt.write(folder)?;
    Ok((receipt, pass))
}

/// The columns that all units of several sources have, since those of each may be different: parts of these formats can only be
/// put together if their columns are the same. `None` if the first points settle them.
fn common_columns(pass: &Pass, format: Format) -> Result<Option<PointBatch>, JobError> {
    let selection = pass.selection();
    let query = selection.query();
    let must_fit = matches!(format, Format::Csv | Format::Parquet);
    if !must_fit || selection.dataset().locations().len() == 1 || query.dimensions().is_some() {
        return Ok(None);
    }
    let names = columns_of(pass, format);
    let mut columns = empty(names.iter().map(String::as_str), selection.frame())?;
    if let Some(name) = query.source_id() {
        columns = columns.with_column(Column::new(name, Values::U32(Vec::new())))?;
    }
    Ok(Some(columns))
}

/// A pass over the points of a unit: those that the query has there, with their heights above a terrain model if it asks for
/// them. What was lost when the units were made is a loss of the pass.
///
/// # Errors
/// If the unit is one of a raster, or a location is not supported.
pub fn unit_pass(unit: &Unit, engine: &Engine, on_error: OnError) -> Result<Pass, JobError> {
    let work = PointsWork::of_unit(unit).ok_or_else(|| {
        let problem = "the unit is of a raster: its points are also those of other units; write it, and merge what units \
                       wrote";
        JobError::Division(problem.into())
    })?;
    points_pass(unit, work, engine, on_error)
}

fn points_pass(
    unit: &Unit,
    work: PointsWork,
    engine: &Engine,
    on_error: OnError,
) -> Result<Pass, JobError> {
    let pass = Pass::new(unit.select(engine)?, on_error);
    work.applied(pass.with_told(unit.lost()))
}

/// The format of parts of rasters, and their extension.
pub(super) const RASTER: &str = "tif";

fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> JobError + use<> {
    let output = path.display().to_string();
    move |source| JobError::File { output, source }
}

/// The unit without its halo.
fn own_points(unit: &Unit) -> Unit {
    match unit.query().core() {
        Some(core) => {
            let own = core.clone().without_halo();
            unit.clone().with_query(unit.query().clone().with_core(own))
        }
        None => unit.clone(),
    }
}

/// COPC if nodes are in one part, and can be nodes of the result.
fn usual_format(selection: &Selection) -> Format {
    let is_by_nodes = selection.query().core().is_none();
    if is_by_nodes && no_octree_of(selection).is_none() {
        Format::Copc
    } else {
        Format::Laz
    }
}
