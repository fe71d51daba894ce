//! Errors in reading GeoTIFF.

use std::io;

/// Why a GeoTIFF can't be read. The message says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GeoTiffError {
    /// The file can't be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The file breaks the rules of TIFF.
    #[error("the TIFF file is damaged: {0}")]
    Damaged(String),
    /// The file is valid, but has something that is not supported.
    #[error("the TIFF file {0}")]
    Unsupported(String),
    /// The cells of the file are not squares with north up, or it does not say where they are.
    #[error("the cells of the TIFF file {0}")]
    Cells(String),
}

impl GeoTiffError {
    pub(super) fn damaged(problem: impl Into<String>) -> GeoTiffError {
        GeoTiffError::Damaged(problem.into())
    }
}
