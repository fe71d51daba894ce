//! Extra bytes: dimensions that are not part of LAS.

use ept_format::{ScalarType, is_same_dimension};
use ept_las::{ExtraDimension, PointFormat};
use ept_points::Column;

use crate::ExportError;

/// The extra dimensions for columns that are not in a point format, in order. Names that are too long are shortened.
/// Those that are another name for a dimension of the format are numbered, since some readers refuse a file with both.
pub(crate) fn extra_dimensions(
    columns: &[&Column],
    format: PointFormat,
) -> Result<Vec<ExtraDimension>, ExportError> {
    let fields: Vec<_> = format.fields().map(|field| field.name).collect();
    let is_of_format = |name: &str| fields.iter().any(|field| is_same_dimension(field, name));
    let mut names: Vec<String> = Vec::new();
    for column in columns {
        let is_taken = |name: &str| {
            names.iter().any(|other| other == name)
                || is_of_format(name)
                || columns.iter().any(|other| &*other.name == name)
        };
        names.push(match column.name.len() {
            0..=ExtraDimension::NAME_SIZE if !is_of_format(&column.name) => column.name.to_string(),
            _ => shortened(&column.name, is_taken),
        });
    }
    let dimensions = columns.iter().zip(&names).map(|(column, name)| {
        let scalar = column.values.scalar();
        if let ScalarType::Bytes(width @ 256..) = scalar {
            return Err(ExportError::Wide {
                dimension: column.name.to_string(),
                width,
            });
        }
        Ok(ExtraDimension::new(name, scalar)?)
    });
    dimensions.collect()
}

/// As much of a name as fits, ending with a number if that is taken.
fn shortened(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let cut = |length: usize| {
        let end = (0..=length).rev().find(|end| name.is_char_boundary(*end));
        &name[..end.unwrap_or(0)]
    };
    let numbered = (2..).map(|number: u32| {
        let number = format!("_{number}");
        format!("{}{number}", cut(ExtraDimension::NAME_SIZE - number.len()))
    });
    let mut names = std::iter::once(cut(ExtraDimension::NAME_SIZE).to_owned()).chain(numbered);
    names.find(|name| !is_taken(name)).unwrap_or_default()
}
