//! A point on its way to a canvas.

use crate::canvas::{Pixel, Value};

/// A point to draw.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Splat {
    /// Its place, in pixels.
    pub(crate) at: [f64; 2],
    /// How much farther away the edge of a disc is than its middle, for each pixel, so that of two points on a surface each
    /// has the pixels that are nearer to it.
    pub(crate) slope: f64,
    /// See [`Pixel`].
    pub(crate) depth: f32,
    /// Width, in pixels.
    pub(crate) width: f32,
    /// Its number in the node.
    pub(crate) index: u32,
}

impl Splat {
    /// How many are best drawn together.
    pub(crate) const BLOCK: usize = 256;

    /// The pixels of its square: the left and upper edges, and those beyond the right and lower ones.
    pub(crate) fn corners(&self, size: [u32; 2]) -> [u32; 4] {
        let half = f64::from(self.width) / 2.0;
        // The conversions cut off fractions, and what is less than 0 becomes 0.
        let [left, top] = self.at.map(|place| (place - half + 0.5) as u32);
        let end = self.at.map(|place| (place + half + 0.5) as u32);
        [left, top, end[0].min(size[0]), end[1].min(size[1])]
    }

    /// What a pixel shows of it. `node` is the number of its node.
    pub(crate) fn pixel(&self, node: u32, value: Value) -> Pixel {
        Pixel {
            depth: self.depth,
            width: self.width,
            order: [node, self.index],
            value,
        }
    }
}
