//! Conditions that a number is in a set: ranges as in PDAL's `filters.range`, and lists.

use super::expression::{Comparison, Logic, Number, Value};
use super::parse::Parser;
use crate::SelectError;

const RANGE: &str = "a range is [LOW:HIGH], with ( or ) for an end that is excluded";

impl Parser<'_> {
    /// Whether a range comes next: `[2:2]`, `(0:10]` or `![7:7]`.
    pub(super) fn is_at_range(&mut self) -> bool {
        self.cursor.start();
        let is_open = |c: Option<char>| matches!(c, Some('[' | '('));
        let first = self.cursor.peek();
        is_open(first) || first == Some('!') && is_open(self.cursor.peek_at(1))
    }

    /// Parses ranges joined by commas. One of the ranges of each dimension must be met, for all dimensions. This is how
    /// `filters.range` reads `Z[0:10],Classification[2:2],Classification[9:9]`.
    pub(super) fn ranges(&mut self, first: Value) -> Result<Logic, SelectError> {
        let mut groups = vec![(first.clone(), vec![self.range(first)?])];
        while self.cursor.take(",") {
            self.join()?;
            let start = self.cursor.start();
            let value = self.primary()?;
            if !matches!(value, Value::Dimension(_)) || !self.is_at_range() {
                let problem = "a comma joins only ranges: write && or ||";
                return Err(self.cursor.fault(start, problem));
            }
            let range = self.range(value.clone())?;
            match groups.iter_mut().find(|(other, _)| *other == value) {
                Some((_, group)) => group.push(range),
                None => groups.push((value, vec![range])),
            }
        }
        let groups = groups.into_iter().filter_map(|(_, group)| any(group));
        let all = groups.reduce(|a, b| Logic::And(Box::new(a), Box::new(b)));
        all.ok_or_else(|| self.cursor.expected("a range"))
    }

    fn range(&mut self, value: Value) -> Result<Logic, SelectError> {
        let is_negated = self.cursor.take("!");
        let has_low = self.cursor.take("[");
        if !has_low {
            self.cursor.take("(");
        }
        let low = self.bound(':')?;
        if !self.cursor.take(":") {
            let at = self.cursor.start();
            return Err(self.cursor.fault(at, &format!("':' is missing: {RANGE}")));
        }
        let high = self.bound(']')?;
        let has_high = self.cursor.take("]");
        if !has_high && !self.cursor.take(")") {
            let at = self.cursor.start();
            return Err(self.cursor.fault(at, &format!("']' is missing: {RANGE}")));
        }
        let above = [Comparison::Greater, Comparison::GreaterOrEqual][usize::from(has_low)];
        let below = [Comparison::Less, Comparison::LessOrEqual][usize::from(has_high)];
        let low = Logic::Compare(value.clone(), above, Value::Number(low));
        let high = Logic::Compare(value, below, Value::Number(high));
        let within = Logic::And(Box::new(low), Box::new(high));
        Ok(if is_negated {
            Logic::Not(Box::new(within))
        } else {
            within
        })
    }

    /// Parses an end of a range, infinite if it is left out. It is the lower end if `end` is a colon.
    fn bound(&mut self, end: char) -> Result<Number, SelectError> {
        self.cursor.start();
        let is_left_out = |c: Option<char>| matches!(c, Some(':' | ']' | ')'));
        if !is_left_out(self.cursor.peek()) {
            return self.cursor.signed_number();
        }
        Ok(Number {
            float: if end == ':' {
                f64::NEG_INFINITY
            } else {
                f64::INFINITY
            },
            integer: None,
        })
    }

    /// Parses the list of numbers after `in`, in parentheses or brackets.
    pub(super) fn list(&mut self, value: &Value) -> Result<Logic, SelectError> {
        let close = if self.cursor.take("(") {
            ")"
        } else if self.cursor.take("[") {
            "]"
        } else {
            return Err(self.cursor.expected("a list such as (2, 9)"));
        };
        let mut list = Vec::new();
        loop {
            self.join()?;
            let number = Value::Number(self.cursor.signed_number()?);
            list.push(Logic::Compare(value.clone(), Comparison::Equal, number));
            if !self.cursor.take(",") {
                break;
            }
        }
        if !self.cursor.take(close) {
            return Err(self.cursor.expected(&format!("',' or '{close}'")));
        }
        any(list).ok_or_else(|| self.cursor.expected("a number"))
    }
}

/// The condition that at least one of several is true. `None` if there are none.
fn any(conditions: Vec<Logic>) -> Option<Logic> {
    let mut conditions = conditions.into_iter();
    let first = conditions.next()?;
    Some(conditions.fold(first, |a, b| Logic::Or(Box::new(a), Box::new(b))))
}
