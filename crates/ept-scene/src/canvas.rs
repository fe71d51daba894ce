//! The nearest point of each pixel.

use std::collections::BTreeMap;

use crate::palette::Color;
use crate::splat::Splat;
use crate::{ColorBy, Paint, Picture, channels, holes, robust_limits};

/// The nearest point of each pixel of an image: what it shows is its value, which becomes a colour at the end, when all
/// values are known.
///
/// Of equally near points that of the first node wins, of one node the first point. So the order in which points are
/// drawn does not matter, and parts can be drawn on several canvases that are [merged](Canvas::merge).
#[derive(Debug, Clone, PartialEq)]
pub struct Canvas {
    size: [u32; 2],
    pixels: Vec<Pixel>,
}

/// The nearest point of a pixel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pixel {
    /// Distance from the eye, in pixels if the camera has no perspective. Infinite if there is no point.
    pub(crate) depth: f32,
    /// Width of the point, in pixels.
    pub(crate) width: f32,
    /// Number of the node, then of the point.
    pub(crate) order: [u32; 2],
    /// See [`Value`].
    pub(crate) value: Value,
}

/// What a point shows: the bits of a number, or three channels of 16 bits.
pub(crate) type Value = u64;

/// The value of points that lack a dimension: a NaN, and more than three channels.
pub(crate) const NO_POINT_VALUE: Value = u64::MAX;

const EMPTY: Pixel = Pixel {
    depth: f32::INFINITY,
    width: 0.0,
    order: [u32::MAX; 2],
    value: NO_POINT_VALUE,
};

impl Canvas {
    /// A canvas without points, `[width, height]` in pixels.
    #[must_use]
    pub fn new(size: [u32; 2]) -> Canvas {
        let pixels = size.map(|side| side as usize);
        Canvas {
            size,
            pixels: vec![EMPTY; pixels[0].saturating_mul(pixels[1])],
        }
    }

    /// Width and height in pixels.
    #[must_use]
    pub fn size(&self) -> [u32; 2] {
        self.size
    }

    /// Bytes of a canvas of this size.
    #[must_use]
    pub fn bytes_of(size: [u32; 2]) -> u64 {
        u64::from(size[0]) * u64::from(size[1]) * size_of::<Pixel>() as u64
    }

    /// Number of pixels that show a point.
    #[must_use]
    pub fn drawn(&self) -> u64 {
        let drawn = self.pixels.iter().filter(|pixel| pixel.is_drawn());
        drawn.count() as u64
    }

    /// Adds the points of another canvas of the same size. Another size changes nothing.
    pub fn merge(&mut self, other: &Canvas) {
        if other.size != self.size {
            return;
        }
        for (own, theirs) in self.pixels.iter_mut().zip(&other.pixels) {
            own.show(*theirs);
        }
    }

    /// Draws points of a node, which has this number. `values` are those of all its points.
    pub(crate) fn draw(&mut self, splats: &[Splat], node: u32, values: &[Value]) {
        for block in splats.chunks(Splat::BLOCK) {
            let mut boxes = [[0; 4]; Splat::BLOCK];
            for (corners, splat) in boxes.iter_mut().zip(block) {
                *corners = splat.corners(self.size);
            }
            // Pixels are seldom in the cache. Here no read has to wait for what the one before it decides.
            let mut depths = [0.0; Splat::BLOCK];
            for (depth, corners) in depths.iter_mut().zip(boxes).take(block.len()) {
                let first = self.pixels.get(self.position(corners));
                *depth = first.map_or(f32::INFINITY, |pixel| pixel.depth);
            }
            for ((splat, corners), depth) in block.iter().zip(boxes).zip(depths) {
                let value = values.get(splat.index as usize).copied();
                let pixel = splat.pixel(node, value.unwrap_or(NO_POINT_VALUE));
                let [left, top, right, bottom] = corners;
                let is_single = [(left, right), (top, bottom)]
                    .iter()
                    .all(|(first, end)| end.checked_sub(*first) == Some(1));
                if !is_single {
                    self.splat(splat, corners, pixel);
                } else if depth >= splat.depth {
                    let at = self.position(corners);
                    self.pixels[at].show(pixel);
                }
            }
        }
    }

    /// Draws a point as a disc of its width, or as a square if it is small.
    fn splat(&mut self, splat: &Splat, corners: [u32; 4], pixel: Pixel) {
        /// The widest square, in pixels: a larger one looks like one.
        const SQUARE: f32 = 3.0;
        let half = f64::from(splat.width) / 2.0;
        let [left, top, right, bottom] = corners;
        let row = self.size[0] as usize;
        for y in top..bottom {
            let start = y as usize * row;
            let Some(pixels) = self
                .pixels
                .get_mut(start + left as usize..start + right as usize)
            else {
                return;
            };
            if splat.width <= SQUARE {
                for own in pixels {
                    own.show(pixel);
                }
                continue;
            }
            for (own, x) in pixels.iter_mut().zip(left..) {
                let [dx, dy] = [
                    f64::from(x) + 0.5 - splat.at[0],
                    f64::from(y) + 0.5 - splat.at[1],
                ];
                let squared = dx * dx + dy * dy;
                if squared <= half * half {
                    let depth = pixel.depth + (squared / half * splat.slope) as f32;
                    own.show(Pixel { depth, ..pixel });
                }
            }
        }
    }

    /// The position of the upper left pixel of a box.
    fn position(&self, [left, top, ..]: [u32; 4]) -> usize {
        top as usize * self.size[0] as usize + left as usize
    }

    /// Closes holes between points: pixels without a point that have points around them, no farther away than about twice
    /// the distance between points there, show the nearest of them.
    pub fn close_holes(&mut self) {
        // No pixel outside has points around it.
        let Some([left, top, right, bottom]) = self.drawn_box() else {
            return;
        };
        let (row, width) = (self.size[0] as usize, right - left);
        let found = holes::around([width, bottom - top], |[x, y]| {
            let pixel = &self.pixels[(top + y) as usize * row + (left + x) as usize];
            pixel.is_drawn().then_some((pixel.width, pixel.order))
        });
        let (first, width) = (top as usize * row + left as usize, width as usize);
        let position = |at: usize| first + at / width * row + at % width;
        for (at, nearest) in found {
            self.pixels[position(at)] = self.pixels[position(nearest)];
        }
    }

    /// The box of the pixels that show a point: the left and upper edges, and those beyond. `None` if there are none.
    fn drawn_box(&self) -> Option<[u32; 4]> {
        let rows = self.pixels.chunks_exact(self.size[0].max(1) as usize);
        let ends = rows.zip(0..).filter_map(|(row, y)| {
            let left = row.iter().position(Pixel::is_drawn)? as u32;
            let right = row.iter().rposition(Pixel::is_drawn)? as u32;
            Some([left, y, right + 1, y + 1])
        });
        ends.reduce(|[left, top, right, _], [l, _, r, bottom]| {
            [left.min(l), top, right.max(r), bottom]
        })
    }

    /// The limits of what is shown: 8 or 16 bits of a channel, or [`robust_limits`] of the numbers, by pixel. `None` if it
    /// is neither, or there is nothing.
    #[must_use]
    pub fn limits(&self, by: ColorBy) -> Option<[f64; 2]> {
        let values = self.values();
        if by == ColorBy::Rgb {
            let greatest = |value| channels_of(value).into_iter().fold(0, u16::max);
            let most = values.map(greatest).max()?;
            return Some([0.0, channels::full(most.into())]);
        }
        let numbers = values.map(f64::from_bits);
        robust_limits(numbers.filter(|_| by.is_continuous()))
    }

    /// The codes that are shown, such as classes, with their numbers of pixels. Empty if the colour is not that of a code.
    #[must_use]
    pub fn codes(&self, by: ColorBy) -> BTreeMap<u64, u64> {
        let mut codes = BTreeMap::new();
        if by != ColorBy::Rgb && !by.is_continuous() {
            for value in self.values() {
                *codes.entry(f64::from_bits(value) as u64).or_default() += 1;
            }
        }
        codes
    }

    /// The values of points that have one.
    fn values(&self) -> impl Iterator<Item = Value> {
        let drawn = self.pixels.iter().filter(|pixel| pixel.is_drawn());
        let values = drawn.map(|pixel| pixel.value);
        values.filter(|value| *value != NO_POINT_VALUE)
    }

    /// The points in their colours on a background.
    #[must_use]
    pub fn picture(&self, paint: &Paint, background: Color) -> Picture {
        let colors = self.pixels.iter().map(|pixel| {
            if pixel.is_drawn() {
                color_of(pixel.value, paint)
            } else {
                background
            }
        });
        Picture::of(self.size, colors.collect())
    }

    /// The depth of a pixel, infinite beyond the edges.
    pub(crate) fn depth(&self, x: i64, y: i64) -> f64 {
        let [width, height] = self.size.map(i64::from);
        if x < 0 || y < 0 || x >= width || y >= height {
            return f64::INFINITY;
        }
        self.pixels[(y * width + x) as usize].depth.into()
    }
}

impl Pixel {
    fn is_drawn(&self) -> bool {
        self.depth < f32::INFINITY
    }

    /// Becomes another, if that is nearer.
    fn show(&mut self, other: Pixel) {
        if other.is_before(self) {
            *self = other;
        }
    }

    fn is_before(&self, other: &Pixel) -> bool {
        self.depth < other.depth || self.depth == other.depth && self.order < other.order
    }
}

/// Three channels as a value.
pub(crate) fn value_of(channels: [u16; 3]) -> Value {
    let [red, green, blue] = channels.map(u64::from);
    red | green << 16 | blue << 32
}

fn channels_of(value: Value) -> [u16; 3] {
    [0, 16, 32].map(|shift| (value >> shift) as u16)
}

fn color_of(value: Value, paint: &Paint) -> Color {
    if paint.by() == ColorBy::Rgb && value != NO_POINT_VALUE {
        paint.measured(channels_of(value).map(f64::from))
    } else {
        paint.color(f64::from_bits(value))
    }
}
