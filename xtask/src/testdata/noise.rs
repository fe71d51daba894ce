//! Smooth two-dimensional noise.

use super::random::Random;

/// Value noise: random numbers from 0 to 1 at integer coordinates, smoothly interpolated.
///
/// Uses only sums and products, since the results of trigonometric functions differ between machines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Noise {
    pub(super) seed: u64,
    /// Distance between the random numbers.
    pub(super) pitch: f64,
}

impl Noise {
    pub(super) fn at(self, x: f64, y: f64) -> f64 {
        let (x, y) = (x / self.pitch, y / self.pitch);
        let (column, row) = (x.floor(), y.floor());
        let (u, v) = (smooth(x - column), smooth(y - row));
        let corner = |i: f64, j: f64| self.corner((column + i) as i64, (row + j) as i64);
        let low = mix(corner(0.0, 0.0), corner(1.0, 0.0), u);
        let high = mix(corner(0.0, 1.0), corner(1.0, 1.0), u);
        mix(low, high, v)
    }

    fn corner(self, column: i64, row: i64) -> f64 {
        let place = (column as u64) << 32 ^ (row as u64 & 0xFFFF_FFFF);
        Random::new(self.seed ^ Random::new(place).bits()).range(0.0, 1.0)
    }
}

/// A smooth step from 0 to 1, level at both ends and constant beyond them.
pub(super) fn smooth(t: f64) -> f64 {
    let t = t.clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// Linear interpolation: `a` at 0, `b` at 1.
pub(super) fn mix(a: f64, b: f64, t: f64) -> f64 {
    a + (b - a) * t
}
