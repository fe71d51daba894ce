//! Predictors, which make rows of values easier to compress (TIFF 6.0, section 14; Adobe's TIFF technical note 3).

use super::SampleType;

/// What is stored instead of the values of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Predictor {
    /// The values.
    None,
    /// Differences between neighbouring pixels.
    Horizontal,
    /// The bytes of floats, all most significant ones first, as differences.
    FloatingPoint,
}

impl Predictor {
    /// The one that suits a type of values.
    pub(crate) fn of(sample: SampleType) -> Predictor {
        if sample.is_float() {
            Predictor::FloatingPoint
        } else {
            Predictor::Horizontal
        }
    }

    /// The value of the tag `Predictor`.
    pub(crate) fn number(self) -> u16 {
        match self {
            Predictor::None => 1,
            Predictor::Horizontal => 2,
            Predictor::FloatingPoint => 3,
        }
    }

    pub(crate) fn from_number(number: u16) -> Option<Predictor> {
        [
            Predictor::None,
            Predictor::Horizontal,
            Predictor::FloatingPoint,
        ]
        .into_iter()
        .find(|predictor| predictor.number() == number)
    }

    /// Replaces a row of little-endian values by what is stored. `bands` is the number of values of a pixel.
    pub(crate) fn apply(self, row: &mut [u8], size: usize, bands: usize, spare: &mut Vec<u8>) {
        match self {
            Predictor::None => {}
            Predictor::Horizontal => match size {
                1 => differences(
                    row,
                    bands,
                    u8::from_le_bytes,
                    u8::wrapping_sub,
                    u8::to_le_bytes,
                ),
                2 => differences(
                    row,
                    bands,
                    u16::from_le_bytes,
                    u16::wrapping_sub,
                    u16::to_le_bytes,
                ),
                4 => differences(
                    row,
                    bands,
                    u32::from_le_bytes,
                    u32::wrapping_sub,
                    u32::to_le_bytes,
                ),
                _ => differences(
                    row,
                    bands,
                    u64::from_le_bytes,
                    u64::wrapping_sub,
                    u64::to_le_bytes,
                ),
            },
            Predictor::FloatingPoint => {
                let count = row.len() / size;
                spare.clear();
                spare.extend_from_slice(row);
                for byte in 0..size {
                    let plane = &mut row[(size - 1 - byte) * count..][..count];
                    let bytes = spare.iter().skip(byte).step_by(size);
                    plane
                        .iter_mut()
                        .zip(bytes)
                        .for_each(|(to, from)| *to = *from);
                }
                differences(
                    row,
                    bands,
                    u8::from_le_bytes,
                    u8::wrapping_sub,
                    u8::to_le_bytes,
                );
            }
        }
    }

    /// Replaces what is stored by the values of the row: little-endian ones after [`Predictor::FloatingPoint`], else in
    /// the order of bytes of `is_big_endian`, in which they are stored.
    pub(crate) fn undo(
        self,
        row: &mut [u8],
        size: usize,
        bands: usize,
        is_big_endian: bool,
        spare: &mut Vec<u8>,
    ) {
        match self {
            Predictor::None => {}
            Predictor::Horizontal => match (size, is_big_endian) {
                (1, _) => sums(
                    row,
                    bands,
                    u8::from_le_bytes,
                    u8::wrapping_add,
                    u8::to_le_bytes,
                ),
                (2, false) => sums(
                    row,
                    bands,
                    u16::from_le_bytes,
                    u16::wrapping_add,
                    u16::to_le_bytes,
                ),
                (4, false) => sums(
                    row,
                    bands,
                    u32::from_le_bytes,
                    u32::wrapping_add,
                    u32::to_le_bytes,
                ),
                (_, false) => sums(
                    row,
                    bands,
                    u64::from_le_bytes,
                    u64::wrapping_add,
                    u64::to_le_bytes,
                ),
                (2, true) => sums(
                    row,
                    bands,
                    u16::from_be_bytes,
                    u16::wrapping_add,
                    u16::to_be_bytes,
                ),
                (4, true) => sums(
                    row,
                    bands,
                    u32::from_be_bytes,
                    u32::wrapping_add,
                    u32::to_be_bytes,
                ),
                (_, true) => sums(
                    row,
                    bands,
                    u64::from_be_bytes,
                    u64::wrapping_add,
                    u64::to_be_bytes,
                ),
            },
            Predictor::FloatingPoint => {
                sums(
                    row,
                    bands,
                    u8::from_le_bytes,
                    u8::wrapping_add,
                    u8::to_le_bytes,
                );
                let count = row.len() / size;
                spare.clear();
                spare.extend_from_slice(row);
                for byte in 0..size {
                    let plane = &spare[(size - 1 - byte) * count..][..count];
                    let bytes = row.iter_mut().skip(byte).step_by(size);
                    bytes.zip(plane).for_each(|(to, from)| *to = *from);
                }
            }
        }
    }
}

/// Replaces each value by its difference from the one of the same band before it.
fn differences<T: Copy, const N: usize>(
    row: &mut [u8],
    bands: usize,
    read: impl Fn([u8; N]) -> T,
    subtract: impl Fn(T, T) -> T,
    write: impl Fn(T) -> [u8; N],
) {
    let (values, _) = row.as_chunks_mut::<N>();
    for at in (bands..values.len()).rev() {
        values[at] = write(subtract(read(values[at]), read(values[at - bands])));
    }
}

/// Replaces each difference by the value.
fn sums<T: Copy, const N: usize>(
    row: &mut [u8],
    bands: usize,
    read: impl Fn([u8; N]) -> T,
    add: impl Fn(T, T) -> T,
    write: impl Fn(T) -> [u8; N],
) {
    let (values, _) = row.as_chunks_mut::<N>();
    for at in bands..values.len() {
        values[at] = write(add(read(values[at]), read(values[at - bands])));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_bytes_of_floats_are_in_planes() {
        // 1.0 is 3f800000, 2.0 is 40000000: planes 3f 40, 80 00, 00 00, 00 00, then differences.
        let mut row = [1.0_f32, 2.0].map(f32::to_le_bytes).concat();
        Predictor::FloatingPoint.apply(&mut row, 4, 1, &mut Vec::new());
        assert_eq!(row, [0x3f, 0x01, 0x40, 0x80, 0, 0, 0, 0]);
    }

    #[test]
    fn differences_are_between_values_of_the_same_band() {
        let mut row = [10_u16, 500, 12, 400, 11, 401]
            .map(u16::to_le_bytes)
            .concat();
        Predictor::Horizontal.apply(&mut row, 2, 2, &mut Vec::new());
        let expected = [10_u16, 500, 2, 65436, 65535, 1].map(u16::to_le_bytes);
        assert_eq!(row, expected.concat());
    }

    proptest! {
        #[test]
        fn undoing_gives_the_row_back(
            row in proptest::collection::vec(any::<u8>(), 0..40),
            size in prop::sample::select(vec![1_usize, 2, 4, 8]),
            bands in 1_usize..4,
            predictor in prop::sample::select(vec![1_u16, 2, 3]),
        ) {
            let predictor = Predictor::from_number(predictor).unwrap();
            let row = &row[..row.len() / (size * bands) * size * bands];
            let (mut changed, mut spare) = (row.to_vec(), Vec::new());
            predictor.apply(&mut changed, size, bands, &mut spare);
            predictor.undo(&mut changed, size, bands, false, &mut spare);
            prop_assert_eq!(changed, row);
        }
    }
}
