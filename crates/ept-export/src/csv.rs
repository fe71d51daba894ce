//! The sink for comma-separated values (RFC 4180, but with `\n` line ends, which command line tools expect and every
//! CSV reader accepts).

use std::fmt::{Display, LowerExp};
use std::io::Write;
use std::sync::Arc;

use ept_format::NodeName;
use ept_points::{PointBatch, Values};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::fused::Fused;
use crate::{ExportError, Sink};

/// Bytes of text written to the output at a time.
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
    precision: Option<u8>,
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
    separator: u8,
    has_header: bool,
    dimensions: Vec<String>,
    /// Names of the columns, once the header row has been written.
    header: Option<Vec<Arc<str>>>,
    text: Vec<u8>,
    points: u64,
}

impl<W: Write + Send> CsvSink<W> {
    /// A sink that writes to `out`. If there are no points, the header row is `dimensions`.
    pub fn new(out: W, dimensions: Vec<String>) -> CsvSink<W> {
        CsvSink {
            draft: Fused::new(Draft {
                out: Text::Plain(out),
                separator: b',',
                has_header: true,
                dimensions,
                header: None,
                text: Vec::new(),
                points: 0,
            }),
            precision: None,
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
        CsvSink { draft, ..self }
    }

    /// Another character between values than a comma.
    #[must_use]
    pub fn with_separator(self, separator: u8) -> CsvSink<W> {
        self.changed(|draft| draft.separator = separator)
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
        CsvSink { draft, ..self }
    }

    /// Settles the columns of the file in advance.
    #[must_use]
    pub fn with_columns(self, names: Vec<String>) -> CsvSink<W> {
        self.changed(|draft| draft.start(texts(&names)))
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
    pub fn with_precision(mut self, decimals: u8) -> CsvSink<W> {
        self.precision = Some(decimals);
        self
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
    /// Writes the header row.
    fn start(&mut self, names: Vec<Arc<str>>) {
        if self.has_header {
            let separator = self.separator;
            push_row(&mut self.text, separator, &names, |text, name| {
                push_name(text, name);
            });
        }
        self.header = Some(names);
    }

    fn write(mut self, batch: &PointBatch, precision: Option<u8>) -> Result<Draft<W>, ExportError> {
        if batch.is_empty() {
            return Ok(self);
        }
        let columns = batch.columns();
        if self.header.is_none() {
            self.start(match columns {
                [] => texts(&self.dimensions),
                _ => columns.iter().map(|column| column.name.clone()).collect(),
            });
        }
        let header = self.header.as_deref().unwrap_or_default();
        if let Some(new) = columns.iter().find(|c| !header.contains(&c.name)) {
            return Err(ExportError::NewDimension(new.name.to_string()));
        }
        let values: Vec<Option<&Values>> = header.iter().map(|name| batch.values(name)).collect();
        for point in 0..batch.len() {
            push_row(&mut self.text, self.separator, &values, |text, values| {
                if let Some(values) = values {
                    push_value(text, values, point, precision);
                }
            });
            if self.text.len() >= BLOCK_BYTES {
                self.out.write_all(&self.text)?;
                self.text.clear();
            }
        }
        self.points += batch.len() as u64;
        Ok(self)
    }

    fn finish(mut self) -> Result<u64, ExportError> {
        if self.header.is_none() {
            self.start(texts(&self.dimensions));
        }
        self.out.write_all(&self.text)?;
        self.out.finish()?;
        Ok(self.points)
    }
}

impl<W: Write + Send> Sink for CsvSink<W> {
    fn write(&mut self, _node: NodeName, batch: &PointBatch) -> Result<(), ExportError> {
        let precision = self.precision;
        self.draft.step(|draft| draft.write(batch, precision))
    }

    fn finish(self: Box<Self>) -> Result<u64, ExportError> {
        self.draft.finish(Draft::finish)
    }
}

fn texts(names: &[String]) -> Vec<Arc<str>> {
    names.iter().map(|name| name.as_str().into()).collect()
}

fn push_row<T>(
    text: &mut Vec<u8>,
    separator: u8,
    fields: &[T],
    mut push: impl FnMut(&mut Vec<u8>, &T),
) {
    for (at, field) in fields.iter().enumerate() {
        if at > 0 {
            text.push(separator);
        }
        push(text, field);
    }
    text.push(b'\n');
}

/// Writes a name, quoted if it contains special characters of CSV.
fn push_name(text: &mut Vec<u8>, name: &str) {
    if name.contains(['"', ',', '\n', '\r']) {
        let quoted = format!("\"{}\"", name.replace('"', "\"\""));
        text.extend_from_slice(quoted.as_bytes());
    } else {
        text.extend_from_slice(name.as_bytes());
    }
}

fn push_value(text: &mut Vec<u8>, values: &Values, point: usize, precision: Option<u8>) {
    match values {
        Values::I8(v) => push_signed(text, v[point].into()),
        Values::I16(v) => push_signed(text, v[point].into()),
        Values::I32(v) => push_signed(text, v[point].into()),
        Values::I64(v) => push_signed(text, v[point]),
        Values::U8(v) => push_unsigned(text, v[point].into()),
        Values::U16(v) => push_unsigned(text, v[point].into()),
        Values::U32(v) => push_unsigned(text, v[point].into()),
        Values::U64(v) => push_unsigned(text, v[point]),
        Values::F32(v) => push_float(text, v[point], precision),
        Values::F64(v) => push_float(text, v[point], precision),
        Values::Bytes { width, data } => {
            let width = usize::from(*width);
            for byte in &data[point * width..(point + 1) * width] {
                push(text, format_args!("{byte:02x}"));
            }
        }
    }
}

fn push_float<F>(text: &mut Vec<u8>, value: F, precision: Option<u8>)
where
    F: Copy + Into<f64> + Display + LowerExp,
{
    match precision {
        Some(decimals) => push(text, format_args!("{value:.0$}", usize::from(decimals))),
        None if is_short(value.into()) => push(text, format_args!("{value}")),
        None => push(text, format_args!("{value:e}")),
    }
}

/// Whether a float is shorter without an exponent, or has none.
fn is_short(value: f64) -> bool {
    let size = value.abs();
    !value.is_finite() || size == 0.0 || (1e-5..1e16).contains(&size)
}

fn push(text: &mut Vec<u8>, value: std::fmt::Arguments<'_>) {
    // Writing to a vector can't fail.
    let _ = text.write_fmt(value);
}

fn push_signed(text: &mut Vec<u8>, value: i64) {
    if value < 0 {
        text.push(b'-');
    }
    push_unsigned(text, value.unsigned_abs());
}

/// Most values of a point cloud are small integers, for which `core::fmt` is slower than needed.
fn push_unsigned(text: &mut Vec<u8>, mut value: u64) {
    let mut digits = [0; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    text.extend_from_slice(&digits[first..]);
}
