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

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use super::*;

    /// Floats around the ends of a type become integers if they are integers that it has, by 128-bit arithmetic.
    fn check<T: Number + TryFrom<i128> + PartialEq + Debug>() {
        let powers = [0, 7, 8, 15, 16, 31, 32, 52, 53, 62, 63, 64, 65].map(|bits| 2_f64.powi(bits));
        let near = powers.into_iter().flat_map(|power| {
            [
                power - 1.0,
                power.next_down(),
                power,
                power.next_up(),
                power + 1.0,
                power + 0.5,
            ]
        });
        let odd = [0.0, 0.5, 1e300, f64::INFINITY, f64::NAN, f64::MIN_POSITIVE];
        for value in near.chain(odd).flat_map(|value| [value, -value]) {
            let whole = (value.fract() == 0.0).then_some(value as i128);
            let expected = whole.and_then(|whole| T::try_from(whole).ok());
            assert_eq!(T::exactly(Scalar::Float(value)), expected, "{value:e}");
        }
    }

    #[test]
    fn floats_become_integers_only_without_loss() {
        check::<i8>();
        check::<i16>();
        check::<i32>();
        check::<i64>();
        check::<u8>();
        check::<u16>();
        check::<u32>();
        check::<u64>();
    }
}
