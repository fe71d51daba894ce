//! Count, minimum, maximum, mean and standard deviation.

use std::fmt;
use std::sync::Arc;

use crate::{PointBatch, Values};

/// Summary of points: their number and, per dimension, minimum, maximum, mean and standard deviation.
///
/// Summaries of parts can be merged. Merging in the same order gives the same result, whichever threads computed the
/// parts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Summary {
    points: u64,
    dimensions: Vec<(Arc<str>, DimensionSummary)>,
}

/// Summary of a dimension.
#[derive(Debug, Clone, PartialEq)]
pub struct DimensionSummary {
    count: u64,
    numbers: Option<Numbers>,
    /// Sum of squared differences from the mean.
    squares: f64,
}

/// A value of a column. Integers stay exact.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scalar {
    /// From a column of integers.
    Integer(i128),
    /// From a column of floats.
    Float(f64),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Numbers {
    Integers { min: i128, max: i128, sum: i128 },
    Floats { min: f64, max: f64, sum: f64 },
}

impl Summary {
    /// The summary of a batch.
    #[must_use]
    pub fn of(batch: &PointBatch) -> Summary {
        let columns = batch.columns().iter();
        Summary {
            points: batch.len() as u64,
            dimensions: columns
                .map(|column| (column.name.clone(), DimensionSummary::of(&column.values)))
                .collect(),
        }
    }

    /// Adds the summary of other points.
    pub fn merge(&mut self, other: Summary) {
        self.points += other.points;
        for (name, theirs) in other.dimensions {
            match self.dimensions.iter_mut().find(|(own, _)| *own == name) {
                Some((_, own)) => own.merge(&theirs),
                None => self.dimensions.push((name, theirs)),
            }
        }
    }

    /// Number of points.
    #[must_use]
    pub fn points(&self) -> u64 {
        self.points
    }

    /// The dimensions, in the order in which they first appeared.
    pub fn dimensions(&self) -> impl Iterator<Item = (&str, &DimensionSummary)> {
        self.dimensions
            .iter()
            .map(|(name, summary)| (&**name, summary))
    }
}

impl DimensionSummary {
    fn of(values: &Values) -> DimensionSummary {
        let (count, numbers) = match values {
            Values::I8(v) => integers(v),
            Values::I16(v) => integers(v),
            Values::I32(v) => integers(v),
            Values::I64(v) => wide_integers(v),
            Values::U8(v) => integers(v),
            Values::U16(v) => integers(v),
            Values::U32(v) => integers(v),
            Values::U64(v) => wide_integers(v),
            Values::F32(v) => floats(v),
            Values::F64(v) => floats(v),
            Values::Bytes { .. } => (values.len() as u64, None),
        };
        let mut summary = DimensionSummary {
            count,
            numbers,
            squares: 0.0,
        };
        if let Some(mean) = summary.mean() {
            summary.squares = squares(values, mean);
        }
        summary
    }

    fn merge(&mut self, other: &DimensionSummary) {
        self.squares += other.squares;
        if let (Some(own), Some(theirs)) = (self.mean(), other.mean()) {
            // As Chan, Golub and LeVeque combine two parts.
            let (n, m) = (self.count as f64, other.count as f64);
            self.squares += (theirs - own).powi(2) * n * m / (n + m);
        }
        self.count += other.count;
        self.numbers = match (self.numbers, other.numbers) {
            (None, numbers) | (numbers, None) => numbers,
            (Some(a), Some(b)) => Some(a.merged(b)),
        };
    }

    /// Number of values: points that have the dimension, except those whose value is NaN.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Minimum. `None` if there are no values, or for bytes.
    #[must_use]
    pub fn min(&self) -> Option<Scalar> {
        self.numbers.map(|numbers| match numbers {
            Numbers::Integers { min, .. } => Scalar::Integer(min),
            Numbers::Floats { min, .. } => Scalar::Float(min),
        })
    }

    /// Maximum. `None` if there are no values, or for bytes.
    #[must_use]
    pub fn max(&self) -> Option<Scalar> {
        self.numbers.map(|numbers| match numbers {
            Numbers::Integers { max, .. } => Scalar::Integer(max),
            Numbers::Floats { max, .. } => Scalar::Float(max),
        })
    }

    /// Arithmetic mean. `None` if there are no values, or for bytes.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        self.numbers.map(|numbers| match numbers {
            Numbers::Integers { sum, .. } => sum as f64 / self.count as f64,
            Numbers::Floats { sum, .. } => sum / self.count as f64,
        })
    }

    /// Sample standard deviation, as in PDAL's `filters.stats`: the sum of squares is divided by the count less 1.
    /// `None` if there are fewer than two values, or for bytes.
    #[must_use]
    pub fn deviation(&self) -> Option<f64> {
        let is_several = self.numbers.is_some() && self.count > 1;
        is_several.then(|| (self.squares / (self.count - 1) as f64).sqrt())
    }
}

impl Numbers {
    fn merged(self, other: Numbers) -> Numbers {
        match (self, other) {
            (
                Numbers::Integers { min, max, sum },
                Numbers::Integers {
                    min: min2,
                    max: max2,
                    sum: sum2,
                },
            ) => Numbers::Integers {
                min: min.min(min2),
                max: max.max(max2),
                sum: sum + sum2,
            },
            (a, b) => {
                let ((min, max, sum), (min2, max2, sum2)) = (a.floats(), b.floats());
                Numbers::Floats {
                    min: min.min(min2),
                    max: max.max(max2),
                    sum: sum + sum2,
                }
            }
        }
    }

    /// As floats: a dimension may be an integer in one tile and a float in another.
    fn floats(self) -> (f64, f64, f64) {
        match self {
            Numbers::Integers { min, max, sum } => (min as f64, max as f64, sum as f64),
            Numbers::Floats { min, max, sum } => (min, max, sum),
        }
    }
}

/// Sum of squared differences of the values from the mean, without NaN.
fn squares(values: &Values, mean: f64) -> f64 {
    fn of<T: Copy>(values: &[T], mean: f64, number: impl Fn(T) -> f64) -> f64 {
        let mut sum = [0.0; LANES];
        each_lane(values, |lane, value| {
            let square = (number(value) - mean).powi(2);
            sum[lane] += if square.is_nan() { 0.0 } else { square };
        });
        sum.iter().sum()
    }
    match values {
        Values::I8(v) => of(v, mean, f64::from),
        Values::I16(v) => of(v, mean, f64::from),
        Values::I32(v) => of(v, mean, f64::from),
        Values::I64(v) => of(v, mean, |value| value as f64),
        Values::U8(v) => of(v, mean, f64::from),
        Values::U16(v) => of(v, mean, f64::from),
        Values::U32(v) => of(v, mean, f64::from),
        Values::U64(v) => of(v, mean, |value| value as f64),
        Values::F32(v) => of(v, mean, f64::from),
        Values::F64(v) => of(v, mean, f64::from),
        Values::Bytes { .. } => 0.0,
    }
}

/// Integers of at most 32 bits: the sum of a block fits in 64 bits.
fn integers<T: Copy + Ord + Into<i64>>(values: &[T]) -> (u64, Option<Numbers>) {
    let numbers = extremes(values).map(|(min, max)| {
        let blocks = values.chunks(1 << 16);
        let sums = blocks.map(|block| block.iter().map(|&value| value.into()).sum::<i64>());
        Numbers::Integers {
            min: min.into().into(),
            max: max.into().into(),
            sum: sums.map(i128::from).sum(),
        }
    });
    (values.len() as u64, numbers)
}

fn wide_integers<T: Copy + Ord + Into<i128>>(values: &[T]) -> (u64, Option<Numbers>) {
    let numbers = extremes(values).map(|(min, max)| Numbers::Integers {
        min: min.into(),
        max: max.into(),
        sum: values.iter().map(|&value| value.into()).sum(),
    });
    (values.len() as u64, numbers)
}

fn extremes<T: Copy + Ord>(values: &[T]) -> Option<(T, T)> {
    let first = *values.first()?;
    let step = |(min, max): (T, T), &value: &T| (value.min(min), value.max(max));
    Some(values.iter().fold((first, first), step))
}

/// Number of partial sums: enough for the processor to add several values at a time.
const LANES: usize = 8;

/// Calls with each value and the number of its partial sum.
fn each_lane<T: Copy>(values: &[T], mut call: impl FnMut(usize, T)) {
    let (blocks, rest) = values.as_chunks::<LANES>();
    // Blocks of a known length: the compiler adds several lanes at a time.
    for block in blocks {
        for (lane, value) in block.iter().enumerate() {
            call(lane, *value);
        }
    }
    for (lane, value) in rest.iter().enumerate() {
        call(lane, *value);
    }
}

fn floats<T: Copy + Into<f64>>(values: &[T]) -> (u64, Option<Numbers>) {
    let mut min = [f64::INFINITY; LANES];
    let mut max = [f64::NEG_INFINITY; LANES];
    let mut sum = [0.0; LANES];
    let mut count = [0_u64; LANES];
    each_lane(values, |lane, value| {
        let value = value.into();
        let is_number = !value.is_nan();
        // Comparisons with NaN are false, so it changes neither extreme.
        min[lane] = if value < min[lane] { value } else { min[lane] };
        max[lane] = if value > max[lane] { value } else { max[lane] };
        sum[lane] += if is_number { value } else { 0.0 };
        count[lane] += u64::from(is_number);
    });
    let count = count.iter().sum();
    let numbers = (count > 0).then(|| Numbers::Floats {
        min: min.into_iter().fold(f64::INFINITY, f64::min),
        max: max.into_iter().fold(f64::NEG_INFINITY, f64::max),
        sum: sum.iter().sum(),
    });
    (count, numbers)
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scalar::Integer(value) => value.fmt(f),
            Scalar::Float(value) => value.fmt(f),
        }
    }
}
