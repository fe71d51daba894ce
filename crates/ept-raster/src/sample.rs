//! The points of one cell, and statistics of them.

use crate::Statistic;

/// Sums are made of multiples of this fraction of the largest summand. So they are exact, and don't depend on the order.
const PARTS: f64 = (1_u64 << 52) as f64;

/// The points of one cell. Kept and refilled from cell to cell.
///
/// Sums of floating-point numbers depend on the order of summands. Here all are sums of integers: a value becomes its
/// distance from the least value, in fractions of the range of values. The loss is at most 2⁻⁵² of that range for each.
#[derive(Debug, Default)]
pub(crate) struct Sample {
    pub(crate) values: Vec<f64>,
    /// Squared distances from the centre of the cell, if a statistic needs them.
    pub(crate) squares: Vec<f64>,
    /// The order of points, if a statistic needs it.
    pub(crate) orders: Vec<f64>,
    sorted: Vec<f64>,
}

/// Least and greatest value.
#[derive(Debug, Clone, Copy)]
struct Range {
    min: f64,
    max: f64,
}

impl Sample {
    pub(crate) fn clear(&mut self) {
        self.values.clear();
        self.squares.clear();
        self.orders.clear();
    }

    /// The values of statistics for the cell. `area` is what densities are relative to.
    pub(crate) fn evaluate(
        &mut self,
        statistics: &[Statistic],
        area: f64,
        mut put: impl FnMut(usize, f64),
    ) {
        if statistics.iter().any(|s| s.percentile().is_some()) {
            self.sorted.clone_from(&self.values);
            self.sorted.sort_unstable_by(f64::total_cmp);
        }
        let range = self.range();
        for (at, statistic) in statistics.iter().enumerate() {
            put(at, self.statistic(*statistic, range, area));
        }
    }

    fn statistic(&self, statistic: Statistic, range: Range, area: f64) -> f64 {
        let count = self.values.len() as f64;
        match statistic {
            Statistic::Count => return count,
            Statistic::Density => return count / area,
            _ if self.values.is_empty() => return f64::NAN,
            _ => {}
        }
        if let Some(percentile) = statistic.percentile() {
            return self.percentile(percentile);
        }
        match statistic {
            Statistic::Min => range.min,
            Statistic::Max => range.max,
            Statistic::Mean => mean(self.values.iter().copied(), range),
            Statistic::Stdev => self.stdev(range),
            Statistic::Idw { power } => self.weighted(power, range),
            Statistic::First => self.first(),
            Statistic::Last => self.last(),
            _ => f64::NAN,
        }
    }

    fn range(&self) -> Range {
        let empty = Range {
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
        };
        self.values.iter().fold(empty, |range, value| Range {
            min: range.min.min(*value),
            max: range.max.max(*value),
        })
    }

    fn stdev(&self, range: Range) -> f64 {
        let mean = mean(self.values.iter().copied(), range);
        let farthest = (range.max - mean).max(mean - range.min);
        let scale = 1.0 / farthest;
        if !scale.is_finite() {
            return 0.0;
        }
        let squares = self.values.iter().map(|value| {
            let part = (value - mean) * scale;
            (part * part * PARTS) as u64
        });
        let sum: u128 = squares.map(u128::from).sum();
        farthest * (float(sum) / PARTS / self.values.len() as f64).sqrt()
    }

    fn percentile(&self, percentile: f64) -> f64 {
        let last = self.sorted.len() - 1;
        let rank = percentile / 100.0 * last as f64;
        let below = (rank as usize).min(last);
        let above = (below + 1).min(last);
        let (low, high) = (self.sorted[below], self.sorted[above]);
        low + (rank - below as f64) * (high - low)
    }

    /// Mean weighted by inverse distance.
    fn weighted(&self, power: f64, range: Range) -> f64 {
        let nearest = self.squares.iter().copied().fold(f64::INFINITY, f64::min);
        if nearest == 0.0 {
            let is_central = |(value, square): (&f64, &f64)| (*square == 0.0).then_some(*value);
            let central = self.values.iter().zip(&self.squares).filter_map(is_central);
            return mean(central, range);
        }
        let scale = PARTS / (range.max - range.min);
        if !scale.is_finite() {
            return range.min;
        }
        let (mut weights, mut sum) = (0_u128, 0_u128);
        for (value, square) in self.values.iter().zip(&self.squares) {
            let ratio = (nearest / square).sqrt();
            let weight = if power == 1.0 {
                ratio
            } else {
                ratio.powf(power)
            };
            weights += u128::from((weight * PARTS) as u64);
            sum += u128::from((weight * ((value - range.min) * scale)) as u64);
        }
        range.clamp(range.min + float(sum) / float(weights) * (range.max - range.min))
    }

    fn first(&self) -> f64 {
        let first = self
            .ordered()
            .reduce(|a, b| if before(b, a) { b } else { a });
        first.map_or(f64::NAN, |(_, value)| value)
    }

    fn last(&self) -> f64 {
        let last = self
            .ordered()
            .reduce(|a, b| if before(a, b) { b } else { a });
        last.map_or(f64::NAN, |(_, value)| value)
    }

    fn ordered(&self) -> impl Iterator<Item = (f64, f64)> {
        let orders = self.orders.iter().copied();
        let pairs = orders.zip(self.values.iter().copied());
        pairs.filter(|(order, _)| !order.is_nan())
    }
}

fn before(a: (f64, f64), b: (f64, f64)) -> bool {
    a.0 < b.0 || (a.0 == b.0 && a.1 < b.1)
}

impl Range {
    /// Rounding must not lead out of the range.
    fn clamp(self, value: f64) -> f64 {
        value.max(self.min).min(self.max)
    }
}

/// Mean of values that are within a range.
fn mean(values: impl Iterator<Item = f64>, range: Range) -> f64 {
    let scale = PARTS / (range.max - range.min);
    if !scale.is_finite() {
        // All are equal, or nearly so.
        return range.min;
    }
    let (mut sum, mut count) = (0_u128, 0_u64);
    for value in values {
        sum += u128::from(((value - range.min) * scale) as u64);
        count += 1;
    }
    range.clamp(range.min + float(sum) / PARTS / count as f64 * (range.max - range.min))
}

/// The nearest floating-point number. Small sums are converted faster.
fn float(sum: u128) -> f64 {
    u64::try_from(sum).map_or_else(|_| sum as f64, |small| small as f64)
}
