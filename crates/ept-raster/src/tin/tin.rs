//! A surface of triangles, certain in an area.

use super::MaxEdge;
use super::facet::Facet;
use super::growth::TinGrowth;
use crate::surroundings::{EVERYWHERE, grow, is_box, overlap};
use crate::triangulation::Location;
use crate::{Duplicates, Lattice, Neighbours, Raster, Triangulation, Window};

/// A surface of triangles between points, which in its area is that of all points of a large set, though not all of them
/// were read.
///
/// # Why it is certain
/// Say `P` are all points, `S` those read, both triangulated ("global" and "local"), and a triangle is "short" if the
/// longest edge allows it. The surface at a place `q` is the short triangle there, else there is none.
///
/// 1. A triangle of `P` with corners in `S` is one of `S` too: its circle is empty of all points. Ties on circles are
///    decided by the order of the points on it, which is the same in `P` and `S`.
/// 2. A local triangle whose circle contains no unread point is a global one, for the same reason. So for *short* local
///    triangles that meet the area, all points in the circle are read.
/// 3. Let `q` be in a local triangle `T` that is *not short*, and in a global one `G` that is. By 1, `G` has an unread
///    corner, else both would be local and overlap. Lifted to the paraboloid, the global triangulation is the lower hull of
///    more points, so the plane of `G` is below that of `T` at `q` (or `T` is global). Then so is a corner of `G`, that
///    is, it is in the circle of `T`, and therefore unread. It is not farther from `q` than the longest edge. So it is enough
///    to read the points in the circle of `T` that are no farther from `T` in the area than that.
/// 4. Let `q` be outside the local hull, and in a short global `G`. An edge of the local hull has `q` outside, and a corner
///    of `G` too, which is unread, as no local point is outside that edge, and no farther from `q` than the longest edge. So
///    it is enough to read the points beyond such edges that are no farther from the area than that.
///
/// Circles, boxes and distances are slightly enlarged, so that rounding only reads more.
#[derive(Debug, Clone)]
pub struct Tin {
    pub(super) triangulation: Triangulation,
    pub(super) max_edge: MaxEdge,
    /// Where all points are read.
    pub(super) area: [f64; 4],
}

impl Tin {
    /// Triangulates the points in and around an area, `[min x, min y, max x, max y]`: as many as it takes that the surface
    /// is certain there, for example at the [centres](Lattice::centres) of a window's cells. They are asked for from the
    /// nearest to the farthest.
    ///
    /// # Errors
    /// If points can't be read or used.
    pub fn new<N: Neighbours>(
        area: [f64; 4],
        duplicates: Duplicates,
        max_edge: MaxEdge,
        source: &mut N,
    ) -> Result<Tin, N::Error> {
        let area = overlap(area, EVERYWHERE);
        let mut growth = TinGrowth::new(Tin {
            triangulation: Triangulation::new(duplicates),
            max_edge,
            area,
        });
        if is_box(area) {
            grow(&mut growth, area, source)?;
        }
        Ok(growth.tin)
    }

    /// The triangulation: of the points that were read.
    #[must_use]
    pub fn triangulation(&self) -> &Triangulation {
        &self.triangulation
    }

    /// The longest edge of its triangles.
    pub(crate) fn max_edge(&self) -> MaxEdge {
        self.max_edge
    }

    /// Heights of the surface at the centres of cells, which must be in its area. Cells without a short triangle have none.
    ///
    /// The value is that of the plane through the triangle's corners, as of PDAL's `filters.faceraster`. It depends on the
    /// triangle alone. Centres on an edge belong to the triangles on both sides, which agree.
    #[must_use]
    pub fn surface(&self, lattice: &Lattice, window: Window) -> Raster {
        let mut raster = Raster::void(window);
        let mut start = 0;
        let lines = raster
            .values_mut()
            .chunks_mut(window.columns.max(1) as usize);
        for (line, values) in lines.enumerate() {
            let row = window.north() - 1 - line as i64;
            let mut set = |(at, value): (usize, &mut f64)| {
                let centre = lattice.centre(window.west + at as i64, row);
                let height = self.height(centre, &mut start);
                *value = height.unwrap_or(f64::NAN);
            };
            // There and back, so that each cell is beside the one before.
            let cells = values.iter_mut().enumerate();
            if line % 2 == 0 {
                cells.for_each(&mut set);
            } else {
                cells.rev().for_each(&mut set);
            }
        }
        raster
    }

    /// Height of the surface at a place in the area. The search begins where the last one ended.
    pub(crate) fn height(&self, place: [f64; 2], start: &mut u32) -> Option<f64> {
        let location = self.triangulation.locate(place, *start)?;
        *start = location.triangle();
        let Location::Inside(triangle) = location else {
            return None;
        };
        let is_short = |corners: [u32; 3]| self.is_short(corners);
        let corners = self
            .triangulation
            .find_touching(triangle, place, is_short)?;
        let facet = self.facet(corners);
        Some(facet.value(place, facet.weights(place)?))
    }

    pub(super) fn is_short(&self, corners: [u32; 3]) -> bool {
        let [a, b, c] = self.places(corners);
        let edges = [[a, b], [b, c], [c, a]];
        edges
            .into_iter()
            .all(|[from, to]| self.max_edge.allows(from, to))
    }

    fn facet(&self, corners: [u32; 3]) -> Facet {
        let values = corners.map(|corner| self.triangulation.values()[corner as usize]);
        Facet::new(self.places(corners), values)
    }

    pub(super) fn places(&self, corners: [u32; 3]) -> [[f64; 2]; 3] {
        corners.map(|corner| self.triangulation.places()[corner as usize])
    }
}
