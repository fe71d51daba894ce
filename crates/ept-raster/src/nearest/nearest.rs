//! The nearest point of each of many places.

use crate::kd_tree::{KdTree, Search};
use crate::surroundings::{Growth, Region};
use crate::{Duplicates, Points, RasterError};

/// Groups of places along each axis.
const GROUPS: usize = 32;

/// The nearest point in the plane of each of many places.
#[derive(Debug)]
pub(crate) struct Nearest {
    places: Vec<[f64; 2]>,
    /// By which X and Y are multiplied before distances are measured.
    scale: [f64; 2],
    duplicates: Duplicates,
    found: Vec<Found>,
}

/// A nearest point.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    square: f64,
    place: [f64; 2],
    value: f64,
}

impl Found {
    const NOTHING: Found = Found {
        square: f64::INFINITY,
        place: [f64::INFINITY; 2],
        value: f64::NAN,
    };

    /// Distance of the point. NaN if there is none.
    pub(crate) fn distance(&self) -> f64 {
        if self.square < f64::INFINITY {
            self.square.sqrt()
        } else {
            f64::NAN
        }
    }

    /// Value of the point. NaN if there is none.
    pub(crate) fn value(&self) -> f64 {
        self.value
    }

    /// Of points that are equally near, the first by X, then Y.
    fn is_after(&self, other: &Found) -> bool {
        (self.square, self.place) > (other.square, other.place)
    }
}

impl Nearest {
    pub(crate) fn new(places: Vec<[f64; 2]>, scale: [f64; 2], duplicates: Duplicates) -> Nearest {
        Nearest {
            found: vec![Found::NOTHING; places.len()],
            places,
            scale,
            duplicates,
        }
    }

    /// The nearest points, in the order of the places.
    pub(crate) fn found(&self) -> &[Found] {
        &self.found
    }

    /// Adds points.
    pub(crate) fn extend(
        &mut self,
        points: impl ExactSizeIterator<Item = [f64; 3]> + Clone,
    ) -> Result<(), RasterError> {
        let [sx, sy] = self.scale;
        // In the plane: without the height.
        let tree = KdTree::new(points.clone().map(|[x, y, _]| [x * sx, y * sy, 0.0]))?;
        let values: Vec<[f64; 3]> = points.collect();
        let mut search = Search::default();
        for (place, found) in self.places.iter().zip(&mut self.found) {
            let target = [place[0] * sx, place[1] * sy, 0.0];
            // Those equally near are visited too.
            let limit = found.square.next_up();
            tree.search(target, &mut search, limit, |index, square| {
                let [x, y, value] = values[index as usize];
                let place = [x, y];
                let next = Found {
                    square,
                    place,
                    value,
                };
                if found.is_after(&next) {
                    *found = next;
                } else if found.square == square && found.place == place {
                    found.value = self.duplicates.choose(found.value, value);
                }
                found.square.next_up()
            });
        }
        Ok(())
    }
}

impl Growth for Nearest {
    fn add(&mut self, points: &Points) -> Result<(), RasterError> {
        let count = points.x.len().min(points.y.len()).min(points.value.len());
        self.extend((0..count).map(|i| [points.x[i], points.y[i], points.value[i]]))
    }

    /// The surroundings of groups of places.
    fn open(&mut self) -> Vec<Region> {
        let all = Group::of(self.places.iter().zip(&self.found));
        let cell = |axis: usize, coordinate: f64| {
            let side = all.area[axis + 2] - all.area[axis];
            // Not a number, if all are the same: the first.
            let share = (coordinate - all.area[axis]) / side * GROUPS as f64;
            (share as usize).min(GROUPS - 1)
        };
        let mut groups = vec![Group::EMPTY; GROUPS * GROUPS];
        for (place, found) in self.places.iter().zip(&self.found) {
            groups[cell(1, place[1]) * GROUPS + cell(0, place[0])].add(*place, found);
        }
        let regions = groups.iter().filter(|group| group.farthest >= 0.0);
        regions
            .map(|group| Region::around(group.area, group.farthest.sqrt(), self.scale))
            .collect()
    }

    /// Regions are small where points are known: they are measured again.
    fn settle(&mut self, _: [f64; 4]) {}
}

/// Places that are close to each other.
#[derive(Debug, Clone, Copy)]
struct Group {
    area: [f64; 4],
    /// Largest squared distance.
    farthest: f64,
}

impl Group {
    const EMPTY: Group = Group {
        area: [
            f64::INFINITY,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NEG_INFINITY,
        ],
        farthest: -1.0,
    };

    fn of<'a>(places: impl Iterator<Item = (&'a [f64; 2], &'a Found)>) -> Group {
        let mut group = Group::EMPTY;
        for (place, found) in places {
            group.add(*place, found);
        }
        group
    }

    fn add(&mut self, [x, y]: [f64; 2], found: &Found) {
        let [min_x, min_y, max_x, max_y] = self.area;
        self.area = [min_x.min(x), min_y.min(y), max_x.max(x), max_y.max(y)];
        self.farthest = self.farthest.max(found.square);
    }
}
