//! Conversion of the bytes of a field to values.

use ept_format::ScalarType;
use ept_las::{Encoding, Field};

use crate::Values;

/// Appends a field's value in each record to `values`, which have the type [`Field::scalar`].
pub(crate) fn append<'a>(
    field: &Field,
    records: impl Iterator<Item = &'a [u8]>,
    values: &mut Values,
) {
    let at = field.at;
    match (field.encoding, values) {
        (Encoding::Plain(_), Values::I8(v)) => {
            v.extend(records.map(|r| i8::from_le_bytes(bytes(r, at))));
        }
        (Encoding::Plain(_), Values::I16(v)) => {
            v.extend(records.map(|r| i16::from_le_bytes(bytes(r, at))));
        }
        (Encoding::Plain(_), Values::I32(v)) => {
            v.extend(records.map(|r| i32::from_le_bytes(bytes(r, at))));
        }
        (Encoding::Plain(_), Values::I64(v)) => {
            v.extend(records.map(|r| i64::from_le_bytes(bytes(r, at))));
        }
        (Encoding::Plain(_), Values::U8(v)) => v.extend(records.map(|r| r[at])),
        (Encoding::Plain(_), Values::U16(v)) => {
            v.extend(records.map(|r| u16::from_le_bytes(bytes(r, at))));
        }
        (Encoding::Plain(_), Values::U32(v)) => {
            v.extend(records.map(|r| u32::from_le_bytes(bytes(r, at))));
        }
        (Encoding::Plain(_), Values::U64(v)) => {
            v.extend(records.map(|r| u64::from_le_bytes(bytes(r, at))));
        }
        (Encoding::Plain(_), Values::F32(v)) => {
            v.extend(records.map(|r| f32::from_le_bytes(bytes(r, at))));
        }
        (Encoding::Plain(_), Values::F64(v)) => {
            v.extend(records.map(|r| f64::from_le_bytes(bytes(r, at))));
        }
        (Encoding::Plain(_), Values::Bytes { width, data }) => {
            let end = at + usize::from(*width);
            records.for_each(|r| data.extend_from_slice(&r[at..end]));
        }
        // The common case has a loop of its own, without a choice of type per value.
        (
            Encoding::Scaled {
                stored: ScalarType::I32,
                scale,
                offset,
            },
            Values::F64(v),
        ) => {
            let stored = |r| f64::from(i32::from_le_bytes(bytes(r, at)));
            v.extend(records.map(|r| stored(r) * scale + offset));
        }
        (Encoding::Scaled { .. }, Values::F64(v)) => v.extend(records.map(|r| number(field, r))),
        (Encoding::Bits { shift, count }, Values::U8(v)) => {
            let mask = Encoding::mask(count);
            v.extend(records.map(|r| r[at] >> shift & mask));
        }
        (Encoding::AngleRank, Values::F32(v)) => {
            v.extend(records.map(|r| f32::from(i8::from_le_bytes(bytes(r, at)))));
        }
        (Encoding::AngleSteps, Values::F32(v)) => {
            let degrees = |r| f64::from(i16::from_le_bytes(bytes(r, at))) * Encoding::ANGLE_STEP;
            v.extend(records.map(|r| degrees(r) as f32));
        }
        (encoding, values) => {
            unreachable!("{encoding:?} into a column of {}", values.scalar())
        }
    }
}

/// The value of a `Plain` or `Scaled` number in a record. NaN for bytes.
pub(crate) fn number(field: &Field, record: &[u8]) -> f64 {
    let at = field.at;
    let (stored, scale, offset) = match field.encoding {
        Encoding::Plain(stored) => (stored, 1.0, 0.0),
        Encoding::Scaled {
            stored,
            scale,
            offset,
        } => (stored, scale, offset),
        _ => return f64::NAN,
    };
    let stored = match stored {
        ScalarType::I8 => f64::from(i8::from_le_bytes(bytes(record, at))),
        ScalarType::I16 => f64::from(i16::from_le_bytes(bytes(record, at))),
        ScalarType::I32 => f64::from(i32::from_le_bytes(bytes(record, at))),
        ScalarType::I64 => i64::from_le_bytes(bytes(record, at)) as f64,
        ScalarType::U8 => f64::from(record[at]),
        ScalarType::U16 => f64::from(u16::from_le_bytes(bytes(record, at))),
        ScalarType::U32 => f64::from(u32::from_le_bytes(bytes(record, at))),
        ScalarType::U64 => u64::from_le_bytes(bytes(record, at)) as f64,
        ScalarType::F32 => f64::from(f32::from_le_bytes(bytes(record, at))),
        ScalarType::F64 => f64::from_le_bytes(bytes(record, at)),
        ScalarType::Bytes(_) => f64::NAN,
    };
    stored * scale + offset
}

/// `N` bytes of a record from `at` on.
#[inline]
pub(crate) fn bytes<const N: usize>(record: &[u8], at: usize) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&record[at..at + N]);
    bytes
}
