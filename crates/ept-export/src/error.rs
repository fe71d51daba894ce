//! Errors of writing points.

use std::io;
use std::sync::Arc;

use ept_format::{Bounds, NodeName, ScalarType};
use ept_las::LasError;
use ept_points::{Scalar, Scaling};

/// An output that fails, or points that the format can't represent.
///
/// Clonable, since a sink repeats its first error on every later call.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// Writing to the output failed.
    #[error("writing the output failed")]
    Io(#[source] Arc<io::Error>),
    /// A dimension that is not in the first points, which settled the file, is in later ones.
    #[error(
        "dimension \"{0}\" is in later points but not in the first, which settled the columns; \
         write to a file, so that all tiles can be checked first, or name the dimensions to write (--dims)"
    )]
    NewDimension(String),
    /// A dimension of the first points is missing from later ones, and the format has no absent values.
    #[error(
        "dimension \"{0}\" is missing from some of the points, and this format has no absent values; \
         write to a file, so that all tiles can be checked first, or leave it out (--dims)"
    )]
    MissingDimension(String),
    /// The format requires all three coordinates, and one is missing.
    #[error("the points have no {0}, which the format requires")]
    NoCoordinate(&'static str),
    /// A coordinate is not a number, or doesn't fit in 32 bits.
    #[error(
        "{axis} {value} does not fit in 32 bits with the file's scale {scale} and offset {offset}"
    )]
    Coordinate {
        /// `X`, `Y` or `Z`.
        axis: String,
        /// The coordinate, in units of the coordinate system.
        value: f64,
        /// Scale of the axis.
        scale: f64,
        /// Offset of the axis.
        offset: f64,
    },
    /// The scale or offset of the points is such that the file, settled by its first points, would round them.
    #[error(
        "a tile has scale {:?} and offset {:?}, so its coordinates would be rounded in a file with {:?} and {:?}",
        .found.scale, .found.offset, .file.scale, .file.offset
    )]
    Scaling {
        /// Scale and offset of the points.
        found: Box<Scaling>,
        /// Scale and offset of the file.
        file: Box<Scaling>,
    },
    /// A value can't be represented in its field.
    #[error("{dimension} {value} does not fit its field ({field})")]
    Value {
        /// Name of the dimension.
        dimension: String,
        /// The first value that does not fit.
        value: Scalar,
        /// Type of the field, for example `uint16` or `3 bits`.
        field: String,
    },
    /// A column of bytes is to be written to a field of numbers, or the reverse.
    #[error("{dimension} is of type {found}, but its field is {field}")]
    Type {
        /// Name of the dimension.
        dimension: String,
        /// Type of the column.
        found: ScalarType,
        /// Type of the field, for example `uint16` or `3 bits`.
        field: String,
    },
    /// A file can't be put together with others.
    #[error("{0}")]
    Part(String),
    /// The format has no type for the values of a dimension.
    #[error("{dimension} is of type {found}, which {format} does not have; leave it out")]
    NoType {
        /// Name of the dimension.
        dimension: String,
        /// Type of the column.
        found: ScalarType,
        /// Name of the format.
        format: &'static str,
    },
    /// Values are too wide for an extra dimension of LAS.
    #[error("{dimension} has values of {width} bytes; extra dimensions of LAS have at most 255")]
    Wide {
        /// Name of the dimension.
        dimension: String,
        /// Bytes of a value.
        width: u16,
    },
    /// There are too many extra dimensions for a LAS file, or for its point records.
    #[error(
        "{dimensions} extra dimensions make point records of {record_length} bytes; \
         LAS allows at most 341 and 65535"
    )]
    TooManyDimensions {
        /// Number of extra dimensions.
        dimensions: usize,
        /// Length that a point record would have, in bytes.
        record_length: usize,
    },
    /// The octree's bounds are not a cube, which COPC requires.
    #[error(
        "the octree's bounds {min:?} to {max:?} are not a cube, which COPC requires; write LAZ",
        min = .0.min(),
        max = .0.max()
    )]
    NotACube(Bounds),
    /// A node that can't be written.
    #[error("node {node}: {problem}")]
    Node {
        /// Name of the node.
        node: NodeName,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Something can't be stored in LAS or LAZ.
    #[error(transparent)]
    Las(#[from] LasError),
    /// LAZ compression failed.
    #[error("LAZ compression: {0}")]
    Compression(String),
    /// A thread that encodes points panicked.
    #[error("a thread that encodes points ended early")]
    Thread,
    /// The Arrow or Parquet writer failed.
    #[error("columnar output: {0}")]
    Columnar(String),
    /// The sink was used after a panic.
    #[error("the output is incomplete since an earlier failure")]
    Broken,
}

impl ExportError {
    /// Whether it is due to later points that differ from the first, which settled the file. A sink that is settled
    /// with knowledge of all points may be able to write them.
    #[must_use]
    pub fn is_unforeseen(&self) -> bool {
        matches!(
            self,
            ExportError::NewDimension(_)
                | ExportError::MissingDimension(_)
                | ExportError::Coordinate { .. }
                | ExportError::Scaling { .. }
                | ExportError::Value { .. }
                | ExportError::Type { .. }
        )
    }
}

impl From<io::Error> for ExportError {
    fn from(error: io::Error) -> ExportError {
        ExportError::Io(Arc::new(error))
    }
}

#[cfg(feature = "arrow")]
impl From<arrow_schema::ArrowError> for ExportError {
    fn from(error: arrow_schema::ArrowError) -> ExportError {
        match error {
            arrow_schema::ArrowError::IoError(_, error) => error.into(),
            error => ExportError::Columnar(error.to_string()),
        }
    }
}

#[cfg(feature = "parquet")]
impl From<parquet::errors::ParquetError> for ExportError {
    fn from(error: parquet::errors::ParquetError) -> ExportError {
        match error {
            parquet::errors::ParquetError::External(error) => match error.downcast::<io::Error>() {
                Ok(error) => (*error).into(),
                Err(error) => ExportError::Columnar(error.to_string()),
            },
            error => ExportError::Columnar(error.to_string()),
        }
    }
}
