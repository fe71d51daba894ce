//! The parser of conditions.

use super::cursor::{Cursor, is_of_name, starts_number};
use super::expression::{Comparison, Logic, Operator, Value};
use crate::SelectError;

/// A condition or a number, since both can be in parentheses.
enum Term {
    Logic(Logic),
    Value(Value),
}

pub(super) struct Parser<'a> {
    pub(super) cursor: Cursor<'a>,
    dimensions: Vec<String>,
    /// Number of open parentheses and signs.
    depth: usize,
    /// Number of operators so far.
    joints: usize,
}

/// More than anybody writes, but too few to overflow the stack.
const MOST_DEPTH: usize = 200;

/// Maximum number of `&&`, `||` and arithmetic operators, each of which makes the condition one level deeper.
const MOST_JOINTS: usize = 1_000;

/// Words that are not names of dimensions, unless quoted.
const WORDS: [&str; 4] = ["and", "or", "not", "in"];

/// `=` is SQL's form of `==` and is tried last.
const COMPARISONS: [(&str, Comparison); 7] = [
    ("==", Comparison::Equal),
    ("!=", Comparison::NotEqual),
    ("<=", Comparison::LessOrEqual),
    (">=", Comparison::GreaterOrEqual),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
    ("=", Comparison::Equal),
];

/// Parses a condition. Returns it with the names of its dimensions.
pub(super) fn parse(text: &str) -> Result<(Logic, Vec<String>), SelectError> {
    let mut parser = Parser {
        cursor: Cursor::new(text),
        dimensions: Vec::new(),
        depth: 0,
        joints: 0,
    };
    let term = parser.or()?;
    let logic = parser.logic(term, 0)?;
    parser.cursor.end()?;
    Ok((logic, parser.dimensions))
}

impl Parser<'_> {
    fn or(&mut self) -> Result<Term, SelectError> {
        self.joined(["||", "or"], Parser::and, Logic::Or)
    }

    fn and(&mut self) -> Result<Term, SelectError> {
        self.joined(["&&", "and"], Parser::not, Logic::And)
    }

    fn joined(
        &mut self,
        [sign, word]: [&str; 2],
        part: fn(&mut Self) -> Result<Term, SelectError>,
        join: fn(Box<Logic>, Box<Logic>) -> Logic,
    ) -> Result<Term, SelectError> {
        let start = self.cursor.start();
        let mut left = part(self)?;
        while self.cursor.take(sign) || self.cursor.take_word(word) {
            self.join()?;
            let a = self.logic(left, start)?;
            let start = self.cursor.start();
            let right = part(self)?;
            let b = self.logic(right, start)?;
            left = Term::Logic(join(Box::new(a), Box::new(b)));
        }
        Ok(left)
    }

    /// Counts an operator.
    pub(super) fn join(&mut self) -> Result<(), SelectError> {
        self.joints += 1;
        if self.joints > MOST_JOINTS {
            let problem = format!("more than {MOST_JOINTS} operators");
            return Err(self.cursor.fault(self.cursor.at, &problem));
        }
        Ok(())
    }

    /// Parses a negation. `not` applies to the whole comparison after it, as in SQL and Python, `!` only to the next
    /// part.
    fn not(&mut self) -> Result<Term, SelectError> {
        if !self.cursor.take_word("not") {
            return self.comparison();
        }
        let start = self.cursor.start();
        let term = self.nested(start, Parser::not)?;
        let logic = self.logic(term, start)?;
        Ok(Term::Logic(Logic::Not(Box::new(logic))))
    }

    fn comparison(&mut self) -> Result<Term, SelectError> {
        let start = self.cursor.start();
        let left = self.sum()?;
        if let Some(list) = self.membership(&left, start)? {
            return Ok(Term::Logic(list));
        }
        let mut known = COMPARISONS.into_iter();
        let Some((_, comparison)) = known.find(|(sign, _)| self.cursor.take(sign)) else {
            return Ok(left);
        };
        let a = self.value(left, start)?;
        let start = self.cursor.start();
        let right = self.sum()?;
        let b = self.value(right, start)?;
        Ok(Term::Logic(Logic::Compare(a, comparison, b)))
    }

    /// Parses `in` or `not in` and a list, if they come next.
    fn membership(&mut self, left: &Term, start: usize) -> Result<Option<Logic>, SelectError> {
        let before = self.cursor.at;
        let is_negated = self.cursor.take_word("not");
        if !self.cursor.take_word("in") {
            self.cursor.at = before;
            return Ok(None);
        }
        let Term::Value(value) = left else {
            let problem = "a number is expected, not a condition";
            return Err(self.cursor.fault(start, problem));
        };
        let list = self.list(value)?;
        Ok(Some(if is_negated {
            Logic::Not(Box::new(list))
        } else {
            list
        }))
    }

    fn sum(&mut self) -> Result<Term, SelectError> {
        let operators = [("+", Operator::Add), ("-", Operator::Subtract)];
        self.chain(operators, Parser::product)
    }

    fn product(&mut self) -> Result<Term, SelectError> {
        let operators = [("*", Operator::Multiply), ("/", Operator::Divide)];
        self.chain(operators, Parser::unary)
    }

    fn chain(
        &mut self,
        operators: [(&str, Operator); 2],
        part: fn(&mut Self) -> Result<Term, SelectError>,
    ) -> Result<Term, SelectError> {
        let start = self.cursor.start();
        let mut left = part(self)?;
        while let Some((_, operator)) = operators
            .into_iter()
            .find(|(sign, _)| self.cursor.take(sign))
        {
            self.join()?;
            let a = self.value(left, start)?;
            let start = self.cursor.start();
            let right = part(self)?;
            let b = self.value(right, start)?;
            left = Term::Value(Value::Sum(Box::new(a), operator, Box::new(b)));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Term, SelectError> {
        let start = self.cursor.start();
        self.nested(start, Parser::part)
    }

    /// Parses a part that may contain others like it, one level deeper.
    fn nested(
        &mut self,
        start: usize,
        part: fn(&mut Self) -> Result<Term, SelectError>,
    ) -> Result<Term, SelectError> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(self.cursor.fault(start, "it is nested too deeply"));
        }
        let term = part(self)?;
        self.depth -= 1;
        Ok(term)
    }

    fn part(&mut self) -> Result<Term, SelectError> {
        if self.cursor.peek() == Some('!') && self.cursor.peek_at(1) != Some('=') {
            self.cursor.at += 1;
            let start = self.cursor.start();
            let term = self.unary()?;
            return Ok(Term::Logic(Logic::Not(Box::new(self.logic(term, start)?))));
        }
        if self.cursor.take("-") {
            let start = self.cursor.start();
            let term = self.unary()?;
            return Ok(Term::Value(negative(self.value(term, start)?)));
        }
        if self.cursor.take("(") {
            let term = self.or()?;
            return if self.cursor.take(")") {
                Ok(term)
            } else {
                Err(self.cursor.expected("')'"))
            };
        }
        let value = self.primary()?;
        if matches!(value, Value::Dimension(_)) && self.is_at_range() {
            return Ok(Term::Logic(self.ranges(value)?));
        }
        Ok(Term::Value(value))
    }

    /// Parses a dimension or a number.
    pub(super) fn primary(&mut self) -> Result<Value, SelectError> {
        let start = self.cursor.start();
        match self.cursor.peek() {
            Some(c) if starts_number(c) => Ok(Value::Number(self.cursor.number()?)),
            Some('"') => {
                self.cursor.at += 1;
                let name = self.cursor.while_is(|c| c != '"');
                if self.cursor.take("\"") {
                    Ok(self.dimension(name))
                } else {
                    Err(self.cursor.fault(start, "a quoted name is not closed"))
                }
            }
            Some(c) if c.is_alphabetic() || c == '_' => {
                let name = self.cursor.while_is(is_of_name);
                if WORDS.iter().any(|word| name.eq_ignore_ascii_case(word)) {
                    let problem = format!("a dimension, a number or '(' is expected before {name}");
                    return Err(self.cursor.fault(start, &problem));
                }
                Ok(self.dimension(name))
            }
            _ => Err(self.cursor.expected("a dimension, a number or '('")),
        }
    }

    /// The index of a name among the dimensions.
    fn dimension(&mut self, name: String) -> Value {
        let known = self
            .dimensions
            .iter()
            .position(|other| other.eq_ignore_ascii_case(&name));
        Value::Dimension(known.unwrap_or_else(|| {
            self.dimensions.push(name);
            self.dimensions.len() - 1
        }))
    }

    fn logic(&self, term: Term, start: usize) -> Result<Logic, SelectError> {
        match term {
            Term::Logic(logic) => Ok(logic),
            Term::Value(_) => {
                let problem = "a number is not compared with anything";
                Err(self.cursor.fault(start, problem))
            }
        }
    }

    fn value(&self, term: Term, start: usize) -> Result<Value, SelectError> {
        match term {
            Term::Value(value) => Ok(value),
            Term::Logic(_) => {
                let problem = "a number is expected, not a condition";
                Err(self.cursor.fault(start, problem))
            }
        }
    }
}

/// Negates a value. A negative number stays a number, so that it is compared as one.
fn negative(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::Number(-number),
        value => Value::Negative(Box::new(value)),
    }
}
