//! The spacing of an octree's points by depth.

use crate::Key;

/// Distance between points that a depth aims at, where the root's is `root`: it halves with each depth.
#[must_use]
pub fn spacing_at(root: f64, depth: u32) -> f64 {
    root / 2_f64.powi(depth.try_into().unwrap_or(i32::MAX))
}

/// The least depth whose spacing is at most `resolution`, where that of the root is `root`, both in the same unit; the
/// rule of PDAL's `readers.ept`. `None` if the resolution is not a finite number greater than 0.
#[must_use]
pub fn depth_for_resolution(root: f64, resolution: f64) -> Option<u32> {
    let enough = |depth: &u32| spacing_at(root, *depth) <= resolution;
    (resolution.is_finite() && resolution > 0.0)
        .then(|| (0..Key::MAX_DEPTH).find(enough).unwrap_or(Key::MAX_DEPTH))
}
