//! Images of colours.

use std::io::{self, Write};

use crate::palette::Color;
use crate::text;

/// An image: rows of colours from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    size: [u32; 2],
    pixels: Vec<Color>,
}

impl Picture {
    /// A picture of one colour, `[width, height]` in pixels.
    #[must_use]
    pub fn new(size: [u32; 2], color: Color) -> Picture {
        let sides = size.map(|side| side as usize);
        Picture {
            size,
            pixels: vec![color; sides[0].saturating_mul(sides[1])],
        }
    }

    /// A picture of these pixels, of which there must be as many as the size tells.
    pub(crate) fn of(size: [u32; 2], pixels: Vec<Color>) -> Picture {
        Picture { size, pixels }
    }

    /// Width and height in pixels.
    #[must_use]
    pub fn size(&self) -> [u32; 2] {
        self.size
    }

    /// The colours, row by row.
    #[must_use]
    pub fn pixels(&self) -> &[Color] {
        &self.pixels
    }

    /// The colour of the pixel at `[x, y]` from the upper left corner. `None` beyond the edges.
    #[must_use]
    pub fn pixel(&self, [x, y]: [u32; 2]) -> Option<Color> {
        self.place([x.into(), y.into()]).map(|at| self.pixels[at])
    }

    fn place(&self, [x, y]: [i64; 2]) -> Option<usize> {
        let [width, height] = self.size.map(i64::from);
        let is_inside = x >= 0 && y >= 0 && x < width && y < height;
        is_inside.then(|| (y * width + x) as usize)
    }

    /// Sets the colour of a pixel. Does nothing beyond the edges.
    pub(crate) fn set(&mut self, at: [i64; 2], color: Color) {
        if let Some(at) = self.place(at) {
            self.pixels[at] = color;
        }
    }

    /// Gives a pixel this share of its light.
    pub(crate) fn dim(&mut self, [x, y]: [u32; 2], light: f64) {
        if let Some(at) = self.place([x.into(), y.into()]) {
            self.pixels[at] = self.pixels[at].map(|byte| (f64::from(byte) * light).round() as u8);
        }
    }

    /// Fills a rectangle, given its upper left pixel and its size.
    pub(crate) fn fill(&mut self, [x, y]: [i64; 2], [width, height]: [i64; 2], color: Color) {
        let [right, bottom] = self.size.map(i64::from);
        for row in y.max(0)..(y + height).min(bottom) {
            for column in x.max(0)..(x + width).min(right) {
                self.set([column, row], color);
            }
        }
    }

    /// Draws the edge of a rectangle, one pixel wide, inside of it.
    pub(crate) fn frame(&mut self, [x, y]: [i64; 2], [width, height]: [i64; 2], color: Color) {
        if width < 1 || height < 1 {
            return;
        }
        self.fill([x, y], [width, 1], color);
        self.fill([x, y + height - 1], [width, 1], color);
        self.fill([x, y], [1, height], color);
        self.fill([x + width - 1, y], [1, height], color);
    }

    /// Draws a line between two places in pixels, as wide as this many pixels.
    pub(crate) fn line(&mut self, from: [f64; 2], to: [f64; 2], width: i64, color: Color) {
        let Some([from, to]) = clipped(from, to, self.size.map(f64::from)) else {
            return;
        };
        let way = [to[0] - from[0], to[1] - from[1]];
        let steps = way[0].abs().max(way[1].abs()).ceil().max(1.0);
        for step in 0..=steps as u64 {
            let share = step as f64 / steps;
            let place = [0, 1].map(|i| (from[i] + way[i] * share).floor() as i64 - (width - 1) / 2);
            self.fill(place, [width, width], color);
        }
    }

    /// Writes text in one line, whose upper left pixel is given.
    pub(crate) fn text(&mut self, at: [i64; 2], text: &str, color: Color) {
        text::write(self, at, text, color);
    }

    /// Copies another picture to a place, given by its upper left pixel.
    pub(crate) fn paste(&mut self, other: &Picture, [x, y]: [i64; 2]) {
        let width = other.size[0].max(1) as usize;
        for (row, colors) in (y..).zip(other.pixels.chunks(width)) {
            for (column, color) in (x..).zip(colors) {
                self.set([column, row], *color);
            }
        }
    }

    /// Writes the picture as PNG of 8 bits per channel.
    ///
    /// # Errors
    /// If `out` fails, or the picture has no pixels.
    pub fn write_png(&self, out: impl Write) -> io::Result<()> {
        let [width, height] = self.size;
        let mut encoder = png::Encoder::new(out, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        // One thread does it, after all points are drawn.
        encoder.set_compression(png::Compression::Fast);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(self.pixels.as_flattened())?;
        writer.finish()?;
        Ok(())
    }
}

/// The part of a line in an image of this size, with a margin (Liang and Barsky 1984). `None` if it is outside, or not a line.
fn clipped(from: [f64; 2], to: [f64; 2], size: [f64; 2]) -> Option<[[f64; 2]; 2]> {
    const MARGIN: f64 = 8.0;
    let (mut start, mut end) = (0.0_f64, 1.0_f64);
    for axis in [0, 1] {
        let way = to[axis] - from[axis];
        let (low, high) = (-MARGIN - from[axis], size[axis] + MARGIN - from[axis]);
        if !way.is_finite() {
            return None;
        }
        if way == 0.0 {
            if low > 0.0 || high < 0.0 {
                return None;
            }
            continue;
        }
        let (enter, leave) = if way > 0.0 {
            (low / way, high / way)
        } else {
            (high / way, low / way)
        };
        start = start.max(enter);
        end = end.min(leave);
    }
    let at = |share: f64| [0, 1].map(|axis| from[axis] + (to[axis] - from[axis]) * share);
    (start <= end).then(|| [at(start), at(end)])
}
