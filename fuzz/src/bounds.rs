//! The laws of boxes that were read from a file.

use ept_format::Bounds;

/// Checks that a box is finite and not inside out.
pub fn check_bounds(bounds: &Bounds) {
    for axis in 0..3 {
        let (min, max) = (bounds.min()[axis], bounds.max()[axis]);
        assert!(
            min.is_finite() && max.is_finite() && min <= max,
            "{bounds:?}"
        );
    }
}
