//! The values of one dimension.

use ept_format::ScalarType;

use crate::DecodeError;

/// Values of one dimension, one for each point.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Signed, 1 byte.
    I8(Vec<i8>),
    /// Signed, 2 bytes.
    I16(Vec<i16>),
    /// Signed, 4 bytes.
    I32(Vec<i32>),
    /// Signed, 8 bytes.
    I64(Vec<i64>),
    /// Unsigned, 1 byte.
    U8(Vec<u8>),
    /// Unsigned, 2 bytes.
    U16(Vec<u16>),
    /// Unsigned, 4 bytes.
    U32(Vec<u32>),
    /// Unsigned, 8 bytes.
    U64(Vec<u64>),
    /// Floating point, 4 bytes.
    F32(Vec<f32>),
    /// Floating point, 8 bytes.
    F64(Vec<f64>),
    /// Values of an application's own type: `width` bytes for each point.
    Bytes {
        /// Bytes per value, 1 or more.
        width: u16,
        /// The values, contiguous.
        data: Vec<u8>,
    },
}

/// Evaluates one expression for the vector in a `Values` of numbers, and another for bytes.
macro_rules! for_each_type {
    ($values:expr, $vec:ident => $numbers:expr, ($width:ident, $data:ident) => $bytes:expr) => {
        match $values {
            Values::I8($vec) => $numbers,
            Values::I16($vec) => $numbers,
            Values::I32($vec) => $numbers,
            Values::I64($vec) => $numbers,
            Values::U8($vec) => $numbers,
            Values::U16($vec) => $numbers,
            Values::U32($vec) => $numbers,
            Values::U64($vec) => $numbers,
            Values::F32($vec) => $numbers,
            Values::F64($vec) => $numbers,
            Values::Bytes {
                width: $width,
                data: $data,
            } => $bytes,
        }
    };
}

impl Values {
    /// An empty `Values` of a type, with room for `capacity` values.
    #[must_use]
    pub fn with_capacity(scalar: ScalarType, capacity: usize) -> Values {
        match scalar {
            ScalarType::I8 => Values::I8(Vec::with_capacity(capacity)),
            ScalarType::I16 => Values::I16(Vec::with_capacity(capacity)),
            ScalarType::I32 => Values::I32(Vec::with_capacity(capacity)),
            ScalarType::I64 => Values::I64(Vec::with_capacity(capacity)),
            ScalarType::U8 => Values::U8(Vec::with_capacity(capacity)),
            ScalarType::U16 => Values::U16(Vec::with_capacity(capacity)),
            ScalarType::U32 => Values::U32(Vec::with_capacity(capacity)),
            ScalarType::U64 => Values::U64(Vec::with_capacity(capacity)),
            ScalarType::F32 => Values::F32(Vec::with_capacity(capacity)),
            ScalarType::F64 => Values::F64(Vec::with_capacity(capacity)),
            ScalarType::Bytes(width) => Values::Bytes {
                width,
                data: Vec::with_capacity(capacity.saturating_mul(usize::from(width))),
            },
        }
    }

    /// Parses contiguous little-endian values.
    ///
    /// # Errors
    /// If the bytes are not exactly those of `count` values.
    pub fn from_le_bytes(
        scalar: ScalarType,
        bytes: &[u8],
        count: u64,
    ) -> Result<Values, DecodeError> {
        let found = (bytes.len() / scalar.size().max(1)) as u64;
        if found != count {
            return Err(DecodeError::Count {
                expected: count,
                found,
            });
        }
        macro_rules! numbers {
            ($kind:ident, $type:ty) => {{
                let (values, _) = bytes.as_chunks::<{ size_of::<$type>() }>();
                Values::$kind(values.iter().map(|v| <$type>::from_le_bytes(*v)).collect())
            }};
        }
        Ok(match scalar {
            ScalarType::I8 => numbers!(I8, i8),
            ScalarType::I16 => numbers!(I16, i16),
            ScalarType::I32 => numbers!(I32, i32),
            ScalarType::I64 => numbers!(I64, i64),
            ScalarType::U8 => numbers!(U8, u8),
            ScalarType::U16 => numbers!(U16, u16),
            ScalarType::U32 => numbers!(U32, u32),
            ScalarType::U64 => numbers!(U64, u64),
            ScalarType::F32 => numbers!(F32, f32),
            ScalarType::F64 => numbers!(F64, f64),
            ScalarType::Bytes(width) => Values::Bytes {
                width,
                data: bytes.to_vec(),
            },
        })
    }

    /// Appends the values as little-endian bytes, as [`Values::from_le_bytes`] parses them.
    pub fn extend_le_bytes(&self, bytes: &mut Vec<u8>) {
        macro_rules! numbers {
            ($values:expr) => {
                bytes.extend($values.iter().flat_map(|value| value.to_le_bytes()))
            };
        }
        match self {
            Values::I8(v) => numbers!(v),
            Values::I16(v) => numbers!(v),
            Values::I32(v) => numbers!(v),
            Values::I64(v) => numbers!(v),
            Values::U8(v) => numbers!(v),
            Values::U16(v) => numbers!(v),
            Values::U32(v) => numbers!(v),
            Values::U64(v) => numbers!(v),
            Values::F32(v) => numbers!(v),
            Values::F64(v) => numbers!(v),
            Values::Bytes { data, .. } => bytes.extend_from_slice(data),
        }
    }

    /// Type of the values.
    #[must_use]
    pub fn scalar(&self) -> ScalarType {
        match self {
            Values::I8(_) => ScalarType::I8,
            Values::I16(_) => ScalarType::I16,
            Values::I32(_) => ScalarType::I32,
            Values::I64(_) => ScalarType::I64,
            Values::U8(_) => ScalarType::U8,
            Values::U16(_) => ScalarType::U16,
            Values::U32(_) => ScalarType::U32,
            Values::U64(_) => ScalarType::U64,
            Values::F32(_) => ScalarType::F32,
            Values::F64(_) => ScalarType::F64,
            Values::Bytes { width, .. } => ScalarType::Bytes(*width),
        }
    }

    /// Number of values.
    #[must_use]
    pub fn len(&self) -> usize {
        for_each_type!(self, v => v.len(), (width, data) => data.len() / usize::from(*width).max(1))
    }

    /// Whether there are no values.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values as 64-bit floats. Integers of more than 53 bits are rounded. `None` for bytes.
    #[must_use]
    pub fn to_f64(&self) -> Option<Vec<f64>> {
        Some(match self {
            Values::I8(v) => v.iter().map(|&x| f64::from(x)).collect(),
            Values::I16(v) => v.iter().map(|&x| f64::from(x)).collect(),
            Values::I32(v) => v.iter().map(|&x| f64::from(x)).collect(),
            Values::I64(v) => v.iter().map(|&x| x as f64).collect(),
            Values::U8(v) => v.iter().map(|&x| f64::from(x)).collect(),
            Values::U16(v) => v.iter().map(|&x| f64::from(x)).collect(),
            Values::U32(v) => v.iter().map(|&x| f64::from(x)).collect(),
            Values::U64(v) => v.iter().map(|&x| x as f64).collect(),
            Values::F32(v) => v.iter().map(|&x| f64::from(x)).collect(),
            Values::F64(v) => v.clone(),
            Values::Bytes { .. } => return None,
        })
    }

    /// The values at these indices.
    pub(crate) fn gather(&self, rows: &[usize]) -> Values {
        macro_rules! gathered {
            ($kind:ident, $values:expr) => {
                Values::$kind(rows.iter().map(|&row| $values[row]).collect())
            };
        }
        match self {
            Values::I8(v) => gathered!(I8, v),
            Values::I16(v) => gathered!(I16, v),
            Values::I32(v) => gathered!(I32, v),
            Values::I64(v) => gathered!(I64, v),
            Values::U8(v) => gathered!(U8, v),
            Values::U16(v) => gathered!(U16, v),
            Values::U32(v) => gathered!(U32, v),
            Values::U64(v) => gathered!(U64, v),
            Values::F32(v) => gathered!(F32, v),
            Values::F64(v) => gathered!(F64, v),
            Values::Bytes { width, data } => {
                let size = usize::from(*width);
                let value = |row: &usize| &data[row * size..(row + 1) * size];
                Values::Bytes {
                    width: *width,
                    data: rows.iter().flat_map(value).copied().collect(),
                }
            }
        }
    }

    /// Keeps the values whose entry in `mask` is true.
    pub(crate) fn retain(&mut self, mask: &[bool]) {
        for_each_type!(self, v => retain(v, mask), (width, data) => {
            let width = usize::from(*width);
            let wide: Vec<bool> = mask.iter().flat_map(|&keep| std::iter::repeat_n(keep, width)).collect();
            retain(data, &wide);
        });
    }
}

fn retain<T>(values: &mut Vec<T>, mask: &[bool]) {
    let mut keep = mask.iter();
    values.retain(|_| keep.next().copied().unwrap_or(false));
}
