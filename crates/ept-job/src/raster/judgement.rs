//! Which points of a raster are outliers.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use ept_raster::DistanceStatistics;
use ept_reader::Engine;
use futures::{StreamExt, stream};

use super::buckets::{Buckets, Key};
use super::gauge::{Gauge, Rule, SPARSE};
use super::ground::Ground;
use super::model::OutlierRule;
use super::scratch::{Number, Scratch};
use crate::JobError;

/// Which points of a raster are outliers: those whose mean distance to their nearest neighbours is too large, measured by
/// one threshold for all points, or those with few points around.
#[derive(Debug)]
pub(crate) struct Judgement {
    scratch: Scratch,
    /// Where the measures of the points of each bucket begin, and how many there are: mean distances or, by radius,
    /// [`SPARSE`] for outliers and 0 for others.
    places: BTreeMap<Key, (u64, usize)>,
    threshold: f64,
}

/// The outliers of a raster.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OutliersFound {
    /// Number of outliers.
    pub points: u64,
    /// By what they were found. `None` if they were found by radius.
    pub distances: Option<OutlierDistances>,
}

/// Mean distances of points to their nearest neighbours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OutlierDistances {
    /// Mean, over all points, of the mean distance to the nearest neighbours, in units of the coordinates.
    pub mean: f64,
    /// Standard deviation of that.
    pub deviation: f64,
    /// Points with this mean distance or a larger one are outliers.
    pub threshold: f64,
}

/// Points that are measured at once, unless a single bucket has more.
const MOST_POINTS: u64 = 200_000;

impl Judgement {
    /// Measures all points. `height` is the number of Z in their rows. The distances go to a scratch file in `folder`.
    ///
    /// # Errors
    /// If points can't be read again, distances not be written, or the radius has no length in the coordinates.
    pub(crate) async fn of(
        buckets: &Arc<Buckets>,
        height: usize,
        (rule, ground): (OutlierRule, &Ground),
        engine: &Engine,
        folder: &Path,
    ) -> Result<(Judgement, OutliersFound), JobError> {
        let rule = Rule::of(rule, ground)?;
        let all = Arc::clone(buckets);
        let gauge = move || Gauge::new(&all, height, rule);
        let gauge = Arc::new(engine.compute(0, gauge).await??);
        let groups = buckets.groups(MOST_POINTS).into_iter().enumerate();
        let measured = stream::iter(groups).map(|(number, keys)| {
            let (gauge, engine) = (Arc::clone(&gauge), engine.clone());
            let measure = move || gauge.measure(&keys);
            async move { engine.compute(number as u64, measure).await? }
        });
        let threads = engine.limits().threads.get();
        let mut measured = std::pin::pin!(measured.buffered(threads + 1));
        let mut judgement = Judgement {
            scratch: Scratch::new(folder),
            places: BTreeMap::new(),
            threshold: f64::INFINITY,
        };
        let mut statistics = DistanceStatistics::default();
        while let Some(group) = measured.next().await {
            let (distances, part) = group?;
            statistics.merge(&part);
            for (key, distances) in distances {
                let numbers: Vec<Number> = distances.iter().map(|d| d.to_le_bytes()).collect();
                let start = judgement.scratch.append(&numbers);
                let start = start.map_err(JobError::Scratch)?;
                judgement.places.insert(key, (start, numbers.len()));
            }
        }
        judgement.threshold = match rule {
            Rule::Statistical { multiplier, .. } => statistics.threshold(multiplier),
            Rule::Radius { .. } => SPARSE,
        };
        let count = move || {
            let points = judgement.count()?;
            Ok::<_, JobError>((judgement, points))
        };
        let (judgement, points) = engine.compute(0, count).await??;
        let distances = OutlierDistances {
            mean: statistics.mean(),
            deviation: statistics.deviation(),
            threshold: judgement.threshold,
        };
        let is_statistical = matches!(rule, Rule::Statistical { .. });
        let found = OutliersFound {
            points,
            distances: is_statistical.then_some(distances),
        };
        Ok((judgement, found))
    }

    /// Which points of a bucket are outliers, in the order of its rows.
    ///
    /// # Errors
    /// If their distances can't be read again.
    pub(crate) fn outliers(&self, key: Key) -> Result<Vec<bool>, JobError> {
        let Some((start, count)) = self.places.get(&key) else {
            return Ok(Vec::new());
        };
        let mut distances = vec![Number::default(); *count];
        let read = self.scratch.read(*start, &mut distances);
        read.map_err(JobError::Scratch)?;
        let distances = distances.into_iter().map(f64::from_le_bytes);
        Ok(distances.map(|d| d >= self.threshold).collect())
    }

    fn count(&self) -> Result<u64, JobError> {
        let mut count = 0;
        for key in self.places.keys() {
            let outliers = self.outliers(*key)?.into_iter();
            count += outliers.filter(|is| *is).count() as u64;
        }
        Ok(count)
    }
}
