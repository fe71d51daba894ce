//! Areas brought to a dataset: which cells they meet, which points they hold.

use ept_crs::Local;
use ept_format::Bounds;
use ept_points::PointBatch;

use crate::area::Footprint;
use crate::buffer::Buffer;
use crate::extent::Extent;
use crate::rings::{Near, Rings};
use crate::{Area, Crs, Edge, Frame, Relation, SelectError, Transform};

/// Areas as a dataset sees them. A point is selected when all of them hold it.
///
/// Points are tested in the coordinates of the area, so its edges are exactly its own, however curved they are in
/// those of the dataset. Near a cell the transform is a polynomial whose error is bounded; only points nearer to an
/// edge than that go through the transform itself. A cell that no bound can be given for, such as one that holds a
/// pole, is never left out.
#[derive(Debug, Clone)]
pub struct Cover {
    parts: Vec<Part>,
    /// How far a point may lie outside of its node's cell.
    slack: [f64; 3],
}

/// One area.
#[derive(Debug, Clone)]
struct Part {
    shape: Shape,
    heights: Range,
    /// From the dataset's coordinates; `None` if the area is in these.
    transform: Option<Transform>,
    /// Longitudes are brought to the turn around this one.
    turn: Option<f64>,
}

/// A footprint, in the area's coordinates.
#[derive(Debug, Clone)]
enum Shape {
    Box([Range; 2]),
    /// Each polygon with what matters everywhere around it.
    Polygons(Vec<(Rings, Near)>, Edge),
    Buffered(Buffer),
}

/// How many times a box is quartered to see whether it meets areas.
const SPLITS: u32 = 8;

/// What may lie between two numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Range {
    min: f64,
    max: f64,
    has_min: bool,
    has_max: bool,
}

/// A shape near one cell.
enum Tester<'a> {
    Box(&'a [Range; 2]),
    Polygons(Vec<Near>),
    Buffered(crate::buffer::NearBuffer),
}

impl Cover {
    /// The areas for a dataset.
    ///
    /// # Errors
    /// When an area is in a coordinate system of its own and the dataset's is not known, or when an endless box has a
    /// buffer.
    pub fn new(areas: &[Area], edge: Edge, frame: &Frame) -> Result<Cover, SelectError> {
        let parts = areas.iter().map(|area| Part::new(area, edge, frame));
        Ok(Cover {
            parts: parts.collect::<Result<_, _>>()?,
            slack: frame.slack,
        })
    }

    /// Whether there is no area, so that everything is selected.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.parts.is_empty()
    }

    /// How the points of a node lie to the areas, by its cell.
    #[must_use]
    pub fn relation(&self, cell: &Bounds) -> Relation {
        let cell = cell.grown(self.slack);
        let relations = self.parts.iter().map(|part| part.relation(&cell));
        relations.min().unwrap_or(Relation::Inside)
    }

    /// Whether a box shares a point with all areas at once; boxes and areas that touch do. False only if it does not. A box
    /// that misses them by less than 1/256 of its size may be taken for one that does.
    #[must_use]
    pub fn meets(&self, cell: &Bounds) -> bool {
        self.meets_part(cell, SPLITS)
    }

    /// Whether one of the quarters does, of those whose relation does not tell.
    fn meets_part(&self, cell: &Bounds, splits: u32) -> bool {
        match self.relation(cell) {
            Relation::Outside => false,
            Relation::Inside => true,
            Relation::Edge if splits == 0 => true,
            Relation::Edge => quarters(cell).any(|part| self.meets_part(&part, splits - 1)),
        }
    }

    /// The points of a node's tile that the areas hold; `None` if all of them are. The batch has X, Y and Z.
    #[must_use]
    pub fn mask(&self, cell: &Bounds, batch: &PointBatch) -> Option<Vec<bool>> {
        let cell = cell.grown(self.slack);
        let mut mask: Option<Vec<bool>> = None;
        for part in &self.parts {
            let Some(keeps) = part.tester(&cell) else {
                continue;
            };
            let mask = mask.get_or_insert_with(|| vec![true; batch.len()]);
            let places = batch.x().iter().zip(batch.y()).zip(batch.z());
            for (keep, ((&x, &y), &z)) in mask.iter_mut().zip(places) {
                *keep = *keep && keeps([x, y, z]);
            }
        }
        mask
    }

    /// Bounds in the dataset's coordinates that hold the areas, as far as they are known without a transform.
    #[must_use]
    pub fn envelope(&self) -> Bounds {
        let (mut min, mut max) = ([f64::NEG_INFINITY; 3], [f64::INFINITY; 3]);
        for part in self.parts.iter().filter(|part| part.transform.is_none()) {
            let extent = part.shape.extent();
            for i in 0..2 {
                min[i] = f64::max(min[i], extent.min[i]);
                max[i] = f64::min(max[i], extent.max[i]);
            }
            min[2] = f64::max(min[2], part.heights.min);
            max[2] = f64::min(max[2], part.heights.max);
        }
        // Areas that do not meet have no common bounds; the points will tell.
        Bounds::new(min, max).unwrap_or(Bounds::EVERYTHING)
    }

    /// Whether [`Cover::envelope`] says it all: a point within is selected.
    #[must_use]
    pub fn is_box(&self) -> bool {
        let is_box = |part: &Part| {
            let is_closed = |range: &Range| range.has_min && range.has_max;
            part.transform.is_none()
                && is_closed(&part.heights)
                && matches!(&part.shape, Shape::Box(ranges) if ranges.iter().all(is_closed))
        };
        // Boxes that do not meet have no envelope.
        self.parts.len() <= 1 && self.parts.iter().all(is_box)
    }
}

impl Part {
    fn new(area: &Area, edge: Edge, frame: &Frame) -> Result<Part, SelectError> {
        let transform = match &area.crs {
            Some(crs) => Some(source_crs(frame, crs)?.to(crs)?),
            None => None,
        };
        let (min, max) = area.corners();
        // Longitudes beyond one turn are those of places on the other side, in whatever system.
        let is_beyond = |crs: &Crs| crs.is_geographic() && (min[0] < -180.0 || max[0] > 180.0);
        let transform =
            transform.filter(|transform| !transform.is_identity() || is_beyond(transform.target()));
        let middle = min[0] + (max[0] - min[0]) / 2.0;
        let is_turning = transform
            .as_ref()
            .is_some_and(|transform| transform.target().is_geographic());
        // The outer edges of the dataset are known in its own coordinates only.
        let outer = |axis: usize| match transform {
            None => outer_edges(frame, axis),
            Some(_) => Vec::new(),
        };
        let range = |axis: usize, min: f64, max: f64| Range::new(min, max, edge, &outer(axis));
        let shape = match (&area.footprint, area.buffer) {
            (_, Some(reach)) => {
                let crs = match &area.crs {
                    Some(crs) => Ok(crs.clone()),
                    None => frame.crs(),
                };
                let polygons = area.polygons().ok_or_else(|| {
                    SelectError::Geometry("a box without end can have no buffer".into())
                })?;
                Shape::Buffered(Buffer::new(&polygons, reach, &crs?, edge)?)
            }
            _ if area.is_thin => {
                let problem =
                    "it has lines or points, which have no inside: give a buffer (--buffer)";
                return Err(SelectError::Geometry(problem.into()));
            }
            (Footprint::Box { .. }, None) => {
                Shape::Box([0, 1].map(|axis| range(axis, min[axis], max[axis])))
            }
            (Footprint::Polygons(polygons), None) => {
                let rings = polygons.iter().map(Rings::of);
                let with_whole = |rings: Rings| {
                    let whole = rings.near(rings.extent(), edge);
                    (rings, whole)
                };
                Shape::Polygons(rings.map(with_whole).collect(), edge)
            }
        };
        Ok(Part {
            heights: range(2, area.heights[0], area.heights[1]),
            shape,
            turn: is_turning.then_some(if middle.is_finite() { middle } else { 0.0 }),
            transform,
        })
    }

    /// Where the part is exactly, for a point of the dataset.
    fn exact(&self, point: [f64; 3]) -> Option<[f64; 3]> {
        match &self.transform {
            None => Some(point),
            Some(transform) => transform.apply(point).map(|place| self.turned(place)),
        }
    }

    /// The place with its longitude in the turn around the middle of the area.
    fn turned(&self, mut place: [f64; 3]) -> [f64; 3] {
        if let Some(middle) = self.turn {
            place[0] = longitude_around(middle, place[0]);
        }
        place
    }

    /// The transform near a cell, where there is one.
    fn local(&self, cell: &Bounds) -> Option<Local> {
        let transform = self.transform.as_ref()?;
        Local::new(transform, |place| self.turned(place), cell)
    }

    /// A box around the images of a cell's points; `None` if it has no bound.
    fn image(&self, cell: &Bounds, local: Option<&Local>) -> Option<[[f64; 3]; 2]> {
        let Some(transform) = &self.transform else {
            return Some([cell.min(), cell.max()]);
        };
        let mut image = local?.image(transform.is_spatial());
        if !transform.is_spatial() {
            (image[0][2], image[1][2]) = (cell.min()[2], cell.max()[2]);
        }
        Some(image)
    }

    fn relation(&self, cell: &Bounds) -> Relation {
        let local = self.local(cell);
        let image = self.image(cell, local.as_ref());
        image.map_or(Relation::Edge, |image| self.relation_of(image))
    }

    fn relation_of(&self, [min, max]: [[f64; 3]; 2]) -> Relation {
        let heights = self.heights.relation(min[2], max[2]);
        if heights == Relation::Outside {
            return heights;
        }
        let extent = Extent {
            min: [min[0], min[1]],
            max: [max[0], max[1]],
        };
        heights.min(self.shape.relation(extent))
    }

    /// The test of the points of a cell; `None` if all pass.
    fn tester(&self, cell: &Bounds) -> Option<impl Fn([f64; 3]) -> bool> {
        let local = self.local(cell);
        let image = self.image(cell, local.as_ref());
        if image.is_some_and(|image| self.relation_of(image) == Relation::Inside) {
            return None;
        }
        let near = image.map(|[min, max]| {
            let extent = Extent {
                min: [min[0], min[1]],
                max: [max[0], max[1]],
            };
            (extent, self.shape.near(extent))
        });
        Some(move |point: [f64; 3]| {
            let about = match (&self.transform, &local) {
                (None, _) => Some((point, [0.0; 3])),
                (Some(_), Some(local)) => local.apply(point),
                (Some(_), None) => None,
            };
            if let (Some((place, error)), Some((extent, near))) = (about, &near) {
                let place = if self.spatial() {
                    place
                } else {
                    [place[0], place[1], point[2]]
                };
                let flat = [place[0], place[1]];
                let is_near = Extent::around(flat, [0.0; 2]).meets(*extent);
                let is_sure = self.transform.is_none()
                    || !(near.is_doubtful(flat, [error[0], error[1]])
                        || self.heights.is_doubtful(place[2], error[2]));
                if is_near && is_sure {
                    return self.heights.contains(place[2]) && near.contains(flat);
                }
            }
            self.exact(point).is_some_and(|place| {
                self.heights.contains(place[2]) && self.shape.contains([place[0], place[1]])
            })
        })
    }

    fn spatial(&self) -> bool {
        self.transform.as_ref().is_some_and(Transform::is_spatial)
    }
}

impl Shape {
    fn extent(&self) -> Extent {
        match self {
            Shape::Box([x, y]) => Extent {
                min: [x.min, y.min],
                max: [x.max, y.max],
            },
            Shape::Polygons(polygons, _) => polygons
                .iter()
                .fold(Extent::NOTHING, |all, (rings, _)| all.union(rings.extent())),
            Shape::Buffered(buffer) => buffer.extent(),
        }
    }

    fn relation(&self, extent: Extent) -> Relation {
        match self {
            Shape::Box(ranges) => {
                let relation = |i: usize| ranges[i].relation(extent.min[i], extent.max[i]);
                relation(0).min(relation(1))
            }
            Shape::Polygons(polygons, _) => {
                let near = polygons.iter().map(|(rings, _)| rings);
                let near = near.filter(|rings| rings.extent().meets(extent));
                let relations = near.map(|rings| rings.relation(extent));
                relations.max().unwrap_or(Relation::Outside)
            }
            Shape::Buffered(buffer) => buffer.near(extent).relation(),
        }
    }

    fn near(&self, extent: Extent) -> Tester<'_> {
        match self {
            Shape::Box(ranges) => Tester::Box(ranges),
            Shape::Polygons(polygons, edge) => {
                let near = polygons.iter().map(|(rings, _)| rings);
                let near = near.filter(|rings| rings.extent().meets(extent));
                Tester::Polygons(near.map(|rings| rings.near(extent, *edge)).collect())
            }
            Shape::Buffered(buffer) => Tester::Buffered(buffer.near(extent)),
        }
    }

    /// Whether the place is inside, wherever it is.
    fn contains(&self, place: [f64; 2]) -> bool {
        let spot = Extent::around(place, [0.0; 2]);
        match self {
            Shape::Box(ranges) => (0..2).all(|i| ranges[i].contains(place[i])),
            Shape::Polygons(polygons, _) => polygons
                .iter()
                .any(|(rings, whole)| rings.extent().meets(spot) && whole.contains(place)),
            Shape::Buffered(buffer) => buffer.contains(place),
        }
    }
}

impl Tester<'_> {
    fn contains(&self, place: [f64; 2]) -> bool {
        match self {
            Tester::Box(ranges) => (0..2).all(|i| ranges[i].contains(place[i])),
            Tester::Polygons(polygons) => polygons.iter().any(|near| near.contains(place)),
            Tester::Buffered(near) => near.contains(place),
        }
    }

    fn is_doubtful(&self, place: [f64; 2], error: [f64; 2]) -> bool {
        match self {
            Tester::Box(ranges) => (0..2).any(|i| ranges[i].is_doubtful(place[i], error[i])),
            Tester::Polygons(polygons) => {
                polygons.iter().any(|near| near.is_doubtful(place, error))
            }
            Tester::Buffered(near) => near.is_doubtful(place, error),
        }
    }
}

impl Range {
    /// Points on an outer edge count as just below it: the range that ends there has them, the one that starts there
    /// has not.
    fn new(min: f64, max: f64, edge: Edge, outer: &[f64]) -> Range {
        Range {
            min,
            max,
            has_min: edge == Edge::Closed || !outer.contains(&min),
            has_max: edge == Edge::Closed || outer.contains(&max) || max == f64::INFINITY,
        }
    }

    fn contains(&self, value: f64) -> bool {
        let above = value > self.min || self.has_min && value == self.min;
        let below = value < self.max || self.has_max && value == self.max;
        above && below
    }

    fn is_doubtful(&self, value: f64, error: f64) -> bool {
        (value - self.min).abs() <= error || (value - self.max).abs() <= error
    }

    fn relation(&self, min: f64, max: f64) -> Relation {
        match (
            self.contains(min) && self.contains(max),
            min <= self.max && self.min <= max,
        ) {
            (true, _) => Relation::Inside,
            (false, true) => Relation::Edge,
            (false, false) => Relation::Outside,
        }
    }
}

/// The quarters of a box, seen from above.
fn quarters(cell: &Bounds) -> impl Iterator<Item = Bounds> {
    let (min, max) = (cell.min(), cell.max());
    let middle = [0, 1].map(|axis| min[axis] + (max[axis] - min[axis]) / 2.0);
    let halves = |axis: usize| [[min[axis], middle[axis]], [middle[axis], max[axis]]];
    let (columns, rows) = (halves(0), halves(1));
    let cells = columns.into_iter().flat_map(move |x| rows.map(|y| [x, y]));
    // The middle is between the ends.
    cells.filter_map(move |[x, y]| Bounds::new([x[0], y[0], min[2]], [x[1], y[1], max[2]]).ok())
}

/// The longitude between `middle - 180` (inclusive) and `middle + 180` that is whole turns from the given one. It comes
/// from data and may be any number, so it is not reached by adding turn after turn.
fn longitude_around(middle: f64, longitude: f64) -> f64 {
    let west = middle - 180.0;
    let turns = ((longitude - west) / 360.0).floor();
    if turns == 0.0 {
        return longitude;
    }
    let turned = longitude - turns * 360.0;
    // Rounding may leave it just outside.
    if turned < west {
        turned + 360.0
    } else if turned >= west + 360.0 {
        turned - 360.0
    } else {
        turned
    }
}

/// The greatest coordinates that the dataset says it has.
fn outer_edges(frame: &Frame, axis: usize) -> Vec<f64> {
    let bounds = [Some(&frame.bounds), frame.conforming.as_ref()];
    bounds
        .into_iter()
        .flatten()
        .map(|bounds| bounds.max()[axis])
        .collect()
}

fn source_crs(frame: &Frame, wanted: &Crs) -> Result<Crs, SelectError> {
    frame.crs().map_err(|error| {
        SelectError::Unrelated(format!(
            "the area is in {wanted}, and where that is in the dataset is not known: {error}"
        ))
    })
}
