//! Why a job fails, or cannot begin.

use std::path::PathBuf;

use ept_export::ExportError;
use ept_points::DecodeError;

use crate::Format;

/// An output that cannot be, whatever the points.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OutputError {
    /// The extension of the file belongs to no format.
    #[error(
        "{}: no format has this extension; name it .csv, .las, .laz, .copc.laz, .ply, .arrow or .parquet, or use \
         --format",
        .0.display()
    )]
    NoFormat(PathBuf),
    /// No format has this name.
    #[error("\"{0}\" is not a format: csv, las, laz, copc, ply, arrow and parquet are")]
    UnknownFormat(String),
    /// The format cannot be written to a stream.
    #[error("LAS, LAZ, COPC and PLY cannot be written to standard output; name a file with -o")]
    NeedsFile,
    /// This build lacks the format.
    #[error("this ept was built without Arrow and Parquet: build it with --features parquet")]
    NotBuiltIn,
    /// The name of a file for each feature does not say where the feature's own name goes.
    #[error("{name}: a file for each feature needs {{{property}}} in its name")]
    NoPlaceholder {
        /// The name.
        name: String,
        /// The property that features are called by.
        property: String,
    },
    /// Two features would have one file, as far as all file systems tell them apart.
    #[error("{first:?} and {second:?} both have the file {}; call them so that they differ in more than case and signs", .path.display())]
    SameFile {
        /// Name of the first feature.
        first: String,
        /// Name of the other one.
        second: String,
        /// The file.
        path: PathBuf,
    },
    /// A number of decimals for a format that has none.
    #[error("--precision is for CSV, not for {0}")]
    Precision(Format),
}

/// Why a job did not come to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JobError {
    /// The dataset cannot be read.
    #[error(transparent)]
    Read(#[from] ept_reader::Error),
    /// The points cannot be made what was asked for.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The output does not take the points.
    #[error("cannot write {output}")]
    Write {
        /// Name of the output.
        output: String,
        /// What went wrong.
        source: ExportError,
    },
    /// The extension of the file is of no format of indexes.
    #[error("{output}: an index has the extension .vpc, .geojson or .zip")]
    IndexFormat {
        /// Name of the output.
        output: String,
    },
    /// The format of the file can't hold the index.
    #[error("cannot write {output}")]
    Index {
        /// Name of the output.
        output: String,
        /// What can't be written.
        source: ept_index::IndexError,
    },
    /// Points can't be put aside until they are written or summed up.
    #[error("cannot keep points in a scratch file")]
    Scratch(#[source] std::io::Error),
    /// The file cannot be created, or not be given its name.
    #[error("cannot write {output}")]
    File {
        /// Name of the output.
        output: String,
        /// What the system says.
        source: std::io::Error,
    },
}

impl JobError {
    /// The error and its causes in one line.
    #[must_use]
    pub fn in_full(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text += &format!(": {error}");
            cause = error.source();
        }
        text
    }
}
