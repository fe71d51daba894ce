//! Types of values in files.

/// The type of the values of a raster in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SampleType {
    /// Unsigned, 8 bits.
    U8,
    /// Signed, 8 bits.
    I8,
    /// Unsigned, 16 bits.
    U16,
    /// Signed, 16 bits.
    I16,
    /// Unsigned, 32 bits.
    U32,
    /// Signed, 32 bits.
    I32,
    /// Floating point, 32 bits.
    F32,
    /// Floating point, 64 bits.
    F64,
}

/// Does the same for each type of number.
macro_rules! for_each_type {
    ($sample:expr, $T:ident => $body:expr) => {
        match $sample {
            SampleType::U8 => {
                type $T = u8;
                $body
            }
            SampleType::I8 => {
                type $T = i8;
                $body
            }
            SampleType::U16 => {
                type $T = u16;
                $body
            }
            SampleType::I16 => {
                type $T = i16;
                $body
            }
            SampleType::U32 => {
                type $T = u32;
                $body
            }
            SampleType::I32 => {
                type $T = i32;
                $body
            }
            SampleType::F32 => {
                type $T = f32;
                $body
            }
            SampleType::F64 => {
                type $T = f64;
                $body
            }
        }
    };
}

pub(crate) use for_each_type;

impl SampleType {
    /// Bytes of a value.
    #[must_use]
    pub fn size(self) -> usize {
        match self {
            SampleType::U8 | SampleType::I8 => 1,
            SampleType::U16 | SampleType::I16 => 2,
            SampleType::U32 | SampleType::I32 | SampleType::F32 => 4,
            SampleType::F64 => 8,
        }
    }

    /// Whether values are floating-point numbers.
    #[must_use]
    pub fn is_float(self) -> bool {
        matches!(self, SampleType::F32 | SampleType::F64)
    }

    /// The value of the tag `SampleFormat`.
    pub(crate) fn format(self) -> u16 {
        match self {
            SampleType::U8 | SampleType::U16 | SampleType::U32 => 1,
            SampleType::I8 | SampleType::I16 | SampleType::I32 => 2,
            SampleType::F32 | SampleType::F64 => 3,
        }
    }

    /// The type with these values of the tags `SampleFormat` and `BitsPerSample`. `None` if it is not one of these.
    pub(crate) fn from_tags(format: u16, bits: u16) -> Option<SampleType> {
        Some(match (format, bits) {
            // 4 means undefined, which readers take for unsigned.
            (1 | 4, 8) => SampleType::U8,
            (1 | 4, 16) => SampleType::U16,
            (1 | 4, 32) => SampleType::U32,
            (2, 8) => SampleType::I8,
            (2, 16) => SampleType::I16,
            (2, 32) => SampleType::I32,
            (3, 32) => SampleType::F32,
            (3, 64) => SampleType::F64,
            _ => return None,
        })
    }

    /// The value as it is read back: integers are rounded to the nearest, halves away from zero; what is beyond the range
    /// of the type becomes its nearest value. NaN stays NaN in floats and becomes 0 in integers.
    #[must_use]
    pub fn stored(self, value: f64) -> f64 {
        for_each_type!(self, T => T::narrowed(value).widened())
    }

    /// Appends values as little-endian bytes.
    pub(crate) fn write(self, values: &[f64], bytes: &mut Vec<u8>) {
        for_each_type!(self, T => {
            for value in values {
                bytes.extend_from_slice(&T::narrowed(*value).to_le_bytes());
            }
        });
    }

    /// Reads values from little-endian bytes, as many as there is room for in both. With `step` 1 all, with 2 each second.
    pub(crate) fn read(self, bytes: &[u8], step: usize, values: &mut [f64]) {
        for_each_type!(self, T => {
            let (numbers, _) = bytes.as_chunks();
            for (value, number) in values.iter_mut().zip(numbers.iter().step_by(step)) {
                *value = T::from_le_bytes(*number).widened();
            }
        });
    }
}

/// A number that files store.
trait Stored {
    /// The nearest number.
    fn narrowed(value: f64) -> Self;

    fn widened(self) -> f64;
}

macro_rules! stored_by_rounding {
    ($($T:ty)*) => {
        $(impl Stored for $T {
            fn narrowed(value: f64) -> $T {
                // Casts from floats saturate.
                value.round() as $T
            }

            fn widened(self) -> f64 {
                f64::from(self)
            }
        })*
    };
}

stored_by_rounding!(u8 i8 u16 i16 u32 i32);

impl Stored for f32 {
    fn narrowed(value: f64) -> f32 {
        value.clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32
    }

    fn widened(self) -> f64 {
        f64::from(self)
    }
}

impl Stored for f64 {
    fn narrowed(value: f64) -> f64 {
        value
    }

    fn widened(self) -> f64 {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_beyond_the_range_become_the_nearest() {
        assert_eq!(SampleType::U8.stored(300.0), 255.0);
        assert_eq!(SampleType::U8.stored(-1.0), 0.0);
        assert_eq!(SampleType::I16.stored(-1e300), -32768.0);
        assert_eq!(SampleType::F32.stored(1e300), f64::from(f32::MAX));
        assert_eq!(SampleType::U16.stored(2.5), 3.0);
        assert_eq!(SampleType::F32.stored(0.1), f64::from(0.1_f32));
        assert!(SampleType::F32.stored(f64::NAN).is_nan());
    }
}
