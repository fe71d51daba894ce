//! Conditions on the values of points.

mod columns;
mod cursor;
mod expression;
mod membership;
mod parse;
mod range;

use std::fmt;
use std::str::FromStr;

use ept_points::PointBatch;

use crate::SelectError;
use columns::Columns;
use expression::Logic;

/// A condition on the values of points, written as PDAL's expressions are: comparisons `== != < <= > >=` of dimensions,
/// numbers and sums or products of them, joined by `&&`, `||` and `!`, with parentheses.
///
/// Ranges of PDAL's `filters.range` are conditions too: `Classification[2:2]`, `Z(0:10]`, `Z[:5],Classification![7:7]`. So is
/// what SQL and Python have for these: `=`, `and`, `or`, `not`, `Classification in (2, 9)`, in any case.
///
/// Integers are compared exactly, 64 bits wide too. Where a tile lacks a dimension, every comparison with it is
/// false. Names of dimensions are as PDAL and EPT spell them, and case does not matter; one with a space stands in
/// double quotes.
///
/// ```
/// use ept_points::{Column, PointBatch, Values};
/// use ept_select::Filter;
///
/// let filter: Filter = "Classification == 2 && !(Z > 10)".parse()?;
/// let batch = PointBatch::new(vec![
///     Column::new("Z", Values::F64(vec![5.0, 15.0, 5.0])),
///     Column::new("Classification", Values::U8(vec![2, 2, 6])),
/// ]).unwrap();
/// assert_eq!(filter.mask(&batch), [true, false, false]);
///
/// let error = Filter::parse("Classification == 2 & Z > 10").unwrap_err();
/// assert!(error.to_string().contains("character 21"));
/// # Ok::<(), ept_select::SelectError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    text: String,
    logic: Logic,
    dimensions: Vec<String>,
}

impl Filter {
    /// Reads a condition; [`str::parse`] does the same.
    ///
    /// # Errors
    /// When it is not one; the message shows the place.
    pub fn parse(text: &str) -> Result<Filter, SelectError> {
        let (logic, dimensions) = parse::parse(text)?;
        Ok(Filter {
            text: text.trim().to_owned(),
            logic,
            dimensions,
        })
    }

    /// The dimensions that it asks for, each once, as they are written.
    #[must_use]
    pub fn dimensions(&self) -> &[String] {
        &self.dimensions
    }

    /// Which points of a batch meet the condition.
    #[must_use]
    pub fn mask(&self, batch: &PointBatch) -> Vec<bool> {
        self.logic.mask(&Columns::new(batch, &self.dimensions))
    }

    /// Whether a point can meet the condition whose values lie in the given ranges (least and greatest); a dimension
    /// without a range can have any value. False is certain, true is not.
    #[must_use]
    pub fn is_possible(&self, range_of: impl Fn(&str) -> Option<[f64; 2]>) -> bool {
        let ranges: Vec<_> = self.dimensions.iter().map(|name| range_of(name)).collect();
        self.logic.outcomes(&ranges).can_hold
    }
}

impl FromStr for Filter {
    type Err = SelectError;

    fn from_str(text: &str) -> Result<Filter, SelectError> {
        Filter::parse(text)
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
