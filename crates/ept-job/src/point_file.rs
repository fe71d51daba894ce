//! A point file being written.

use ept_export::{ExportError, Rounding};
use ept_points::PointBatch;
use ept_reader::NodeName;

use crate::filler::Filler;
use crate::output::Writing;
use crate::pending::Pending;
use crate::sinks::Shape;
use crate::{Format, JobError, Output, Remark};

/// An open output, with the columns of its points.
pub(crate) struct PointFile<'a> {
    writing: Writing,
    format: Format,
    /// The columns of the file, if they were settled in advance.
    settled: Option<&'a PointBatch>,
    /// Dimensions that the first points must have.
    required: &'a [String],
    first: Option<PointBatch>,
    filler: Filler,
}

/// A complete file without its final name.
pub(crate) struct Written {
    pub(crate) points: u64,
    pub(crate) pending: Option<Pending>,
    pub(crate) rounding: Vec<Rounding>,
    pub(crate) filler: Filler,
}

impl<'a> PointFile<'a> {
    pub(crate) fn open(output: &mut Output, shape: &Shape<'a>) -> Result<PointFile<'a>, JobError> {
        Ok(PointFile {
            writing: output.open(shape)?,
            format: output.format(),
            settled: shape.settled,
            required: &[],
            first: None,
            filler: Filler::default(),
        })
    }

    /// Sets the dimensions that the first points must have.
    pub(crate) fn with_required(self, required: &'a [String]) -> PointFile<'a> {
        PointFile { required, ..self }
    }

    /// Writes the points of a node.
    pub(crate) fn write(&mut self, node: NodeName, mut points: PointBatch) -> Result<(), JobError> {
        if !points.is_empty() && self.first.is_none() {
            self.first = Some(points.emptied());
            self.writing.check(self.has_required(&points))?;
        }
        if let Some(settled) = self.settled.filter(|_| !self.format.has_absent_values()) {
            points = self.filler.fill(points, settled)?;
        }
        let written = self.writing.sink.write(node, &points);
        self.writing.check(written)
    }

    fn has_required(&self, points: &PointBatch) -> Result<(), ExportError> {
        let mut required = self.required.iter();
        let lacking = required.find(|name| points.find(name).is_none());
        lacking.map_or(Ok(()), |name| {
            Err(ExportError::MissingDimension(name.clone()))
        })
    }

    /// The columns of the first points. `None` if there were none.
    pub(crate) fn first(&self) -> Option<&PointBatch> {
        self.first.as_ref()
    }

    /// The names of the file's columns. `None` if there were no points.
    pub(crate) fn columns(&self) -> Option<Vec<String>> {
        let columns = self.settled.or(self.first.as_ref())?.columns().iter();
        Some(columns.map(|column| column.name.to_string()).collect())
    }

    /// Discards everything that has not been written yet.
    pub(crate) fn discard(self) {
        self.writing.discard();
    }

    /// Completes the file.
    pub(crate) fn finish(mut self, note: String) -> Result<Written, JobError> {
        self.writing.sink.describe(note);
        let rounding = self.writing.sink.rounding();
        let (points, pending) = self.writing.finish()?;
        Ok(Written {
            points,
            pending,
            rounding,
            filler: self.filler,
        })
    }
}

impl Written {
    /// The remarks on such files together.
    pub(crate) fn remarks(
        rounding: Vec<Rounding>,
        filler: Filler,
        format: Format,
    ) -> impl Iterator<Item = Remark> {
        let rounded = (!rounding.is_empty()).then_some(Remark::Rounded(rounding));
        rounded.into_iter().chain(filler.remark(format))
    }
}

/// Whether a file settled by all tiles may be able to store what one settled by the first points could not.
pub(crate) fn is_unforeseen(error: &JobError) -> bool {
    matches!(error, JobError::Write { source, .. } if source.is_unforeseen())
}
