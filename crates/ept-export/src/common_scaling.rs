//! A common scale and offset for coordinates stored with different ones.

use ept_format::Bounds;
use ept_points::Scaling;

/// Finds a scale and offset for points from tiles with different ones, such that every stored coordinate can be stored
/// exactly, as far as 32 bits suffice.
///
/// ```
/// use ept_export::CommonScaling;
/// use ept_format::Bounds;
/// use ept_points::Scaling;
///
/// let mut common = CommonScaling::default();
/// common.add(&Scaling { scale: [0.01; 3], offset: [121_500.0; 3] });
/// common.add(&Scaling { scale: [0.001; 3], offset: [122_500.005; 3] });
/// let found = common.within(&Bounds::EVERYTHING);
/// assert_eq!(found, Some(Scaling { scale: [0.001; 3], offset: [121_500.0; 3] }));
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CommonScaling {
    axes: Option<[Axis; 3]>,
}

/// Numbers on a grid: `offset` plus multiples of `scale`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Axis {
    scale: f64,
    offset: f64,
}

/// Fractions of a step to try as the step of a common grid.
const PARTS: [f64; 14] = [
    1.0, 2.0, 4.0, 5.0, 8.0, 10.0, 20.0, 25.0, 40.0, 50.0, 100.0, 200.0, 500.0, 1000.0,
];
/// Maximum number of steps that 32 bits have around an offset in the middle, which is rounded.
const MOST_STEPS: f64 = u32::MAX as f64 - 4.0 * ROUND_STEPS;
/// Offsets differ by multiples of this many steps, so that they are round numbers.
const ROUND_STEPS: f64 = 1e4;

impl CommonScaling {
    /// Adds the scale and offset of a tile.
    pub fn add(&mut self, scaling: &Scaling) {
        let new = [0, 1, 2].map(|axis| Axis {
            scale: scaling.scale[axis],
            offset: scaling.offset[axis],
        });
        self.axes = Some(match self.axes {
            None => new,
            Some(axes) => [0, 1, 2].map(|axis| axes[axis].joined(&new[axis])),
        });
    }

    /// The common scale and offset for points within a box. `None` if none was added. On an axis where the box doesn't
    /// fit in 32 bits, the scale is coarser by a power of ten.
    #[must_use]
    pub fn within(&self, extent: &Bounds) -> Option<Scaling> {
        let axes = self.axes?;
        let (min, max) = (extent.min(), extent.max());
        let axes = [0, 1, 2].map(|axis| axes[axis].within(min[axis], max[axis]));
        Some(Scaling {
            scale: axes.map(|axis| axis.scale),
            offset: axes.map(|axis| axis.offset),
        })
    }
}

/// Whether every coordinate stored with `own` can be stored exactly with `file`.
pub(crate) fn holds(file: &Scaling, own: &Scaling) -> bool {
    (0..3).all(|axis| {
        let [file, own] = [file, own].map(|scaling| Axis {
            scale: scaling.scale[axis],
            offset: scaling.offset[axis],
        });
        file == own || file.holds(&own)
    })
}

impl Axis {
    fn joined(&self, other: &Axis) -> Axis {
        if self == other || self.holds(other) {
            return *self;
        }
        let finer = self.scale.abs().min(other.scale.abs());
        let mut finer = PARTS.iter().map(|parts| Axis {
            scale: finer / parts,
            offset: self.offset,
        });
        let coarsest = finer.clone().next().unwrap_or(*self);
        finer
            .find(|axis| axis.holds(self) && axis.holds(other))
            .unwrap_or(coarsest)
    }

    /// Whether every number of the other grid is on this one, to a thousandth of a step.
    fn holds(&self, other: &Axis) -> bool {
        let is_whole = |number: f64, slack: f64| (number - number.round()).abs() <= slack;
        let ratio = other.scale / self.scale;
        let shift = (other.offset - self.offset) / self.scale;
        ratio.abs() >= 0.5 && is_whole(ratio, ratio.abs() * 4e-13) && is_whole(shift, 1e-3)
    }

    fn within(mut self, low: f64, high: f64) -> Axis {
        let extent = high - low;
        if !extent.is_finite() {
            return self;
        }
        let is_in_range = |end: f64| {
            let steps = ((end - self.offset) / self.scale).round();
            steps >= f64::from(i32::MIN) && steps <= f64::from(i32::MAX)
        };
        if is_in_range(low) && is_in_range(high) {
            return self;
        }
        let middle = low + extent / 2.0;
        let rounded = |number: f64| (number / ROUND_STEPS).round() * ROUND_STEPS;
        if extent / self.scale.abs() <= MOST_STEPS {
            let steps = rounded((middle - self.offset) / self.scale);
            self.offset = tidied(self.offset + steps * self.scale, self.scale);
            return self;
        }
        while extent / self.scale.abs() > MOST_STEPS {
            self.scale *= 10.0;
        }
        self.scale = tidied(self.scale, self.scale);
        self.offset = tidied(rounded(middle / self.scale) * self.scale, self.scale);
        self
    }
}

/// Removes rounding noise: the nearest number with few digits, if it is close enough.
fn tidied(number: f64, scale: f64) -> f64 {
    let digits = (12.0 - scale.abs().log10()).clamp(0.0, 17.0) as usize;
    let short = format!("{number:.digits$}").parse().unwrap_or(number);
    if (short - number).abs() <= scale.abs() * 1e-6 {
        short
    } else {
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(axes: &[(f64, f64)], low: f64, high: f64) -> (f64, f64) {
        let mut axes = axes.iter().map(|&(scale, offset)| Axis { scale, offset });
        let first = axes.next().unwrap_or(Axis {
            scale: 1.0,
            offset: 0.0,
        });
        let joined = axes.fold(first, |a, b| a.joined(&b)).within(low, high);
        (joined.scale, joined.offset)
    }

    #[test]
    fn the_coarsest_grid_that_has_all_integers_is_found() {
        for (axes, expected) in [
            (&[(0.01, 5.0), (0.01, 5.0)][..], (0.01, 5.0)),
            (&[(0.01, 5.0), (0.01, 7.25)], (0.01, 5.0)),
            (&[(0.01, 5.0), (0.01, 5.005)], (0.005, 5.0)),
            (&[(0.01, 5.0), (0.001, 5.0)], (0.001, 5.0)),
            (&[(0.01, 0.0), (0.025, 0.0)], (0.005, 0.0)),
            (&[(-0.01, 5.0), (-0.01, 5.0)], (-0.01, 5.0)),
            // 0.3048 of a millimetre and of a metre.
            (&[(0.0003048, 0.0), (0.3048, 0.0)], (0.0003048, 0.0)),
            // No grid contains both.
            (&[(0.01, 0.0), (0.01, 0.003_141_592_6)], (0.01, 0.0)),
        ] {
            assert_eq!(of(axes, 0.0, 10.0), expected, "{axes:?}");
        }
    }

    #[test]
    fn an_extent_gets_an_offset_and_if_need_be_a_coarser_scale() {
        // 2^32 steps of 1e-5 are 42,949.67.
        assert_eq!(of(&[(1e-5, 0.0)], 0.0, 20_000.0), (1e-5, 0.0));
        assert_eq!(of(&[(1e-5, 0.84)], 40_000.0, 80_000.0), (1e-5, 60_000.04));
        assert_eq!(of(&[(1e-5, 0.84)], 0.0, 45_000.0), (1e-4, 22_500.0));
        assert_eq!(of(&[(1e-5, 0.84)], 0.0, f64::INFINITY), (1e-5, 0.84));
    }
}
