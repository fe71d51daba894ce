//! The record layout of binary and zstandard tiles, which is the packed schema.

use ept_format::{Metadata, ScalarType};
use ept_las::{Encoding, Layout};

use crate::DecodeError;

/// The layout described by the schema (specification, sections "schema" and "dataType").
pub(crate) fn layout(metadata: &Metadata) -> Result<Layout, DecodeError> {
    let mut layout = Layout::empty();
    for dimension in metadata.schema() {
        let is_axis = matches!(&*dimension.name, "X" | "Y" | "Z");
        let is_scaled = dimension.scale != 1.0 || dimension.offset != 0.0;
        let encoding = match dimension.scalar {
            ScalarType::Bytes(_) if is_axis => {
                let problem = format!("{} is of type {}", dimension.name, dimension.scalar);
                return Err(DecodeError::Schema(problem));
            }
            ScalarType::Bytes(_) => Encoding::Plain(dimension.scalar),
            stored if is_axis || is_scaled => Encoding::Scaled {
                stored,
                scale: dimension.scale,
                offset: dimension.offset,
            },
            stored => Encoding::Plain(stored),
        };
        layout.append(&*dimension.name, encoding);
    }
    match ["X", "Y", "Z"]
        .into_iter()
        .find(|name| layout.field(name).is_none())
    {
        Some(missing) => Err(DecodeError::Schema(format!("has no {missing}"))),
        None => Ok(layout),
    }
}
