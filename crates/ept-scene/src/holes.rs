//! Holes between the points of a picture.

/// How far from a hole a point may be, by its width.
const REACH: f32 = 1.5;
/// In how many of eight directions there must be a point.
const ENOUGH: u8 = 5;
/// Length of a step along a diagonal.
const DIAGONAL: f32 = std::f32::consts::SQRT_2;

/// What is around a pixel without a point.
#[derive(Debug, Clone, Copy, Default)]
struct Around {
    /// Number of directions in which there is a point that is near enough.
    hits: u8,
    /// Distance and index of the nearest.
    nearest: Option<(f32, [u32; 2], usize)>,
}

/// The pixels without a point that have points around them, each with the pixel of the nearest. `point` returns the width of
/// the point of a pixel and its number, `None` if it has none.
///
/// Each of the eight directions is followed once over the whole image, so the time does not depend on the widths.
pub(crate) fn around(
    [width, height]: [u32; 2],
    point: impl Fn(usize) -> Option<(f32, [u32; 2])>,
) -> Vec<(usize, usize)> {
    let [width, height] = [width, height].map(|side| side as usize);
    let mut all = vec![Around::default(); width * height];
    // From the upper left to the lower right, then the other way round.
    for is_back in [false, true] {
        let mut above = Lasts::new(width);
        for row in 0..height {
            let mut lasts = Lasts::new(width);
            let mut beside = None;
            for column in 0..width {
                let (x, y) = if is_back {
                    (width - 1 - column, height - 1 - row)
                } else {
                    (column, row)
                };
                let at = y * width + x;
                let found = point(at);
                let mut step = |last: Option<Last>, length: f32| match found {
                    Some((width, order)) => Some(Last {
                        at,
                        order,
                        reach: REACH * width,
                        way: 0.0,
                    }),
                    None => last.and_then(|last| last.moved(length, &mut all[at])),
                };
                beside = step(beside, 1.0);
                lasts.straight[column] = step(above.straight[column], 1.0);
                let left = column.checked_sub(1).and_then(|left| above.falling[left]);
                lasts.falling[column] = step(left, DIAGONAL);
                let right = above.rising.get(column + 1).copied().flatten();
                lasts.rising[column] = step(right, DIAGONAL);
            }
            above = lasts;
        }
    }
    let holes = all.iter().enumerate();
    let holes = holes.filter(|(_, around)| around.hits >= ENOUGH);
    let nearest = holes.filter_map(|(at, around)| Some((at, around.nearest?.2)));
    nearest.collect()
}

/// The last point in a direction.
#[derive(Debug, Clone, Copy)]
struct Last {
    at: usize,
    order: [u32; 2],
    /// How far it may be away.
    reach: f32,
    /// How far it is away.
    way: f32,
}

impl Last {
    /// The point one step farther, noted at the pixel there. `None` if it is too far away.
    fn moved(mut self, length: f32, pixel: &mut Around) -> Option<Last> {
        self.way += length;
        if self.way > self.reach {
            return None;
        }
        pixel.hits += 1;
        let own = (self.way, self.order, self.at);
        let is_nearer = |(way, order, _): (f32, [u32; 2], usize)| {
            self.way < way || self.way == way && self.order < order
        };
        if pixel.nearest.is_none_or(is_nearer) {
            pixel.nearest = Some(own);
        }
        Some(self)
    }
}

/// The last points above each pixel of a row, straight and along both diagonals.
#[derive(Debug)]
struct Lasts {
    straight: Vec<Option<Last>>,
    falling: Vec<Option<Last>>,
    rising: Vec<Option<Last>>,
}

impl Lasts {
    fn new(width: usize) -> Lasts {
        Lasts {
            straight: vec![None; width],
            falling: vec![None; width],
            rising: vec![None; width],
        }
    }
}
