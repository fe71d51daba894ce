//! The sink for comma-separated values (RFC 4180, but with `\n` line ends, which command line tools expect and every
//! CSV reader accepts).

use std::io::Write;
use std::num::NonZeroUsize;
use std::sync::Arc;

use ept_format::NodeName;
use ept_points::{PointBatch, Values};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::csv_text::{Rows, Style, header_row};
use crate::encoders::{Encoded, Encoders};
use crate::fused::Fused;
use crate::{ExportError, Sink};

/// Points whose text is made at once, a megabyte or two.
const BLOCK_POINTS: usize = 1 << 14;

/// Bytes of text before the first is written: until then, another sink can begin the output again.
const BLOCK_BYTES: usize = 1 << 16;

/// Writes a header row of names, then a row for each point. Names that contain commas, quotes or line breaks are
/// quoted. Lines end with `\n`.
///
/// Integers are plain. Floats are the shortest text that parses as the same value (including `NaN`, `inf` and `-inf`),
/// unless [`CsvSink::with_precision`] is set. Bytes of an application's own type are lower-case hexadecimal.
///
/// The columns are those of the first points. If later points lack one, its field is empty.
#[derive(Debug)]
pub struct CsvSink<W: Write> {
    draft: Fused<Draft<W>>,
}

/// Where the text goes.
#[derive(Debug)]
enum Text<W: Write> {
    Plain(W),
    Gzip(Box<GzEncoder<W>>),
}

#[derive(Debug)]
struct Draft<W: Write> {
    out: Text<W>,
    style: Style,
    has_header: bool,
    dimensions: Vec<String>,
    threads: NonZeroUsize,
    /// What makes text of the points, once there are some.
    rows: Option<Encoders<Rows>>,
    /// Names of the columns, once they are settled.
    header: Option<Vec<Arc<str>>>,
    /// Text that is not written yet.
    text: Vec<u8>,
    points: u64,
}

impl<W: Write + Send> CsvSink<W> {
    /// A sink that writes to `out`. If there are no points, the header row is `dimensions`.
    pub fn new(out: W, dimensions: Vec<String>) -> CsvSink<W> {
        CsvSink {
            draft: Fused::new(Draft {
                out: Text::Plain(out),
                style: Style::default(),
                has_header: true,
                dimensions,
                threads: NonZeroUsize::MIN,
                rows: None,
                header: None,
                text: Vec::new(),
                points: 0,
            }),
        }
    }

    /// The same text, compressed by gzip.
    #[must_use]
    pub fn compressed(self) -> CsvSink<W> {
        let draft = self.draft.changed(|mut draft| {
            if let Text::Plain(out) = draft.out {
                draft.out = Text::Gzip(Box::new(GzEncoder::new(out, Compression::default())));
            }
            draft
        });
        CsvSink { draft }
    }

    /// Makes the text on at most this many threads, 1 by default. It does not affect the text.
    #[must_use]
    pub fn with_threads(self, threads: NonZeroUsize) -> CsvSink<W> {
        self.changed(|draft| draft.threads = threads)
    }

    /// Another character between values than a comma.
    #[must_use]
    pub fn with_separator(self, separator: u8) -> CsvSink<W> {
        self.changed(|draft| draft.style.separator = separator)
    }

    /// Without the header row.
    #[must_use]
    pub fn without_header(self) -> CsvSink<W> {
        self.changed(|draft| draft.has_header = false)
    }

    fn changed(self, change: impl FnOnce(&mut Draft<W>)) -> CsvSink<W> {
        let draft = self.draft.changed(|mut draft| {
            change(&mut draft);
            draft
        });
        CsvSink { draft }
    }

    /// Settles the columns of the file in advance.
    #[must_use]
    pub fn with_columns(self, names: Vec<String>) -> CsvSink<W> {
        self.changed(|draft| draft.header = Some(texts(&names)))
    }

    /// Writes every float, including coordinates, with `decimals` digits after the point, rounded to the nearest, ties
    /// to even.
    ///
    /// ```
    /// use ept_export::{CsvSink, Sink};
    /// use ept_format::Key;
    /// use ept_points::{Column, PointBatch, Values};
    ///
    /// let batch = PointBatch::new(vec![Column::new("X", Values::F64(vec![637012.2399999999, 2.0]))])?;
    /// let mut text = Vec::new();
    /// let mut sink = Box::new(CsvSink::new(&mut text, Vec::new()).with_precision(2));
    /// sink.write(Key::ROOT.into(), &batch)?;
    /// sink.finish()?;
    /// assert_eq!(text, b"X\n637012.24\n2.00\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_precision(self, decimals: u8) -> CsvSink<W> {
        self.changed(|draft| draft.style.precision = Some(decimals))
    }
}

impl<W: Write> Text<W> {
    fn write_all(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        match self {
            Text::Plain(out) => out.write_all(bytes),
            Text::Gzip(out) => out.write_all(bytes),
        }
    }

    fn finish(self) -> std::io::Result<()> {
        match self {
            Text::Plain(mut out) => out.flush(),
            Text::Gzip(out) => out.finish()?.flush(),
        }
    }
}

impl<W: Write> Draft<W> {
    fn write(mut self, batch: &PointBatch) -> Result<Draft<W>, ExportError> {
        if batch.is_empty() {
            return Ok(self);
        }
        self.start(batch.columns().iter().map(|column| column.name.clone()))?;
        let header = self.header.as_deref().unwrap_or_default();
        let mut columns = batch.columns().iter();
        if let Some(new) = columns.find(|c| !header.contains(&c.name)) {
            // Whether the output can begin again must not depend on how fast the text is made.
            self.drain()?;
            return Err(ExportError::NewDimension(new.name.to_string()));
        }
        let columns: Arc<[Option<Values>]> = header
            .iter()
            .map(|name| batch.values(name).cloned())
            .collect();
        for first in (0..batch.len()).step_by(BLOCK_POINTS) {
            let points = first..batch.len().min(first + BLOCK_POINTS);
            self.put(Rows::new(&columns, points))?;
        }
        self.points += batch.len() as u64;
        Ok(self)
    }

    /// Settles the columns, if they are not, and writes the header row before the first points.
    fn start(&mut self, names: impl ExactSizeIterator<Item = Arc<str>>) -> Result<(), ExportError> {
        if self.rows.is_some() {
            return Ok(());
        }
        let header = self.header.get_or_insert_with(|| match names.len() {
            0 => texts(&self.dimensions),
            _ => names.collect(),
        });
        if self.has_header {
            self.text = header_row(header, self.style);
        }
        let style = self.style;
        self.rows = Some(Encoders::new(self.threads, move |rows: &Rows, text| {
            Ok(rows.text(style, text))
        }));
        Ok(())
    }

    fn put(&mut self, rows: Rows) -> Result<(), ExportError> {
        if let Some(encoders) = &mut self.rows {
            encoders.submit(rows)?;
            while let Some(Encoded { chunk, .. }) = encoders.due()? {
                write_text(&mut self.out, &mut self.text, &chunk)?;
                encoders.reuse(chunk);
            }
        }
        Ok(())
    }

    /// Waits for the text of all points so far.
    fn drain(&mut self) -> Result<(), ExportError> {
        if let Some(encoders) = &mut self.rows {
            while let Some(Encoded { chunk, .. }) = encoders.next()? {
                write_text(&mut self.out, &mut self.text, &chunk)?;
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<u64, ExportError> {
        self.start([].into_iter())?;
        self.drain()?;
        self.out.write_all(&self.text)?;
        self.out.finish()?;
        Ok(self.points)
    }
}

/// Adds a chunk to the text that waits, and writes it all if it is enough.
fn write_text<W: Write>(
    out: &mut Text<W>,
    waiting: &mut Vec<u8>,
    chunk: &[u8],
) -> std::io::Result<()> {
    if waiting.len() + chunk.len() < BLOCK_BYTES {
        waiting.extend_from_slice(chunk);
        return Ok(());
    }
    out.write_all(waiting)?;
    waiting.clear();
    out.write_all(chunk)
}

impl<W: Write + Send> Sink for CsvSink<W> {
    fn write(&mut self, _node: NodeName, batch: &PointBatch) -> Result<(), ExportError> {
        self.draft.step(|draft| draft.write(batch))
    }

    fn finish(self: Box<Self>) -> Result<u64, ExportError> {
        self.draft.finish(Draft::finish)
    }
}

fn texts(names: &[String]) -> Vec<Arc<str>> {
    names.iter().map(|name| name.as_str().into()).collect()
}
