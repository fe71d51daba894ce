//! Rasters of points: the cells of a grid, what is in them, and files of them.
//!
//! A [`Lattice`] divides the plane into cells, a [`Grid`] is the part of it that a raster shows, and a [`Window`] a part of
//! that which is computed at once. Everything here is pure: points come as slices, and files go to a writer.

mod aspect;
mod byte_raster;
mod cell_kind;
mod cells;
mod cog;
mod disc;
mod error;
mod extremes;
mod fill;
mod geotiff;
mod grid;
mod height_above_ground;
mod hillshade;
mod kd_tree;
mod kernel;
mod lattice;
mod nearest;
mod neighbours;
mod outlier;
mod png;
mod points;
mod raster;
mod sample;
mod slope;
mod smrf;
mod statistic;
mod surroundings;
mod tin;
mod triangulation;
mod window;

pub use aspect::aspect;
pub use byte_raster::ByteRaster;
pub use cell_kind::CellKind;
pub use cells::CellPoints;
pub use cog::{
    Band, CogError, CogLayout, CogWriter, Compression, EncodedTile, Overview, Resampling,
};
pub use error::RasterError;
pub use fill::filled;
pub use geotiff::{GeoTiff, GeoTiffError, SampleType};
pub use grid::Grid;
pub use height_above_ground::{heights_above_ground, heights_above_tin};
pub use hillshade::{Hillshade, Light};
pub use kernel::Kernel;
pub use lattice::Lattice;
pub use nearest::distances;
pub use outlier::{DistanceStatistics, MeanDistances, sparse_points};
pub use png::{world_file, write_png};
pub use points::Points;
pub use raster::Raster;
pub use slope::{SlopeUnit, slope};
pub use smrf::{GroundSurface, Smrf};
pub use statistic::Statistic;
pub use surroundings::Neighbours;
pub use tin::{MaxEdge, Tin};
pub use triangulation::{Duplicates, Triangulation};
pub use window::Window;
