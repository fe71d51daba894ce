//! Extra bytes: dimensions that a LAS file adds to its records (LAS 1.4 R15, section 2.6, table 24).

use ept_format::ScalarType;

use crate::DecodeError;
use crate::field::{Encoding, Field, bytes};
use crate::layout::Layout;

/// User and id of the record that describes extra bytes.
pub(crate) const VLR: (&str, u16) = ("LASF_Spec", 4);
const DESCRIPTOR_SIZE: usize = 192;

/// Adds the described dimensions to a layout whose fields end at `at`. Honoured in every LAS version, since
/// Entwine writes them to LAS 1.2 tiles. Bytes that no descriptor covers have no name and no column.
pub(crate) fn describe(layout: &mut Layout, at: usize, vlr: &[u8]) -> Result<(), DecodeError> {
    let mut at = at;
    for descriptor in vlr.chunks_exact(DESCRIPTOR_SIZE) {
        let code = descriptor[2];
        let name = descriptor[4..36]
            .split(|b| *b == 0)
            .next()
            .unwrap_or_default();
        let name = String::from_utf8_lossy(name).trim().to_owned();
        let name = if name.is_empty() {
            "ExtraBytes".to_owned()
        } else {
            name
        };
        // Codes above 10 are the two- and three-element types of LAS 1.4 before R14.
        let elements = usize::from(code.saturating_sub(1) / 10) + 1;
        let scalar = match code {
            0 => match descriptor[3] {
                0 => continue,
                size => ScalarType::Bytes(u16::from(size)),
            },
            1..=30 => SCALARS[usize::from(code - 1) % 10],
            _ => {
                let problem = format!("{name} has type {code}");
                return Err(DecodeError::corrupt("extra bytes record", problem));
            }
        };
        for element in 0..elements {
            let name = match elements {
                1 => name.clone(),
                _ => format!("{name}{element}"),
            };
            let field = Field::new(&name, at, encoding(descriptor, scalar, element)?);
            at += field.size();
            if at > layout.size {
                let problem = format!("{name} ends at byte {at} of a record of {}", layout.size);
                return Err(DecodeError::corrupt("extra bytes record", problem));
            }
            layout.push(field);
        }
    }
    Ok(())
}

/// Types 1 to 10.
const SCALARS: [ScalarType; 10] = [
    ScalarType::U8,
    ScalarType::I8,
    ScalarType::U16,
    ScalarType::I16,
    ScalarType::U32,
    ScalarType::I32,
    ScalarType::U64,
    ScalarType::I64,
    ScalarType::F32,
    ScalarType::F64,
];

fn encoding(
    descriptor: &[u8],
    scalar: ScalarType,
    element: usize,
) -> Result<Encoding, DecodeError> {
    let options = descriptor[3];
    let number = |at: usize| f64::from_le_bytes(bytes(descriptor, at + element * 8));
    let (has_scale, has_offset) = (options & 8 != 0, options & 16 != 0);
    if matches!(scalar, ScalarType::Bytes(_)) || !(has_scale || has_offset) {
        return Ok(Encoding::Plain(scalar));
    }
    let scale = if has_scale { number(112) } else { 1.0 };
    let offset = if has_offset { number(136) } else { 0.0 };
    if !scale.is_finite() || !offset.is_finite() {
        let problem = format!("scale {scale}, offset {offset}");
        return Err(DecodeError::corrupt("extra bytes record", problem));
    }
    Ok(Encoding::Scaled {
        stored: scalar,
        scale,
        offset,
    })
}
