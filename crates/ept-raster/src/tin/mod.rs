//! Surfaces of triangles.

mod circle;
mod facet;
mod max_edge;
mod neighbours;
mod region;
mod scan;
#[expect(clippy::module_inception)]
mod tin;

pub use max_edge::MaxEdge;
pub use neighbours::Neighbours;
pub use tin::Tin;
