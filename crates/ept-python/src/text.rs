//! Arguments that are text or a number, as on the command line.

use std::str::FromStr;

use pyo3::prelude::*;

use crate::errors;

/// A text or a number, for what the command takes as text.
#[derive(Debug, Clone, PartialEq, FromPyObject)]
pub(crate) enum Text {
    #[pyo3(transparent)]
    Text(String),
    #[pyo3(transparent)]
    Number(f64),
}

impl Text {
    /// Parses the text, or what a number is as text. `name` is that of the argument.
    pub(crate) fn parse<T: FromStr>(&self, py: Python<'_>, name: &str) -> PyResult<T>
    where
        T::Err: std::fmt::Display,
    {
        parse(py, name, &self.as_text())
    }

    pub(crate) fn as_text(&self) -> String {
        match self {
            Text::Text(text) => text.clone(),
            Text::Number(number) => number.to_string(),
        }
    }
}

/// Parses an argument.
pub(crate) fn parse<T: FromStr>(py: Python<'_>, name: &str, text: &str) -> PyResult<T>
where
    T::Err: std::fmt::Display,
{
    let parsed = text.parse();
    parsed.map_err(|error| errors::argument(py, format!("{name}: {error}")))
}
