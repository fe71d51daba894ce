//! GeoTIFF: what reading and writing share, and reading.

mod chunks;
mod codec;
mod directory;
mod error;
mod georeference;
mod predictor;
mod reader;
mod sample_type;
pub(crate) mod tag;

pub use error::GeoTiffError;
pub(crate) use predictor::Predictor;
pub use reader::GeoTiff;
pub use sample_type::SampleType;
pub(crate) use sample_type::for_each_type;
