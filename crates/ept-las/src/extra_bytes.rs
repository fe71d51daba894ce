//! Extra bytes: dimensions that a file adds to its point records (LAS 1.4 R15, section 2.6, tables 24 and 25).

use ept_format::ScalarType;

use crate::bytes::{f64_at, put_text, text};
use crate::{Encoding, LasError};

/// A dimension in the extra bytes of a point record, as described by its descriptor.
#[derive(Debug, Clone, PartialEq)]
pub struct ExtraDimension {
    name: String,
    scalar: ScalarType,
    /// Number of values in a record, 1 to 3. LAS 1.4 before R14 allowed more than one.
    elements: usize,
    scale: Option<[f64; 3]>,
    offset: Option<[f64; 3]>,
}

/// Data types 1 to 10. Types 11 to 20 are two values of these, 21 to 30 three.
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

/// Bits of the options.
const HAS_SCALE: u8 = 1 << 3;
const HAS_OFFSET: u8 = 1 << 4;
/// Offset of scales and offsets in a descriptor.
const SCALES_AT: usize = 112;
const OFFSETS_AT: usize = 136;

impl ExtraDimension {
    /// Size of a descriptor in bytes.
    pub const DESCRIPTOR_SIZE: usize = 192;
    /// Maximum length of a name in bytes.
    pub const NAME_SIZE: usize = 32;
    /// Maximum number of dimensions described by one VLR.
    pub const MAX_COUNT: usize = u16::MAX as usize / ExtraDimension::DESCRIPTOR_SIZE;

    /// A dimension of one value in each record.
    ///
    /// # Errors
    /// [`LasError::Unstorable`] if the name is longer than [`ExtraDimension::NAME_SIZE`] or contains a zero byte, or
    /// the values are bytes of width 0 or above 255.
    pub fn new(name: &str, scalar: ScalarType) -> Result<ExtraDimension, LasError> {
        let unstorable = |problem: String| LasError::Unstorable {
            what: "an extra dimension",
            problem,
        };
        if name.len() > ExtraDimension::NAME_SIZE || name.contains('\0') {
            let problem =
                format!("the name {name:?} is longer than 32 bytes or contains a zero byte");
            return Err(unstorable(problem));
        }
        if let ScalarType::Bytes(width @ (0 | 256..)) = scalar {
            let problem = format!("{name} has values of {width} bytes, not 1 to 255");
            return Err(unstorable(problem));
        }
        Ok(ExtraDimension {
            name: name.to_owned(),
            scalar,
            elements: 1,
            scale: None,
            offset: None,
        })
    }

    /// The dimensions described by the contents of a VLR, in order.
    ///
    /// # Errors
    /// [`LasError::Corrupt`] if a type is unknown, or a scale or offset is not a finite number.
    pub fn parse_all(contents: &[u8]) -> Result<Vec<ExtraDimension>, LasError> {
        let descriptors = contents.chunks_exact(ExtraDimension::DESCRIPTOR_SIZE);
        descriptors
            .filter_map(|descriptor| ExtraDimension::parse(descriptor).transpose())
            .collect()
    }

    /// The dimension of a descriptor. `None` if it describes no bytes.
    fn parse(descriptor: &[u8]) -> Result<Option<ExtraDimension>, LasError> {
        let (code, options) = (descriptor[2], descriptor[3]);
        let name = text(&descriptor[4..4 + ExtraDimension::NAME_SIZE]);
        let corrupt = |problem| LasError::corrupt("extra bytes record", problem);
        let scalar = match code {
            // For type 0, the options are the number of bytes.
            0 if options == 0 => return Ok(None),
            0 => ScalarType::Bytes(options.into()),
            1..=30 => SCALARS[usize::from(code - 1) % 10],
            _ => return Err(corrupt(format!("{} has unknown type {code}", name.trim()))),
        };
        let triple = |at: usize, bit: u8| {
            let is_set = code > 0 && options & bit != 0;
            is_set.then(|| [0, 8, 16].map(|element| f64_at(descriptor, at + element)))
        };
        let dimension = ExtraDimension {
            name: name.trim().to_owned(),
            scalar,
            elements: usize::from(code.saturating_sub(1) / 10) + 1,
            scale: triple(SCALES_AT, HAS_SCALE),
            offset: triple(OFFSETS_AT, HAS_OFFSET),
        };
        for (_, encoding) in dimension.elements() {
            if let Encoding::Scaled { scale, offset, .. } = encoding
                && !(scale.is_finite() && offset.is_finite())
            {
                return Err(corrupt(format!("scale {scale}, offset {offset}")));
            }
        }
        Ok(Some(dimension))
    }

    /// The descriptor.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; ExtraDimension::DESCRIPTOR_SIZE] {
        let mut descriptor = [0; ExtraDimension::DESCRIPTOR_SIZE];
        let position = SCALARS.iter().position(|scalar| *scalar == self.scalar);
        match (self.scalar, position) {
            (ScalarType::Bytes(width), _) => descriptor[3] = width as u8,
            (_, position) => {
                let code = position.unwrap_or_default() + 1 + (self.elements - 1) * 10;
                descriptor[2] = code as u8;
            }
        }
        put_text(
            &mut descriptor[4..4 + ExtraDimension::NAME_SIZE],
            &self.name,
        );
        let parts = [
            (SCALES_AT, HAS_SCALE, self.scale),
            (OFFSETS_AT, HAS_OFFSET, self.offset),
        ];
        for (at, bit, numbers) in parts {
            if let Some(numbers) = numbers {
                descriptor[3] |= bit;
                let bytes = numbers.map(f64::to_le_bytes);
                descriptor[at..at + 24].copy_from_slice(bytes.as_flattened());
            }
        }
        descriptor
    }

    /// Name and encoding of each value in a record. A value without a name is called `ExtraBytes`; several values are
    /// numbered from 0.
    pub fn elements(&self) -> impl Iterator<Item = (String, Encoding)> {
        let name = if self.name.is_empty() {
            "ExtraBytes"
        } else {
            &self.name
        };
        (0..self.elements).map(move |element| {
            let name = match self.elements {
                1 => name.to_owned(),
                _ => format!("{name}{element}"),
            };
            (name, self.encoding(element))
        })
    }

    fn encoding(&self, element: usize) -> Encoding {
        match (self.scale, self.offset) {
            (None, None) => Encoding::Plain(self.scalar),
            (scale, offset) => Encoding::Scaled {
                stored: self.scalar,
                scale: scale.map_or(1.0, |scale| scale[element]),
                offset: offset.map_or(0.0, |offset| offset[element]),
            },
        }
    }
}
