//! Errors in tile indexes.

/// An index that can't be read or written. The message says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// The bytes are not an index of any known kind.
    #[error(
        "{0}; an index is a shapefile (.shp, or zipped), GeoJSON, a STAC item or collection of items, a VPC, CSV with a \
         header, or a list of URLs or paths"
    )]
    Unknown(String),
    /// A file that contradicts its format.
    #[error("{file}: {problem}")]
    Malformed {
        /// The file within the index, for example the name of a member of a zip.
        file: String,
        /// What is wrong with it.
        problem: String,
    },
    /// No field contains the location of the tiles.
    #[error(
        "no field says where the tiles are; name one, or make the location of several by a template; the fields are {fields}"
    )]
    NoLocation {
        /// Names of the fields, separated by commas.
        fields: String,
    },
    /// A field was named that does not exist.
    #[error("there is no field {name}; the fields are {fields}")]
    NoField {
        /// The name that was given.
        name: String,
        /// Names of the fields, separated by commas.
        fields: String,
    },
    /// A malformed template of locations.
    #[error("{text:?} is not a template: {problem}")]
    Template {
        /// The template.
        text: String,
        /// What is wrong with it.
        problem: String,
    },
    /// An index can't be written in a format.
    #[error("{location}: {problem}")]
    Unwritable {
        /// The tile.
        location: String,
        /// What the format requires.
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
