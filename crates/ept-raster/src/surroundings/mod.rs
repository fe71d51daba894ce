//! Points around a part of the plane, as many as it takes.

mod circle;
mod growth;
mod neighbours;
mod region;

pub(crate) use circle::Circle;
pub(crate) use growth::{Growth, grow};
pub use neighbours::Neighbours;
pub(crate) use region::{
    EVERYWHERE, Region, bounds, is_box, is_within, meets_triangle, overlap, reaches_beyond,
};
