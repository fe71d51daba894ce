//! Polygons, prepared so that a point costs little however many vertices they have.

use robust::{Coord, orient2d};

use crate::area::Edge;
use crate::extent::{Extent, Relation};

/// The rings of polygons that together are one area: what an odd number of crossings separates from the outside.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rings {
    /// Side after side, ring after ring.
    sides: Vec<Side>,
    blocks: Vec<Block>,
    extent: Extent,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Side {
    from: [f64; 2],
    to: [f64; 2],
}

/// Some consecutive sides of one ring.
#[derive(Debug, Clone, PartialEq)]
struct Block {
    sides: std::ops::Range<usize>,
    extent: Extent,
}

/// Sides of a block: enough that a scan over the blocks costs little.
const BLOCK: usize = 32;

/// What of the rings matters to points within an extent: few sides when the extent is small.
#[derive(Debug, Clone)]
pub(crate) struct Near {
    /// Least and greatest y of the extent.
    span: [f64; 2],
    /// Whether sides that all points have to their left make an odd number.
    is_odd: bool,
    /// Spans of y that are crossed to the left of the extent.
    left: Vec<[f64; 2]>,
    sides: Vec<Side>,
    /// For spans of equal height, the places of the sides and of what is left that meet them.
    slabs: Slabs,
    edge: Edge,
}

/// An index of spans of y.
#[derive(Debug, Clone)]
struct Slabs {
    min: f64,
    height: f64,
    left: Vec<Vec<u32>>,
    sides: Vec<Vec<u32>>,
}

/// Entries of an index for each side: bounds the memory of sides that meet many slabs.
const MOST_ENTRIES: usize = 8;

impl Rings {
    pub(crate) fn of(polygon: &geo_types::Polygon<f64>) -> Rings {
        let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
        let places =
            |ring: &geo_types::LineString<f64>| ring.coords().map(|c| [c.x, c.y]).collect();
        Rings::new(rings.map(places))
    }

    /// Rings, closed or not.
    pub(crate) fn new(rings: impl IntoIterator<Item = Vec<[f64; 2]>>) -> Rings {
        let (mut sides, mut blocks) = (Vec::new(), Vec::new());
        for ring in rings {
            let first = sides.len();
            let next = ring.iter().cycle().skip(1);
            // A place alone has one side, which leads from it to itself.
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

    /// How the points of an extent lie to the rings.
    pub(crate) fn relation(&self, extent: Extent) -> Relation {
        self.around(extent, Edge::default()).relation()
    }

    /// What matters to points within `extent`, those on its rim included.
    pub(crate) fn near(&self, extent: Extent, edge: Edge) -> Near {
        let mut near = self.around(extent, edge);
        near.slabs = Slabs::new(extent, &near.left, &near.sides);
        near
    }

    /// The same without the index, which only points need.
    fn around(&self, extent: Extent, edge: Edge) -> Near {
        let mut near = Near {
            span: [extent.min[1], extent.max[1]],
            is_odd: false,
            left: Vec::new(),
            sides: Vec::new(),
            slabs: Slabs::none(),
            edge,
        };
        for block in &self.blocks {
            let sides = &self.sides[block.sides.clone()];
            match (block.extent.is_beside(extent), sides) {
                (Beside::No, _) => {}
                // A chain to the left is crossed as its ends say.
                (Beside::Left, [first, .., last]) => near.cross(first.from, last.to, extent),
                (_, sides) => sides.iter().for_each(|side| near.add(side, extent)),
            }
        }
        near
    }

    /// Sides that come within `reach` (per axis) of the extent.
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

/// Where a box lies for a ray that runs to the left from a point of an extent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Beside {
    /// No ray crosses it.
    No,
    /// It lies to the left of all points.
    Left,
    /// It may lie on either side.
    Within,
}

impl Near {
    /// Whether all points of the extent are inside, all outside, or it depends.
    pub(crate) fn relation(&self) -> Relation {
        if !self.sides.is_empty() {
            return Relation::Edge;
        }
        match self.is_odd_left() {
            Some(true) => Relation::Inside,
            Some(false) => Relation::Outside,
            None => Relation::Edge,
        }
    }

    /// Whether all points of the extent have an odd number of sides to their left; `None` if that depends on y.
    fn is_odd_left(&self) -> Option<bool> {
        let [bottom, top] = self.span;
        let below = self.left.iter();
        let below = below.filter(|[low, high]| *low <= bottom && bottom < *high);
        let is_odd = self.is_odd ^ !below.count().is_multiple_of(2);
        // Where one side begins or ends another one may as well.
        let ends = self.left.iter().flatten().copied();
        let mut ends: Vec<f64> = ends.filter(|end| bottom < *end && *end <= top).collect();
        ends.sort_unstable_by(f64::total_cmp);
        let mut turns = ends.chunk_by(|a, b| a == b);
        turns
            .all(|turn| turn.len().is_multiple_of(2))
            .then_some(is_odd)
    }

    fn add(&mut self, side: &Side, extent: Extent) {
        match side.extent().is_beside(extent) {
            Beside::No => {}
            Beside::Left => self.cross(side.from, side.to, extent),
            // A long side may pass by the extent though the box around it does not.
            Beside::Within => match side.passes_by(extent) {
                Some(Crossing::Left) => self.cross(side.from, side.to, extent),
                Some(_) => {}
                None => self.sides.push(*side),
            },
        }
    }

    /// Takes note of a crossing to the left of all points.
    fn cross(&mut self, from: [f64; 2], to: [f64; 2], extent: Extent) {
        let (low, high) = (from[1].min(to[1]), from[1].max(to[1]));
        // A ray at y crosses when low <= y < high.
        if low <= extent.min[1] && extent.max[1] < high {
            self.is_odd = !self.is_odd;
        } else if low <= extent.max[1] && extent.min[1] < high {
            self.left.push([low, high]);
        }
    }

    /// Whether the point, which lies within the extent, is inside.
    pub(crate) fn contains(&self, point: [f64; 2]) -> bool {
        let mut is_inside = self.is_odd;
        let slab = self.slabs.at(point[1]);
        for &at in self.slabs.left.get(slab).into_iter().flatten() {
            let [low, high] = self.left[at as usize];
            is_inside ^= low <= point[1] && point[1] < high;
        }
        for &at in self.slabs.sides.get(slab).into_iter().flatten() {
            match self.sides[at as usize].crossing(point) {
                Crossing::On if self.edge == Edge::Closed => return true,
                // On the side counts as right of it, on both sides of it the same way.
                Crossing::On | Crossing::Left => {
                    is_inside ^= self.sides[at as usize].spans(point[1]);
                }
                Crossing::Right => {}
            }
        }
        is_inside
    }

    /// Whether a side passes within `error` (per axis) of the point.
    pub(crate) fn is_doubtful(&self, point: [f64; 2], error: [f64; 2]) -> bool {
        let spot = Extent::around(point, error);
        let (first, last) = (self.slabs.at(spot.min[1]), self.slabs.at(spot.max[1]));
        let near_side = |at: &u32| self.sides[*at as usize].passes(spot, point, error);
        let near_end = |at: &u32| {
            let ends = self.left[*at as usize];
            ends.iter()
                .any(|end| spot.min[1] <= *end && *end <= spot.max[1])
        };
        (first..=last).any(|slab| {
            let sides = self.slabs.sides.get(slab).into_iter().flatten();
            let left = self.slabs.left.get(slab).into_iter().flatten();
            sides.into_iter().any(near_side) || left.into_iter().any(near_end)
        })
    }
}

/// Where a side crosses the horizontal line of a point, seen from the point.
enum Crossing {
    Left,
    On,
    Right,
}

impl Side {
    fn extent(&self) -> Extent {
        Extent::around(self.from, [0.0; 2]).union(Extent::around(self.to, [0.0; 2]))
    }

    /// Whether the horizontal line at `y` crosses; the lower end is part of the side, the upper is not.
    fn spans(&self, y: f64) -> bool {
        (self.from[1] <= y) != (self.to[1] <= y)
    }

    /// Where the line through the side is for all places of an extent; `None` if that differs or the line touches it.
    fn passes_by(&self, extent: Extent) -> Option<Crossing> {
        let ([x0, y0], [x1, y1]) = (extent.min, extent.max);
        let corners = [[x0, y0], [x1, y0], [x0, y1], [x1, y1]];
        let offsets = corners.map(|corner| self.offset(corner));
        if self.from[1] == self.to[1] {
            None
        } else if offsets.iter().all(|offset| *offset > 0.0) {
            Some(Crossing::Left)
        } else if offsets.iter().all(|offset| *offset < 0.0) {
            Some(Crossing::Right)
        } else {
            None
        }
    }

    fn crossing(&self, point: [f64; 2]) -> Crossing {
        let extent = self.extent();
        if point[0] < extent.min[0] || point[1] < extent.min[1] || point[1] > extent.max[1] {
            return Crossing::Right;
        }
        if point[0] > extent.max[0] {
            return Crossing::Left;
        }
        match self.offset(point) {
            0.0 => Crossing::On,
            right_of_side if right_of_side > 0.0 => Crossing::Left,
            _ => Crossing::Right,
        }
    }

    /// Greater than 0 to the right of the line through the side, less to the left, exactly 0 on it.
    fn offset(&self, point: [f64; 2]) -> f64 {
        let coord = |[x, y]: [f64; 2]| Coord { x, y };
        let turn = orient2d(coord(self.from), coord(self.to), coord(point));
        if self.from[1] <= self.to[1] {
            -turn
        } else {
            turn
        }
    }

    /// Whether the side passes through a small box around a point, or nearly so.
    fn passes(&self, spot: Extent, point: [f64; 2], error: [f64; 2]) -> bool {
        let [dx, dy] = [0, 1].map(|i| self.to[i] - self.from[i]);
        let [px, py] = [0, 1].map(|i| point[i] - self.from[i]);
        // The distance of the line, and that of the box's corner which is nearest to it.
        let (offset, reach) = (
            (dx * py - dy * px).abs(),
            dx.abs() * error[1] + dy.abs() * error[0],
        );
        self.extent().meets(spot) && offset <= reach * 1.000_001
    }
}

impl Slabs {
    fn none() -> Slabs {
        Slabs {
            min: 0.0,
            height: 1.0,
            left: Vec::new(),
            sides: Vec::new(),
        }
    }

    fn new(extent: Extent, left: &[[f64; 2]], sides: &[Side]) -> Slabs {
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

    /// The slab of a height; the first or last for one beyond them.
    fn at(&self, y: f64) -> usize {
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
