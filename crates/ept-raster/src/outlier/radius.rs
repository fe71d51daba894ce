//! Points with few others around.

use crate::kd_tree::{KdTree, Leaf, Search};
use crate::{Points, RasterError};

/// Which of the first `inner` points, whose values are their heights, have fewer than `minimum` other points closer than
/// `radius`. The others are only neighbours; all within the radius must be there.
///
/// As the method `radius` of PDAL's `filters.outlier` with `min_k` as `minimum`. Other points at the same place count.
///
/// # Errors
/// If a coordinate is not finite or beyond [`Triangulation::FARTHEST`](crate::Triangulation::FARTHEST), or there are too
/// many points.
pub fn sparse_points(
    points: &Points,
    inner: usize,
    radius: f64,
    minimum: usize,
) -> Result<Vec<bool>, RasterError> {
    let columns = points.x.iter().zip(&points.y).zip(&points.value);
    let tree = KdTree::new(columns.map(|((x, y), z)| [*x, *y, *z]))?;
    let mut is_sparse = vec![false; inner.min(points.len())];
    let mut search = Search::default();
    let limit = radius * radius;
    for (index, place) in tree.leaves().iter().flat_map(Leaf::points) {
        let Some(is_sparse) = is_sparse.get_mut(index as usize) else {
            continue;
        };
        // The point itself is one of them.
        let mut count = 0;
        tree.search(place, &mut search, limit, |_, _| {
            count += 1;
            if count > minimum { 0.0 } else { limit }
        });
        *is_sparse = count <= minimum;
    }
    Ok(is_sparse)
}
