//! The used points around a window.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use ept_raster::{Neighbours, Points, Window};

use super::buckets::{Buckets, Key};
use super::coarse::Coarse;
use super::extent::Extent;
use super::judgement::Judgement;
use super::parts::Parts;
use crate::JobError;

/// The number of the value in a row, after X and Y. NaN if the point is not used.
pub(crate) const VALUE: usize = 2;

/// Which number of a row is what, after those.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Columns {
    /// By what points come before each other.
    pub(crate) order: Option<usize>,
    /// Z, where outliers are sought. The first number is the value.
    pub(crate) height: Option<usize>,
    /// Depth of the node in its octree.
    pub(crate) depth: Option<usize>,
    /// Z of points of the ground, NaN of others.
    pub(crate) ground: Option<usize>,
}

/// The points of a raster that are used, by place.
#[derive(Debug)]
pub(crate) struct UsedPoints {
    pub(crate) buckets: Arc<Buckets>,
    pub(crate) columns: Columns,
    /// Which points are outliers. `None` if none are sought.
    pub(crate) judgement: Option<Judgement>,
}

impl UsedPoints {
    /// All used points in a window, and some around it.
    ///
    /// # Errors
    /// If they can't be read.
    pub(crate) fn near(&self, window: &Window) -> Result<Points, JobError> {
        let mut points = Points::with_capacity(self.count(window) as usize);
        for key in self.buckets.keys_in(window) {
            self.add(key, VALUE, &mut points)?;
        }
        Ok(points)
    }

    /// All used points in a box of coordinates, and some around it.
    ///
    /// # Errors
    /// If they can't be read.
    pub(crate) fn in_box(&self, area: Extent) -> Result<Points, JobError> {
        let mut points = Points::default();
        for key in self.buckets.keys_in_box(area) {
            self.add(key, VALUE, &mut points)?;
        }
        Ok(points)
    }

    /// Number of points in and around a window, used or not.
    pub(crate) fn count(&self, window: &Window) -> u64 {
        let keys = self.buckets.keys_in(window);
        keys.map(|key| self.buckets.count(key)).sum()
    }

    /// The used points, read as they are wanted.
    pub(crate) fn all(&self) -> Around<'_> {
        self.around(VALUE)
    }

    /// The points of the ground with their heights, read as they are wanted. `None` if they were not kept.
    pub(crate) fn ground(&self) -> Option<Around<'_>> {
        self.columns.ground.map(|column| self.around(column))
    }

    fn around(&self, column: usize) -> Around<'_> {
        Around {
            points: self,
            column,
            read: HashMap::new(),
        }
    }

    /// The points of the upper depths of octrees.
    ///
    /// # Errors
    /// If they can't be read.
    pub(crate) fn coarse(&self) -> Result<Coarse, JobError> {
        let mut coarse = Coarse::default();
        let Some(depth) = self.columns.depth else {
            return Ok(coarse);
        };
        for key in self.buckets.keys() {
            self.each(key, |row| {
                if !row[VALUE].is_nan() {
                    coarse.add(row[depth] as u32, [row[0], row[1], row[VALUE]]);
                }
            })?;
        }
        Ok(coarse)
    }

    /// Adds the points of a bucket that have a number in a column.
    fn add(&self, key: Key, column: usize, points: &mut Points) -> Result<(), JobError> {
        self.each(key, |row| {
            if row[column].is_nan() {
                return;
            }
            points.push(row[0], row[1], row[column]);
            points
                .order
                .extend(self.columns.order.map(|column| row[column]));
        })
    }

    /// The rows of a bucket, except those of outliers.
    pub(crate) fn each(&self, key: Key, mut take: impl FnMut(&[f64])) -> Result<(), JobError> {
        let judgement = self.judgement.as_ref();
        let outliers = judgement
            .map(|judgement| judgement.outliers(key))
            .transpose()?;
        let mut at = 0;
        let rows = self.buckets.each_row(key, |row| {
            let is_outlier = outliers.as_ref().is_some_and(|outliers| outliers[at]);
            at += 1;
            if !is_outlier {
                take(row);
            }
        });
        rows.map_err(JobError::Scratch)
    }
}

/// Reads the buckets around a window, each once.
#[derive(Debug)]
pub(crate) struct Around<'a> {
    points: &'a UsedPoints,
    /// Which number of a row is the value.
    column: usize,
    read: HashMap<Key, Parts>,
}

impl Neighbours for Around<'_> {
    type Error = JobError;

    fn more(
        &mut self,
        within: [f64; 4],
        wanted: &dyn Fn([f64; 4]) -> bool,
    ) -> Result<Points, JobError> {
        let mut found = Points::default();
        let buckets = &self.points.buckets;
        for key in buckets.keys_in_box(Extent::new(within)) {
            let extent = buckets.extent(key);
            if !wanted(extent.corners()) {
                continue;
            }
            let parts = match self.read.entry(key) {
                Entry::Occupied(read) => read.into_mut(),
                Entry::Vacant(unread) => {
                    let mut points = Points::default();
                    self.points.add(key, self.column, &mut points)?;
                    unread.insert(Parts::new(points, extent))
                }
            };
            parts.take(wanted, &mut found);
        }
        Ok(found)
    }
}
