//! What a selection needs to know of a source.

use ept_format::{
    Bounds, Dimension, Metadata, Srs, depth_for_resolution, is_same_dimension,
    position_of_dimension, spacing_at,
};

use crate::{Crs, SelectError};

/// What must be known of a source to select points from it, whatever kind of source it is.
///
/// ```
/// use ept_format::Metadata;
/// use ept_select::Frame;
///
/// let metadata = Metadata::from_json(br#"{
///     "bounds": [0, 0, 0, 64, 64, 64], "span": 64, "dataType": "laszip",
///     "schema": [{"name": "X", "type": "signed", "size": 4, "scale": 0.01, "offset": 32}]
/// }"#)?;
/// let frame = Frame::from(&metadata);
/// assert_eq!(frame.spacing_at(2), Some(0.25));
/// assert_eq!(frame.depth_for_resolution(0.3)?, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// The coordinate system of the points.
    pub srs: Srs,
    /// A box that contains all points. In an octree, the cell of the root.
    pub bounds: Bounds,
    /// The bounds of the points themselves, if the source has them. They never reject a point.
    pub conforming: Option<Bounds>,
    /// How far a point may be outside its node's cell along each axis, in units of the coordinate system: points are
    /// rounded to the storage grid after they were assigned to cells.
    pub slack: [f64; 3],
    /// The dimensions of the points, with any known statistics.
    pub schema: Vec<Dimension>,
    /// Distance between points that the root of an octree aims at, in units of the coordinate system. It halves with
    /// each depth. `None` if the source is not an octree.
    pub spacing: Option<f64>,
}

impl Frame {
    /// The coordinate system of the points.
    ///
    /// # Errors
    /// As for [`Crs::of`]: if it is not named, or not understood.
    pub fn crs(&self) -> Result<Crs, SelectError> {
        Ok(Crs::of(&self.srs)?)
    }

    /// The frame without the statistics of its dimensions.
    #[must_use]
    pub fn without_statistics(mut self) -> Frame {
        for dimension in &mut self.schema {
            dimension.statistics = None;
        }
        self
    }

    /// The smallest known box that contains the points.
    #[must_use]
    pub fn extent(&self) -> &Bounds {
        self.conforming.as_ref().unwrap_or(&self.bounds)
    }

    /// The dimension that a user calls `name`, see [`ept_format::is_same_dimension`].
    #[must_use]
    pub fn dimension(&self, name: &str) -> Option<&Dimension> {
        let names = self.schema.iter().map(|dimension| dimension.name.as_str());
        position_of_dimension(names, name).map(|at| &self.schema[at])
    }

    /// Approximate size in bytes of a decoded point with these dimensions. `None` for all.
    #[must_use]
    pub fn point_size(&self, names: Option<&[String]>) -> usize {
        let is_wanted = |name: &str| {
            names.is_none_or(|names| names.iter().any(|other| is_same_dimension(other, name)))
        };
        let wanted = self
            .schema
            .iter()
            .filter(|dimension| is_wanted(&dimension.name));
        let sizes = wanted.map(|dimension| match &*dimension.name {
            "X" | "Y" | "Z" => size_of::<f64>(),
            _ => dimension.scalar.size(),
        });
        sizes.sum::<usize>().max(1)
    }

    /// Distance between points that a depth aims at, in units of the coordinate system. `None` if the source is not an
    /// octree.
    #[must_use]
    pub fn spacing_at(&self, depth: u32) -> Option<f64> {
        self.spacing.map(|root| spacing_at(root, depth))
    }

    /// The least depth whose spacing is at most `resolution`, in units of the coordinate system.
    ///
    /// # Errors
    /// If the resolution is not a finite number greater than 0, or the source is not an octree.
    pub fn depth_for_resolution(&self, resolution: f64) -> Result<u32, SelectError> {
        let root = self.spacing.ok_or(SelectError::NoDepths)?;
        depth_for_resolution(root, resolution).ok_or(SelectError::Resolution(resolution))
    }
}

impl From<&Metadata> for Frame {
    fn from(metadata: &Metadata) -> Frame {
        Frame {
            srs: metadata.srs().clone(),
            bounds: *metadata.bounds(),
            conforming: metadata.bounds_conforming().copied(),
            slack: metadata.cell_slack(),
            schema: metadata.schema().to_vec(),
            spacing: Some(metadata.spacing(0)),
        }
    }
}
