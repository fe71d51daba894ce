//! A triangle of a surface.

use crate::triangulation::{compare, orientation};

/// A triangle of a surface, counterclockwise from the corner that is first by X, then Y: so that computing with it gives
/// the same bits wherever it comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facet {
    pub(super) places: [[f64; 2]; 3],
    values: [f64; 3],
}

impl Facet {
    pub(super) fn new(places: [[f64; 2]; 3], values: [f64; 3]) -> Facet {
        let is_first = |i: &usize| {
            let others = [places[(i + 1) % 3], places[(i + 2) % 3]];
            others
                .iter()
                .all(|other| compare(places[*i], *other).is_lt())
        };
        let first = (0..3).find(is_first).unwrap_or(0);
        let order = [first, (first + 1) % 3, (first + 2) % 3];
        Facet {
            places: order.map(|i| places[i]),
            values: order.map(|i| values[i]),
        }
    }

    /// How much of the value of each corner a place has, to be divided by their sum. 0 exactly for the corner opposite to
    /// an edge that the place is on. `None` if it is outside.
    pub(super) fn weights(&self, place: [f64; 2]) -> Option<[f64; 3]> {
        let [a, b, c] = self.places;
        let of_a = orientation(b, c, place);
        if of_a < 0.0 {
            return None;
        }
        let of_b = orientation(c, a, place);
        if of_b < 0.0 {
            return None;
        }
        let of_c = orientation(a, b, place);
        (of_c >= 0.0).then_some([of_a, of_b, of_c])
    }

    /// Value of the plane at a place with these weights. On an edge it comes from its two ends, and on a corner it is that
    /// of the corner: the same from every triangle there.
    pub(super) fn value(&self, place: [f64; 2], weights: [f64; 3]) -> f64 {
        let [a, b, c] = self.values;
        match weights.map(|weight| weight == 0.0) {
            [false, true, true] => a,
            [true, false, true] => b,
            [true, true, false] => c,
            [true, ..] => self.along([1, 2], place),
            [_, true, _] => self.along([0, 2], place),
            [_, _, true] => self.along([0, 1], place),
            _ => {
                let sum = weights[0] + weights[1] + weights[2];
                a + (weights[1] * (b - a) + weights[2] * (c - a)) / sum
            }
        }
    }

    /// Value on an edge.
    fn along(&self, edge: [usize; 2], place: [f64; 2]) -> f64 {
        let [mut from, mut to] = edge;
        if compare(self.places[from], self.places[to]).is_gt() {
            (from, to) = (to, from);
        }
        let (start, end) = (self.places[from], self.places[to]);
        let [dx, dy] = [end[0] - start[0], end[1] - start[1]];
        let share = if dx.abs() >= dy.abs() {
            (place[0] - start[0]) / dx
        } else {
            (place[1] - start[1]) / dy
        };
        self.values[from] + share * (self.values[to] - self.values[from])
    }
}
