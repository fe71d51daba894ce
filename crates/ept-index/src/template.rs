//! Templates of locations, for example `{Filename}.laz`.

use std::str::FromStr;

use crate::IndexError;

/// Text with field names in braces. `{{` and `}}` stand for braces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Field(String),
}

impl FromStr for Template {
    type Err = IndexError;

    fn from_str(text: &str) -> Result<Template, IndexError> {
        let fault = |problem: &str| IndexError::Template {
            text: text.to_owned(),
            problem: problem.to_owned(),
        };
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                plain.push_str(brace);
                rest = after;
                continue;
            }
            let field = rest.split_once('}').filter(|_| brace == "{");
            let (name, after) = field.ok_or_else(|| fault("a brace is unmatched"))?;
            if name.trim().is_empty() || name.contains('{') {
                return Err(fault("a field name is expected between braces"));
            }
            parts.push(Piece::Text(std::mem::take(&mut plain)));
            parts.push(Piece::Field(name.trim().to_owned()));
            rest = after;
        }
        plain.push_str(rest);
        parts.push(Piece::Text(plain));
        let template = Template(parts);
        if template.fields().next().is_none() {
            return Err(fault("it contains no field, such as {Filename}"));
        }
        Ok(template)
    }
}

impl Template {
    /// The names of its fields.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Piece::Field(name) => Some(&**name),
            Piece::Text(_) => None,
        })
    }

    /// The text with the values of the fields filled in. `None` if one has no value.
    pub(crate) fn fill(&self, value: impl Fn(&str) -> Option<String>) -> Option<String> {
        let parts = self.0.iter().map(|part| match part {
            Piece::Text(text) => Some(text.clone()),
            Piece::Field(name) => value(name),
        });
        parts.collect()
    }
}
