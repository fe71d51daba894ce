//! Conditions on columns.

use std::borrow::Cow;

use ept_points::{PointBatch, Values};

use super::expression::{Comparison, Logic, Number, Value};

/// The columns for the dimensions of a filter.
pub(super) struct Columns<'a> {
    len: usize,
    /// `None` if the tile lacks the dimension.
    values: Vec<Option<&'a Values>>,
}

impl<'a> Columns<'a> {
    pub(super) fn new(batch: &'a PointBatch, names: &[String]) -> Columns<'a> {
        let values = names.iter().map(|name| batch.find(name));
        Columns {
            len: batch.len(),
            values: values.collect(),
        }
    }

    /// The values of an expression. NaN if a dimension is absent.
    fn numbers(&self, value: &Value) -> Cow<'_, [f64]> {
        match value {
            Value::Dimension(at) => match self.values[*at] {
                Some(Values::F64(values)) => Cow::Borrowed(values),
                Some(values) => {
                    let numbers = values.to_f64();
                    Cow::Owned(numbers.unwrap_or_else(|| vec![f64::NAN; self.len]))
                }
                None => Cow::Owned(vec![f64::NAN; self.len]),
            },
            Value::Number(number) => Cow::Owned(vec![number.float; self.len]),
            Value::Negative(value) => {
                Cow::Owned(self.numbers(value).iter().map(|number| -number).collect())
            }
            Value::Sum(a, operator, b) => {
                let (a, b) = (self.numbers(a), self.numbers(b));
                let pairs = a.iter().zip(b.iter());
                Cow::Owned(pairs.map(|(&a, &b)| operator.apply(a, b)).collect())
            }
        }
    }

    fn compare(&self, a: &Value, comparison: Comparison, b: &Value) -> Vec<bool> {
        match (a, b) {
            (Value::Dimension(at), Value::Number(number)) => {
                self.compare_with(*at, comparison, *number)
            }
            (Value::Number(number), Value::Dimension(at)) => {
                self.compare_with(*at, comparison.turned(), *number)
            }
            (Value::Dimension(a_at), Value::Dimension(b_at)) => {
                let wide = |at: usize| self.values[at].and_then(wide_integers);
                match (wide(*a_at), wide(*b_at)) {
                    (Some(a), Some(b)) => a.zip(b).map(|(a, b)| comparison.holds(a, b)).collect(),
                    _ => self.compare_numbers(a, comparison, b),
                }
            }
            _ => self.compare_numbers(a, comparison, b),
        }
    }

    fn compare_numbers(&self, a: &Value, comparison: Comparison, b: &Value) -> Vec<bool> {
        let (a, b) = (self.numbers(a), self.numbers(b));
        let pairs = a.iter().zip(b.iter());
        pairs.map(|(a, b)| comparison.holds(a, b)).collect()
    }

    /// Compares a column with a number, in the type of the column.
    fn compare_with(&self, at: usize, comparison: Comparison, number: Number) -> Vec<bool> {
        let Some(values) = self.values[at] else {
            return vec![false; self.len];
        };
        if let (Some(integer), Some(integers)) = (number.integer, wide_integers(values)) {
            return integers
                .map(|value| comparison.holds(value, integer))
                .collect();
        }
        let holds = |value: f64| comparison.holds(value, number.float);
        match values {
            Values::U8(values) => values.iter().map(|&v| holds(v.into())).collect(),
            Values::U16(values) => values.iter().map(|&v| holds(v.into())).collect(),
            Values::F32(values) => values.iter().map(|&v| holds(v.into())).collect(),
            Values::F64(values) => values.iter().map(|&v| holds(v)).collect(),
            other => match other.to_f64() {
                Some(values) => values.into_iter().map(holds).collect(),
                None => vec![false; self.len],
            },
        }
    }
}

/// The values if they are integers that floats can't represent exactly.
fn wide_integers(values: &Values) -> Option<Box<dyn Iterator<Item = i128> + '_>> {
    match values {
        Values::I64(values) => Some(Box::new(values.iter().map(|&v| v.into()))),
        Values::U64(values) => Some(Box::new(values.iter().map(|&v| v.into()))),
        _ => None,
    }
}

impl Logic {
    pub(super) fn mask(&self, columns: &Columns) -> Vec<bool> {
        let join = |a: &Logic, b: &Logic, both: fn(bool, bool) -> bool| {
            let (a, b) = (a.mask(columns), b.mask(columns));
            a.into_iter().zip(b).map(|(a, b)| both(a, b)).collect()
        };
        match self {
            Logic::Or(a, b) => join(a, b, |a, b| a || b),
            Logic::And(a, b) => join(a, b, |a, b| a && b),
            Logic::Not(logic) => logic.mask(columns).into_iter().map(|is| !is).collect(),
            Logic::Compare(a, comparison, b) => columns.compare(a, *comparison, b),
        }
    }
}
