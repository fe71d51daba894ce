//! The nearest points of places.

mod distances;
#[expect(clippy::module_inception)]
mod nearest;

pub use distances::distances;
pub(crate) use nearest::Nearest;
