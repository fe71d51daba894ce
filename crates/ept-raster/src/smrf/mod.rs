//! The ground, found by opening the surface of the lowest points.

mod certainty;
mod filter;
mod ground;
mod nearest_cells;
mod opening;

pub use filter::Smrf;
pub use ground::GroundSurface;
