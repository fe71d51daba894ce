//! The triangle at a place.

use super::Triangulation;
use super::predicate::orientation;

/// Where a place is in a triangulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Location {
    /// In or on the edge of a triangle.
    Inside(u32),
    /// Beyond the hull: the ghost of an edge that the place is outside of.
    Outside(u32),
}

impl Location {
    /// The triangle or ghost.
    pub(super) fn triangle(self) -> u32 {
        match self {
            Location::Inside(triangle) | Location::Outside(triangle) => triangle,
        }
    }
}

impl Triangulation {
    /// Walks from a triangle to the one at a place, always across an edge that separates the two. `None` if there are no
    /// triangles.
    ///
    /// That ends: the circles of the triangles it crosses come ever closer to the place (their power strictly
    /// decreases), in every Delaunay triangulation and from every start (Edelsbrunner, "An acyclicity theorem for cell
    /// complexes in d dimensions"). So it meets no triangle twice. Exact orientations are what it takes.
    pub(super) fn locate(&self, place: [f64; 2], start: u32) -> Option<Location> {
        let mut at = start;
        let mut triangle = self.triangles.get(at as usize)?;
        let mut before = u32::MAX;
        if triangle.is_ghost() {
            at = triangle.neighbours[2];
            triangle = self.triangles.get(at as usize)?;
        }
        while !triangle.is_ghost() {
            let corners = triangle.corners.map(|corner| self.places[corner as usize]);
            let leads_on = |side: &usize| {
                triangle.neighbours[*side] != before
                    && orientation(corners[(side + 1) % 3], corners[(side + 2) % 3], place) < 0.0
            };
            let Some(side) = (0..3).find(leads_on) else {
                return Some(Location::Inside(at));
            };
            before = at;
            at = triangle.neighbours[side];
            triangle = self.triangles.get(at as usize)?;
        }
        Some(Location::Outside(at))
    }
}
