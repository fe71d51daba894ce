//! Count, minimum, maximum, mean and standard deviation of each dimension.

use std::ops::ControlFlow;

use ept_points::{DimensionSummary, Scalar, Summary};
use ept_reader::{Error, PointBatch, Tile};
use serde_json::{Map, Value, json};

use crate::counts::Counts;
use crate::points::columns;
use crate::tile_names::find_names;
use crate::{Pass, Progress, Remark, sorted_json};

/// Statistics of the selected points by dimension.
#[derive(Debug, Clone)]
pub struct Statistics {
    figures: Figures,
    /// The dimensions of an empty result.
    expected: Vec<String>,
}

/// What some points amount to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figures {
    summary: Summary,
    classes: Counts,
    returns: Counts,
}

impl Figures {
    pub(crate) fn of(points: &PointBatch) -> Figures {
        Figures {
            summary: Summary::of(points),
            classes: Counts::of(points, "Classification"),
            returns: Counts::of(points, "ReturnNumber"),
        }
    }

    fn merge(&mut self, other: Figures) {
        self.summary.merge(other.summary);
        self.classes.merge(other.classes);
        self.returns.merge(other.returns);
    }
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
    let mut figures = Figures::default();
    let selection = pass.selection().clone();
    let make = |tile: Tile| Figures::of(&tile.points);
    let take = |_, part| {
        figures.merge(part);
        Ok::<_, Error>(ControlFlow::Continue(()))
    };
    pass.read(&selection, make, take, progress).await?;
    pass.remarks.extend(Remark::of_absent(&selection));
    Ok(Statistics {
        figures,
        ..Statistics::of_nothing(columns(&selection))
    })
}

impl Statistics {
    /// The statistics of no points; `expected` are the dimensions that they would have.
    pub(crate) fn of_nothing(expected: Vec<String>) -> Statistics {
        Statistics {
            figures: Figures::default(),
            expected,
        }
    }

    /// Adds statistics of other points.
    pub(crate) fn merge(&mut self, part: Figures) {
        self.figures.merge(part);
    }

    /// Number of points.
    #[must_use]
    pub fn points(&self) -> u64 {
        self.figures.summary.points()
    }

    /// Number of points of each class, in ascending order. Empty if the points have no `Classification`, or it was not
    /// asked for.
    pub fn classes(&self) -> impl Iterator<Item = (i64, u64)> {
        self.figures.classes.iter()
    }

    /// Number of points of each `ReturnNumber`, in ascending order. Empty if the points have none, or it was not asked for.
    pub fn returns(&self) -> impl Iterator<Item = (i64, u64)> {
        self.figures.returns.iter()
    }

    /// The dimensions of the points with their statistics. If there are no points, those of an empty result.
    #[must_use]
    pub fn dimensions(&self) -> Vec<(&str, Option<&DimensionSummary>)> {
        let found = self.figures.summary.dimensions();
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
        sorted_json(json!({
            "points": self.points(),
            "dimensions": dimensions.collect::<Map<_, _>>(),
            "classes": self.figures.classes.to_json(),
            "returns": self.figures.returns.to_json(),
        }))
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
