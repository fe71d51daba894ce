//! Arrow and GeoParquet as outputs, if they are built in.

use std::io::Write;

use ept_export::{ExportError, FileInfo, Sink};
use ept_reader::PointBatch;

use crate::Format;

/// A sink to a stream. The columns of `empty` are those of an empty result.
#[cfg(feature = "parquet")]
pub(crate) fn stream(
    format: Format,
    out: impl Write + Send + 'static,
    info: FileInfo,
    empty: PointBatch,
) -> Result<Box<dyn Sink>, ExportError> {
    match format {
        Format::Arrow => Ok(Box::new(ept_export::ArrowSink::stream(out, info, empty))),
        _ => file(format, out, info, empty),
    }
}

/// A sink to a file; as [`stream`].
#[cfg(feature = "parquet")]
pub(crate) fn file(
    format: Format,
    out: impl Write + Send + 'static,
    info: FileInfo,
    empty: PointBatch,
) -> Result<Box<dyn Sink>, ExportError> {
    Ok(match format {
        Format::Arrow => Box::new(ept_export::ArrowSink::file(out, info, empty)),
        _ => Box::new(ept_export::ParquetSink::new(out, info, empty)),
    })
}

#[cfg(not(feature = "parquet"))]
pub(crate) use self::file as stream;

/// Never called: an [`Output`](crate::Output) of such a format is refused.
#[cfg(not(feature = "parquet"))]
pub(crate) fn file(
    format: Format,
    _out: impl Write + Send + 'static,
    _info: FileInfo,
    _empty: PointBatch,
) -> Result<Box<dyn Sink>, ExportError> {
    Err(ExportError::Columnar(format!("{format} is not built in")))
}
