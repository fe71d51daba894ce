//! Numbers of TIFF tags and of types of their values (TIFF 6.0; BigTIFF; GeoTIFF; GDAL).

pub(crate) const SUBFILE_TYPE: u16 = 254;
pub(crate) const WIDTH: u16 = 256;
pub(crate) const HEIGHT: u16 = 257;
pub(crate) const BITS: u16 = 258;
pub(crate) const COMPRESSION: u16 = 259;
pub(crate) const PHOTOMETRIC: u16 = 262;
pub(crate) const STRIP_OFFSETS: u16 = 273;
pub(crate) const SAMPLES_PER_PIXEL: u16 = 277;
pub(crate) const ROWS_PER_STRIP: u16 = 278;
pub(crate) const STRIP_SIZES: u16 = 279;
pub(crate) const PLANAR: u16 = 284;
pub(crate) const SOFTWARE: u16 = 305;
pub(crate) const PREDICTOR: u16 = 317;
pub(crate) const TILE_WIDTH: u16 = 322;
pub(crate) const TILE_HEIGHT: u16 = 323;
pub(crate) const TILE_OFFSETS: u16 = 324;
pub(crate) const TILE_SIZES: u16 = 325;
pub(crate) const EXTRA_SAMPLES: u16 = 338;
pub(crate) const SAMPLE_FORMAT: u16 = 339;
pub(crate) const PIXEL_SCALE: u16 = 33550;
pub(crate) const TIEPOINT: u16 = 33922;
pub(crate) const TRANSFORMATION: u16 = 34264;
pub(crate) const GEO_DIRECTORY: u16 = 34735;
pub(crate) const GEO_DOUBLES: u16 = 34736;
pub(crate) const GEO_TEXTS: u16 = 34737;
pub(crate) const GDAL_METADATA: u16 = 42112;
pub(crate) const GDAL_NODATA: u16 = 42113;
pub(crate) const LERC_PARAMETERS: u16 = 50674;

/// Types of values.
pub(crate) mod kind {
    pub(crate) const BYTE: u16 = 1;
    pub(crate) const ASCII: u16 = 2;
    pub(crate) const SHORT: u16 = 3;
    pub(crate) const LONG: u16 = 4;
    pub(crate) const DOUBLE: u16 = 12;
    pub(crate) const LONG8: u16 = 16;
}
