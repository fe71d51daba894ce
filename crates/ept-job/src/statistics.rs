//! Count, minimum, maximum, mean and standard deviation of each dimension.

use ept_points::{DimensionSummary, Scalar, Summary};
use ept_reader::{Error, Tile};
use serde_json::{Map, Value, json};

use crate::points::columns;
use crate::tile_names::find_names;
use crate::{Pass, Progress, Remark, sorted_json};

/// Statistics of the selected points by dimension.
#[derive(Debug, Clone)]
pub struct Statistics {
    summary: Summary,
    /// The dimensions of an empty result.
    expected: Vec<String>,
}

/// Reads the points of a selection and computes their statistics.
///
/// # Errors
/// If the dataset can't be read.
pub async fn statistics(
    pass: &mut Pass,
    progress: impl FnMut(&Progress),
) -> Result<Statistics, Error> {
    find_names(pass).await?;
    let mut summary = Summary::default();
    let selection = pass.selection().clone();
    let make = |tile: Tile| Summary::of(&tile.points);
    let take = |_, part| {
        summary.merge(part);
        Ok::<_, Error>(())
    };
    pass.read(&selection, make, take, progress).await?;
    pass.remarks.extend(Remark::of_absent(&selection));
    Ok(Statistics::new(summary, columns(&selection)))
}

impl Statistics {
    pub(crate) fn new(summary: Summary, expected: Vec<String>) -> Statistics {
        Statistics { summary, expected }
    }

    /// Adds statistics of other points.
    pub(crate) fn merge(&mut self, part: Summary) {
        self.summary.merge(part);
    }

    /// Number of points.
    #[must_use]
    pub fn points(&self) -> u64 {
        self.summary.points()
    }

    /// The dimensions of the points with their statistics. If there are no points, those of an empty result.
    #[must_use]
    pub fn dimensions(&self) -> Vec<(&str, Option<&DimensionSummary>)> {
        let found = self.summary.dimensions();
        let found: Vec<_> = found.map(|(name, figures)| (name, Some(figures))).collect();
        if found.is_empty() {
            let expected = self.expected.iter();
            return expected.map(|name| (name.as_str(), None)).collect();
        }
        found
    }

    /// The statistics as a JSON object. Unknown values are null.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let dimensions = self.dimensions().into_iter().map(|(name, figures)| {
            let value = json!({
                "min": scalar(figures.and_then(DimensionSummary::min)),
                "max": scalar(figures.and_then(DimensionSummary::max)),
                "mean": figures.and_then(DimensionSummary::mean),
                "stddev": figures.and_then(DimensionSummary::deviation),
            });
            (name.to_owned(), value)
        });
        sorted_json(
            json!({ "points": self.points(), "dimensions": dimensions.collect::<Map<_, _>>() }),
        )
    }
}

fn scalar(value: Option<Scalar>) -> Value {
    match value {
        // Columns have at most 64 bits, so one of the two types represents every integer.
        Some(Scalar::Integer(value)) => match (i64::try_from(value), u64::try_from(value)) {
            (Ok(value), _) => value.into(),
            (_, Ok(value)) => value.into(),
            _ => Value::Null,
        },
        Some(Scalar::Float(value)) => value.into(),
        None => Value::Null,
    }
}
