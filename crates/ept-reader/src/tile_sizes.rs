//! Sizes of tiles, without fetching them.

use ept_format::Node;

/// Total size of the tiles of some nodes, estimated from a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TileSizes {
    /// Estimated total size in bytes.
    pub bytes: f64,
    /// Standard error of the estimate, relative to it. 0 if the sizes of all tiles were requested.
    pub error: f64,
    /// Number of tiles in the sample.
    pub sampled: usize,
}

/// Number of tiles in a sample.
pub(crate) const SAMPLE: usize = 64;

impl TileSizes {
    /// Estimates from the points and bytes of a sample, by the ratio of their sums.
    pub(crate) fn of(sample: &[(u64, u64)], nodes: &[Node]) -> Option<TileSizes> {
        let sum = |part: fn(&(u64, u64)) -> u64| sample.iter().map(part).sum::<u64>() as f64;
        let (points, bytes) = (sum(|pair| pair.0), sum(|pair| pair.1));
        if points == 0.0 || sample.is_empty() {
            return None;
        }
        let ratio = bytes / points;
        let total: f64 = nodes.iter().map(|node| node.points as f64).sum();
        let residuals = sample
            .iter()
            .map(|&(points, bytes)| (bytes as f64 - ratio * points as f64).powi(2));
        let count = sample.len() as f64;
        let mean = points / count;
        let spread = residuals.sum::<f64>() / (count - 1.0).max(1.0) / count;
        let is_all = sample.len() >= nodes.len();
        Some(TileSizes {
            bytes: ratio * total,
            error: if is_all {
                0.0
            } else {
                spread.sqrt() / mean / ratio
            },
            sampled: sample.len(),
        })
    }
}
