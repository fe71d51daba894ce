//! From text to a condition.

use super::expression::{Comparison, Logic, Number, Operator, Value};
use crate::SelectError;

/// A condition or a number, as parentheses can hold either.
enum Term {
    Logic(Logic),
    Value(Value),
}

struct Parser<'a> {
    text: &'a str,
    characters: Vec<char>,
    at: usize,
    dimensions: Vec<String>,
    /// Parentheses and signs that are open.
    depth: usize,
    /// Signs between two parts so far.
    joints: usize,
}

/// More than anybody writes, less than would end the stack.
const MOST_DEPTH: usize = 200;

/// The same of `&&`, `||` and the signs of arithmetic: each makes the condition one level deeper.
const MOST_JOINTS: usize = 1_000;

const COMPARISONS: [(&str, Comparison); 6] = [
    ("==", Comparison::Equal),
    ("!=", Comparison::NotEqual),
    ("<=", Comparison::LessOrEqual),
    (">=", Comparison::GreaterOrEqual),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
];

/// The condition and the names of its dimensions.
pub(super) fn parse(text: &str) -> Result<(Logic, Vec<String>), SelectError> {
    let mut parser = Parser {
        text,
        characters: text.chars().collect(),
        at: 0,
        dimensions: Vec::new(),
        depth: 0,
        joints: 0,
    };
    let term = parser.or()?;
    let logic = parser.logic(term, 0)?;
    parser.skip_space();
    if parser.at < parser.characters.len() {
        Err(parser.unexpected())
    } else {
        Ok((logic, parser.dimensions))
    }
}

impl Parser<'_> {
    fn or(&mut self) -> Result<Term, SelectError> {
        self.joined("||", Parser::and, Logic::Or)
    }

    fn and(&mut self) -> Result<Term, SelectError> {
        self.joined("&&", Parser::comparison, Logic::And)
    }

    fn joined(
        &mut self,
        sign: &str,
        part: fn(&mut Self) -> Result<Term, SelectError>,
        join: fn(Box<Logic>, Box<Logic>) -> Logic,
    ) -> Result<Term, SelectError> {
        let start = self.start();
        let mut left = part(self)?;
        while self.take(sign) {
            self.join()?;
            let a = self.logic(left, start)?;
            let start = self.start();
            let right = part(self)?;
            let b = self.logic(right, start)?;
            left = Term::Logic(join(Box::new(a), Box::new(b)));
        }
        Ok(left)
    }

    fn join(&mut self) -> Result<(), SelectError> {
        self.joints += 1;
        if self.joints > MOST_JOINTS {
            let problem = format!("more than {MOST_JOINTS} signs between its parts");
            return Err(self.fault(self.at, &problem));
        }
        Ok(())
    }

    fn comparison(&mut self) -> Result<Term, SelectError> {
        let start = self.start();
        let left = self.sum()?;
        let found = COMPARISONS.into_iter().find(|(sign, _)| self.take(sign));
        let Some((_, comparison)) = found else {
            return match self.peek() {
                Some('=') => Err(self.fault(self.at, "'=' is not a comparison: write ==")),
                _ => Ok(left),
            };
        };
        let a = self.value(left, start)?;
        let start = self.start();
        let right = self.sum()?;
        let b = self.value(right, start)?;
        Ok(Term::Logic(Logic::Compare(a, comparison, b)))
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
        let start = self.start();
        let mut left = part(self)?;
        while let Some((_, operator)) = operators.into_iter().find(|(sign, _)| self.take(sign)) {
            self.join()?;
            let a = self.value(left, start)?;
            let start = self.start();
            let right = part(self)?;
            let b = self.value(right, start)?;
            left = Term::Value(Value::Sum(Box::new(a), operator, Box::new(b)));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Term, SelectError> {
        let sign = self.start();
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(self.fault(sign, "it is nested too deeply"));
        }
        let term = if self.peek() == Some('!') && self.peek_at(1) != Some('=') {
            self.at += 1;
            let start = self.start();
            let term = self.unary()?;
            Term::Logic(Logic::Not(Box::new(self.logic(term, start)?)))
        } else if self.take("-") {
            let start = self.start();
            let term = self.unary()?;
            Term::Value(negative(self.value(term, start)?))
        } else if self.take("(") {
            let term = self.or()?;
            if !self.take(")") {
                return Err(self.expected("')'"));
            }
            term
        } else {
            Term::Value(self.primary()?)
        };
        self.depth -= 1;
        Ok(term)
    }

    fn primary(&mut self) -> Result<Value, SelectError> {
        let start = self.start();
        match self.peek() {
            Some(c) if c.is_ascii_digit() || c == '.' => self.number(start),
            Some('"') => {
                self.at += 1;
                let name = self.while_is(|c| c != '"');
                if self.take("\"") {
                    Ok(self.dimension(name))
                } else {
                    Err(self.fault(start, "a name in quotes has no end"))
                }
            }
            Some(c) if c.is_alphabetic() || c == '_' => {
                let name = self.while_is(|c| c.is_alphanumeric() || c == '_');
                Ok(self.dimension(name))
            }
            _ => Err(self.expected("a dimension, a number or '('")),
        }
    }

    fn number(&mut self, start: usize) -> Result<Value, SelectError> {
        let mut text = self.while_is(|c| c.is_ascii_alphanumeric() || c == '.');
        if text.ends_with(['e', 'E']) && matches!(self.peek(), Some('+' | '-')) {
            text.extend(self.peek());
            self.at += 1;
            text += &self.while_is(|c| c.is_ascii_digit());
        }
        let float: Option<f64> = text.parse().ok();
        let float = float.filter(|float| float.is_finite());
        let float = float.ok_or_else(|| self.fault(start, &format!("{text:?} is not a number")))?;
        Ok(Value::Number(Number {
            float,
            integer: text.parse().ok(),
        }))
    }

    /// The place of a name among the dimensions.
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
            Term::Value(_) => Err(self.fault(start, "a number is compared with nothing")),
        }
    }

    fn value(&self, term: Term, start: usize) -> Result<Value, SelectError> {
        match term {
            Term::Value(value) => Ok(value),
            Term::Logic(_) => Err(self.fault(start, "a condition stands where a number must")),
        }
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// Where the next part starts.
    fn start(&mut self) -> usize {
        self.skip_space();
        self.at
    }

    fn peek(&self) -> Option<char> {
        self.peek_at(0)
    }

    fn peek_at(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.at + ahead).copied()
    }

    fn while_is(&mut self, is: impl Fn(char) -> bool) -> String {
        let rest = self.characters[self.at..].iter().copied();
        let text: String = rest.take_while(|&c| is(c)).collect();
        self.at += text.chars().count();
        text
    }

    /// Goes past a sign, if it is the next.
    fn take(&mut self, sign: &str) -> bool {
        self.skip_space();
        let is_next = sign
            .chars()
            .enumerate()
            .all(|(i, c)| self.peek_at(i) == Some(c));
        if is_next {
            self.at += sign.chars().count();
        }
        is_next
    }

    fn unexpected(&self) -> SelectError {
        match self.peek() {
            Some('&') => self.fault(self.at, "'&' joins nothing: write &&"),
            Some('|') => self.fault(self.at, "'|' joins nothing: write ||"),
            Some(c) => self.fault(self.at, &format!("{c:?} is not expected")),
            None => self.fault(self.at, "it ends too early"),
        }
    }

    fn expected(&mut self, what: &str) -> SelectError {
        let at = self.start();
        let found = match self.peek() {
            Some(c) => format!("not {c:?}"),
            None => "where it ends".into(),
        };
        self.fault(at, &format!("{what} must stand here, {found}"))
    }

    fn fault(&self, at: usize, problem: &str) -> SelectError {
        SelectError::Filter {
            text: self.text.to_owned(),
            problem: problem.to_owned(),
            at: at + 1,
        }
    }
}

/// A negative number stays a number, so that it is compared as one.
fn negative(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::Number(Number {
            float: -number.float,
            integer: number.integer.map(|integer| -integer),
        }),
        value => Value::Negative(Box::new(value)),
    }
}
