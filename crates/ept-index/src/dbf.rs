//! Reads dBase tables (.dbf): the attributes of a shapefile.

use crate::bytes::{f64_le, take, text, u16_le, u32_le};
use crate::{Attribute, IndexError};

const FILE: &str = ".dbf";
/// Size of the header without its fields, and of the descriptor of a field.
const HEADER: usize = 32;
const FIELD: usize = 32;
/// Marks the end of the list of fields.
const END_OF_FIELDS: u8 = 0x0d;
/// First byte of a deleted row.
const DELETED: u8 = b'*';

/// A table of rows.
#[derive(Debug)]
pub(crate) struct Dbf<'a> {
    fields: Vec<Field>,
    rows: &'a [u8],
    row_size: usize,
    count: usize,
}

/// A column.
#[derive(Debug)]
struct Field {
    name: String,
    kind: u8,
    /// Offset in a row, in bytes.
    at: usize,
    size: usize,
}

impl<'a> Dbf<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Dbf<'a>, IndexError> {
        let fault = |problem: String| IndexError::malformed(FILE, problem);
        let short = || fault("the header is truncated".into());
        let claimed = u32_le(bytes, 4).ok_or_else(short)? as usize;
        let header = usize::from(u16_le(bytes, 8).ok_or_else(short)?);
        let row_size = usize::from(u16_le(bytes, 10).ok_or_else(short)?);
        let head = bytes.get(..header).ok_or_else(short)?;
        let fields = fields(head.get(HEADER..).ok_or_else(short)?);
        let end = fields.last().map_or(1, |field| field.at + field.size);
        if fields.is_empty() || end > row_size {
            return Err(fault(format!(
                "its {} fields need {end} bytes, but rows have {row_size}",
                fields.len()
            )));
        }
        let rows = &bytes[header..];
        let count = rows.len() / row_size;
        if claimed > count {
            return Err(fault(format!(
                "it claims {claimed} rows but contains only {count}; is it truncated?"
            )));
        }
        Ok(Dbf {
            fields,
            rows,
            row_size,
            count: claimed,
        })
    }

    /// Number of rows, including deleted ones.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// Values of all rows, with one more for each row.
    pub(crate) fn values(&self) -> usize {
        self.count.saturating_mul(self.fields.len() + 1)
    }

    /// The values of a row, without missing ones. `None` if the row was deleted or does not exist.
    pub(crate) fn row(&self, at: usize) -> Option<Vec<(String, Attribute)>> {
        let mut rows = self.rows.chunks_exact(self.row_size).take(self.count);
        let row = rows.nth(at)?;
        let value = |field: &Field| {
            let bytes = row.get(field.at..field.at + field.size)?;
            Some((field.name.clone(), field.value(bytes)?))
        };
        (row.first() != Some(&DELETED)).then(|| self.fields.iter().filter_map(value).collect())
    }
}

/// The fields described by a header.
fn fields(mut head: &[u8]) -> Vec<Field> {
    let mut fields = Vec::new();
    // A row starts with its deletion mark.
    let mut at = 1;
    while let Some(field) = take::<FIELD>(head, 0).filter(|field| field[0] != END_OF_FIELDS) {
        let name = field[..11].split(|&byte| byte == 0).next();
        let name = text(name.unwrap_or_default()).trim().to_owned();
        let (kind, size) = (field[11], usize::from(field[16]));
        fields.push(Field {
            name,
            kind,
            at,
            size,
        });
        at += size;
        head = &head[FIELD..];
    }
    fields
}

impl Field {
    /// The value. `None` if it is blank, or of a type not used in indexes, such as a memo.
    fn value(&self, bytes: &[u8]) -> Option<Attribute> {
        match self.kind {
            b'C' | b'D' => Attribute::from_text(&text(bytes)),
            b'N' | b'F' => Attribute::from_number(&text(bytes)),
            b'L' => match bytes.first()? {
                b'T' | b't' | b'Y' | b'y' => Some(Attribute::Boolean(true)),
                b'F' | b'f' | b'N' | b'n' => Some(Attribute::Boolean(false)),
                _ => None,
            },
            b'I' | b'+' => {
                let number = i32::from_le_bytes(take(bytes, 0)?);
                Some(Attribute::Integer(number.into()))
            }
            b'O' | b'B' => {
                let number = f64_le(bytes, 0).filter(|number| number.is_finite());
                number.map(Attribute::Float)
            }
            _ => None,
        }
    }
}
