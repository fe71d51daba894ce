//! Extra bytes: dimensions that LAS does not know (LAS 1.4 R15, section 2.6, table 24).

use ept_format::ScalarType;
use ept_points::Column;

use crate::ExportError;
use crate::field::{Encoding, Field};

/// Bytes that describe one dimension.
const DESCRIPTOR_SIZE: usize = 192;
/// Bytes of the name in a descriptor.
const NAME_SIZE: usize = 32;
/// Dimensions whose descriptors fit a variable length record.
pub(crate) const MAX_DIMENSIONS: usize = u16::MAX as usize / DESCRIPTOR_SIZE;

/// Dimensions at the end of a point record.
#[derive(Debug, Default)]
pub(crate) struct ExtraBytes {
    /// Their fields, one after another.
    pub(crate) fields: Vec<Field>,
    names: Vec<String>,
}

impl ExtraBytes {
    /// A field for each column, the first `at` bytes into the record.
    pub(crate) fn new(columns: &[&Column], at: usize) -> Result<ExtraBytes, ExportError> {
        let mut extra = ExtraBytes::default();
        let mut at = at;
        for column in columns {
            let scalar = column.values.scalar();
            if let ScalarType::Bytes(width @ 256..) = scalar {
                return Err(ExportError::Wide {
                    dimension: column.name.to_string(),
                    width,
                });
            }
            let is_taken = |name: &str| {
                extra.names.iter().any(|other| other == name)
                    || columns.iter().any(|other| &*other.name == name)
            };
            let name = match column.name.len() {
                0..=NAME_SIZE => column.name.to_string(),
                _ => shortened(&column.name, is_taken),
            };
            let field = Field::new(column.name.clone(), at, Encoding::Plain(scalar));
            extra.fields.push(field);
            extra.names.push(name);
            at += scalar.size();
        }
        Ok(extra)
    }

    /// The contents of the record that describes them.
    pub(crate) fn descriptors(&self) -> Vec<u8> {
        let mut contents = vec![0; self.fields.len() * DESCRIPTOR_SIZE];
        let descriptors = contents.chunks_exact_mut(DESCRIPTOR_SIZE);
        for (descriptor, (field, name)) in descriptors.zip(self.fields.iter().zip(&self.names)) {
            let (code, options) = match field.encoding {
                Encoding::Plain(scalar) => code(scalar),
                _ => continue,
            };
            descriptor[2] = code;
            descriptor[3] = options;
            descriptor[4..4 + name.len()].copy_from_slice(name.as_bytes());
        }
        contents
    }
}

/// Type and options: plain bytes are type 0, with their number in the place of the options.
fn code(scalar: ScalarType) -> (u8, u8) {
    match scalar {
        ScalarType::U8 => (1, 0),
        ScalarType::I8 => (2, 0),
        ScalarType::U16 => (3, 0),
        ScalarType::I16 => (4, 0),
        ScalarType::U32 => (5, 0),
        ScalarType::I32 => (6, 0),
        ScalarType::U64 => (7, 0),
        ScalarType::I64 => (8, 0),
        ScalarType::F32 => (9, 0),
        ScalarType::F64 => (10, 0),
        ScalarType::Bytes(width) => (0, width as u8),
    }
}

/// As much of a name as fits, with a number at its end when that is another's name.
fn shortened(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let cut = |length: usize| {
        let end = (0..=length).rev().find(|end| name.is_char_boundary(*end));
        &name[..end.unwrap_or(0)]
    };
    let numbered = (2..).map(|number: u32| {
        let number = format!("_{number}");
        format!("{}{number}", cut(NAME_SIZE - number.len()))
    });
    let mut names = std::iter::once(cut(NAME_SIZE).to_owned()).chain(numbered);
    names.find(|name| !is_taken(name)).unwrap_or_default()
}
