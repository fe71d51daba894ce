//! The points of the upper depths of octrees.

use std::collections::BTreeMap;

use ept_raster::{Neighbours, Points};

use crate::JobError;

/// Points that are kept at most: their triangulation takes half a second and some fifty megabytes.
const MOST_POINTS: usize = 500_000;

/// The points of as many upper depths as there is room for, whole depths only.
#[derive(Debug, Default)]
pub(crate) struct Coarse {
    depths: BTreeMap<u32, Points>,
    points: usize,
    /// The first depth that there is no room for.
    end: Option<u32>,
}

impl Coarse {
    /// Adds a point: X, Y and its value.
    pub(crate) fn add(&mut self, depth: u32, [x, y, value]: [f64; 3]) {
        if self.end.is_some_and(|end| depth >= end) {
            return;
        }
        self.depths.entry(depth).or_default().push(x, y, value);
        self.points += 1;
        while self.points > MOST_POINTS
            && let Some((dropped, points)) = self.depths.pop_last()
        {
            self.points -= points.len();
            self.end = Some(dropped);
        }
    }
}

impl Neighbours for Coarse {
    type Error = JobError;

    /// All points, the first time.
    fn more(&mut self, _: [f64; 4], _: &dyn Fn([f64; 4]) -> bool) -> Result<Points, JobError> {
        let mut all = Points::default();
        for mut points in std::mem::take(&mut self.depths).into_values() {
            all.x.append(&mut points.x);
            all.y.append(&mut points.y);
            all.value.append(&mut points.value);
        }
        Ok(all)
    }
}
