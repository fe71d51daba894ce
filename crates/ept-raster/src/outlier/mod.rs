//! Points far from all others.

mod exact_sum;
mod mean_distances;
mod nearest;
mod radius;
mod statistics;

pub use mean_distances::MeanDistances;
pub use radius::sparse_points;
pub use statistics::DistanceStatistics;
