//! Values of a dimension.

/// A value in one of the types of the EPT schema.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    I8(i8),
    I16(i16),
    I32(i32),
    I64(i64),
    U8(u8),
    U16(u16),
    U32(u32),
    U64(u64),
    F32(f32),
    F64(f64),
    /// An application's own type.
    Bytes(Vec<u8>),
}

impl Value {
    /// The little-endian bytes.
    pub(super) fn bytes(&self) -> Vec<u8> {
        match self {
            Value::I8(v) => v.to_le_bytes().to_vec(),
            Value::I16(v) => v.to_le_bytes().to_vec(),
            Value::I32(v) => v.to_le_bytes().to_vec(),
            Value::I64(v) => v.to_le_bytes().to_vec(),
            Value::U8(v) => v.to_le_bytes().to_vec(),
            Value::U16(v) => v.to_le_bytes().to_vec(),
            Value::U32(v) => v.to_le_bytes().to_vec(),
            Value::U64(v) => v.to_le_bytes().to_vec(),
            Value::F32(v) => v.to_le_bytes().to_vec(),
            Value::F64(v) => v.to_le_bytes().to_vec(),
            Value::Bytes(v) => v.clone(),
        }
    }

    /// The value if it is an integer by type.
    pub(super) fn integer(&self) -> Option<i128> {
        match *self {
            Value::I8(v) => Some(v.into()),
            Value::I16(v) => Some(v.into()),
            Value::I32(v) => Some(v.into()),
            Value::I64(v) => Some(v.into()),
            Value::U8(v) => Some(v.into()),
            Value::U16(v) => Some(v.into()),
            Value::U32(v) => Some(v.into()),
            Value::U64(v) => Some(v.into()),
            Value::F32(_) | Value::F64(_) | Value::Bytes(_) => None,
        }
    }

    /// The value as a number. `None` if it is bytes.
    pub(super) fn number(&self) -> Option<f64> {
        match *self {
            Value::F32(v) => Some(v.into()),
            Value::F64(v) => Some(v),
            _ => self.integer().map(|v| v as f64),
        }
    }

    /// `type` of the EPT schema.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Value::I8(_) | Value::I16(_) | Value::I32(_) | Value::I64(_) => "signed",
            Value::U8(_) | Value::U16(_) | Value::U32(_) | Value::U64(_) => "unsigned",
            Value::F32(_) | Value::F64(_) => "float",
            Value::Bytes(_) => "string",
        }
    }

    /// Name of the type, such as `uint16` or `bytes6`.
    pub(super) fn type_name(&self) -> String {
        let size = self.bytes().len();
        match self.kind() {
            "signed" => format!("int{}", size * 8),
            "unsigned" => format!("uint{}", size * 8),
            "float" => format!("float{}", size * 8),
            _ => format!("bytes{size}"),
        }
    }
}
