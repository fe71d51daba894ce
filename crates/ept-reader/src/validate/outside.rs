//! Points outside a box in which they should be.

use ept_format::Bounds;
use ept_points::PointBatch;

/// Points outside a box.
#[derive(Default)]
pub(super) struct Outside {
    pub(super) count: u64,
    /// The first of them.
    first: Option<[f64; 3]>,
}

impl Outside {
    pub(super) fn of(points: &PointBatch, bounds: &Bounds) -> Outside {
        let mut outside = Outside::default();
        for place in points.places() {
            if !bounds.contains(place) {
                outside.count += 1;
                outside.first.get_or_insert(place);
            }
        }
        outside
    }

    pub(super) fn problem(&self) -> Option<String> {
        let first = self.first?;
        let plural = if self.count == 1 { "" } else { "s" };
        Some(format!("{} point{plural}, first {first:?}", self.count))
    }
}
