//! How overviews are made.

/// The value of a cell of an overview, given the 2 x 2 cells below it, without voids. It is a void if they all are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Resampling {
    /// Their mean.
    #[default]
    Average,
    /// The most frequent value, the smallest of several: for classes and masks.
    Mode,
}

impl Resampling {
    /// The value for the cells in the order north-west, north-east, south-west, south-east. NaN is a void.
    pub(crate) fn resample(self, cells: [f64; 4]) -> f64 {
        match self {
            Resampling::Average => {
                let (mut sum, mut count) = (0.0, 0.0);
                for cell in cells {
                    if !cell.is_nan() {
                        sum += cell;
                        count += 1.0;
                    }
                }
                if sum.is_infinite() {
                    // The sum of the largest numbers, but not their mean, is too large.
                    return cells
                        .iter()
                        .filter(|cell| !cell.is_nan())
                        .map(|cell| cell / count)
                        .sum();
                }
                // Without values: NaN.
                sum / count
            }
            Resampling::Mode => {
                let votes = |value: f64| cells.iter().filter(|cell| **cell == value).count();
                let mut best = (0, f64::NAN);
                for cell in cells.into_iter().filter(|cell| !cell.is_nan()) {
                    let votes = votes(cell);
                    if votes > best.0 || votes == best.0 && cell < best.1 {
                        best = (votes, cell);
                    }
                }
                best.1
            }
        }
    }
}
