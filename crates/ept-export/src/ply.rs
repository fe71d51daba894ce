//! The sink for PLY, the polygon file format (Greg Turk, 1994), binary little endian.

use std::io::{Seek, SeekFrom, Write};

use ept_format::{NodeName, ScalarType};
use ept_las::{Encoding, Field};
use ept_points::PointBatch;

use crate::fill::fill;
use crate::fused::Fused;
use crate::shape::{Empty, Shape};
use crate::{ExportError, FileInfo, Sink};

/// Digits of the largest possible number of points.
const COUNT_DIGITS: usize = 20;
/// Maximum bytes of text in a comment: readers with a buffer of fixed size, such as rply, refuse long lines.
const COMMENT_BYTES: usize = 200;

/// Writes a PLY file: an element `vertex` with a property for each dimension.
///
/// Properties are named like the dimensions, as in PDAL's `writers.ply`, except that `x`, `y`, `z`, `red`, `green` and
/// `blue` are in lower case, as viewers expect. Characters other than printable ASCII become `_`. Types are those of
/// the dimensions: coordinates are `double`, 16-bit colours `ushort`. PLY has no 64-bit integers; they become `double`,
/// or an error if that would change a value. Bytes of an application's own type are an error.
///
/// The coordinate system and the note are comments, split into lines `comment crs: ` and `comment note: ` whose
/// concatenated texts are the whole.
///
/// The first points settle the properties. Later points must have the same ones, since PLY has no absent values.
#[derive(Debug)]
pub struct PlySink<W> {
    draft: Fused<Draft<W>>,
}

/// A file of which nothing has been written yet.
#[derive(Debug)]
struct Draft<W> {
    out: W,
    info: FileInfo,
    empty: Empty,
    file: Option<PlyFile>,
    points: u64,
}

/// A file with settled properties.
#[derive(Debug)]
struct PlyFile {
    shape: Shape,
    fields: Vec<Field>,
    /// Size of a point in bytes.
    size: usize,
    /// Points of the current batch, reused for each.
    records: Vec<u8>,
}

impl<W: Write + Seek + Send> PlySink<W> {
    /// A sink that writes to `out`, which must be empty: the file starts at its position 0. If there are no points, the
    /// properties are the columns of `empty`.
    pub fn new(out: W, info: FileInfo, empty: PointBatch) -> PlySink<W> {
        PlySink {
            draft: Fused::new(Draft {
                out,
                info,
                empty: Empty::of(empty),
                file: None,
                points: 0,
            }),
        }
    }

    /// Settles the properties of the file in advance, as the columns of this batch.
    #[must_use]
    pub fn with_columns(self, columns: PointBatch) -> PlySink<W> {
        let draft = self.draft.changed(|draft| Draft {
            empty: Empty::settled(columns),
            ..draft
        });
        PlySink { draft }
    }
}

impl<W: Write + Seek> Draft<W> {
    /// Settles the properties and writes the header with 0 points.
    fn start(&mut self, shape: Shape) -> Result<PlyFile, ExportError> {
        let file = PlyFile::new(shape)?;
        let header = file.header(&self.info, 0);
        self.out.write_all(header.as_bytes())?;
        Ok(file)
    }

    fn write(mut self, batch: &PointBatch) -> Result<Draft<W>, ExportError> {
        if batch.is_empty() {
            return Ok(self);
        }
        let file = match self.file.take() {
            Some(file) => file,
            None => self.start(Shape::of_first(batch, &self.empty))?,
        };
        let file = self.file.insert(file);
        file.pack(batch)?;
        self.out.write_all(&file.records)?;
        self.points += batch.len() as u64;
        Ok(self)
    }

    fn finish(mut self) -> Result<u64, ExportError> {
        let file = match self.file.take() {
            Some(file) => file,
            None => self.start(Shape::of(&self.empty.columns))?,
        };
        self.out.seek(SeekFrom::Start(0))?;
        let header = file.header(&self.info, self.points);
        self.out.write_all(header.as_bytes())?;
        self.out.flush()?;
        Ok(self.points)
    }
}

impl<W: Write + Seek + Send> Sink for PlySink<W> {
    fn write(&mut self, _node: NodeName, batch: &PointBatch) -> Result<(), ExportError> {
        self.draft.step(|draft| draft.write(batch))
    }

    fn finish(self: Box<Self>) -> Result<u64, ExportError> {
        self.draft.finish(Draft::finish)
    }
}

impl PlyFile {
    fn new(shape: Shape) -> Result<PlyFile, ExportError> {
        let mut size = 0;
        let mut fields = Vec::new();
        for (name, scalar) in &shape.columns {
            let stored = match scalar {
                ScalarType::I64 | ScalarType::U64 => ScalarType::F64,
                ScalarType::Bytes(_) => {
                    return Err(ExportError::NoType {
                        dimension: name.to_string(),
                        found: *scalar,
                        format: "PLY",
                    });
                }
                scalar => *scalar,
            };
            fields.push(Field::new(name.clone(), size, Encoding::Plain(stored)));
            size += stored.size();
        }
        Ok(PlyFile {
            shape,
            fields,
            size,
            records: Vec::new(),
        })
    }

    /// Packs a batch into records.
    fn pack(&mut self, batch: &PointBatch) -> Result<(), ExportError> {
        self.shape.check(batch)?;
        self.records.clear();
        self.records.resize(batch.len() * self.size, 0);
        for field in &self.fields {
            let values = batch
                .values(&field.name)
                .ok_or_else(|| ExportError::MissingDimension(field.name.to_string()))?;
            fill(field, values, &mut self.records, self.size)?;
        }
        Ok(())
    }

    /// The header. Its length is the same for every number of points.
    fn header(&self, info: &FileInfo, points: u64) -> String {
        let count = points.to_string();
        // Readers disagree about zeros and spaces before a number, but all of them skip comments.
        let padding = " ".repeat(COUNT_DIGITS - count.len());
        let mut text = String::from("ply\nformat binary_little_endian 1.0\n");
        push_comments(&mut text, "crs", info.crs().as_deref());
        push_comments(&mut text, "note", info.note.as_deref());
        text += &format!("comment points{padding}\nelement vertex {count}\n");
        for (name, field) in self.names().into_iter().zip(&self.fields) {
            text += &format!("property {} {name}\n", type_name(field));
        }
        text + "end_header\n"
    }

    /// The names of the properties, made distinct.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for field in &self.fields {
            let name = property(&field.name);
            let numbered = (2..).map(|number: u32| format!("{name}_{number}"));
            let mut choices = std::iter::once(name.clone()).chain(numbered);
            names.extend(choices.find(|choice| !names.contains(choice)));
        }
        names
    }
}

/// The name of a dimension as viewers know it, without spaces.
fn property(dimension: &str) -> String {
    match dimension {
        "X" | "Y" | "Z" | "Red" | "Green" | "Blue" => dimension.to_ascii_lowercase(),
        _ => dimension
            .chars()
            .map(|c| if c.is_ascii_graphic() { c } else { '_' })
            .collect(),
    }
}

/// The type of a property, by its name of 1994: the later `int8` to `float64` are not known to all readers.
fn type_name(field: &Field) -> &'static str {
    match field.encoding {
        Encoding::Plain(ScalarType::I8) => "char",
        Encoding::Plain(ScalarType::U8) => "uchar",
        Encoding::Plain(ScalarType::I16) => "short",
        Encoding::Plain(ScalarType::U16) => "ushort",
        Encoding::Plain(ScalarType::I32) => "int",
        Encoding::Plain(ScalarType::U32) => "uint",
        Encoding::Plain(ScalarType::F32) => "float",
        _ => "double",
    }
}

/// A text as comments of limited length. Each but the last ends with a comma if possible.
fn push_comments(header: &mut String, key: &str, text: Option<&str>) {
    let text = text.unwrap_or_default();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = ascii(&text);
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(cut(rest));
        *header += &format!("comment {key}: {line}\n");
        rest = more;
    }
}

/// The text with JSON escapes for characters other than printable ASCII: PLY headers are ASCII.
fn ascii(text: &str) -> String {
    let mut units = [0; 2];
    let escaped = text.chars().map(|c| match c {
        ' '..='~' => c.to_string(),
        c => {
            let units = c.encode_utf16(&mut units).iter();
            units.map(|unit| format!("\\u{unit:04x}")).collect()
        }
    });
    escaped.collect()
}

/// Length of the first line of a text, at least 1.
fn cut(text: &str) -> usize {
    let end = (0..=COMMENT_BYTES)
        .rev()
        .find(|end| text.is_char_boundary(*end));
    match (text.len(), end.unwrap_or(COMMENT_BYTES)) {
        (length, end) if length <= end => length,
        (_, end) => text[..end].rfind(',').map_or(end, |comma| comma + 1),
    }
}
