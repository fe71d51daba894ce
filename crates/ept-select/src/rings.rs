//! Polygons, prepared so that testing a point is cheap however many vertices they have.

mod near;
mod side;
mod slabs;

use crate::area::Edge;
use crate::extent::{Extent, Relation};
pub(crate) use near::{Beside, Near};
use side::Side;

/// The rings of an area's polygons. A point is inside if a ray from it crosses an odd number of sides.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rings {
    /// The sides, ring by ring.
    sides: Vec<Side>,
    blocks: Vec<Block>,
    extent: Extent,
}

/// Consecutive sides of a ring.
#[derive(Debug, Clone, PartialEq)]
struct Block {
    sides: std::ops::Range<usize>,
    extent: Extent,
}

/// Sides per block: enough that a scan of all blocks is cheap.
const BLOCK: usize = 32;

impl Rings {
    pub(crate) fn of(polygon: &geo_types::Polygon<f64>) -> Rings {
        let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
        let places =
            |ring: &geo_types::LineString<f64>| ring.coords().map(|c| [c.x, c.y]).collect();
        Rings::new(rings.map(places))
    }

    /// Prepares rings, closed or not.
    pub(crate) fn new(rings: impl IntoIterator<Item = Vec<[f64; 2]>>) -> Rings {
        let (mut sides, mut blocks) = (Vec::new(), Vec::new());
        for ring in rings {
            let first = sides.len();
            let next = ring.iter().cycle().skip(1);
            // A ring of a single position has one side, from it to itself.
            let is_place = ring.iter().all(|place| *place == ring[0]);
            let ends = ring.iter().zip(next);
            let ends = ends.filter(|(from, to)| is_place || from != to);
            let ends = ends.take(if is_place { 1 } else { usize::MAX });
            sides.extend(ends.map(|(&from, &to)| Side { from, to }));
            let places: Vec<usize> = (first..sides.len()).collect();
            blocks.extend(places.chunks(BLOCK).map(|chunk| {
                let range = chunk[0]..chunk[0] + chunk.len();
                let extents = sides[range.clone()].iter().map(Side::extent);
                Block {
                    extent: extents.fold(Extent::NOTHING, Extent::union),
                    sides: range,
                }
            }));
        }
        let extent = blocks
            .iter()
            .fold(Extent::NOTHING, |all, block| all.union(block.extent));
        Rings {
            sides,
            blocks,
            extent,
        }
    }

    pub(crate) fn extent(&self) -> Extent {
        self.extent
    }

    /// The relation of an extent's points to the rings.
    pub(crate) fn relation(&self, extent: Extent) -> Relation {
        self.around(extent, Edge::default()).relation()
    }

    /// The rings reduced to what matters for points in `extent`, its edges included.
    pub(crate) fn near(&self, extent: Extent, edge: Edge) -> Near {
        self.around(extent, edge).indexed(extent)
    }

    /// The same without the index, which is only needed to test points.
    fn around(&self, extent: Extent, edge: Edge) -> Near {
        let mut near = Near::new(extent, edge);
        for block in &self.blocks {
            let sides = &self.sides[block.sides.clone()];
            match (block.extent.is_beside(extent), sides) {
                (Beside::No, _) => {}
                // A chain entirely to the left counts as one side between its ends.
                (Beside::Left, [first, .., last]) => near.cross(first.from, last.to, extent),
                (_, sides) => sides.iter().for_each(|side| near.add(side, extent)),
            }
        }
        near
    }

    /// Sides within `reach` (per axis) of the extent.
    pub(crate) fn sides_within(
        &self,
        extent: Extent,
    ) -> impl Iterator<Item = ([f64; 2], [f64; 2])> {
        let blocks = self.blocks.iter();
        let blocks = blocks.filter(move |block| block.extent.meets(extent));
        let sides = blocks.flat_map(|block| &self.sides[block.sides.clone()]);
        sides
            .filter(move |side| side.extent().meets(extent))
            .map(|side| (side.from, side.to))
    }
}
