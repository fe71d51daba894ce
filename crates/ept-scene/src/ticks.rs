//! Round numbers along an axis.

/// Round numbers at equal distances: multiples of 1, 2 or 5 times a power of ten.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ticks {
    step: f64,
    decimals: usize,
}

/// The exponents of ten that steps have.
const POWERS: std::ops::RangeInclusive<i32> = -12..=15;

impl Ticks {
    /// The least step that is at least this. `None` if it is not a number on a usual scale.
    pub(crate) fn at_least(least: f64) -> Option<Ticks> {
        Ticks::all().find(|ticks| ticks.step >= least)
    }

    /// The greatest step that is at most this. `None` as for [`Ticks::at_least`].
    pub(crate) fn at_most(most: f64) -> Option<Ticks> {
        Ticks::all().take_while(|ticks| ticks.step <= most).last()
    }

    fn all() -> impl Iterator<Item = Ticks> {
        POWERS.flat_map(|power| {
            [1, 2, 5].into_iter().filter_map(move |digit| {
                Some(Ticks {
                    // As text, since powers are not exact.
                    step: format!("{digit}e{power}").parse().ok()?,
                    decimals: usize::try_from(-power).unwrap_or(0),
                })
            })
        })
    }

    /// The step.
    pub(crate) fn step(&self) -> f64 {
        self.step
    }

    /// The multiples of the step from `low` to `high`, at most 100.
    pub(crate) fn between(&self, low: f64, high: f64) -> Vec<f64> {
        let first = (low / self.step).ceil();
        let count = (high / self.step).floor() - first;
        if !(0.0..1e15).contains(&count) {
            return Vec::new();
        }
        let numbers = (0..=(count as u64).min(99)).map(|at| (first + at as f64) * self.step);
        numbers.collect()
    }

    /// A number with as many decimals as the step has.
    pub(crate) fn text(&self, number: f64) -> String {
        let text = format!("{number:.*}", self.decimals);
        // No negative zero.
        let is_zero = text.bytes().all(|byte| matches!(byte, b'-' | b'0' | b'.'));
        if is_zero {
            text.trim_start_matches('-').to_owned()
        } else {
            text
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_labels_exact() {
        let step = |least| Ticks::at_least(least).map(|ticks| ticks.step());
        assert_eq!(
            [step(0.3), step(1.0), step(4500.0)],
            [Some(0.5), Some(1.0), Some(5000.0)]
        );
        assert_eq!(
            Ticks::at_most(4500.0).map(|ticks| ticks.step()),
            Some(2000.0)
        );
        assert_eq!(step(f64::NAN), None);
        assert_eq!(step(1e300), None);
        let fine = Ticks::at_least(0.000_15).unwrap();
        let labels = fine.between(-93.7443, -93.7438);
        let labels: Vec<String> = labels.into_iter().map(|n| fine.text(n)).collect();
        assert_eq!(labels, ["-93.7442", "-93.7440", "-93.7438"]);
        let coarse = Ticks::at_least(40.0).unwrap();
        let labels = coarse.between(-60.0, 60.0).into_iter();
        let labels: Vec<String> = labels.map(|n| coarse.text(n)).collect();
        assert_eq!(labels, ["-50", "0", "50"]);
        // Ends that are not numbers, or too many.
        assert!(fine.between(f64::NAN, 3.0).is_empty());
        assert!(fine.between(0.0, 1e300).is_empty());
        assert_eq!(fine.between(0.0, 100.0).len(), 100);
    }
}
