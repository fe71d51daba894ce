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

/// A condition on the values of points, in the syntax of PDAL's expressions: comparisons `== != < <= > >=` of
/// dimensions, numbers and their sums or products, joined by `&&`, `||` and `!`, with parentheses.
///
/// Ranges of PDAL's `filters.range` are conditions too: `Classification[2:2]`, `Z(0:10]`, `Z[:5],Classification![7:7]`.
/// So are the forms of SQL and Python: `=`, `and`, `or`, `not`, `Classification in (2, 9)`, in any case.
///
/// Integers of up to 64 bits are compared exactly. If a tile lacks a dimension, every comparison with it is false.
/// Dimensions are named as in PDAL and EPT, in any case; names with spaces are written in double quotes.
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
    /// Parses a condition, like [`str::parse`].
    ///
    /// # Errors
    /// If it is malformed. The message shows where.
    pub fn parse(text: &str) -> Result<Filter, SelectError> {
        let (logic, dimensions) = parse::parse(text)?;
        Ok(Filter {
            text: text.trim().to_owned(),
            logic,
            dimensions,
        })
    }

    /// The dimensions that it uses, each once, as written.
    #[must_use]
    pub fn dimensions(&self) -> &[String] {
        &self.dimensions
    }

    /// Which points of a batch meet the condition.
    #[must_use]
    pub fn mask(&self, batch: &PointBatch) -> Vec<bool> {
        self.logic.mask(&Columns::new(batch, &self.dimensions))
    }

    /// Whether any point could meet the condition, given ranges of values (minimum and maximum). Without a range, a
    /// dimension can have any value. Only `false` is certain.
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
