//! What can be wrong with a tile index.

/// An index that cannot be read or written. The message says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// The bytes are of no kind of index.
    #[error(
        "{0}; an index is a shapefile (.shp, or zipped), GeoJSON, a STAC item or collection of items, a VPC, CSV with a \
         header, or a list of URLs or paths"
    )]
    Unknown(String),
    /// A file that contradicts its format.
    #[error("{file}: {problem}")]
    Malformed {
        /// The file within the index, such as the name of a member of a zip.
        file: String,
        /// What is wrong.
        problem: String,
    },
    /// Nothing in the index says where the tiles are.
    #[error(
        "no field says where the tiles are; name one with --url-field, or make the location of several with \
         --url-template '{{FIELD}}.laz'; there are {fields}"
    )]
    NoLocation {
        /// Names of the fields, separated by commas.
        fields: String,
    },
    /// A field that was named and does not exist.
    #[error("there is no field {name}; there are {fields}")]
    NoField {
        /// The name that was given.
        name: String,
        /// Names of the fields, separated by commas.
        fields: String,
    },
    /// A template of locations that is malformed.
    #[error("{text:?} is not a template: {problem}")]
    Template {
        /// The template.
        text: String,
        /// What is wrong.
        problem: String,
    },
    /// An index that can't be written in a format.
    #[error("{location}: {problem}")]
    Unwritable {
        /// The tile.
        location: String,
        /// What the format needs.
        problem: String,
    },
}

impl IndexError {
    pub(crate) fn malformed(file: &str, problem: impl Into<String>) -> IndexError {
        IndexError::Malformed {
            file: file.to_owned(),
            problem: problem.into(),
        }
    }

    pub(crate) fn unwritable(location: &str, problem: impl Into<String>) -> IndexError {
        IndexError::Unwritable {
            location: location.to_owned(),
            problem: problem.into(),
        }
    }
}
