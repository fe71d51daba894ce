//! How far points are from others.

use std::collections::BTreeMap;
use std::sync::Arc;

use ept_raster::{DistanceStatistics, MeanDistances, Points, sparse_points};

use super::buckets::{Buckets, Key};
use super::extent::Extent;
use super::ground::Ground;
use super::model::OutlierRule;
use crate::JobError;

/// The measure of outliers by radius.
pub(super) const SPARSE: f64 = 1.0;

/// Distance of the first neighbours that are looked at around a group of buckets, in mean distances of points.
const HALO: f64 = 8.0;

/// [`OutlierRule`] in the units of the raster.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rule {
    Statistical { neighbours: usize, multiplier: f64 },
    Radius { radius: f64, minimum: usize },
}

impl Rule {
    pub(super) fn of(rule: OutlierRule, ground: &Ground) -> Result<Rule, JobError> {
        Ok(match rule {
            OutlierRule::Statistical {
                neighbours,
                multiplier,
            } => Rule::Statistical {
                neighbours: neighbours as usize,
                multiplier,
            },
            OutlierRule::Radius { radius, minimum } => Rule::Radius {
                radius: ground.cell(radius)?,
                minimum: minimum as usize,
            },
        })
    }
}

/// Measures points.
pub(super) struct Gauge {
    buckets: Arc<Buckets>,
    /// The number of Z in a row.
    height: usize,
    rule: Rule,
    /// Least and greatest Z of the points of each bucket.
    heights: BTreeMap<Key, [f64; 2]>,
    /// Number of all points.
    total: u64,
}

/// A row of a bucket.
type Row = (Key, u32);

/// The measures of the points of buckets.
type Measures = BTreeMap<Key, Vec<f64>>;

impl Gauge {
    pub(super) fn new(
        buckets: &Arc<Buckets>,
        height: usize,
        rule: Rule,
    ) -> Result<Gauge, JobError> {
        let mut gauge = Gauge {
            buckets: Arc::clone(buckets),
            height,
            rule,
            heights: BTreeMap::new(),
            total: buckets.keys().map(|key| buckets.count(key)).sum(),
        };
        for key in buckets.keys() {
            let mut range = [f64::INFINITY, f64::NEG_INFINITY];
            gauge.each(key, |_, [_, _, z]| {
                range = [range[0].min(z), range[1].max(z)];
            })?;
            gauge.heights.insert(key, range);
        }
        Ok(gauge)
    }

    /// Measures all points of a group of buckets.
    pub(super) fn measure(&self, keys: &[Key]) -> Result<(Measures, DistanceStatistics), JobError> {
        match self.rule {
            Rule::Statistical { neighbours, .. } => self.mean_distances(keys, neighbours),
            Rule::Radius { radius, minimum } => {
                let measures = self.sparse(keys, radius, minimum)?;
                Ok((measures, DistanceStatistics::default()))
            }
        }
    }

    /// Which points of a group of buckets have few others around.
    fn sparse(&self, keys: &[Key], radius: f64, minimum: usize) -> Result<Measures, JobError> {
        let mut measures = self.unmeasured(keys);
        let boxes = keys.iter().map(|key| self.buckets.extent(*key));
        let area = boxes.reduce(Extent::joined).unwrap_or(Extent::EVERYWHERE);
        let (points, rows, _) = self.load(area.grown(radius), keys)?;
        let is_sparse = sparse_points(&points, rows.len(), radius, minimum)?;
        for ((key, row), is_sparse) in rows.into_iter().zip(is_sparse) {
            if let Some(own) = measures.get_mut(&key).filter(|_| is_sparse) {
                own[row as usize] = SPARSE;
            }
        }
        Ok(measures)
    }

    /// A measure of 0 for each point of a group of buckets.
    fn unmeasured(&self, keys: &[Key]) -> Measures {
        let zeros = |key: &Key| (*key, vec![0.0; self.buckets.count(*key) as usize]);
        keys.iter().map(zeros).collect()
    }

    fn mean_distances(
        &self,
        keys: &[Key],
        neighbours: usize,
    ) -> Result<(Measures, DistanceStatistics), JobError> {
        let mut distances = self.unmeasured(keys);
        let points: usize = distances.values().map(Vec::len).sum();
        let boxes = keys.iter().map(|key| self.buckets.extent(*key));
        let area = boxes.reduce(Extent::joined).unwrap_or(Extent::EVERYWHERE);
        let [west, south, east, north] = area.corners();
        let [width, height] = [east - west, north - south];
        let mut halo = HALO * (width * height / points.max(1) as f64).sqrt();
        halo = halo.min(width.max(height));
        let (points, rows, known) = loop {
            let known = area.grown(halo);
            let (points, rows, is_all) = self.load(known, keys)?;
            if is_all {
                break (points, rows, Extent::EVERYWHERE);
            }
            if points.len() > neighbours {
                break (points, rows, known);
            }
            halo *= 4.0;
        };
        let mut found = MeanDistances::new(&points, rows.len(), neighbours, known.corners())?;
        for at in found.open {
            let at = at as usize;
            let place = [points.x[at], points.y[at], points.value[at]];
            // The farthest neighbour is no farther than all of them together.
            let reach = found.distances[at] * neighbours as f64;
            found.distances[at] = self.alone(rows[at], place, reach, neighbours)?;
        }
        let mut statistics = DistanceStatistics::default();
        for ((key, row), distance) in rows.into_iter().zip(found.distances) {
            statistics.add(distance);
            if let Some(own) = distances.get_mut(&key) {
                own[row as usize] = distance;
            }
        }
        Ok((distances, statistics))
    }

    /// The mean distance of a point whose nearest neighbours are known to be within `reach`. Buckets are looked at from the
    /// nearest on, until no point in the others can be nearer than the neighbours found.
    fn alone(
        &self,
        own: Row,
        place: [f64; 3],
        reach: f64,
        neighbours: usize,
    ) -> Result<f64, JobError> {
        let [x, y, _] = place;
        // Rounding must not leave out the farthest.
        let near = Extent::of([x, y]).grown(reach * (1.0 + 1e-9));
        let keys = self.buckets.keys_in_box(near);
        let mut keys: Vec<(f64, Key)> = keys.map(|key| (self.nearest(key, place), key)).collect();
        keys.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut found: Vec<(f64, [f64; 3])> = Vec::with_capacity(neighbours + 1);
        for (nearest, key) in keys {
            if found.len() == neighbours && found[neighbours - 1].0 < nearest {
                break;
            }
            self.each(key, |row, other| {
                let square = square(place, other);
                let is_far = found.len() == neighbours
                    && found.last().is_some_and(|farthest| farthest.0 <= square);
                if (key, row) != own && !is_far {
                    let at = found.partition_point(|nearer| nearer.0 <= square);
                    found.insert(at, (square, other));
                    found.truncate(neighbours);
                }
            })?;
        }
        let mut points = Points::default();
        for [x, y, z] in std::iter::once(place).chain(found.into_iter().map(|(_, other)| other)) {
            points.push(x, y, z);
        }
        let found = MeanDistances::new(&points, 1, neighbours, Extent::EVERYWHERE.corners())?;
        Ok(found.distances.first().copied().unwrap_or_default())
    }

    /// A square of a distance that no point of a bucket is nearer to a place than.
    fn nearest(&self, key: Key, [x, y, z]: [f64; 3]) -> f64 {
        let [west, south, east, north] = self.buckets.extent(key).corners();
        let [low, high] = self.heights.get(&key).copied().unwrap_or([z, z]);
        let beyond = |c: f64, least: f64, most: f64| c - c.clamp(least, most.max(least));
        let offset = [
            beyond(x, west, east),
            beyond(y, south, north),
            beyond(z, low, high),
        ];
        // A little less, for rounding.
        square(offset, [0.0; 3]) * (1.0 - 1e-9)
    }

    /// The points in a box with their heights, those of some buckets first, and which rows those are. Also whether there
    /// are no others.
    fn load(&self, known: Extent, keys: &[Key]) -> Result<(Points, Vec<Row>, bool), JobError> {
        let (mut first, mut others) = (Points::default(), Points::default());
        let mut rows = Vec::new();
        for key in self.buckets.keys_in_box(known) {
            let is_own = keys.contains(&key);
            self.each(key, |row, [x, y, z]| {
                if is_own {
                    rows.push((key, row));
                    first.push(x, y, z);
                } else if known.meets(&Extent::of([x, y])) {
                    others.push(x, y, z);
                }
            })?;
        }
        let is_all = (first.len() + others.len()) as u64 == self.total;
        first.x.append(&mut others.x);
        first.y.append(&mut others.y);
        first.value.append(&mut others.value);
        Ok((first, rows, is_all))
    }

    /// The places of the points of a bucket.
    fn each(&self, key: Key, mut take: impl FnMut(u32, [f64; 3])) -> Result<(), JobError> {
        let mut row = 0;
        let rows = self.buckets.each_row(key, |numbers| {
            take(row, [numbers[0], numbers[1], numbers[self.height]]);
            row += 1;
        });
        rows.map_err(JobError::Scratch)
    }
}

fn square(a: [f64; 3], b: [f64; 3]) -> f64 {
    let [x, y, z] = [0, 1, 2].map(|axis| a[axis] - b[axis]);
    x * x + y * y + z * z
}
