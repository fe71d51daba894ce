//! The layout of a point record: its fields, and which of them a query wants.

use std::sync::Arc;

use ept_format::{Dimension, is_same_dimension, position_of_dimension};

use crate::field::{Encoding, Field};
use crate::{DecodeError, Scaling};

/// How one tile's point records are laid out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Layout {
    /// Bytes of a record.
    pub(crate) size: usize,
    /// All dimensions, by distinct names; X, Y and Z are among them.
    pub(crate) fields: Vec<Field>,
    /// LAS point format, for laszip.
    pub(crate) point_format: Option<u8>,
}

impl Layout {
    /// Adds a field; a name that is taken gets a number.
    pub(crate) fn push(&mut self, mut field: Field) {
        let taken = |name: &str| self.fields.iter().any(|other| &*other.name == name);
        if taken(&field.name) {
            let free = (2..)
                .map(|n| format!("{}_{n}", field.name))
                .find(|name| !taken(name));
            field.name = free.map_or(field.name, Arc::from);
        }
        self.fields.push(field);
    }

    /// The field of that exact name.
    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| &*field.name == name)
    }

    /// The fields that a query wants, in its order; all when it names none.
    ///
    /// A name that the record lacks is left out when the schema has it, else it is an error.
    pub(crate) fn wanted(
        &self,
        names: Option<&[String]>,
        schema: &[Dimension],
    ) -> Result<Vec<Field>, DecodeError> {
        let Some(names) = names else {
            return Ok(self.fields.clone());
        };
        let mut wanted: Vec<Field> = Vec::with_capacity(names.len());
        for name in names {
            let names = self.fields.iter().map(|field| &*field.name);
            match position_of_dimension(names, name).map(|at| &self.fields[at]) {
                Some(field) if wanted.contains(field) => {}
                Some(field) => wanted.push(field.clone()),
                None if schema.iter().any(|d| is_same_dimension(&d.name, name)) => {}
                None => {
                    let available: Vec<&str> = self.fields.iter().map(|f| &*f.name).collect();
                    return Err(DecodeError::NoDimension {
                        name: name.clone(),
                        available: available.join(", "),
                    });
                }
            }
        }
        Ok(wanted)
    }

    /// Scale and offset of the coordinates, where they are stored as 32-bit integers or smaller.
    pub(crate) fn scaling(&self) -> Option<Scaling> {
        let mut scaling = Scaling {
            scale: [1.0; 3],
            offset: [0.0; 3],
        };
        for (axis, name) in ["X", "Y", "Z"].into_iter().enumerate() {
            match self.field(name)?.encoding {
                Encoding::Scaled {
                    stored,
                    scale,
                    offset,
                } if stored.is_integer() && stored.size() <= 4 => {
                    scaling.scale[axis] = scale;
                    scaling.offset[axis] = offset;
                }
                _ => return None,
            }
        }
        Some(scaling)
    }
}
