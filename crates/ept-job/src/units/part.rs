//! Work units to parts.

use std::path::Path;

use ept_reader::{Core, Engine, Selection, Unit};

use super::receipt::{Receipt, digest};
use crate::sinks::no_octree_of;
use crate::{Format, JobError, OnError, Output, Pass, Progress, report, write_points};

/// Reads a unit and writes its points to a part in a folder, which is created, and beside it a receipt. Doing a unit
/// again gives the same bytes.
///
/// Points in the halo are left out. Without a format, the part of a unit by nodes is COPC if it can have the octree of the
/// dataset; others are LAZ. Remarks are those of [`Pass::remarks`].
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
    let selection = own_points(unit).select(engine)?;
    let format = format.unwrap_or_else(|| usual_format(&selection));
    std::fs::create_dir_all(folder).map_err(|source| JobError::File {
        output: folder.display().to_string(),
        source,
    })?;
    let part = Receipt::part_name(unit.job(), unit.index(), format);
    let path = folder.join(&part);
    let mut pass = Pass::new(selection, on_error);
    let output = Output::to_file(&path, Some(format))?;
    let points = write_points(&mut pass, output, progress).await?;
    let (bytes, sha256) = digest(&path).map_err(|source| JobError::File {
        output: path.display().to_string(),
        source,
    })?;
    let losses = pass.losses().sorted().into_iter().map(report::loss);
    let receipt = Receipt {
        job: unit.job().to_owned(),
        index: unit.index(),
        of: unit.of(),
        part,
        format: format.name().to_owned(),
        points,
        bytes,
        sha256,
        losses: losses.collect(),
    };
    receipt.write(folder)?;
    Ok((receipt, pass))
}

/// The unit without its halo.
fn own_points(unit: &Unit) -> Unit {
    match unit.query().core() {
        Some(core) => {
            let own = Core::new(core.area().clone());
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
