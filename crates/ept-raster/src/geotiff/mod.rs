//! GeoTIFF: what reading and writing share, and reading.

#[allow(dead_code)]
mod predictor;
#[allow(dead_code)]
mod sample_type;
#[allow(dead_code)]
pub(crate) mod tag;

pub(crate) use predictor::Predictor;
pub use sample_type::SampleType;
