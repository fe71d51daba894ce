//! An index of spans of y.

use super::side::Side;
use crate::extent::Extent;

/// An index of spans of y.
#[derive(Debug, Clone)]
pub(super) struct Slabs {
    min: f64,
    height: f64,
    pub(super) left: Vec<Vec<u32>>,
    pub(super) sides: Vec<Vec<u32>>,
}

/// Maximum index entries per side, which limits memory for sides that cross many slabs.
const MOST_ENTRIES: usize = 8;

impl Slabs {
    pub(super) fn none() -> Slabs {
        Slabs {
            min: 0.0,
            height: 1.0,
            left: Vec::new(),
            sides: Vec::new(),
        }
    }

    pub(super) fn new(extent: Extent, left: &[[f64; 2]], sides: &[Side]) -> Slabs {
        let (min, max) = (extent.min[1], extent.max[1]);
        let spans: Vec<[f64; 2]> = sides
            .iter()
            .map(|side| [side.extent().min[1], side.extent().max[1]])
            .collect();
        let total = left.len() + spans.len();
        let mut count = (total / 2).clamp(1, 1 << 16);
        let mut slabs = Slabs::sized(min, max, count);
        while count > 1 && slabs.entries(left) + slabs.entries(&spans) > total * MOST_ENTRIES {
            count /= 2;
            slabs = Slabs::sized(min, max, count);
        }
        (slabs.left, slabs.sides) = (slabs.index(left), slabs.index(&spans));
        slabs
    }

    fn sized(min: f64, max: f64, count: usize) -> Slabs {
        let height = (max - min) / count as f64;
        Slabs {
            min,
            height: if height > 0.0 && height.is_finite() {
                height
            } else {
                f64::INFINITY
            },
            left: vec![Vec::new(); count],
            sides: Vec::new(),
        }
    }

    /// The slab at a height, clamped to the first and last.
    pub(super) fn at(&self, y: f64) -> usize {
        let slab = ((y - self.min) / self.height).max(0.0) as usize;
        slab.min(self.left.len().saturating_sub(1))
    }

    fn entries(&self, spans: &[[f64; 2]]) -> usize {
        let slabs = spans
            .iter()
            .map(|span| self.at(span[1]) - self.at(span[0]) + 1);
        slabs.sum()
    }

    fn index(&self, spans: &[[f64; 2]]) -> Vec<Vec<u32>> {
        let mut index = vec![Vec::new(); self.left.len()];
        for (at, span) in spans.iter().enumerate() {
            for slab in &mut index[self.at(span[0])..=self.at(span[1])] {
                slab.push(at as u32);
            }
        }
        index
    }
}
