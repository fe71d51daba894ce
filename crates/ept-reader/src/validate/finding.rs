//! Findings: what is wrong, how often, and where.

use std::fmt;

use ept_format::NodeName;

use super::Code;

/// All findings of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its kind.
    pub code: Code,
    /// Number of times that it was found.
    pub count: u64,
    /// The first of them, see [`super::Checks::examples`].
    pub examples: Vec<Example>,
}

/// One place where something is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Where.
    pub place: Place,
    /// What is wrong there.
    pub problem: String,
}

/// A place in a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Path or URL of the file or folder, without secrets.
    pub location: String,
    /// Field in the file, for example `schema[3]`.
    pub field: Option<String>,
    /// The node.
    pub node: Option<NodeName>,
}

impl Place {
    pub(super) fn file(location: impl Into<String>) -> Place {
        Place {
            location: location.into(),
            field: None,
            node: None,
        }
    }

    pub(super) fn with_field(mut self, field: impl Into<String>) -> Place {
        self.field = Some(field.into());
        self
    }

    pub(super) fn with_node(mut self, node: impl Into<NodeName>) -> Place {
        self.node = Some(node.into());
        self
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.location)?;
        if let Some(field) = &self.field {
            write!(f, ", {field}")?;
        }
        match self.node {
            Some(node) => write!(f, ", node {node}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Example {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}
