//! Points to a file.

use ept_crs::FileSrs;
use ept_points::DecodeError;
use ept_reader::{PointBatch, Query, Selection, Tile};

use crate::note::note;
use crate::sinks::{self, Shape};
use crate::{JobError, Output, Pass, Progress, Remark};

/// Writes the points of a selection and returns their number.
///
/// The output has its name only when it is complete. With losses allowed it has what could be read, and its note names
/// what it lacks.
///
/// # Errors
/// When the dataset can't be read or the output can't be written. No file is left behind.
pub async fn write_points(
    pass: &mut Pass,
    output: Output,
    progress: impl FnMut(&Progress),
) -> Result<u64, JobError> {
    let columns = columns(pass.selection());
    write(pass, output, columns, |tile| Ok(tile.points), progress).await
}

/// Writes what `make` makes of the points of each tile. `columns` are those of an empty result.
pub(crate) async fn write(
    pass: &mut Pass,
    output: Output,
    columns: Vec<String>,
    make: impl Fn(Tile) -> Result<PointBatch, DecodeError> + Send + Sync + 'static,
    progress: impl FnMut(&Progress),
) -> Result<u64, JobError> {
    if output.has_early_note() {
        pass.look_ahead(u64::MAX).await?;
    }
    let selection = pass.selection().clone();
    let query = with_required(selection.query(), output.format().required());
    let read = selection.dataset().select(&query)?;
    let early = output.has_early_note().then(|| note(pass, &columns));
    let FileSrs { srs, unsaid } = sinks::file_srs(&selection);
    pass.remarks
        .extend(Remark::of_srs(output.format(), &srs, unsaid));
    let mut writing = output.open(Shape {
        selection: &selection,
        srs,
        columns: columns.clone(),
        note: early,
    })?;
    let mut dimensions = None;
    let take = |node: ept_reader::Node, points: Result<PointBatch, DecodeError>| {
        let points = points?;
        if !points.is_empty() {
            dimensions.get_or_insert_with(|| names(&points));
        }
        let written = writing.sink.write(node.name, &points);
        writing.check(written)
    };
    pass.read(&read, make, take, progress).await?;
    let dimensions = dimensions.unwrap_or(columns);
    writing.sink.describe(note(pass, &dimensions));
    writing.finish()
}

/// The query with the dimensions that the output needs in front of those asked for.
fn with_required(query: &Query, required: &[&str]) -> Query {
    let Some(asked) = query.dimensions() else {
        return query.clone();
    };
    let required = required.iter().map(|name| (*name).to_owned());
    query
        .clone()
        .with_dimensions(required.chain(asked.iter().cloned()))
}

/// The dimensions that points have.
fn names(points: &PointBatch) -> Vec<String> {
    let columns = points.columns().iter();
    columns.map(|column| column.name.to_string()).collect()
}

/// The columns of an empty result.
pub(crate) fn columns(selection: &Selection) -> Vec<String> {
    match selection.query().dimensions() {
        Some(names) => names.to_vec(),
        None => {
            let schema = selection.frame().schema.iter();
            schema.map(|dimension| dimension.name.clone()).collect()
        }
    }
}
