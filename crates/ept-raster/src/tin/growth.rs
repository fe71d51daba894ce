//! A surface that grows until it is certain.

use super::Tin;
use crate::surroundings::{
    Circle, EVERYWHERE, Growth, Region, bounds, is_within, meets_triangle, overlap, reaches_beyond,
};
use crate::{Points, RasterError};

/// A surface with the regions in which unknown points could change it. Why these are enough is said at [`Tin`].
pub(super) struct TinGrowth {
    pub(super) tin: Tin,
    /// Number of vertices when triangles were last looked at. Those made since have a newer corner.
    seen: u32,
    /// The triangles looked at whose regions are not known as a whole.
    open: Vec<OpenTriangle>,
}

struct OpenTriangle {
    number: u32,
    corners: [u32; 3],
    region: Region,
}

impl TinGrowth {
    pub(super) fn new(tin: Tin) -> TinGrowth {
        TinGrowth {
            tin,
            seen: 0,
            open: Vec::new(),
        }
    }

    /// Where points could change a triangle. `None` if it does not matter, or all points there are in the area, which is
    /// known.
    fn region(&self, corners: [u32; 3]) -> Option<Region> {
        let (tin, area) = (&self.tin, self.tin.area);
        let triangle = tin.places(corners);
        if !meets_triangle(triangle, area) {
            return None;
        }
        let circle = Circle::through(triangle);
        if is_within(circle.bounds(), area) {
            return None;
        }
        let within = if tin.is_short(corners) {
            EVERYWHERE
        } else {
            tin.max_edge.grown(overlap(bounds(triangle), area))
        };
        let region = Region::circle(circle, within);
        (!region.is_inside(area)).then_some(region)
    }

    /// Where points could be outside the hull.
    fn beyond(&self) -> impl Iterator<Item = Region> {
        let (tin, area) = (&self.tin, self.tin.area);
        let reachable = overlap(tin.max_edge.grown(area), EVERYWHERE);
        let place = |vertex: u32| tin.triangulation.places()[vertex as usize];
        let hull = tin.triangulation.hull();
        let edges = hull.map(move |edge| edge.map(place));
        let outer = edges.filter(move |edge| reaches_beyond(*edge, area));
        let none = tin.triangulation.triangles().next().is_none();
        let everything = none.then(|| Region::everything(reachable));
        let outer = outer.map(move |edge| Region::beyond(edge, reachable));
        outer.chain(everything)
    }
}

impl Growth for TinGrowth {
    fn add(&mut self, points: &Points) -> Result<(), RasterError> {
        self.tin.triangulation.extend(points)
    }

    fn open(&mut self) -> Vec<Region> {
        let mut open = std::mem::take(&mut self.open);
        let triangulation = &self.tin.triangulation;
        open.retain(|triangle| triangulation.has(triangle.number, triangle.corners));
        let new = triangulation.triangles_since(self.seen);
        open.extend(new.filter_map(|(number, corners)| {
            let region = self.region(corners)?;
            Some(OpenTriangle {
                number,
                corners,
                region,
            })
        }));
        self.seen = if triangulation.triangles().next().is_some() {
            triangulation.len() as u32
        } else {
            // Vertices on a line are made again with the first triangle.
            0
        };
        self.open = open;
        let regions = self.open.iter().map(|triangle| triangle.region);
        regions.chain(self.beyond()).collect()
    }

    fn settle(&mut self, known: [f64; 4]) {
        self.open
            .retain(|triangle| !triangle.region.is_inside(known));
    }
}
