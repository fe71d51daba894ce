//! Statistics of the distances of a set.

use super::exact_sum::ExactSum;
use crate::Triangulation;

/// Mean and deviation of the mean distances of all points of a set, from which outliers are told.
///
/// The sums are exact, so parts of a set can be merged in any order.
#[derive(Debug, Clone)]
pub struct DistanceStatistics {
    count: u64,
    extremes: [f64; 2],
    sum: ExactSum,
    squares: ExactSum,
}

impl Default for DistanceStatistics {
    fn default() -> DistanceStatistics {
        DistanceStatistics {
            count: 0,
            extremes: [f64::INFINITY, f64::NEG_INFINITY],
            sum: ExactSum::new(),
            squares: ExactSum::new(),
        }
    }
}

impl DistanceStatistics {
    /// Adds a distance. One that is not between 0 and 2^102, which is more than coordinates can be apart, is left out.
    pub fn add(&mut self, distance: f64) {
        if !(0.0..=4.0 * Triangulation::FARTHEST).contains(&distance) {
            return;
        }
        let square = distance * distance;
        self.count += 1;
        self.extremes = [
            self.extremes[0].min(distance),
            self.extremes[1].max(distance),
        ];
        self.sum.add(distance);
        self.squares.add(square);
        self.squares.add(distance.mul_add(distance, -square));
    }

    /// Adds the distances of another part of the set.
    pub fn merge(&mut self, other: &DistanceStatistics) {
        self.count += other.count;
        self.extremes = [
            self.extremes[0].min(other.extremes[0]),
            self.extremes[1].max(other.extremes[1]),
        ];
        self.sum.merge(&other.sum);
        self.squares.merge(&other.squares);
    }

    /// Number of distances.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Mean distance. NaN if there is none.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.sum.value().0 / self.count as f64
    }

    /// Standard deviation of the distances as a sample. NaN for fewer than two.
    #[must_use]
    pub fn deviation(&self) -> f64 {
        if self.count < 2 {
            return f64::NAN;
        }
        let count = self.count as f64;
        // n times the sum of squares less the square of the sum: each with more than twice the bits of the result.
        let (sum, squares) = (self.sum.value(), self.squares.value());
        let (left, left_rest) = product(count, squares.0);
        let (right, right_rest) = product(sum.0, sum.0);
        let rest = left_rest + count * squares.1 - right_rest - 2.0 * sum.0 * sum.1;
        let variance = ((left - right) + rest) / count / (count - 1.0);
        variance.max(0.0).sqrt()
    }

    /// The mean distance from which on a point is an outlier, that is, also if it is equal: as PDAL's `filters.outlier`,
    /// `multiplier` deviations more than the mean. Infinite if nothing stands out, because all distances are equal or there
    /// are fewer than two: where all points would be outliers, PDAL leaves them as they are.
    #[must_use]
    pub fn threshold(&self, multiplier: f64) -> f64 {
        if self.extremes[0] < self.extremes[1] {
            self.mean() + multiplier * self.deviation()
        } else {
            f64::INFINITY
        }
    }
}

/// A product and what its rounding took away.
fn product(a: f64, b: f64) -> (f64, f64) {
    let rounded = a * b;
    (rounded, a.mul_add(b, -rounded))
}
