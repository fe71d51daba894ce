//! Compression of tiles.

use std::io::Write;

use flate2::Compression as Effort;
use flate2::write::ZlibEncoder;

use super::{CogError, CogLayout, lerc};

/// How the tiles of a file are compressed.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub enum Compression {
    /// Not at all.
    None,
    /// Deflate, which every program reads.
    #[default]
    Deflate,
    /// Zstandard: smaller and faster to read, but not known to old programs.
    #[cfg(feature = "zstd")]
    Zstd,
    /// Limited Error Raster Compression, then Deflate: much smaller, if an error of values is allowed. GDAL reads it, most
    /// other programs and [`GeoTiff`](crate::GeoTiff) don't. Files of several bands, and tiles with values less than that
    /// of voids, are stored without error. Statistics and overviews are of the values without error.
    Lerc {
        /// Maximum error of a value, in its unit, before it is rounded to the type: 0 for none.
        max_error: f64,
    },
}

/// The effort of Deflate. The default, 6, takes half as long again for 1.5 % less of a terrain model.
const DEFLATE_LEVEL: u32 = 3;

/// The effort of Zstandard, the default of GDAL.
#[cfg(feature = "zstd")]
const ZSTD_LEVEL: i32 = 9;

impl Compression {
    /// The value of the tag `Compression`.
    pub(crate) fn number(self) -> u16 {
        match self {
            Compression::None => 1,
            Compression::Deflate => 8,
            #[cfg(feature = "zstd")]
            Compression::Zstd => 50000,
            Compression::Lerc { .. } => 34887,
        }
    }

    /// Whether predictors make the result smaller.
    pub(crate) fn is_predicted(self) -> bool {
        !matches!(self, Compression::None | Compression::Lerc { .. })
    }

    /// Compresses the pixels of a tile, after prediction.
    pub(super) fn compress(self, layout: &CogLayout, bytes: Vec<u8>) -> Result<Vec<u8>, CogError> {
        match self {
            Compression::None => Ok(bytes),
            Compression::Deflate => deflate(&bytes),
            Compression::Lerc { max_error } => deflate(&lerc::blob(layout, &bytes, max_error)?),
            #[cfg(feature = "zstd")]
            Compression::Zstd => Ok(zstd::bulk::compress(&bytes, ZSTD_LEVEL)?),
        }
    }
}

fn deflate(bytes: &[u8]) -> Result<Vec<u8>, CogError> {
    let made = Vec::with_capacity(bytes.len() / 2);
    let mut encoder = ZlibEncoder::new(made, Effort::new(DEFLATE_LEVEL));
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}
