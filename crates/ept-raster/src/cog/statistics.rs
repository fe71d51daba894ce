//! Statistics of the values of a band.

/// Number, extremes, mean and deviation of values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Statistics {
    pub(crate) count: f64,
    pub(crate) minimum: f64,
    pub(crate) maximum: f64,
    pub(crate) mean: f64,
    /// Sum of the squared differences from the mean.
    squares: f64,
}

impl Statistics {
    /// Bytes of [`Statistics::to_bytes`].
    pub(crate) const BYTES: usize = 40;

    /// The statistics of no values.
    pub(crate) const NONE: Statistics = Statistics {
        count: 0.0,
        minimum: f64::INFINITY,
        maximum: f64::NEG_INFINITY,
        mean: 0.0,
        squares: 0.0,
    };

    /// The statistics of values, without those that are NaN.
    pub(crate) fn of(values: impl Iterator<Item = f64> + Clone) -> Statistics {
        let values = values.filter(|value| !value.is_nan());
        let mut all = Statistics::NONE;
        let mut sum = 0.0;
        for value in values.clone() {
            all.count += 1.0;
            all.minimum = all.minimum.min(value);
            all.maximum = all.maximum.max(value);
            sum += value;
        }
        if all.count > 0.0 {
            all.mean = sum / all.count;
            all.squares = values.map(|value| (value - all.mean).powi(2)).sum();
        }
        all
    }

    /// The statistics of the values of both (Chan et al. 1979).
    pub(crate) fn joined(self, other: Statistics) -> Statistics {
        if self.count == 0.0 || other.count == 0.0 {
            return if self.count == 0.0 { other } else { self };
        }
        let count = self.count + other.count;
        let apart = other.mean - self.mean;
        Statistics {
            count,
            minimum: self.minimum.min(other.minimum),
            maximum: self.maximum.max(other.maximum),
            mean: self.mean + apart * (other.count / count),
            squares: self.squares
                + other.squares
                + apart * apart * (self.count * (other.count / count)),
        }
    }

    /// Standard deviation of the values as a population, as GDAL computes it.
    pub(crate) fn deviation(&self) -> f64 {
        (self.squares / self.count).sqrt()
    }

    pub(crate) fn to_bytes(self) -> [u8; Statistics::BYTES] {
        let numbers = [
            self.count,
            self.minimum,
            self.maximum,
            self.mean,
            self.squares,
        ];
        let mut bytes = [0; Statistics::BYTES];
        bytes.copy_from_slice(numbers.map(f64::to_le_bytes).as_flattened());
        bytes
    }

    pub(crate) fn from_bytes(bytes: &[u8; Statistics::BYTES]) -> Statistics {
        let mut numbers = [0.0; 5];
        let (all, _) = bytes.as_chunks();
        for (number, bytes) in numbers.iter_mut().zip(all) {
            *number = f64::from_le_bytes(*bytes);
        }
        let [count, minimum, maximum, mean, squares] = numbers;
        Statistics {
            count,
            minimum,
            maximum,
            mean,
            squares,
        }
    }
}
