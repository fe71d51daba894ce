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
    nearest: Option<(f32, u32)>,
}

/// The pixels without a point that have points around them, each with the pixel of the nearest. `point` returns the width of
/// the point of a pixel, by its column and row, and its number, `None` if it has none.
///
/// Each of the eight directions is followed once over the whole image, so the time does not depend on the widths.
pub(crate) fn around(
    [width, height]: [u32; 2],
    point: impl Fn([u32; 2]) -> Option<(f32, [u32; 2])>,
) -> Vec<(usize, usize)> {
    let Some(pixels) = width.checked_mul(height) else {
        // More than fit in memory.
        return Vec::new();
    };
    let order = |at: u32| point([at % width, at / width]).map(|(_, order)| order);
    let mut all = vec![Around::default(); pixels as usize];
    // From the upper left to the lower right, then the other way round.
    for is_back in [false, true] {
        let mut above = Lasts::new(width);
        let mut lasts = Lasts::new(width);
        for row in 0..height {
            let mut beside = None;
            for column in 0..width {
                let (x, y) = if is_back {
                    (width - 1 - column, height - 1 - row)
                } else {
                    (column, row)
                };
                let at = y * width + x;
                let column = column as usize;
                let falling = column.checked_sub(1).and_then(|left| above.falling[left]);
                let rising = above.rising.get(column + 1).copied().flatten();
                let last = [beside, above.straight[column], falling, rising];
                let next = match point([x, y]) {
                    Some((width, _)) => [Some(Last::new(at, width)); 4],
                    None => {
                        let around = &mut all[at as usize];
                        let mut next = last;
                        for (last, length) in next.iter_mut().zip([1.0, 1.0, DIAGONAL, DIAGONAL]) {
                            *last = last.and_then(|last| last.moved(length, around, order));
                        }
                        next
                    }
                };
                beside = next[0];
                lasts.straight[column] = next[1];
                lasts.falling[column] = next[2];
                lasts.rising[column] = next[3];
            }
            std::mem::swap(&mut above, &mut lasts);
        }
    }
    let holes = all.iter().enumerate();
    let holes = holes.filter(|(_, around)| around.hits >= ENOUGH);
    let nearest = holes.filter_map(|(at, around)| Some((at, around.nearest?.1 as usize)));
    nearest.collect()
}

/// The last point in a direction.
#[derive(Debug, Clone, Copy)]
struct Last {
    at: u32,
    /// How far it may be away.
    reach: f32,
    /// How far it is away.
    way: f32,
}

impl Last {
    /// The point of a pixel, which has this width.
    fn new(at: u32, width: f32) -> Last {
        Last {
            at,
            reach: REACH * width,
            way: 0.0,
        }
    }

    /// The point one step farther, noted at the pixel there. `None` if it is too far away. Of two points at the same distance
    /// the one of the lower order is nearer.
    fn moved(
        mut self,
        length: f32,
        pixel: &mut Around,
        order: impl Fn(u32) -> Option<[u32; 2]>,
    ) -> Option<Last> {
        self.way += length;
        if self.way > self.reach {
            return None;
        }
        pixel.hits += 1;
        let is_nearer =
            |(way, at): (f32, u32)| self.way < way || self.way == way && order(self.at) < order(at);
        if pixel.nearest.is_none_or(is_nearer) {
            pixel.nearest = Some((self.way, self.at));
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
    fn new(width: u32) -> Lasts {
        let none = vec![None; width as usize];
        Lasts {
            straight: none.clone(),
            falling: none.clone(),
            rising: none,
        }
    }
}
