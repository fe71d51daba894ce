//! Surfaces of triangles.

mod facet;
mod growth;
mod max_edge;
#[expect(clippy::module_inception)]
mod tin;

pub use max_edge::MaxEdge;
pub use tin::Tin;
