//! What is to be known of an output that nobody asked for.

use ept_crs::{CrsError, srs_projjson};
use ept_export::Rounding;
use ept_reader::{Selection, Srs};

use crate::Format;

/// Something in which an output is not what one would expect. Its text is a sentence for people.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Remark {
    /// The file does not say its coordinate system, or not all of it.
    #[error("the file does not say its whole coordinate system: {0}")]
    Srs(CrsError),
    /// The coordinate system can't be written as PROJJSON, which alone GeoParquet has.
    #[error("the file does not say its coordinate system: it can't be written as PROJJSON")]
    NoProjjson,
    /// Coordinates on some axes are rounded: no scale of 32 bits holds them all.
    #[error("32 bits have no scale that holds all coordinates: {}", joined(.0))]
    Rounded(Vec<Rounding>),
    /// Dimensions that the query names are in none of the tiles that were read.
    #[error("no tile has {}: there is no column of that name, and no comparison with it holds", .0.join(", "))]
    Absent(Vec<String>),
    /// Points lack dimensions that others have, in a format without absent values.
    #[error("{points} points lack {}: 0 is there, since {format} has no absent values", .dimensions.join(", "))]
    Filled {
        /// Points that lack some of the dimensions.
        points: u64,
        /// The dimensions.
        dimensions: Vec<String>,
        /// The format.
        format: Format,
    },
}

fn joined(rounding: &[Rounding]) -> String {
    let parts: Vec<String> = rounding.iter().map(ToString::to_string).collect();
    parts.join("; ")
}

impl Remark {
    /// The dimensions that a selection names and that none of the nodes read so far had.
    pub(crate) fn of_absent(selection: &Selection) -> Option<Remark> {
        let absent = selection.bound().absent_dimensions();
        let absent: Vec<String> = absent.into_iter().map(str::to_owned).collect();
        (!absent.is_empty()).then_some(Remark::Absent(absent))
    }

    /// What a file of a format does not say of a coordinate system, of which `unsaid` could not be written as text.
    pub(crate) fn of_srs(format: Format, srs: &Srs, unsaid: Option<CrsError>) -> Option<Remark> {
        match (format, unsaid) {
            (Format::Csv, _) => None,
            (_, Some(error)) => Some(Remark::Srs(error)),
            (Format::Parquet, None) => {
                let is_lost = !srs.is_empty() && srs_projjson(srs).is_none();
                is_lost.then_some(Remark::NoProjjson)
            }
            (_, None) => None,
        }
    }
}
