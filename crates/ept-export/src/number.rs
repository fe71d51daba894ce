//! Numbers as stored in a field.

use ept_points::Scalar;

/// A number type of LAS.
pub(crate) trait Number: Sized {
    /// Converts a value without loss. `None` if this type can't represent it.
    fn exactly(value: Scalar) -> Option<Self>;

    /// Writes the value, little endian, to the start of `field`.
    fn put(self, field: &mut [u8]);
}

/// Writes a value as type `T`. Returns whether it fits.
#[inline]
pub(crate) fn put<T: Number>(value: Scalar, field: &mut [u8]) -> bool {
    T::exactly(value).map(|number| number.put(field)).is_some()
}

macro_rules! integer {
    ($($integer:ty),*) => {$(
        impl Number for $integer {
            #[inline]
            fn exactly(value: Scalar) -> Option<Self> {
                match value {
                    Scalar::Integer(value) => value.try_into().ok(),
                    Scalar::Float(value) => {
                        /// The least float above all numbers of this type.
                        const END: f64 = (<$integer>::MAX / 2 + 1) as f64 * 2.0;
                        // The cast truncates and saturates: a saturated maximum of 64 bits is rounded to END.
                        let integer = value as $integer;
                        (integer as f64 == value && value < END).then_some(integer)
                    }
                }
            }

            #[inline]
            fn put(self, field: &mut [u8]) {
                field[..size_of::<Self>()].copy_from_slice(&self.to_le_bytes());
            }
        }
    )*};
}

integer!(i8, i16, i32, i64, u8, u16, u32, u64);

impl Number for f32 {
    #[inline]
    fn exactly(value: Scalar) -> Option<Self> {
        let value = f64::exactly(value)?;
        let single = value as f32;
        (f64::from(single) == value || value.is_nan()).then_some(single)
    }

    #[inline]
    fn put(self, field: &mut [u8]) {
        field[..4].copy_from_slice(&self.to_le_bytes());
    }
}

impl Number for f64 {
    #[inline]
    fn exactly(value: Scalar) -> Option<Self> {
        match value {
            Scalar::Integer(value) => Some(value as f64).filter(|float| *float as i128 == value),
            Scalar::Float(value) => Some(value),
        }
    }

    #[inline]
    fn put(self, field: &mut [u8]) {
        field[..8].copy_from_slice(&self.to_le_bytes());
    }
}
