//! Cloud Optimized GeoTIFF, written out of core.

mod band;
mod compression;
mod directory;
mod encoder;
mod error;
mod file;
mod layout;
mod lerc;
mod level;
mod metadata;
mod pyramid;
mod resampling;
mod statistics;
mod writer;

pub use band::Band;
pub use compression::Compression;
pub use encoder::EncodedTile;
pub use error::CogError;
pub use layout::CogLayout;
pub use pyramid::Overview;
pub use resampling::Resampling;
pub use writer::CogWriter;
