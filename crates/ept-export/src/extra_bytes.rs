//! Extra bytes: dimensions that LAS does not know.

use ept_format::ScalarType;
use ept_las::ExtraDimension;
use ept_points::Column;

use crate::ExportError;

/// The extra dimensions of columns, in their order; names that are too long are shortened.
pub(crate) fn extra_dimensions(columns: &[&Column]) -> Result<Vec<ExtraDimension>, ExportError> {
    let mut names: Vec<String> = Vec::new();
    for column in columns {
        let is_taken = |name: &str| {
            names.iter().any(|other| other == name)
                || columns.iter().any(|other| &*other.name == name)
        };
        names.push(match column.name.len() {
            0..=ExtraDimension::NAME_SIZE => column.name.to_string(),
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

/// As much of a name as fits, with a number at its end when that is another's name.
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
