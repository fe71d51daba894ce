//! Reading of points until a result is certain.

use super::Neighbours;
use super::region::{EVERYWHERE, Region, is_box, overlap};
use crate::{Points, RasterError};

/// A result that more points can change.
pub(crate) trait Growth {
    /// Adds points that were read.
    fn add(&mut self, points: &Points) -> Result<(), RasterError>;

    /// Where unknown points could change the result.
    fn open(&mut self) -> Vec<Region>;

    /// In this box, all points are known that could be in a region which was open when points were last added.
    fn settle(&mut self, known: [f64; 4]);
}

/// Reads points in and around an area, from near to far, until none that is left could change a result.
pub(crate) fn grow<N: Neighbours>(
    result: &mut impl Growth,
    area: [f64; 4],
    source: &mut N,
) -> Result<(), N::Error> {
    let near = source.more(area, &|bucket| is_box(overlap(bucket, area)))?;
    result.add(&near)?;
    let mut reach = Reach::new(area, near.len());
    drop(near);
    loop {
        let mut open = result.open();
        open.retain(|region| !region.is_inside(area));
        loop {
            if open.is_empty() {
                return Ok(());
            }
            let halo = reach.area();
            let wanted = |bucket: [f64; 4]| {
                let near = overlap(bucket, halo);
                is_box(near) && open.iter().any(|region| region.meets(near))
            };
            let more = source.more(halo, &wanted)?;
            if !more.is_empty() {
                result.add(&more)?;
                break;
            }
            if reach.is_everywhere() {
                return Ok(());
            }
            result.settle(halo);
            reach.grow();
            open.retain(|region| !region.is_inside(halo));
        }
    }
}

/// How far from an area points are asked for. The first regions are much larger than those that last: circles of slivers
/// at the edge of what was read, for example.
struct Reach {
    area: [f64; 4],
    distance: f64,
    steps: u32,
}

impl Reach {
    /// Steps until all points are asked for.
    const STEPS: u32 = 10;

    /// Some times the distance of the points, if there are enough to tell it.
    fn new(area: [f64; 4], points: usize) -> Reach {
        let (width, height) = (area[2] - area[0], area[3] - area[1]);
        let spacing = (width * height / points.max(64) as f64).sqrt();
        Reach {
            area,
            distance: (4.0 * spacing).max(width.max(height) / 64.0),
            steps: 0,
        }
    }

    fn area(&self) -> [f64; 4] {
        if self.is_everywhere() {
            return EVERYWHERE;
        }
        let ([min_x, min_y, max_x, max_y], d) = (self.area, self.distance);
        [min_x - d, min_y - d, max_x + d, max_y + d]
    }

    fn is_everywhere(&self) -> bool {
        self.steps >= Reach::STEPS
    }

    fn grow(&mut self) {
        self.steps += 1;
        self.distance *= 2.0;
    }
}
