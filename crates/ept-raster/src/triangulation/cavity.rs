//! Insertion of a point.

use super::Triangulation;
use super::predicate::{is_between, is_in_circle, orientation};
use super::triangle::Triangle;

/// The triangles that a new point replaces. Kept for the memory.
#[derive(Debug, Clone, Default)]
pub(super) struct Cavity {
    triangles: Vec<u32>,
    /// Edges to be crossed: a triangle of the cavity and a side.
    edges: Vec<(u32, usize)>,
    /// The edges around, counterclockwise.
    border: Vec<Border>,
}

#[derive(Debug, Clone, Copy)]
struct Border {
    edge: [u32; 2],
    /// The triangle outside, and its side at the edge.
    outer: (u32, usize),
}

impl Triangulation {
    /// Puts a vertex, which is new and has a place already, in the place of all triangles whose circles it is in, of which
    /// `first` is one (Bowyer and Watson).
    pub(super) fn replace(&mut self, vertex: u32, first: u32) {
        let mut cavity = std::mem::take(&mut self.cavity);
        self.dig(&mut cavity, vertex, first);
        self.fill(&cavity, vertex);
        self.cavity = cavity;
    }

    /// All vertices of a cavity are on its border, so it is a tree of triangles, in which none is met twice. In depth
    /// first, the edges of the border are met in order.
    fn dig(&self, cavity: &mut Cavity, vertex: u32, first: u32) {
        cavity.triangles.clear();
        cavity.border.clear();
        cavity.triangles.push(first);
        cavity.edges.extend([(first, 2), (first, 1), (first, 0)]);
        while let Some((inner, side)) = cavity.edges.pop() {
            let triangle = &self.triangles[inner as usize];
            let outer = triangle.neighbours[side];
            let back = self.triangles[outer as usize].side_of(inner);
            if self.conflicts(outer, vertex) {
                cavity.triangles.push(outer);
                let sides = [(outer, (back + 2) % 3), (outer, (back + 1) % 3)];
                cavity.edges.extend(sides);
            } else {
                cavity.border.push(Border {
                    edge: triangle.edge(side),
                    outer: (outer, back),
                });
            }
        }
    }

    /// A fan of triangles from the vertex to the border: as many as were there, and two.
    fn fill(&mut self, cavity: &Cavity, vertex: u32) {
        let next = self.triangles.len() as u32;
        let fresh = Triangle::new([0; 3], [0; 3]);
        let count = cavity.border.len();
        let added = count - cavity.triangles.len();
        self.triangles.extend(std::iter::repeat_n(fresh, added));
        let name = |position: usize| match cavity.triangles.get(position) {
            Some(triangle) => *triangle,
            None => next + (position - cavity.triangles.len()) as u32,
        };
        let (mut before, mut this) = (name(count - 1), name(0));
        for (position, border) in cavity.border.iter().enumerate() {
            let after = name(if position + 1 < count {
                position + 1
            } else {
                0
            });
            let ([from, to], (outer, side)) = (border.edge, border.outer);
            self.triangles[this as usize] =
                Triangle::new([from, to, vertex], [after, before, outer]);
            self.triangles[outer as usize].neighbours[side] = this;
            (before, this) = (this, after);
        }
        self.last = this;
    }

    /// Whether a vertex is in the circle of a triangle. That of a ghost is everything beyond its edge, and the edge.
    fn conflicts(&self, triangle: u32, vertex: u32) -> bool {
        let triangle = &self.triangles[triangle as usize];
        let [a, b, c] = triangle.corners;
        let place = self.places[vertex as usize];
        let (a, b) = (self.places[a as usize], self.places[b as usize]);
        if triangle.is_ghost() {
            let side = orientation(a, b, place);
            return side > 0.0 || (side == 0.0 && is_between(a, b, place));
        }
        is_in_circle(a, b, self.places[c as usize], place)
    }
}
