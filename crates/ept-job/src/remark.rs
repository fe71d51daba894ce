//! Unexpected properties of an output.

use std::path::PathBuf;

use ept_crs::{CrsError, srs_projjson};
use ept_export::Rounding;
use ept_reader::{Selection, Srs};

use crate::{Format, HeightAboveGround};

/// Something unexpected about an output. Formatted, it is a sentence for users.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Remark {
    /// The file does not state its coordinate system, or not all of it.
    #[error("the file does not state its complete coordinate system: {0}")]
    Srs(CrsError),
    /// The coordinate system of a raster is in a file beside it.
    #[error("GeoTIFF can't state this coordinate system, so it is in {}.aux.xml, where GDAL and QGIS look for it", .0.display())]
    SideFile(PathBuf),
    /// The coordinate system can't be written as PROJJSON, which GeoParquet requires.
    #[error("the file does not state its coordinate system, which can't be written as PROJJSON")]
    NoProjjson,
    /// Coordinates on some axes are rounded, because no 32-bit scale represents all of them.
    #[error("no 32-bit scale represents all coordinates exactly: {}", joined(.0))]
    Rounded(Vec<Rounding>),
    /// Dimensions in the query that none of the tiles read has.
    #[error("no tile has {}: it is not a column of the output, and comparisons with it are false", .0.join(", "))]
    Absent(Vec<String>),
    /// There is no ground to measure heights from.
    #[error(
        "there is no point of the ground in or near the area, so every {} is not a number",
        HeightAboveGround::NAME
    )]
    NoGround,
    /// The raster that heights are measured from has no value where points are.
    #[error(
        "the raster has no value where the points are, so every {} is not a number",
        HeightAboveGround::NAME
    )]
    NoTerrain,
    /// Points lack dimensions that others have, in a format without absent values.
    #[error("{points} points lack {}: 0 is written instead, since {format} has no absent values", .dimensions.join(", "))]
    Filled {
        /// Number of points that lack some of the dimensions.
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
    /// Dimensions named in a selection that none of the nodes read so far had.
    pub(crate) fn of_absent(selection: &Selection) -> Option<Remark> {
        let absent = selection.bound().absent_dimensions();
        let absent: Vec<String> = absent.into_iter().map(str::to_owned).collect();
        (!absent.is_empty()).then_some(Remark::Absent(absent))
    }

    /// The part of a coordinate system that a file of this format does not state. `unsaid` could not be written as
    /// text.
    pub(crate) fn of_srs(format: Format, srs: &Srs, unsaid: Option<CrsError>) -> Option<Remark> {
        match (format, unsaid) {
            (format, _) if format.is_text() => None,
            (_, Some(error)) => Some(Remark::Srs(error)),
            (Format::Parquet, None) => {
                let is_lost = !srs.is_empty() && srs_projjson(srs).is_none();
                is_lost.then_some(Remark::NoProjjson)
            }
            (_, None) => None,
        }
    }
}
