//! Percentiles of any number of values.

/// Maximum number of values sorted in memory. If there are more, those around the ranks are found by counting.
const MOST_SORTED: u64 = 4 << 20;

/// Number of intervals for counting.
const INTERVALS: u64 = 1 << 16;

/// Percentiles of `count` values without NaN, interpolated linearly like `NumPy`'s `percentile` by default. `read`
/// passes the values to its argument, in any order, each time it is called. Memory does not grow with the count.
pub(crate) fn percentiles<E>(
    levels: &[f64],
    count: u64,
    read: impl FnMut(&mut dyn FnMut(f64)) -> Result<(), E>,
) -> Result<Vec<f64>, E> {
    within(levels, count, MOST_SORTED, read)
}

fn within<E>(
    levels: &[f64],
    count: u64,
    most: u64,
    mut read: impl FnMut(&mut dyn FnMut(f64)) -> Result<(), E>,
) -> Result<Vec<f64>, E> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let mut sorted = Vec::new();
    if count <= most {
        read(&mut |number| sorted.push(number))?;
        sorted.sort_unstable_by(f64::total_cmp);
    }
    let mut number_at = |rank: u64| match usize::try_from(rank) {
        Ok(at) if at < sorted.len() => Ok(sorted[at]),
        _ => ranked(rank, count, most, &mut read),
    };
    let mut percentile = |level: f64| {
        let place = level / 100.0 * (count - 1) as f64;
        let low = number_at(place.floor() as u64)?;
        let high = number_at(place.ceil() as u64)?;
        Ok(low + (high - low) * place.fract())
    };
    levels.iter().map(|level| percentile(*level)).collect()
}

/// The value of a rank, from 0, in ascending order.
fn ranked<E>(
    mut rank: u64,
    mut count: u64,
    most: u64,
    read: &mut impl FnMut(&mut dyn FnMut(f64)) -> Result<(), E>,
) -> Result<f64, E> {
    let (mut low, mut high) = (0, u64::MAX);
    while count > most && low < high {
        let width = (high - low) / INTERVALS + 1;
        let mut counts = vec![0_u64; INTERVALS as usize];
        read(&mut |number| {
            let place = order(number);
            if (low..=high).contains(&place) {
                counts[((place - low) / width) as usize] += 1;
            }
        })?;
        let mut interval = 0;
        while interval + 1 < INTERVALS && rank >= counts[interval as usize] {
            rank -= counts[interval as usize];
            interval += 1;
        }
        count = counts[interval as usize];
        low += interval * width;
        high = high.min(low.saturating_add(width - 1));
    }
    if low == high {
        return Ok(number(low));
    }
    let mut found = Vec::new();
    read(&mut |number| {
        if (low..=high).contains(&order(number)) {
            found.push(number);
        }
    })?;
    found.sort_unstable_by(f64::total_cmp);
    let at = usize::try_from(rank).unwrap_or(usize::MAX);
    Ok(found.get(at).copied().unwrap_or(f64::NAN))
}

const SIGN: u64 = 1 << 63;

/// Maps a value to an integer with the same order.
fn order(number: f64) -> u64 {
    let bits = number.to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

/// The value that an integer stands for.
fn number(order: u64) -> f64 {
    f64::from_bits(if order & SIGN == 0 {
        !order
    } else {
        order & !SIGN
    })
}

#[cfg(test)]
mod tests {
    use super::within;
    use std::convert::Infallible;

    fn of(numbers: &[f64], levels: &[f64], most: u64) -> Vec<f64> {
        let read = |take: &mut dyn FnMut(f64)| {
            numbers.iter().for_each(|number| take(*number));
            Ok::<(), Infallible>(())
        };
        within(levels, numbers.len() as u64, most, read).unwrap()
    }

    /// Results of `numpy.percentile([15, 20, 35, 40, 50], [0, 5, 25, 40, 75, 100])`.
    #[test]
    fn percentiles_are_those_of_numpy() {
        let levels = [0.0, 5.0, 25.0, 40.0, 75.0, 100.0];
        let expected = [15.0, 16.0, 20.0, 29.0, 40.0, 50.0];
        let numbers = [35.0, 50.0, 15.0, 40.0, 20.0];
        for most in [0, 1, 2, 100] {
            let found = of(&numbers, &levels, most);
            let is_near = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-12;
            assert!(
                found.iter().zip(&expected).all(is_near),
                "{most}: {found:?}"
            );
        }
        assert_eq!(of(&[7.0], &[0.0, 50.0, 100.0], 0), [7.0; 3]);
        assert!(of(&[], &[50.0], 10).is_empty());
    }

    #[test]
    fn numbers_that_are_counted_have_the_percentiles_of_those_that_are_sorted() {
        let mut seed = 1_u64;
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 40) as f64
        };
        let spread: Vec<f64> = (0..5000)
            .map(|_| (next() - 8e6) * 10_f64.powf(next() % 9.0 - 6.0))
            .collect();
        let equal: Vec<f64> = (0..5000).map(|_| f64::floor(next() % 5.0) - 2.0).collect();
        let levels = [0.0, 1.0, 13.7, 50.0, 99.0, 100.0];
        for numbers in [spread, equal] {
            let expected = of(&numbers, &levels, u64::MAX);
            for most in [0, 10, 1000] {
                assert_eq!(of(&numbers, &levels, most), expected, "{most}");
            }
        }
    }
}
