//! What is to be known of an output that nobody asked for.

use ept_crs::{CrsError, srs_projjson};
use ept_reader::Srs;

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
}

impl Remark {
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
