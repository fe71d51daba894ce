//! Exact Delaunay triangulation.

mod cavity;
mod duplicates;
mod order;
mod predicate;
mod triangle;
#[expect(clippy::module_inception)]
mod triangulation;
mod walk;

pub use duplicates::Duplicates;
pub(crate) use order::insertion_order;
pub(crate) use predicate::{compare, orientation};
pub use triangulation::Triangulation;
pub(crate) use walk::Location;
