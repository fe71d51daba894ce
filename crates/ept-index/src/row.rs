//! The rows of an index.

use ept_format::Bounds;

use crate::Attribute;

/// A file of points that an index lists.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Where it is: a URL with what must be percent-encoded so, or a path. What the index says relative to itself is
    /// made complete.
    pub location: String,
    /// The box around its points in the coordinate system of the index. z is without end if the index does not tell it.
    /// `None` if the index tells no box.
    pub bounds: Option<Bounds>,
    /// Number of its points, if the index tells it.
    pub points: Option<u64>,
    /// All that the index says of it, by the names of the fields, in their order.
    pub attributes: Vec<(String, Attribute)>,
}

impl Row {
    /// The value of a field with that very name.
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
