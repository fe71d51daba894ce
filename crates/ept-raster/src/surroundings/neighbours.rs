//! Points around.

use crate::{Points, RasterError};

/// Where the points around a part of the plane come from: a large set, divided into buckets of points.
pub trait Neighbours {
    /// Why points can't be read, or used.
    type Error: From<RasterError>;

    /// All points of those buckets that were not returned before and whose box is `wanted`: `[min x, min y, max x, max y]`,
    /// which must contain all points of the bucket. All of them meet the box `within`. No points if there are no such buckets any more.
    ///
    /// # Errors
    /// If the points can't be read.
    fn more(
        &mut self,
        within: [f64; 4],
        wanted: &dyn Fn([f64; 4]) -> bool,
    ) -> Result<Points, Self::Error>;
}
