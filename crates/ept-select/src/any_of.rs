//! Many areas in one pass: which of them a cell intersects, and which contain a point.

use ept_format::Bounds;
use ept_points::PointBatch;

use crate::extent::Extent;
use crate::placed_area::PlacedArea;
use crate::placement::{Placement, View};
use crate::{Area, Crs, Edge, Frame, Relation, SelectError, Transform};

/// Numbered areas, of which a point must be in at least one. They may overlap.
///
/// Areas of the same coordinate system are sorted by their minimum x in it, so that a cell is transformed to that
/// system once and compared only with areas close to it. The points of a cell that intersects many areas are divided by
/// position until few areas are left for each group, however many there are in all.
#[derive(Debug, Clone)]
pub(crate) struct AnyOf {
    groups: Vec<Group>,
}

/// The areas with the same placement.
#[derive(Debug, Clone)]
struct Group {
    placement: Placement,
    /// In ascending order of minimum x.
    areas: Vec<Numbered>,
    /// Maximum x of each area and those before it.
    reach: Vec<f64>,
}

#[derive(Debug, Clone)]
struct Numbered {
    number: usize,
    extent: Extent,
    part: PlacedArea,
}

/// An area that a group of points may intersect, and the points known to be inside.
struct Candidate<'a> {
    area: &'a Numbered,
    rows: Vec<usize>,
}

/// Coordinates of points, and the placement of the areas to test them with.
struct Points<'a> {
    axes: [&'a [f64]; 3],
    placement: &'a Placement,
    /// Margin of the box around a group, so that it has a size.
    room: [f64; 3],
}

/// Number of tests of a point with an area beyond which dividing the points pays off.
const FEW_TESTS: usize = 4096;

/// Maximum number of times that the points of a cell are divided.
const SPLITS: u32 = 12;

impl AnyOf {
    pub(crate) fn new(areas: &[Area], edge: Edge, frame: &Frame) -> Result<AnyOf, SelectError> {
        let mut transforms: Vec<(&Crs, Option<Transform>)> = Vec::new();
        let mut groups: Vec<Group> = Vec::new();
        for (number, area) in areas.iter().enumerate() {
            let numbered = |error: SelectError| match error {
                SelectError::NoInside(_) => SelectError::NoInside(Some(number + 1)),
                SelectError::Geometry(problem) => {
                    SelectError::Geometry(format!("area {}: {problem}", number + 1))
                }
                other => other,
            };
            let known = area.crs().and_then(|crs| {
                let mut known = transforms.iter();
                known.find(|(known, _)| *known == crs)
            });
            let transform = match (known, area.crs()) {
                (Some((_, transform)), _) => transform.clone(),
                (None, Some(crs)) => {
                    let transform = Placement::transform_to(area, frame)?;
                    transforms.push((crs, transform.clone()));
                    transform
                }
                (None, None) => None,
            };
            let part = PlacedArea::new(area, transform, edge, frame).map_err(numbered)?;
            add(&mut groups, number, part);
        }
        groups.iter_mut().for_each(Group::sort);
        Ok(AnyOf { groups })
    }

    /// Whether the points of a cell are all inside one of the areas, outside all, or neither is certain.
    pub(crate) fn relation(&self, cell: &Bounds) -> Relation {
        let relations = self.groups.iter().map(|group| group.relation(cell));
        relations.max().unwrap_or(Relation::Outside)
    }

    /// The areas that a cell intersects, as far as is certain, in order of their numbers.
    pub(crate) fn met(&self, cell: &Bounds) -> Vec<usize> {
        let of_group = |group: &Group| {
            let view = group.placement.view(cell);
            let met = group.near(&view);
            let met = met.filter(|area| area.part.relation_in(&view) != Relation::Outside);
            met.map(|area| area.number).collect::<Vec<_>>()
        };
        let mut met: Vec<usize> = self.groups.iter().flat_map(of_group).collect();
        met.sort_unstable();
        met
    }

    /// The corners of a box around all areas in the dataset's coordinates. `None` if that takes a transform.
    pub(crate) fn corners(&self) -> Option<[[f64; 3]; 2]> {
        let areas = self.groups.iter().flat_map(|group| &group.areas);
        let mut around = [[f64::INFINITY; 3], [f64::NEG_INFINITY; 3]];
        for area in areas {
            let [min, max] = area.part.corners()?;
            around[0] = [0, 1, 2].map(|i| f64::min(around[0][i], min[i]));
            around[1] = [0, 1, 2].map(|i| f64::max(around[1][i], max[i]));
        }
        Some(around)
    }

    /// The points inside each area that a cell intersects, in order of area numbers.
    pub(crate) fn rows(&self, cell: &Bounds, batch: &PointBatch) -> Vec<(usize, Vec<usize>)> {
        let groups = self.groups.iter();
        let mut found: Vec<_> = groups.flat_map(|group| group.rows(cell, batch)).collect();
        found.sort_by_key(|(number, _)| *number);
        found
    }
}

/// Adds an area to the group with its placement.
fn add(groups: &mut Vec<Group>, number: usize, mut part: PlacedArea) {
    let extent = part.shape.extent();
    // Away from the antimeridian, areas share a turn of longitudes, whatever their centres.
    let is_within_turn = extent.min[0] > -180.0 && extent.max[0] < 180.0;
    part.placement.turn = match part.placement.turn {
        Some(_) if is_within_turn => Some(0.0),
        turn => turn,
    };
    let placement = part.placement.clone();
    let area = Numbered {
        number,
        extent,
        part,
    };
    match groups.iter_mut().find(|group| group.placement == placement) {
        Some(group) => group.areas.push(area),
        None => groups.push(Group {
            placement,
            areas: vec![area],
            reach: Vec::new(),
        }),
    }
}

impl Group {
    fn sort(&mut self) {
        let least = |area: &Numbered| area.extent.min[0];
        self.areas.sort_by(|a, b| least(a).total_cmp(&least(b)));
        let mut reach = f64::NEG_INFINITY;
        let areas = self.areas.iter();
        self.reach = areas
            .map(|area| {
                reach = reach.max(area.extent.max[0]);
                reach
            })
            .collect();
    }

    /// The areas whose boxes intersect that of a view.
    fn near(&self, view: &View) -> impl Iterator<Item = &Numbered> {
        let extent = view.extent();
        let range = match extent {
            Some(extent) => {
                let start = self.reach.partition_point(|reach| *reach < extent.min[0]);
                let is_left = |area: &Numbered| area.extent.min[0] <= extent.max[0];
                start..self.areas.partition_point(is_left).max(start)
            }
            None => 0..self.areas.len(),
        };
        let areas = self.areas[range].iter();
        areas.filter(move |area| extent.is_none_or(|extent| area.extent.meets(extent)))
    }

    fn relation(&self, cell: &Bounds) -> Relation {
        let view = self.placement.view(cell);
        let mut all = Relation::Outside;
        for area in self.near(&view) {
            all = all.max(area.part.relation_in(&view));
            if all == Relation::Inside {
                break;
            }
        }
        all
    }

    fn rows(&self, cell: &Bounds, batch: &PointBatch) -> Vec<(usize, Vec<usize>)> {
        let view = self.placement.view(cell);
        let (mut candidates, mut unsure) = (Vec::new(), Vec::new());
        for area in self.near(&view) {
            let rows = match area.part.relation_in(&view) {
                Relation::Outside => continue,
                Relation::Inside => (0..batch.len()).collect(),
                Relation::Edge => {
                    unsure.push(candidates.len());
                    Vec::new()
                }
            };
            candidates.push(Candidate { area, rows });
        }
        let (points, lot) = Points::new(batch, &self.placement);
        points.sort_in(lot, unsure, &mut candidates, SPLITS);
        let found = candidates.into_iter().map(|candidate| {
            let mut rows = candidate.rows;
            rows.sort_unstable();
            (candidate.area.number, rows)
        });
        found.collect()
    }
}

impl<'a> Points<'a> {
    /// The points of a batch, and the indices of those without NaN coordinates.
    fn new(batch: &'a PointBatch, placement: &'a Placement) -> (Points<'a>, Vec<usize>) {
        let mut points = Points {
            axes: [batch.x(), batch.y(), batch.z()].map(Option::unwrap_or_default),
            placement,
            room: [0.0; 3],
        };
        let is_finite = |row: &usize| points.axes.iter().all(|axis| axis[*row].is_finite());
        let lot: Vec<usize> = (0..batch.len()).filter(is_finite).collect();
        if let Some(around) = points.box_around(&lot) {
            let (min, max) = (around.min(), around.max());
            points.room = [0, 1, 2].map(|i| (max[i] - min[i]) * 1e-6);
        }
        (points, lot)
    }

    /// Adds the points of a group to the candidates that contain them.
    fn sort_in(
        &self,
        lot: Vec<usize>,
        unsure: Vec<usize>,
        candidates: &mut [Candidate<'_>],
        splits: u32,
    ) {
        let Some(cell) = self.box_around(&lot).filter(|_| !unsure.is_empty()) else {
            return;
        };
        let view = self.placement.view(&cell);
        let mut left = Vec::new();
        for at in unsure {
            match candidates[at].area.part.relation_in(&view) {
                Relation::Outside => {}
                Relation::Edge => left.push(at),
                Relation::Inside => candidates[at].rows.extend(&lot),
            }
        }
        if splits == 0 || left.len() <= 2 || lot.len() * left.len() <= FEW_TESTS {
            for at in left {
                let Candidate { area, rows } = &mut candidates[at];
                let keeps = area.part.tester(&view);
                let is_held = |row: &&usize| {
                    let place = self.axes.map(|axis| axis[**row]);
                    keeps.as_ref().is_none_or(|keeps| keeps(place))
                };
                rows.extend(lot.iter().filter(is_held));
            }
            return;
        }
        for quarter in self.quarters(lot, &cell) {
            self.sort_in(quarter, left.clone(), candidates, splits - 1);
        }
    }

    /// A box around the points with a small margin. `None` if there are none.
    fn box_around(&self, lot: &[usize]) -> Option<Bounds> {
        lot.first()?;
        let end = |start: f64, of: fn(f64, f64) -> f64| {
            let axes = self.axes;
            axes.map(|axis| lot.iter().map(|row| axis[*row]).fold(start, of))
        };
        let around = Bounds::new(
            end(f64::INFINITY, f64::min),
            end(f64::NEG_INFINITY, f64::max),
        );
        Some(around.ok()?.grown(self.room))
    }

    /// The points of a group, by quarter of a box around them.
    fn quarters(&self, lot: Vec<usize>, cell: &Bounds) -> [Vec<usize>; 4] {
        let (min, max) = (cell.min(), cell.max());
        let middle = [0, 1].map(|i| min[i] + (max[i] - min[i]) / 2.0);
        let mut quarters = [const { Vec::new() }; 4];
        for row in lot {
            let [is_right, is_upper] = [0, 1].map(|i| usize::from(self.axes[i][row] > middle[i]));
            quarters[is_right + 2 * is_upper].push(row);
        }
        quarters
    }
}
