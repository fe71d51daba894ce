//! Arrow and GeoParquet output, if enabled.

use std::io::Write;

use ept_export::{ExportError, Sink};

use crate::Format;
use crate::sinks::Shape;

/// A sink for a stream.
#[cfg(feature = "parquet")]
pub(crate) fn stream(
    format: Format,
    out: impl Write + Send + 'static,
    shape: &Shape<'_>,
) -> Result<Box<dyn Sink>, ExportError> {
    match format {
        Format::Arrow => {
            let sink = ept_export::ArrowSink::stream(out, shape.info(), shape.empty(format)?);
            Ok(arrow(sink, shape))
        }
        _ => file(format, out, shape),
    }
}

/// A sink for a file.
#[cfg(feature = "parquet")]
pub(crate) fn file(
    format: Format,
    out: impl Write + Send + 'static,
    shape: &Shape<'_>,
) -> Result<Box<dyn Sink>, ExportError> {
    let (info, empty) = (shape.info(), shape.empty(format)?);
    if format == Format::Arrow {
        return Ok(arrow(ept_export::ArrowSink::file(out, info, empty), shape));
    }
    let threads = shape.selection.dataset().engine().limits().threads;
    let sink = ept_export::ParquetSink::new(out, info, empty).with_threads(threads);
    Ok(Box::new(match shape.settled {
        Some(columns) => sink.with_columns(columns.clone()),
        None => sink,
    }))
}

#[cfg(feature = "parquet")]
fn arrow<W: Write + Send + 'static>(
    sink: ept_export::ArrowSink<W>,
    shape: &Shape<'_>,
) -> Box<dyn Sink> {
    Box::new(match shape.settled {
        Some(columns) => sink.with_columns(columns.clone()),
        None => sink,
    })
}

#[cfg(not(feature = "parquet"))]
pub(crate) use self::file as stream;

/// Never called, since an [`Output`](crate::Output) of these formats is refused.
#[cfg(not(feature = "parquet"))]
pub(crate) fn file(
    format: Format,
    _out: impl Write + Send + 'static,
    _shape: &Shape<'_>,
) -> Result<Box<dyn Sink>, ExportError> {
    Err(ExportError::Columnar(format!(
        "this build does not support {format}"
    )))
}
