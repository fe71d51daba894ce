//! The requested fields of a record.

use ept_format::{known_dimension, position_of_dimension};
use ept_las::{Field, Layout};

use crate::DecodeError;

/// The fields with these names, in order. All fields if `names` is `None`.
///
/// A name that the record lacks is left out if `is_known`, or if it is a dimension of LAS, since tiles may differ in
/// these. Otherwise it is an error.
pub(crate) fn wanted(
    layout: &Layout,
    names: Option<&[String]>,
    is_known: impl Fn(&str) -> bool,
) -> Result<Vec<Field>, DecodeError> {
    let Some(names) = names else {
        return Ok(layout.fields().to_vec());
    };
    let is_las = layout.point_format().is_some();
    let may_lack = |name: &str| is_known(name) || is_las && known_dimension(name).is_some();
    let mut wanted: Vec<Field> = Vec::with_capacity(names.len());
    for name in names {
        let names = layout.fields().iter().map(|field| &*field.name);
        match position_of_dimension(names, name).map(|at| &layout.fields()[at]) {
            Some(field) if wanted.contains(field) => {}
            Some(field) => wanted.push(field.clone()),
            None if may_lack(name) => {}
            None => {
                let available: Vec<&str> = layout.fields().iter().map(|f| &*f.name).collect();
                return Err(DecodeError::NoDimension {
                    name: name.clone(),
                    available: available.join(", "),
                });
            }
        }
    }
    Ok(wanted)
}
