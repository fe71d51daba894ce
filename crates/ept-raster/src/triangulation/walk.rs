//! The triangle at a place.

use super::Triangulation;
use super::predicate::orientation;

/// Where a place is in a triangulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Location {
    /// In or on the edge of a triangle.
    Inside(u32),
    /// Beyond the hull: the ghost of an edge that the place is outside of.
    Outside(u32),
}

impl Location {
    /// The triangle or ghost.
    pub(crate) fn triangle(self) -> u32 {
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
    pub(crate) fn locate(&self, place: [f64; 2], start: u32) -> Option<Location> {
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

    /// A triangle that is accepted: the one where a place is, or if the place is on its edge or corner, another one there.
    pub(crate) fn find_touching(
        &self,
        triangle: u32,
        place: [f64; 2],
        accepts: impl Fn([u32; 3]) -> bool,
    ) -> Option<[u32; 3]> {
        let corners = self.triangles[triangle as usize].corners;
        if accepts(corners) {
            return Some(corners);
        }
        let accepted = |other: u32| {
            let other = &self.triangles[other as usize];
            (!other.is_ghost() && accepts(other.corners)).then_some(other.corners)
        };
        let places = corners.map(|corner| self.places[corner as usize]);
        if let Some(corner) = (0..3).find(|i| places[*i] == place) {
            let mut others = self.around(triangle, corners[corner]);
            return others.find_map(accepted);
        }
        let is_on = |side: &usize| {
            orientation(places[(side + 1) % 3], places[(side + 2) % 3], place) == 0.0
        };
        let side = (0..3).find(is_on)?;
        accepted(self.triangles[triangle as usize].neighbours[side])
    }

    /// The other triangles and ghosts at a corner of a triangle, in turn.
    fn around(&self, triangle: u32, vertex: u32) -> impl Iterator<Item = u32> {
        let next = move |at: &u32| {
            let at = &self.triangles[*at as usize];
            let corner = at.corners.iter().position(|corner| *corner == vertex)?;
            let next = at.neighbours[(corner + 1) % 3];
            (next != triangle).then_some(next)
        };
        std::iter::successors(next(&triangle), next)
    }
}
