//! Destinations of points.

use std::fmt;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use ept_export::Sink;
use ept_reader::{PointBatch, Selection};

use crate::pending::{Pending, scratch_folder};
use crate::sinks::{self, Shape};
use crate::tap::Tap;
use crate::{Format, JobError, OutputError};

/// A destination of points: a file that appears complete or not at all, or a stream.
#[derive(Debug)]
pub struct Output {
    destination: Destination,
    format: Format,
    precision: Option<u8>,
    /// The columns of the file. `None` if the first points settle them.
    pub(crate) columns: Option<PointBatch>,
}

enum Destination {
    File(PathBuf),
    Stream { name: String, out: Tap },
}

/// Size in bytes of the write buffer.
const BUFFER: usize = 1 << 20;

impl Output {
    /// A file. By default, its extension determines the format. Nothing is created yet.
    ///
    /// # Errors
    /// If no format has the extension, or this build does not support the format.
    pub fn to_file(
        path: impl Into<PathBuf>,
        format: Option<Format>,
    ) -> Result<Output, OutputError> {
        let path = path.into();
        let format = format.map_or_else(|| Format::of(&path), Ok)?;
        Output::new(Destination::File(path), format)
    }

    /// A stream. `name` is for messages.
    ///
    /// # Errors
    /// If the format needs a file, or this build does not support it.
    pub fn to_stream(
        name: &str,
        out: impl Write + Send + 'static,
        format: Format,
    ) -> Result<Output, OutputError> {
        if format.needs_file() {
            return Err(OutputError::NeedsFile);
        }
        let (name, out) = (name.to_owned(), Tap::new(out));
        Output::new(Destination::Stream { name, out }, format)
    }

    fn new(destination: Destination, format: Format) -> Result<Output, OutputError> {
        if !format.is_built_in() {
            return Err(OutputError::NotBuiltIn);
        }
        Ok(Output {
            destination,
            format,
            precision: None,
            columns: None,
        })
    }

    /// Sets the number of decimals of floating-point values, for text only.
    ///
    /// # Errors
    /// If the format is not text.
    pub fn with_precision(self, decimals: u8) -> Result<Output, OutputError> {
        if !self.format.is_text() {
            return Err(OutputError::Precision(self.format));
        }
        Ok(Output {
            precision: Some(decimals),
            ..self
        })
    }

    /// The format.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// The name of the destination, for messages.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.destination {
            Destination::File(path) => path.display().to_string(),
            Destination::Stream { name, .. } => name.clone(),
        }
    }

    /// The path of the file. `None` for a stream.
    pub(crate) fn path(&self) -> Option<&Path> {
        match &self.destination {
            Destination::File(path) => Some(path),
            Destination::Stream { .. } => None,
        }
    }

    /// The folder for scratch files.
    pub(crate) fn scratch_folder(&self) -> PathBuf {
        self.path().map_or_else(std::env::temp_dir, scratch_folder)
    }

    /// Checks that the folder of the file exists, before anything is read.
    pub(crate) fn check_folder(&self) -> Result<(), JobError> {
        let folder = self.path().map(scratch_folder);
        let metadata = folder.map(std::fs::metadata).transpose();
        metadata.map(|_| ()).map_err(failed(&self.name()))
    }

    /// Why a COPC file can't have the octree of the dataset, so that one has to be built for the points, which takes
    /// longer. `None` if it can, or if the format is not COPC.
    #[must_use]
    pub fn rebuilds_octree(&self, selection: &Selection) -> Option<&'static str> {
        let is_copc = self.format == Format::Copc;
        is_copc.then(|| sinks::no_octree_of(selection)).flatten()
    }

    /// Whether the format has the note before the points.
    pub(crate) fn has_early_note(&self) -> bool {
        let is_stream = matches!(self.destination, Destination::Stream { .. });
        match self.format {
            Format::Ply => true,
            Format::Arrow => is_stream,
            _ => false,
        }
    }

    /// Whether it can be opened again to replace what was written: a file, or a stream to which nothing has been
    /// written yet.
    pub(crate) fn can_begin_again(&self) -> bool {
        match &self.destination {
            Destination::File(_) => true,
            Destination::Stream { out, .. } => !out.is_used(),
        }
    }

    /// Whether whatever is written to it is final.
    pub(crate) fn is_stream(&self) -> bool {
        matches!(self.destination, Destination::Stream { .. })
    }

    /// Gives a complete file its name.
    pub(crate) fn keep(&self, pending: Option<Pending>) -> Result<(), JobError> {
        let kept = pending.map_or(Ok(()), Pending::keep);
        kept.map_err(failed(&self.name()))
    }

    /// Opens the destination.
    pub(crate) fn open(&mut self, shape: &Shape<'_>) -> Result<Writing, JobError> {
        let output = self.name();
        let format = self.format;
        let refused = |source| JobError::Write {
            output: output.clone(),
            source,
        };
        let (sink, pending) = match &mut self.destination {
            Destination::Stream { out, .. } => {
                *out = out.opened();
                let sink = sinks::to_stream(format, self.precision, Box::new(out.clone()), shape);
                (sink.map_err(refused)?, None)
            }
            Destination::File(path) => {
                let (file, pending) = Pending::create(path).map_err(failed(&output))?;
                let file = BufWriter::with_capacity(BUFFER, file);
                let sink = sinks::to_file(format, self.precision, (file, path), shape);
                (sink.map_err(refused)?, Some(pending))
            }
        };
        let tap = match &self.destination {
            Destination::Stream { out, .. } => Some(out.clone()),
            Destination::File(_) => None,
        };
        Ok(Writing {
            output,
            sink,
            pending,
            tap,
        })
    }
}

/// An open output.
pub(crate) struct Writing {
    output: String,
    pub(crate) sink: Box<dyn Sink>,
    pending: Option<Pending>,
    tap: Option<Tap>,
}

impl Writing {
    /// Discards everything that has not been written yet.
    pub(crate) fn discard(self) {
        if let Some(tap) = &self.tap {
            tap.close();
        }
    }

    /// Converts errors of a sink.
    pub(crate) fn check<T>(
        &self,
        result: Result<T, ept_export::ExportError>,
    ) -> Result<T, JobError> {
        result.map_err(|source| JobError::Write {
            output: self.output.clone(),
            source,
        })
    }

    /// Completes the file. Returns the number of points in it, and the pending file.
    pub(crate) fn finish(self) -> Result<(u64, Option<Pending>), JobError> {
        let Writing {
            output,
            sink,
            pending,
            ..
        } = self;
        let points = sink.finish();
        let points = points.map_err(|source| JobError::Write { output, source })?;
        Ok((points, pending))
    }
}

fn failed(output: &str) -> impl FnOnce(std::io::Error) -> JobError + use<> {
    let output = output.to_owned();
    move |source| JobError::File { output, source }
}

impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Destination::File(path) => f.debug_tuple("File").field(path).finish(),
            Destination::Stream { name, .. } => f.debug_tuple("Stream").field(name).finish(),
        }
    }
}
