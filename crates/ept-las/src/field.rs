//! Fields: where a dimension is in a point record.

use std::sync::Arc;

use ept_format::ScalarType;

use crate::Encoding;

/// A dimension in a point record.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Name of the dimension, as PDAL and EPT spell it.
    pub name: Arc<str>,
    /// Offset of its first byte in the record, in bytes.
    pub at: usize,
    /// How its bytes encode a value.
    pub encoding: Encoding,
}

impl Field {
    /// A field whose first byte is at `at`.
    pub fn new(name: impl Into<Arc<str>>, at: usize, encoding: Encoding) -> Field {
        Field {
            name: name.into(),
            at,
            encoding,
        }
    }

    /// Type of the values.
    #[must_use]
    pub fn scalar(&self) -> ScalarType {
        self.encoding.scalar()
    }

    /// Number of bytes that it is stored in.
    #[must_use]
    pub fn size(&self) -> usize {
        self.encoding.stored().size()
    }
}
