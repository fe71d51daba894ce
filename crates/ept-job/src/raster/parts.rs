//! The points of a bucket, in parts.

use ept_raster::Points;

use super::extent::Extent;

/// Points in a part, about: as many as make the test of its box worth it.
const IN_PART: usize = 256;

/// Most parts along the edge of a bucket.
const MOST: usize = 16;

/// The points of a bucket that nobody took yet. A bucket is much larger than what is needed around a window, and points
/// that are not taken need not be triangulated.
#[derive(Debug)]
pub(crate) struct Parts {
    points: Points,
    left: Vec<Part>,
}

/// Points that are taken together.
#[derive(Debug)]
struct Part {
    /// The box of the points.
    extent: Extent,
    points: Vec<u32>,
}

impl Parts {
    /// Points in the box of a bucket.
    pub(crate) fn new(points: Points, bucket: Extent) -> Parts {
        let along = (points.len() / IN_PART).isqrt().clamp(1, MOST);
        let [west, south, east, north] = bucket.corners();
        // Casts end at the limits. Where exactly a part ends has no meaning.
        let step = |c: f64, low: f64, high: f64| {
            (((c - low) / (high - low) * along as f64) as usize).min(along - 1)
        };
        let mut parts: Vec<Option<Part>> = Vec::new();
        parts.resize_with(along * along, || None);
        for (point, (x, y)) in (0_u32..).zip(points.x.iter().zip(&points.y)) {
            let place = Extent::of([*x, *y]);
            let at = step(*x, west, east) * along + step(*y, south, north);
            let part = parts[at].get_or_insert_with(|| Part {
                extent: place,
                points: Vec::new(),
            });
            part.extent = part.extent.joined(place);
            part.points.push(point);
        }
        Parts {
            points,
            left: parts.into_iter().flatten().collect(),
        }
    }

    /// Moves the points of the parts whose box is wanted.
    pub(crate) fn take(&mut self, wanted: &dyn Fn([f64; 4]) -> bool, taken: &mut Points) {
        let points = &self.points;
        self.left.retain(|part| {
            let is_wanted = wanted(part.extent.corners());
            if is_wanted {
                part.points.iter().for_each(|point| {
                    let at = *point as usize;
                    taken.push(points.x[at], points.y[at], points.value[at]);
                    taken.order.extend(points.order.get(at));
                });
            }
            !is_wanted
        });
        if self.left.is_empty() {
            self.points = Points::default();
        }
    }
}
