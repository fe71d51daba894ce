//! Why points cannot be written.

use std::io;
use std::sync::Arc;

use ept_format::{Bounds, NodeName, ScalarType};
use ept_las::LasError;
use ept_points::{Scalar, Scaling};

/// An output that fails, or points that the output format cannot hold.
///
/// A clone of it is what a sink repeats to whoever goes on after an error.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The output cannot be written.
    #[error("the output cannot be written")]
    Io(#[source] Arc<io::Error>),
    /// A dimension that the first points lack turns up when the shape of the file is settled.
    #[error(
        "dimension \"{0}\" is missing from the first points and turns up in later ones; \
         write to a file, for which all tiles are looked at first, or name the dimensions to write (--dims)"
    )]
    NewDimension(String),
    /// A dimension of the first points is missing from later ones, in a format without absent values.
    #[error(
        "dimension \"{0}\" is missing from some of the points, and this format has no absent values; \
         write to a file, for which all tiles are looked at first, or leave it out (--dims)"
    )]
    MissingDimension(String),
    /// A format that needs all three coordinates lacks one.
    #[error("the points have no {0}, which the format requires")]
    NoCoordinate(&'static str),
    /// A coordinate is not a number, or too far from the offset for 32 bits.
    #[error(
        "{axis} {value} does not fit 32 bits with scale {scale} and offset {offset} of the file"
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
    /// Points are stored with a scale or offset that the file, settled by its first points, would round.
    #[error(
        "a tile stores its coordinates with scale {:?} and offset {:?}, which the file with {:?} and {:?} would round",
        .found.scale, .found.offset, .file.scale, .file.offset
    )]
    Scaling {
        /// Scale and offset of the points.
        found: Box<Scaling>,
        /// Scale and offset of the file.
        file: Box<Scaling>,
    },
    /// A value cannot be written to its field without changing it.
    #[error("{dimension} {value} does not fit its field ({field})")]
    Value {
        /// Name of the dimension.
        dimension: String,
        /// The first value that does not fit.
        value: Scalar,
        /// What the field holds, such as `uint16` or `3 bits`.
        field: String,
    },
    /// A column of bytes stands where numbers belong, or the reverse.
    #[error("{dimension} is of type {found}, its field holds {field}")]
    Type {
        /// Name of the dimension.
        dimension: String,
        /// Type of the column.
        found: ScalarType,
        /// What the field holds, such as `uint16` or `3 bits`.
        field: String,
    },
    /// The format has no type for the values of a dimension.
    #[error("{dimension} is of type {found}, which {format} cannot hold; leave it out")]
    NoType {
        /// Name of the dimension.
        dimension: String,
        /// Type of the column.
        found: ScalarType,
        /// Name of the format.
        format: &'static str,
    },
    /// Values are wider than an extra dimension of LAS may be.
    #[error("{dimension} has values of {width} bytes; extra dimensions of LAS hold at most 255")]
    Wide {
        /// Name of the dimension.
        dimension: String,
        /// Bytes of a value.
        width: u16,
    },
    /// The extra dimensions exceed what a LAS file can describe or a point record hold.
    #[error(
        "{dimensions} extra dimensions make point records of {record_length} bytes; \
         LAS holds at most 341 and 65535"
    )]
    TooManyDimensions {
        /// Number of extra dimensions.
        dimensions: usize,
        /// Bytes that a point would take.
        record_length: usize,
    },
    /// The bounds of the octree are not a cube, as COPC needs them.
    #[error(
        "the octree's bounds {min:?} to {max:?} are not a cube, as COPC needs them; write LAZ",
        min = .0.min(),
        max = .0.max()
    )]
    NotACube(Bounds),
    /// A node cannot be one of COPC.
    #[error("node {node}: {problem}")]
    Node {
        /// Name of the node.
        node: NodeName,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Something that LAS or LAZ can't hold.
    #[error(transparent)]
    Las(#[from] LasError),
    /// The LAZ compressor refuses.
    #[error("LAZ compression: {0}")]
    Compression(String),
    /// The writer of Arrow or Parquet refuses.
    #[error("columnar output: {0}")]
    Columnar(String),
    /// A sink is used after a panic.
    #[error("the output is incomplete since an earlier failure")]
    Broken,
}

impl ExportError {
    /// Whether the cause is that the first points settled the file, and later ones are different: a sink that is told of all
    /// before may hold them.
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
