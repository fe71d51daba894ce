//! Arrow and GeoParquet as outputs, where they are built in.

use std::io::Write;

use anyhow::Result;
use ept_export::{FileInfo, Sink};
use ept_reader::PointBatch;

use crate::args::Format;

/// A sink to a pipe. The columns of `empty` are those of an empty result.
#[cfg(feature = "parquet")]
pub(crate) fn stream(
    format: Format,
    out: impl Write + Send + 'static,
    info: FileInfo,
    empty: PointBatch,
) -> Result<Box<dyn Sink>> {
    let out = std::io::BufWriter::with_capacity(1 << 20, out);
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
) -> Result<Box<dyn Sink>> {
    Ok(match format {
        Format::Arrow => Box::new(ept_export::ArrowSink::file(out, info, empty)),
        _ => Box::new(ept_export::ParquetSink::new(out, info, empty)),
    })
}

#[cfg(not(feature = "parquet"))]
pub(crate) use self::file as stream;

/// Not built in: [`Output`](crate::output::Output) says so before it gets here.
#[cfg(not(feature = "parquet"))]
pub(crate) fn file(
    format: Format,
    _out: impl Write + Send + 'static,
    _info: FileInfo,
    _empty: PointBatch,
) -> Result<Box<dyn Sink>> {
    anyhow::bail!("{format:?} is not built in")
}
