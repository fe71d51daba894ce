//! Numbers of GeoTIFF keys.

/// A GeoTIFF key by its number (OGC GeoTIFF 1.1, annex B; names as there).
#[allow(missing_docs, reason = "the names are those of the specification")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(u16)]
pub enum GeoKey {
    ModelType = 1024,
    RasterType = 1025,
    Citation = 1026,
    GeodeticCrs = 2048,
    GeodeticCitation = 2049,
    GeodeticDatum = 2050,
    AngularUnit = 2054,
    Ellipsoid = 2056,
    SemiMajorAxis = 2057,
    InverseFlattening = 2059,
    PrimeMeridianLongitude = 2061,
    ProjectedCrs = 3072,
    ProjectedCitation = 3073,
    Projection = 3074,
    Method = 3075,
    LinearUnit = 3076,
    LinearUnitSize = 3077,
    StandardParallel1 = 3078,
    StandardParallel2 = 3079,
    NaturalOriginLongitude = 3080,
    NaturalOriginLatitude = 3081,
    FalseEasting = 3082,
    FalseNorthing = 3083,
    FalseOriginLongitude = 3084,
    FalseOriginLatitude = 3085,
    FalseOriginEasting = 3086,
    FalseOriginNorthing = 3087,
    CentreLongitude = 3088,
    CentreLatitude = 3089,
    NaturalOriginScale = 3092,
    CentreScale = 3093,
    Azimuth = 3094,
    PoleLongitude = 3095,
    GridAngle = 3096,
    Vertical = 4096,
}

impl GeoKey {
    /// The number.
    #[must_use]
    pub fn number(self) -> u16 {
        self as u16
    }
}
