//! Possible results of a condition, given the ranges of its dimensions.

use super::expression::{Comparison, Logic, Operator, Value};

/// The results that points can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Outcomes {
    pub(super) can_hold: bool,
    pub(super) can_fail: bool,
}

/// Ranges of the dimensions, if known.
type Ranges = [Option<[f64; 2]>];

const UNKNOWN: [f64; 2] = [f64::NEG_INFINITY, f64::INFINITY];

impl Logic {
    pub(super) fn outcomes(&self, ranges: &Ranges) -> Outcomes {
        match self {
            Logic::Or(a, b) => {
                let (a, b) = (a.outcomes(ranges), b.outcomes(ranges));
                Outcomes {
                    can_hold: a.can_hold || b.can_hold,
                    can_fail: a.can_fail && b.can_fail,
                }
            }
            Logic::And(a, b) => {
                let (a, b) = (a.outcomes(ranges), b.outcomes(ranges));
                Outcomes {
                    can_hold: a.can_hold && b.can_hold,
                    can_fail: a.can_fail || b.can_fail,
                }
            }
            Logic::Not(logic) => {
                let outcomes = logic.outcomes(ranges);
                Outcomes {
                    can_hold: outcomes.can_fail,
                    can_fail: outcomes.can_hold,
                }
            }
            Logic::Compare(a, comparison, b) => {
                compare(a.range(ranges), *comparison, b.range(ranges))
            }
        }
    }
}

/// A comparison can always be false, since a tile may lack the dimension.
fn compare([a0, a1]: [f64; 2], comparison: Comparison, [b0, b1]: [f64; 2]) -> Outcomes {
    let can_hold = match comparison {
        Comparison::Equal => a0 <= b1 && b0 <= a1,
        Comparison::NotEqual => !(a0 == a1 && b0 == b1 && a0 == b0),
        Comparison::Less => a0 < b1,
        Comparison::LessOrEqual => a0 <= b1,
        Comparison::Greater => a1 > b0,
        Comparison::GreaterOrEqual => a1 >= b0,
    };
    Outcomes {
        can_hold,
        can_fail: true,
    }
}

impl Value {
    fn range(&self, ranges: &Ranges) -> [f64; 2] {
        let range = match self {
            Value::Dimension(at) => ranges[*at].unwrap_or(UNKNOWN),
            Value::Number(number) => [number.float; 2],
            Value::Negative(value) => {
                let [low, high] = value.range(ranges);
                [-high, -low]
            }
            // The divisor may be 0.
            Value::Sum(_, Operator::Divide, _) => UNKNOWN,
            Value::Sum(a, operator, b) => {
                let (a, b) = (a.range(ranges), b.range(ranges));
                let ends = a
                    .iter()
                    .flat_map(|&a| b.iter().map(move |&b| operator.apply(a, b)));
                ends.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], end| {
                    if end.is_nan() {
                        UNKNOWN
                    } else {
                        [low.min(end), high.max(end)]
                    }
                })
            }
        };
        if range.iter().any(|end| end.is_nan()) {
            UNKNOWN
        } else {
            range
        }
    }
}
