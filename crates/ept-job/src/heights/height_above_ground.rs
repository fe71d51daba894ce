//! What heights above the ground are measured from.

use ept_format::is_same_dimension;
use ept_reader::{Filter, Length, Query};

use super::Terrain;
use crate::OutputError;

/// How points get the dimension `HeightAboveGround`, as PDAL calls it: their height above the triangulation of the ground, or
/// above a raster.
///
/// All points of the ground in and around the area count, whatever the condition of the query; those of the depths that it
/// reads. The triangles are those of `ept chm`. Without any ground, heights are NaN.
///
/// Heights are measured in the coordinates of the dataset, the first if there are several, so they are the same whatever
/// the coordinate system of the result. Points of other datasets are brought to the first, and from there to the result.
#[derive(Debug, Clone, PartialEq)]
pub struct HeightAboveGround {
    /// What heights are measured from.
    pub ground: Terrain,
    /// The longest edge of triangles between points of the ground. `None` if none is too long. Where the coordinate system is not known, units are taken to be
    /// metres.
    pub max_edge: Option<Length>,
}

impl HeightAboveGround {
    /// Name of the dimension, of type float64.
    pub const NAME: &str = "HeightAboveGround";

    /// Whether a condition names the dimension.
    pub(crate) fn is_in(&self, filter: &Filter) -> bool {
        let mut names = filter.dimensions().iter();
        names.any(|name| is_same_dimension(name, Self::NAME))
    }

    /// Refuses a query that thins points before they have the heights that its condition names.
    ///
    /// # Errors
    /// If it does.
    pub fn check(&self, query: &Query) -> Result<(), OutputError> {
        let is_late = query.filter().is_some_and(|filter| self.is_in(filter));
        if is_late && query.thin().is_some() {
            return Err(OutputError::ThinnedHeights);
        }
        Ok(())
    }
}
