//! How the bytes of a field encode a value.

use std::fmt;

use ept_format::ScalarType;

/// How the bytes of a field encode a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Encoding {
    /// The value itself, little endian.
    Plain(ScalarType),
    /// `stored * scale + offset`, with two roundings, as a 64-bit float.
    Scaled {
        /// Type of the stored number.
        stored: ScalarType,
        /// Factor of the stored number.
        scale: f64,
        /// Value of the stored number 0.
        offset: f64,
    },
    /// Some bits of one byte, whose other bits belong to other fields.
    Bits {
        /// Number of the lowest bit.
        shift: u8,
        /// Number of bits, 1 to 8.
        count: u8,
    },
    /// Scan angle of point formats 0 to 5: whole degrees in a signed byte (LAS 1.4 R15, table 7).
    AngleRank,
    /// Scan angle of point formats 6 to 10: steps of 0.006 degrees in 16 bits (LAS 1.4 R15, table 15).
    AngleSteps,
}

impl Encoding {
    /// Degrees of a step of [`Encoding::AngleSteps`].
    pub const ANGLE_STEP: f64 = 0.006;

    /// Type of the values.
    #[must_use]
    pub fn scalar(&self) -> ScalarType {
        match self {
            Encoding::Plain(scalar) => *scalar,
            Encoding::Scaled { .. } => ScalarType::F64,
            Encoding::Bits { .. } => ScalarType::U8,
            Encoding::AngleRank | Encoding::AngleSteps => ScalarType::F32,
        }
    }

    /// Type of the stored number. For bits, that of the byte they are in.
    #[must_use]
    pub fn stored(&self) -> ScalarType {
        match self {
            Encoding::Plain(stored) | Encoding::Scaled { stored, .. } => *stored,
            Encoding::Bits { .. } => ScalarType::U8,
            Encoding::AngleRank => ScalarType::I8,
            Encoding::AngleSteps => ScalarType::I16,
        }
    }

    /// A byte with the `count` lowest bits set.
    #[must_use]
    pub fn mask(count: u8) -> u8 {
        u8::MAX
            .checked_shr(8 - u32::from(count.min(8)))
            .unwrap_or(0)
    }
}

/// The stored type, for messages: `uint16`, `3 bits`.
impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Encoding::Bits { count: 1, .. } => f.write_str("1 bit"),
            Encoding::Bits { count, .. } => write!(f, "{count} bits"),
            Encoding::AngleSteps => f.write_str("int16, in steps of 0.006 degrees"),
            _ => self.stored().fmt(f),
        }
    }
}
