//! Points above each other.

/// Which value a place has where several points have the same X and Y.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Duplicates {
    /// The lowest value, for models of the terrain.
    Lowest,
    /// The highest value, for models of the surface.
    Highest,
}

impl Duplicates {
    /// The value of two that stays.
    pub(crate) fn choose(self, a: f64, b: f64) -> f64 {
        let is_lower = a.total_cmp(&b).is_lt();
        if is_lower == (self == Duplicates::Lowest) {
            a
        } else {
            b
        }
    }
}
