//! Buffers around polygons.

use geo_types::MultiPolygon;

use crate::area::Edge;
use crate::extent::{Extent, Relation};
use crate::rings::{Near, Rings};
use crate::{Crs, Length, SelectError};

/// Polygons grown by a length on the ground. The ground length of a unit is taken at the centre of each polygon.
#[derive(Debug, Clone)]
pub(crate) struct Buffer {
    polygons: Vec<Polygon>,
    edge: Edge,
}

#[derive(Debug, Clone)]
struct Polygon {
    rings: Rings,
    /// Width of the buffer in units of x and y.
    reach: [f64; 2],
}

/// A buffer in the neighbourhood of a cell.
#[derive(Debug, Clone)]
pub(crate) struct NearBuffer {
    polygons: Vec<NearPolygon>,
}

#[derive(Debug, Clone)]
struct NearPolygon {
    inside: Near,
    /// Sides whose buffer may contain points of the cell.
    sides: Vec<([f64; 2], [f64; 2])>,
    reach: [f64; 2],
    /// Whether the buffer of one side contains the whole cell.
    is_covered: bool,
}

impl Buffer {
    pub(crate) fn new(
        polygons: &MultiPolygon<f64>,
        reach: Length,
        crs: &Crs,
        edge: Edge,
    ) -> Result<Buffer, SelectError> {
        let polygons = polygons.iter().map(|polygon| {
            let rings = Rings::of(polygon);
            let extent = rings.extent();
            let middle = [0, 1].map(|i| extent.min[i] + (extent.max[i] - extent.min[i]) / 2.0);
            let scale = crs.metres_per_unit([middle[0], middle[1], 0.0]);
            let scale = scale.ok_or_else(|| {
                SelectError::Unrelated(format!("the area can't be located on the ground in {crs}"))
            })?;
            Ok(Polygon {
                reach: scale.map(|metres| reach.metres() / metres),
                rings,
            })
        });
        Ok(Buffer {
            polygons: polygons.collect::<Result<_, SelectError>>()?,
            edge,
        })
    }

    pub(crate) fn extent(&self) -> Extent {
        self.polygons
            .iter()
            .map(|polygon| polygon.rings.extent().grown(polygon.reach))
            .fold(Extent::NOTHING, Extent::union)
    }

    pub(crate) fn near(&self, extent: Extent) -> NearBuffer {
        let meets = |polygon: &&Polygon| {
            let reached = polygon.rings.extent().grown(polygon.reach);
            reached.meets(extent)
        };
        let near = self.polygons.iter().filter(meets).map(|polygon| {
            let sides = polygon.sides_near(extent);
            NearPolygon {
                inside: polygon.rings.near(extent, self.edge),
                is_covered: sides.iter().any(|side| polygon.is_covered(extent, *side)),
                sides,
                reach: polygon.reach,
            }
        });
        NearBuffer {
            polygons: near.collect(),
        }
    }

    pub(crate) fn contains(&self, place: [f64; 2]) -> bool {
        self.is_within(place, 1.0)
    }

    /// Whether a position is inside if the buffer is only a share as wide.
    pub(crate) fn is_within(&self, place: [f64; 2], share: f64) -> bool {
        let near = self.near(Extent::around(place, [0.0; 2]));
        let mut polygons = near.polygons.iter();
        polygons.any(|polygon| polygon.inside.contains(place) || polygon.nearest(place) <= share)
    }

    /// Width of the buffer of each polygon in units of x and y.
    pub(crate) fn reaches(&self) -> impl Iterator<Item = [f64; 2]> {
        self.polygons.iter().map(|polygon| polygon.reach)
    }
}

impl NearBuffer {
    pub(crate) fn relation(&self) -> Relation {
        let relations = self.polygons.iter().map(|polygon| {
            let inside = polygon.inside.relation();
            if polygon.is_covered {
                return Relation::Inside;
            }
            if polygon.sides.is_empty() || inside == Relation::Inside {
                inside
            } else {
                Relation::Edge
            }
        });
        relations.max().unwrap_or(Relation::Outside)
    }

    pub(crate) fn contains(&self, place: [f64; 2]) -> bool {
        self.polygons
            .iter()
            .any(|polygon| polygon.inside.contains(place) || polygon.nearest(place) <= 1.0)
    }

    pub(crate) fn is_doubtful(&self, place: [f64; 2], error: [f64; 2]) -> bool {
        self.polygons.iter().any(|polygon| {
            let share = error[0] / polygon.reach[0] + error[1] / polygon.reach[1];
            (polygon.nearest(place) - 1.0).abs() <= share
                || polygon.inside.is_doubtful(place, error)
        })
    }
}

impl Polygon {
    /// Whether the buffer of a side contains the extent. It is convex, so its corners decide.
    fn is_covered(&self, extent: Extent, (from, to): ([f64; 2], [f64; 2])) -> bool {
        let (min, max) = (extent.min, extent.max);
        let corners = [min, [min[0], max[1]], max, [max[0], min[1]]];
        corners.iter().all(|corner| {
            let relative = |p: [f64; 2]| [0, 1].map(|i| (p[i] - corner[i]) / self.reach[i]);
            // Less rounding errors.
            from_origin(relative(from), relative(to)) <= 1.0 - 1e-6
        })
    }

    /// Sides that may be within the buffer's width of a point in the extent.
    fn sides_near(&self, extent: Extent) -> Vec<([f64; 2], [f64; 2])> {
        let middle = [0, 1].map(|i| extent.min[i] + (extent.max[i] - extent.min[i]) / 2.0);
        let relative = |p: [f64; 2]| [0, 1].map(|i| (p[i] - middle[i]) / self.reach[i]);
        let [x, y] = relative(extent.max);
        // From the centre to a corner, plus rounding errors.
        let most = (1.0 + x.hypot(y)) * 1.000_001;
        let sides = self.rings.sides_within(extent.grown(self.reach));
        let is_near = |(from, to): &([f64; 2], [f64; 2])| {
            let distance = from_origin(relative(*from), relative(*to));
            // An infinite extent has no centre.
            distance <= most || !distance.is_finite() || !most.is_finite()
        };
        sides.filter(is_near).collect()
    }
}

impl NearPolygon {
    /// Distance to the nearest side, as a multiple of the buffer's width.
    fn nearest(&self, place: [f64; 2]) -> f64 {
        let distances = self.sides.iter().map(|&(from, to)| {
            let relative = |p: [f64; 2]| [0, 1].map(|i| (p[i] - place[i]) / self.reach[i]);
            from_origin(relative(from), relative(to))
        });
        distances.fold(f64::INFINITY, f64::min)
    }
}

/// Distance of the origin from a line segment.
fn from_origin([ax, ay]: [f64; 2], [bx, by]: [f64; 2]) -> f64 {
    let (dx, dy) = (bx - ax, by - ay);
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 {
        (-(ax * dx + ay * dy) / length).clamp(0.0, 1.0)
    } else {
        // A single position.
        0.0
    };
    (ax + along * dx).hypot(ay + along * dy)
}
