//! The parts of a parsed condition.

use std::cmp::Ordering;
use std::ops::Neg;

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Logic {
    Or(Box<Logic>, Box<Logic>),
    And(Box<Logic>, Box<Logic>),
    Not(Box<Logic>),
    Compare(Value, Comparison, Value),
}

/// A number for each point.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// The index among the filter's dimensions.
    Dimension(usize),
    Number(Number),
    Negative(Box<Value>),
    Sum(Box<Value>, Operator, Box<Value>),
}

/// A number as it was written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Number {
    pub(super) float: f64,
    /// The number, if it is an integer.
    pub(super) integer: Option<i128>,
}

impl Neg for Number {
    type Output = Number;

    fn neg(self) -> Number {
        Number {
            float: -self.float,
            integer: self.integer.map(|integer| -integer),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
}

impl Comparison {
    /// Whether the comparison is true. NaN compares with nothing.
    pub(super) fn holds<T: PartialOrd>(self, a: T, b: T) -> bool {
        match self {
            Comparison::Equal => a == b,
            Comparison::NotEqual => a.partial_cmp(&b).is_some_and(Ordering::is_ne),
            Comparison::Less => a < b,
            Comparison::LessOrEqual => a <= b,
            Comparison::Greater => a > b,
            Comparison::GreaterOrEqual => a >= b,
        }
    }

    /// The comparison with its sides exchanged.
    pub(super) fn turned(self) -> Comparison {
        match self {
            Comparison::Less => Comparison::Greater,
            Comparison::LessOrEqual => Comparison::GreaterOrEqual,
            Comparison::Greater => Comparison::Less,
            Comparison::GreaterOrEqual => Comparison::LessOrEqual,
            same => same,
        }
    }
}

impl Operator {
    pub(super) fn apply(self, a: f64, b: f64) -> f64 {
        match self {
            Operator::Add => a + b,
            Operator::Subtract => a - b,
            Operator::Multiply => a * b,
            Operator::Divide => a / b,
        }
    }
}
