//! Conversion of values to the bytes of a field.

use ept_format::ScalarType;
use ept_las::{Encoding, Field};
use ept_points::{Scalar, Values};

use crate::ExportError;
use crate::number::{Number, put};
use crate::quantise::quantise;

/// Writes a column to a field of each record. Records have `size` bytes, initially zero.
pub(crate) fn fill(
    field: &Field,
    values: &Values,
    records: &mut [u8],
    size: usize,
) -> Result<(), ExportError> {
    let at = field.at;
    let places = records
        .chunks_exact_mut(size)
        .map(|record| &mut record[at..]);
    match field.encoding {
        Encoding::Plain(ScalarType::I8) => put_each(field, values, places, put::<i8>),
        Encoding::Plain(ScalarType::I16) => put_each(field, values, places, put::<i16>),
        Encoding::Plain(ScalarType::I32) => put_each(field, values, places, put::<i32>),
        Encoding::Plain(ScalarType::I64) => put_each(field, values, places, put::<i64>),
        Encoding::Plain(ScalarType::U8) => put_each(field, values, places, put::<u8>),
        Encoding::Plain(ScalarType::U16) => put_each(field, values, places, put::<u16>),
        Encoding::Plain(ScalarType::U32) => put_each(field, values, places, put::<u32>),
        Encoding::Plain(ScalarType::U64) => put_each(field, values, places, put::<u64>),
        Encoding::Plain(ScalarType::F32) => put_each(field, values, places, put::<f32>),
        Encoding::Plain(ScalarType::F64) => put_each(field, values, places, put::<f64>),
        Encoding::Plain(ScalarType::Bytes(width)) => copy_each(field, values, places, width),
        Encoding::Bits { shift, count } => put_each(field, values, places, |value, place| {
            let bits = u8::exactly(value).filter(|bits| bits & !Encoding::mask(count) == 0);
            bits.map(|bits| place[0] |= bits << shift).is_some()
        }),
        Encoding::AngleRank => put_each(field, values, places, put::<i8>),
        Encoding::AngleSteps => put_each(field, values, places, |value, place| {
            put::<i16>(angle_steps(value), place)
        }),
        Encoding::Scaled {
            stored: ScalarType::I32,
            scale,
            offset,
        } => quantise_each(field, values, places, scale, offset),
        // Only coordinates are scaled.
        Encoding::Scaled { .. } => Err(type_error(field, values)),
    }
}

/// Writes each number with `put`, which returns whether it fits.
fn put_each<'a>(
    field: &Field,
    values: &Values,
    places: impl Iterator<Item = &'a mut [u8]>,
    put: impl Fn(Scalar, &mut [u8]) -> bool,
) -> Result<(), ExportError> {
    let misfit = match values {
        Values::I8(v) => misfit(v.iter().map(|&v| Scalar::Integer(v.into())), places, put),
        Values::I16(v) => misfit(v.iter().map(|&v| Scalar::Integer(v.into())), places, put),
        Values::I32(v) => misfit(v.iter().map(|&v| Scalar::Integer(v.into())), places, put),
        Values::I64(v) => misfit(v.iter().map(|&v| Scalar::Integer(v.into())), places, put),
        Values::U8(v) => misfit(v.iter().map(|&v| Scalar::Integer(v.into())), places, put),
        Values::U16(v) => misfit(v.iter().map(|&v| Scalar::Integer(v.into())), places, put),
        Values::U32(v) => misfit(v.iter().map(|&v| Scalar::Integer(v.into())), places, put),
        Values::U64(v) => misfit(v.iter().map(|&v| Scalar::Integer(v.into())), places, put),
        Values::F32(v) => misfit(v.iter().map(|&v| Scalar::Float(v.into())), places, put),
        Values::F64(v) => misfit(v.iter().map(|&v| Scalar::Float(v)), places, put),
        Values::Bytes { .. } => return Err(type_error(field, values)),
    };
    match misfit {
        None => Ok(()),
        Some(value) => Err(ExportError::Value {
            dimension: field.name.to_string(),
            value,
            field: field.encoding.to_string(),
        }),
    }
}

/// Writes values until one does not fit, and returns that one.
fn misfit<'a>(
    values: impl Iterator<Item = Scalar>,
    places: impl Iterator<Item = &'a mut [u8]>,
    put: impl Fn(Scalar, &mut [u8]) -> bool,
) -> Option<Scalar> {
    values
        .zip(places)
        .find_map(|(value, place)| (!put(value, place)).then_some(value))
}

fn copy_each<'a>(
    field: &Field,
    values: &Values,
    places: impl Iterator<Item = &'a mut [u8]>,
    width: u16,
) -> Result<(), ExportError> {
    match values {
        Values::Bytes { width: found, data } if *found == width => {
            let width = usize::from(width);
            for (value, place) in data.chunks_exact(width).zip(places) {
                place[..width].copy_from_slice(value);
            }
            Ok(())
        }
        _ => Err(type_error(field, values)),
    }
}

/// Writes coordinates as 32-bit integers.
fn quantise_each<'a>(
    field: &Field,
    values: &Values,
    places: impl Iterator<Item = &'a mut [u8]>,
    scale: f64,
    offset: f64,
) -> Result<(), ExportError> {
    let Values::F64(coordinates) = values else {
        return Err(type_error(field, values));
    };
    for (place, &value) in places.zip(coordinates) {
        let Some(steps) = quantise(value, scale, offset) else {
            return Err(ExportError::Coordinate {
                axis: field.name.to_string(),
                value,
                scale,
                offset,
            });
        };
        place[..4].copy_from_slice(&steps.to_le_bytes());
    }
    Ok(())
}

/// An angle in degrees as the nearest step.
fn angle_steps(degrees: Scalar) -> Scalar {
    let degrees = match degrees {
        Scalar::Integer(degrees) => degrees as f64,
        Scalar::Float(degrees) => degrees,
    };
    Scalar::Float((degrees / Encoding::ANGLE_STEP).round())
}

fn type_error(field: &Field, values: &Values) -> ExportError {
    ExportError::Type {
        dimension: field.name.to_string(),
        found: values.scalar(),
        field: field.encoding.to_string(),
    }
}
