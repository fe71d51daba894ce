//! Points that are close to each other.

use super::cuboid::{Cuboid, squared};

/// Points that are close to each other, at most [`Leaf::MOST`] of them.
#[derive(Debug, Clone)]
pub(crate) struct Leaf {
    /// X, Y and Z; infinite where there is no point.
    places: [[f64; Leaf::MOST]; 3],
    /// Which point each was.
    indices: [u32; Leaf::MOST],
    count: usize,
    area: Cuboid,
}

impl Leaf {
    /// Largest number of points.
    pub(crate) const MOST: usize = 16;

    pub(super) fn new(points: &[([f64; 3], u32)]) -> Leaf {
        let mut leaf = Leaf {
            places: [[f64::INFINITY; Leaf::MOST]; 3],
            indices: [0; Leaf::MOST],
            count: points.len(),
            area: Cuboid::around(points.iter().map(|(place, _)| *place)),
        };
        for (at, (place, index)) in points.iter().enumerate() {
            for (column, coordinate) in leaf.places.iter_mut().zip(place) {
                column[at] = *coordinate;
            }
            leaf.indices[at] = *index;
        }
        leaf
    }

    /// The points with their indices.
    pub(crate) fn points(&self) -> impl Iterator<Item = (u32, [f64; 3])> {
        let [x, y, z] = &self.places;
        (0..self.count).map(move |at| (self.indices[at], [x[at], y[at], z[at]]))
    }

    /// The box around the points.
    pub(crate) fn area(&self) -> &Cuboid {
        &self.area
    }

    /// The squared distances of the points from a place; infinite where there is no point.
    pub(crate) fn squares(&self, place: [f64; 3]) -> [f64; Leaf::MOST] {
        let [x, y, z] = &self.places;
        std::array::from_fn(|at| squared([place[0] - x[at], place[1] - y[at], place[2] - z[at]]))
    }

    /// The points with their squared distances from a place.
    pub(super) fn distances(&self, place: [f64; 3]) -> impl Iterator<Item = (u32, f64)> {
        let indices = self.indices.into_iter();
        indices.zip(self.squares(place)).take(self.count)
    }
}
