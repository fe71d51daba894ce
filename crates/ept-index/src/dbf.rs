//! Reading dBase tables (.dbf): the rows beside the shapes of a shapefile.

use crate::bytes::{f64_le, take, text, u16_le, u32_le};
use crate::{Attribute, IndexError};

const FILE: &str = ".dbf";
/// The header before its fields, and the description of a field.
const HEADER: usize = 32;
const FIELD: usize = 32;
/// What ends the list of fields.
const END_OF_FIELDS: u8 = 0x0d;
/// What a row begins with that was deleted.
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
    /// Its bytes in a row.
    at: usize,
    size: usize,
}

impl<'a> Dbf<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Dbf<'a>, IndexError> {
        let fault = |problem: String| IndexError::malformed(FILE, problem);
        let short = || fault("the header is cut off".into());
        let claimed = u32_le(bytes, 4).ok_or_else(short)? as usize;
        let header = usize::from(u16_le(bytes, 8).ok_or_else(short)?);
        let row_size = usize::from(u16_le(bytes, 10).ok_or_else(short)?);
        let head = bytes.get(..header).ok_or_else(short)?;
        let fields = fields(head.get(HEADER..).ok_or_else(short)?);
        let end = fields.last().map_or(1, |field| field.at + field.size);
        if fields.is_empty() || end > row_size {
            return Err(fault(format!(
                "its {} fields take {end} bytes of rows of {row_size}",
                fields.len()
            )));
        }
        let rows = &bytes[header..];
        let count = rows.len() / row_size;
        if claimed > count {
            return Err(fault(format!(
                "it claims {claimed} rows and has room for {count}; is it cut off?"
            )));
        }
        Ok(Dbf {
            fields,
            rows,
            row_size,
            count: claimed,
        })
    }

    /// Number of rows, deleted ones among them.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// The values of a row, without those that have none; `None` if it was deleted or there is none.
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

/// The fields that a header describes.
fn fields(mut head: &[u8]) -> Vec<Field> {
    let mut fields = Vec::new();
    // A row begins with the mark of its deletion.
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
    /// The value; `None` if it is blank, or of a kind that indexes do not have, such as a memo.
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
