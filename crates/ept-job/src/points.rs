//! Writes points to a file.

use std::ops::ControlFlow;
use std::sync::Arc;

use ept_crs::FileSrs;
use ept_reader::{Node, PointBatch, Query, Selection, Tile};

use crate::heights::{Heights, with_heights};
use crate::note::note;
use crate::point_file::{PointFile, Written, is_unforeseen};
use crate::sinks::{self, Shape};
use crate::survey::survey;
use crate::tile_names::find_names;
use crate::{Format, JobError, Output, Pass, Progress, Remark};

/// Writes the points of a selection and returns their number.
///
/// The output gets its name only when it is complete. If losses are allowed, it contains what could be read, and its
/// note lists what is missing.
///
/// # Errors
/// If the dataset can't be read or the output can't be written. No file is left behind.
pub async fn write_points(
    pass: &mut Pass,
    output: Output,
    mut progress: impl FnMut(&Progress),
) -> Result<u64, JobError> {
    find_names(pass).await?;
    let format = output.format();
    let columns = columns_of(pass, format);
    let scratch = output.scratch_folder();
    let Some(heights) = Heights::of(pass, format, &scratch, &mut progress).await? else {
        let make = |tile: Tile| Ok(tile.points);
        return write(pass, output, columns, make, progress).await;
    };
    let (read, above) = (heights.read.clone(), Arc::clone(&heights));
    let plan = Plan {
        read,
        columns,
        heights: Some(heights),
    };
    let make = move |tile: Tile| above.applied(tile.points);
    write_planned(pass, output, plan, make, progress).await
}

/// Maps the points of each tile with `make` and writes them. `columns` are those of an empty result.
///
/// The first points settle the file. If later ones do not fit, everything is read again into a file settled by the
/// headers of all tiles. Tiles rarely differ, so their headers are not read in advance.
pub(crate) async fn write(
    pass: &mut Pass,
    output: Output,
    columns: Vec<String>,
    make: impl Fn(Tile) -> Result<PointBatch, JobError> + Send + Sync + 'static,
    progress: impl FnMut(&Progress),
) -> Result<u64, JobError> {
    find_names(pass).await?;
    let query = with_required(pass.selection().query(), output.format());
    let plan = Plan {
        read: pass.selection().with_query(&query)?,
        columns,
        heights: None,
    };
    write_planned(pass, output, plan, make, progress).await
}

/// What is read and written.
struct Plan {
    /// The selection with all dimensions that the output requires.
    read: Selection,
    /// Names of the columns of an empty result.
    columns: Vec<String>,
    /// The heights that points get.
    heights: Option<Arc<Heights>>,
}

async fn write_planned(
    pass: &mut Pass,
    mut output: Output,
    mut plan: Plan,
    make: impl Fn(Tile) -> Result<PointBatch, JobError> + Send + Sync + 'static,
    mut progress: impl FnMut(&Progress),
) -> Result<u64, JobError> {
    if matches!(output.format(), Format::Laz | Format::Copc) {
        plan.read = plan.read.with_chunks();
    }
    // For the notes.
    pass.selection().dataset().look_up_credits().await;
    let make = Arc::new(make);
    let mut writer = Writer {
        plan,
        settled: output.columns.take(),
        output: &mut output,
        first: None,
    };
    let written = writer.write(pass, &make, &mut progress).await;
    let is_unforeseen = written.as_ref().is_err_and(is_unforeseen);
    let (true, true, Some(first)) = (
        is_unforeseen,
        writer.output.can_begin_again(),
        &writer.first,
    ) else {
        return written;
    };
    let asked = writer.plan.read.query().dimensions();
    let asked = asked.map(|_| writer.plan.columns.as_slice());
    writer.settled = Some(survey(pass.selection(), first, asked).await);
    pass.begin_again();
    writer.write(pass, &make, &mut progress).await
}

/// A job that writes points.
struct Writer<'a> {
    plan: Plan,
    output: &'a mut Output,
    /// The columns of the first points.
    first: Option<PointBatch>,
    /// The columns of the file, if they were settled in advance.
    settled: Option<PointBatch>,
}

impl Writer<'_> {
    async fn write<M>(
        &mut self,
        pass: &mut Pass,
        make: &Arc<M>,
        progress: impl FnMut(&Progress),
    ) -> Result<u64, JobError>
    where
        M: Fn(Tile) -> Result<PointBatch, JobError> + Send + Sync + 'static,
    {
        let Plan {
            read,
            columns,
            heights,
        } = &self.plan;
        let format = self.output.format();
        if self.output.has_early_note() {
            pass.look_ahead(u64::MAX).await?;
        }
        let selection = pass.selection().clone();
        let FileSrs { srs, unsaid } = sinks::file_srs(&selection);
        pass.remarks.extend(Remark::of_srs(format, &srs, unsaid));
        let early = self.output.has_early_note();
        let note_before = early.then(|| note(pass, columns));
        let settled = self.settled.as_ref();
        let mut file = PointFile::open(
            self.output,
            &Shape {
                selection: &selection,
                srs,
                columns: columns.clone(),
                note: note_before,
                settled,
            },
        )?;
        // A stream has the columns of its first points. If others were requested, they can't be added later.
        let is_asked = read.query().dimensions().is_some();
        if is_asked && self.output.is_stream() && settled.is_none() {
            file = file.with_required(columns);
        }
        let mut left = pass.limit().unwrap_or(u64::MAX);
        let take = |node: Node, points: Result<PointBatch, JobError>| {
            let mut points = points?;
            points.truncate(left);
            left -= points.len() as u64;
            file.write(node.name, points)?;
            Ok(if left == 0 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            })
        };
        let make = Arc::clone(make);
        let done = pass.read(read, move |tile| make(tile), take, progress);
        let done = done.await;
        if self.first.is_none() {
            self.first = file.first().cloned();
        }
        if let Err(error) = done {
            if is_unforeseen(&error) && self.output.can_begin_again() {
                file.discard();
            }
            return Err(error);
        }
        let dimensions = file.columns().unwrap_or_else(|| columns.clone());
        pass.remarks.extend(Remark::of_absent(read));
        if let Some(heights) = heights {
            heights.tell(pass);
        }
        let written = file.finish(note(pass, &dimensions))?;
        let remarks = Written::remarks(written.rounding, written.filler, format);
        pass.remarks.extend(remarks);
        self.output.keep(written.pending)?;
        Ok(written.points)
    }
}

/// The query with the required dimensions before those requested.
pub(crate) fn with_required(query: &Query, format: Format) -> Query {
    let Some(asked) = query.dimensions() else {
        return match format.usual() {
            Some(usual) => query.clone().with_dimensions(usual.iter().copied()),
            None => query.clone(),
        };
    };
    let required = format.required().iter().map(|name| (*name).to_owned());
    query
        .clone()
        .with_dimensions(required.chain(asked.iter().cloned()))
}

/// The columns of an empty result in a format.
pub(crate) fn columns_of(pass: &Pass, format: Format) -> Vec<String> {
    let asked = pass.selection().query().dimensions();
    let names = match (format.usual(), asked) {
        (Some(usual), None) => usual.iter().map(|name| (*name).to_owned()).collect(),
        _ => columns(pass.selection()),
    };
    if pass.heights().is_some() && asked.is_none() {
        with_heights(names)
    } else {
        names
    }
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
