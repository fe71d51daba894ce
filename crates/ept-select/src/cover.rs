//! Areas prepared for a dataset: which cells they intersect, which points they contain.

use ept_format::Bounds;
use ept_points::PointBatch;

use crate::any_of::AnyOf;
use crate::placed_area::PlacedArea;
use crate::placement::Placement;
use crate::shape::{Range, Shape};
use crate::{Area, Edge, Frame, Relation, SelectError};

/// Areas prepared for a dataset. A point is selected if it is inside all of them.
///
/// Points are tested in the coordinates of the area, so that its edges are exact, however curved they are in those of
/// the dataset. Near a cell the transform is approximated by a polynomial with bounded error; only points closer to an
/// edge than the error are transformed exactly. A cell whose image can't be bounded, for example one that contains a
/// pole, is never left out.
#[derive(Debug, Clone)]
pub struct Cover {
    parts: Vec<PlacedArea>,
    /// Areas of which a point must be in at least one. `None` if there are none.
    any_of: Option<AnyOf>,
    /// How far a point may be outside its node's cell.
    slack: [f64; 3],
}

/// Maximum number of times that a box is quartered to find out whether it intersects areas.
const SPLITS: u32 = 8;

impl Cover {
    /// Prepares areas for a dataset.
    ///
    /// # Errors
    /// If an area has its own coordinate system and the dataset's is not known, or if an infinite box has a buffer.
    pub fn new(areas: &[Area], edge: Edge, frame: &Frame) -> Result<Cover, SelectError> {
        let parts = areas.iter().map(|area| {
            let transform = Placement::transform_to(area, frame)?;
            PlacedArea::new(area, transform, edge, frame)
        });
        Ok(Cover {
            parts: parts.collect::<Result<_, _>>()?,
            any_of: None,
            slack: frame.slack,
        })
    }

    /// Adds areas of which a point must be in at least one.
    ///
    /// # Errors
    /// As for [`Cover::new`]. The message contains the number of the area, from 1.
    pub fn with_any_of(
        mut self,
        areas: &[Area],
        edge: Edge,
        frame: &Frame,
    ) -> Result<Cover, SelectError> {
        self.any_of = Some(AnyOf::new(areas, edge, frame)?);
        Ok(self)
    }

    /// Whether there is no area, so that everything is selected.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.parts.is_empty() && self.any_of.is_none()
    }

    /// Whether the points of a node are inside the areas, outside, or neither is certain, judging by its cell.
    #[must_use]
    pub fn relation(&self, cell: &Bounds) -> Relation {
        let cell = cell.grown(self.slack);
        let relations = self.parts.iter().map(|part| part.relation(&cell));
        let all = relations.min().unwrap_or(Relation::Inside);
        match &self.any_of {
            Some(any_of) if all != Relation::Outside => all.min(any_of.relation(&cell)),
            _ => all,
        }
    }

    /// The areas of [`Cover::with_any_of`] that the cell of a node intersects together with those that all points must be in:
    /// their numbers from 0, ascending. Areas for which neither is certain are among them.
    #[must_use]
    pub fn areas_met(&self, cell: &Bounds) -> Vec<usize> {
        let cell = cell.grown(self.slack);
        let is_out = |part: &PlacedArea| part.relation(&cell) == Relation::Outside;
        match &self.any_of {
            Some(any_of) if !self.parts.iter().any(is_out) => any_of.met(&cell),
            _ => Vec::new(),
        }
    }

    /// Whether a box intersects or touches the intersection of all areas. Only `false` is certain: a box that misses
    /// them by less than 1/256 of its size may be taken for one that doesn't.
    #[must_use]
    pub fn meets(&self, cell: &Bounds) -> bool {
        self.meets_part(cell, SPLITS)
    }

    /// Whether one of the quarters does. Quarters are divided further as long as their relation is not certain.
    fn meets_part(&self, cell: &Bounds, splits: u32) -> bool {
        match self.relation(cell) {
            Relation::Outside => false,
            Relation::Inside => true,
            Relation::Edge if splits == 0 => true,
            Relation::Edge => quarters(cell).any(|part| self.meets_part(&part, splits - 1)),
        }
    }

    /// Which points of a node's tile are inside the areas. `None` if all of them are. The batch must have X, Y and Z.
    #[must_use]
    pub fn mask(&self, cell: &Bounds, batch: &PointBatch) -> Option<Vec<bool>> {
        let mut mask = self.mask_of_all(cell, batch);
        if self.any_of.is_some() {
            let mut is_held = vec![false; batch.len()];
            for (_, rows) in self.rows_of_each(cell, batch) {
                rows.into_iter().for_each(|row| is_held[row] = true);
            }
            let mask = mask.get_or_insert_with(|| vec![true; batch.len()]);
            let both = mask.iter_mut().zip(is_held);
            both.for_each(|(keep, is_held)| *keep = *keep && is_held);
        }
        mask
    }

    /// Which points are inside those areas that all must contain. `None` if all of them are.
    pub(crate) fn mask_of_all(&self, cell: &Bounds, batch: &PointBatch) -> Option<Vec<bool>> {
        let cell = cell.grown(self.slack);
        let mut mask: Option<Vec<bool>> = None;
        for part in &self.parts {
            let view = part.placement.view(&cell);
            let Some(keeps) = part.tester(&view) else {
                continue;
            };
            let mask = mask.get_or_insert_with(|| vec![true; batch.len()]);
            for (keep, place) in mask.iter_mut().zip(batch.places()) {
                *keep = *keep && keeps(place);
            }
        }
        mask
    }

    /// The points of a node's tile inside each of the areas of [`Cover::with_any_of`]: the number of the area, from 0,
    /// and the indices of its points in the batch, ascending. Areas that the cell misses are left out. The batch must
    /// have X, Y and Z.
    #[must_use]
    pub fn rows_of_each(&self, cell: &Bounds, batch: &PointBatch) -> Vec<(usize, Vec<usize>)> {
        let any_of = self.any_of.iter();
        let cell = cell.grown(self.slack);
        any_of
            .flat_map(|any_of| any_of.rows(&cell, batch))
            .collect()
    }

    /// Bounds in the dataset's coordinates that contain the areas, as far as they are known without a transform.
    #[must_use]
    pub fn envelope(&self) -> Bounds {
        let (mut min, mut max) = ([f64::NEG_INFINITY; 3], [f64::INFINITY; 3]);
        let parts = self.parts.iter().filter_map(PlacedArea::corners);
        for [low, high] in parts.chain(self.any_of.as_ref().and_then(AnyOf::corners)) {
            min = [0, 1, 2].map(|i| f64::max(min[i], low[i]));
            max = [0, 1, 2].map(|i| f64::min(max[i], high[i]));
        }
        // Disjoint areas have no common bounds. The points are tested anyway.
        Bounds::new(min, max).unwrap_or(Bounds::EVERYTHING)
    }

    /// Whether [`Cover::envelope`] is exact: every point inside is selected.
    #[must_use]
    pub fn is_box(&self) -> bool {
        let is_box = |part: &PlacedArea| {
            let is_closed = |range: &Range| range.has_min && range.has_max;
            part.placement.transform.is_none()
                && is_closed(&part.heights)
                && matches!(&part.shape, Shape::Box(ranges) if ranges.iter().all(is_closed))
        };
        // Disjoint boxes have no envelope.
        self.any_of.is_none() && self.parts.len() <= 1 && self.parts.iter().all(is_box)
    }
}

/// The quarters of a box, seen from above.
fn quarters(cell: &Bounds) -> impl Iterator<Item = Bounds> {
    let (min, max) = (cell.min(), cell.max());
    let middle = [0, 1].map(|axis| min[axis] + (max[axis] - min[axis]) / 2.0);
    let halves = |axis: usize| [[min[axis], middle[axis]], [middle[axis], max[axis]]];
    let (columns, rows) = (halves(0), halves(1));
    let cells = columns.into_iter().flat_map(move |x| rows.map(|y| [x, y]));
    // The centre is between the ends.
    cells.filter_map(move |[x, y]| Bounds::new([x[0], y[0], min[2]], [x[1], y[1], max[2]]).ok())
}
