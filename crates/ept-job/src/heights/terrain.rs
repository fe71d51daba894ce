//! What heights above the ground are measured from.

use std::path::PathBuf;

use ept_reader::Filter;

/// What heights above the ground are measured from.
#[derive(Debug, Clone, PartialEq)]
pub enum Terrain {
    /// The triangulation of the points that meet a condition. A comparison with a dimension that they lack is false. Where
    /// there is no triangle, or only one with an edge that is too long, the ground has the height of its nearest point.
    Points(Filter),
    /// The first band of a GeoTIFF, as PDAL's `filters.hag_dem`: a point is above the value of the cell that it is in. Where
    /// there is none, its height is NaN. The raster must be in the coordinate system of the points, and have their unit of
    /// heights. Left and bottom edges belong to a cell, as in all rasters of this crate; in PDAL, left and top.
    Raster(PathBuf),
}

impl Terrain {
    /// The condition for points of the ground. `None` if the terrain is a raster.
    pub(crate) fn points(&self) -> Option<&Filter> {
        match self {
            Terrain::Points(filter) => Some(filter),
            Terrain::Raster(_) => None,
        }
    }
}
