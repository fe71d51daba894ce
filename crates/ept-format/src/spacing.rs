//! The spacing of points by depth in an octree.

use crate::Key;

/// Distance between points that a depth aims at. It is `root` at the root and halves with each depth.
#[must_use]
pub fn spacing_at(root: f64, depth: u32) -> f64 {
    root / 2_f64.powi(depth.try_into().unwrap_or(i32::MAX))
}

/// The least depth whose spacing is at most `resolution`, as in PDAL's `readers.ept`. `root` is the spacing of the
/// root, in the same unit. `None` if the resolution is not a finite number greater than 0.
#[must_use]
pub fn depth_for_resolution(root: f64, resolution: f64) -> Option<u32> {
    let enough = |depth: &u32| spacing_at(root, *depth) <= resolution;
    (resolution.is_finite() && resolution > 0.0)
        .then(|| (0..Key::MAX_DEPTH).find(enough).unwrap_or(Key::MAX_DEPTH))
}
