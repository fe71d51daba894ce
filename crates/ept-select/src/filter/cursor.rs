//! A position in the text of a condition.

use super::expression::Number;
use crate::SelectError;

/// A text and the current position in it.
pub(super) struct Cursor<'a> {
    text: &'a str,
    characters: Vec<char>,
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Cursor<'a> {
        Cursor {
            text,
            characters: text.chars().collect(),
            at: 0,
        }
    }

    /// Position of the next part, after blanks.
    pub(super) fn start(&mut self) -> usize {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
        self.at
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.at + ahead).copied()
    }

    pub(super) fn while_is(&mut self, is: impl Fn(char) -> bool) -> String {
        let rest = self.characters[self.at..].iter().copied();
        let text: String = rest.take_while(|&c| is(c)).collect();
        self.at += text.chars().count();
        text
    }

    /// Skips a sign if it comes next.
    pub(super) fn take(&mut self, sign: &str) -> bool {
        self.start();
        let is_next = sign
            .chars()
            .enumerate()
            .all(|(i, c)| self.peek_at(i) == Some(c));
        if is_next {
            self.at += sign.chars().count();
        }
        is_next
    }

    /// Skips a word in any case if it comes next.
    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let start = self.start();
        let is_next = self.while_is(is_of_name).eq_ignore_ascii_case(word);
        if !is_next {
            self.at = start;
        }
        is_next
    }

    /// Parses a number without a sign.
    pub(super) fn number(&mut self) -> Result<Number, SelectError> {
        let start = self.start();
        let mut text = self.while_is(|c| c.is_ascii_alphanumeric() || c == '.');
        if text.ends_with(['e', 'E']) && matches!(self.peek(), Some('+' | '-')) {
            text.extend(self.peek());
            self.at += 1;
            text += &self.while_is(|c| c.is_ascii_digit());
        }
        let float: Option<f64> = text.parse().ok();
        let float = float.filter(|float| float.is_finite());
        let float = float.ok_or_else(|| self.fault(start, &format!("{text:?} is not a number")))?;
        Ok(Number {
            float,
            integer: text.parse().ok(),
        })
    }

    /// Parses a number that may have a sign.
    pub(super) fn signed_number(&mut self) -> Result<Number, SelectError> {
        let is_negative = self.take("-");
        self.start();
        if !self.peek().is_some_and(starts_number) {
            return Err(self.expected("a number"));
        }
        let number = self.number()?;
        Ok(if is_negative { -number } else { number })
    }

    /// Checks that the text ends here. The error says what follows.
    pub(super) fn end(&mut self) -> Result<(), SelectError> {
        self.start();
        match self.peek() {
            None => Ok(()),
            Some('&') => Err(self.fault(self.at, "'&' is not an operator: write && or and")),
            Some('|') => Err(self.fault(self.at, "'|' is not an operator: write || or or")),
            Some(c) => Err(self.fault(self.at, &format!("{c:?} is not expected"))),
        }
    }

    pub(super) fn expected(&mut self, what: &str) -> SelectError {
        let at = self.start();
        let found = match self.peek() {
            Some(c) => format!("not {c:?}"),
            None => "where it ends".into(),
        };
        self.fault(at, &format!("{what} is expected here, {found}"))
    }

    pub(super) fn fault(&self, at: usize, problem: &str) -> SelectError {
        SelectError::Filter {
            text: self.text.to_owned(),
            problem: problem.to_owned(),
            at: at + 1,
        }
    }
}

/// Whether a number without a sign can start with this.
pub(super) fn starts_number(c: char) -> bool {
    c.is_ascii_digit() || c == '.'
}

/// Whether an unquoted name can contain this.
pub(super) fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
