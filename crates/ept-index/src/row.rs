//! The rows of an index.

use ept_format::Bounds;

use crate::Attribute;

/// A point file listed in an index.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its location: a percent-encoded URL, or a path. Relative locations have been resolved.
    pub location: String,
    /// The bounds of its points in the coordinate system of the index, with infinite z if the index has no heights.
    /// `None` if it has no box.
    pub bounds: Option<Bounds>,
    /// Number of its points, if the index has it.
    pub points: Option<u64>,
    /// All fields of the entry by name, in order.
    pub attributes: Vec<(String, Attribute)>,
}

impl Row {
    /// Adds what another entry says of the same file.
    pub(crate) fn merge(&mut self, bounds: Option<Bounds>, points: Option<u64>) {
        // Without a box the file may be anywhere.
        self.bounds = self.bounds.zip(bounds).map(|(a, b)| a.joined(&b));
        if self.points != points {
            self.points = None;
        }
    }

    /// The value of the field with this exact name.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        let mut fields = self.attributes.iter();
        fields.find_map(|(field, value)| (field == name).then_some(value))
    }

    /// The last part of the location, without the query string of a URL.
    #[must_use]
    pub fn file_name(&self) -> &str {
        let path = self.location.split(['?', '#']).next();
        let path = path.filter(|_| self.location.contains("://"));
        let path = path.unwrap_or(&self.location);
        path.rsplit(['/', '\\']).next().unwrap_or(path)
    }
}
