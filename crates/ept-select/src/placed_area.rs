//! One area of a cover.

use ept_format::Bounds;

use crate::area::Footprint;
use crate::buffer::Buffer;
use crate::extent::{Extent, Relation};
use crate::placement::{Placement, View};
use crate::rings::Rings;
use crate::shape::{Range, Shape};
use crate::{Area, Edge, Frame, SelectError, Transform};

/// An area prepared for a dataset.
#[derive(Debug, Clone)]
pub(crate) struct PlacedArea {
    pub(crate) shape: Shape,
    pub(crate) heights: Range,
    pub(crate) placement: Placement,
}

impl PlacedArea {
    /// Prepares an area for a dataset, with the transform to its coordinates.
    pub(crate) fn new(
        area: &Area,
        transform: Option<Transform>,
        edge: Edge,
        frame: &Frame,
    ) -> Result<PlacedArea, SelectError> {
        let placement = Placement::of(area, transform);
        let (min, max) = area.corners();
        // The outer edges of the dataset are known only in its own coordinates.
        let outer = |axis: usize| match placement.transform {
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
                    SelectError::Geometry("an infinite box can't have a buffer".into())
                })?;
                Shape::Buffered(Buffer::new(&polygons, reach, &crs?, edge)?)
            }
            _ if area.is_thin => {
                return Err(SelectError::NoInside(None));
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
        Ok(PlacedArea {
            heights: range(2, area.heights[0], area.heights[1]),
            shape,
            placement,
        })
    }

    /// The corners of a box around the area in the dataset's coordinates. `None` if that takes a transform.
    pub(crate) fn corners(&self) -> Option<[[f64; 3]; 2]> {
        let (extent, heights) = (self.shape.extent(), self.heights);
        self.placement.transform.is_none().then_some([
            [extent.min[0], extent.min[1], heights.min],
            [extent.max[0], extent.max[1], heights.max],
        ])
    }

    /// Whether the points of a cell are inside the area, outside, or neither is certain.
    pub(crate) fn relation(&self, cell: &Bounds) -> Relation {
        self.relation_in(&self.placement.view(cell))
    }

    /// The same, given the cell's view from the area's placement.
    pub(crate) fn relation_in(&self, view: &View) -> Relation {
        view.image
            .map_or(Relation::Edge, |image| self.relation_of(image))
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

    /// A test for the points of a cell. `None` if all pass.
    pub(crate) fn tester<'a>(&'a self, view: &'a View) -> Option<impl Fn([f64; 3]) -> bool + 'a> {
        if self.relation_in(view) == Relation::Inside {
            return None;
        }
        let near = view
            .extent()
            .map(|extent| (extent, self.shape.near(extent)));
        let placement = &self.placement;
        Some(move |point: [f64; 3]| {
            let about = match (&placement.transform, &view.local) {
                (None, _) => Some((point, [0.0; 3])),
                (Some(_), Some(local)) => local.apply(point),
                (Some(_), None) => None,
            };
            if let (Some((place, error)), Some((extent, near))) = (about, &near) {
                let place = if placement.is_spatial() {
                    place
                } else {
                    [place[0], place[1], point[2]]
                };
                let flat = [place[0], place[1]];
                let is_near = Extent::around(flat, [0.0; 2]).meets(*extent);
                let is_sure = placement.transform.is_none()
                    || !(near.is_doubtful(flat, [error[0], error[1]])
                        || self.heights.is_doubtful(place[2], error[2]));
                if is_near && is_sure {
                    return self.heights.contains(place[2]) && near.contains(flat);
                }
            }
            placement.exact(point).is_some_and(|place| {
                self.heights.contains(place[2]) && self.shape.contains([place[0], place[1]])
            })
        })
    }
}

/// The maximum coordinates of the dataset according to itself.
fn outer_edges(frame: &Frame, axis: usize) -> Vec<f64> {
    let bounds = [Some(&frame.bounds), frame.conforming.as_ref()];
    bounds
        .into_iter()
        .flatten()
        .map(|bounds| bounds.max()[axis])
        .collect()
}
