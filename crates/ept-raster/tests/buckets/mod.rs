//! A set of points, of which parts are read.

use std::collections::BTreeMap;

use ept_raster::{Neighbours, Points, RasterError};

/// Points in square buckets that are read when asked for.
#[derive(Clone)]
pub(crate) struct Buckets(Vec<Option<([f64; 4], Points)>>);

#[derive(Debug)]
pub(crate) struct Unusable;

impl From<RasterError> for Unusable {
    fn from(_: RasterError) -> Unusable {
        Unusable
    }
}

impl Buckets {
    /// Buckets along X and Y, each as large as its points need.
    pub(crate) fn new(cloud: &[[f64; 3]], size: f64) -> Buckets {
        let mut buckets = BTreeMap::new();
        for [x, y, z] in cloud {
            let key = [(x / size).floor() as i64, (y / size).floor() as i64];
            let (bounds, points) = buckets
                .entry(key)
                .or_insert(([*x, *y, *x, *y], Points::default()));
            *bounds = [
                bounds[0].min(*x),
                bounds[1].min(*y),
                bounds[2].max(*x),
                bounds[3].max(*y),
            ];
            points.push(*x, *y, *z);
        }
        Buckets(buckets.into_values().map(Some).collect())
    }

    pub(crate) fn unread(&self) -> usize {
        self.0
            .iter()
            .flatten()
            .map(|(_, points)| points.len())
            .sum()
    }
}

impl Neighbours for Buckets {
    type Error = Unusable;

    fn more(&mut self, _: [f64; 4], wanted: &dyn Fn([f64; 4]) -> bool) -> Result<Points, Unusable> {
        let mut all = Points::default();
        for bucket in &mut self.0 {
            if let Some((_, points)) = bucket.take_if(|(bounds, _)| wanted(*bounds)) {
                all.x.extend(points.x);
                all.y.extend(points.y);
                all.value.extend(points.value);
            }
        }
        Ok(all)
    }
}
