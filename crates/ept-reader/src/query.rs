//! What to read of a dataset.

use ept_format::{Bounds, FormatError, Metadata, Region};

/// A selection of points: an area, a depth and dimensions. Nothing set selects everything.
///
/// A resolution or depth selects whole levels of the octree, from the root down; points of all those
/// levels together are the result. Deeper levels hold further points, not the same ones again.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    bounds: Option<Bounds>,
    detail: Detail,
    dimensions: Option<Vec<String>>,
}

/// How deep to go.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
enum Detail {
    #[default]
    All,
    Depth(u32),
    Resolution(f64),
}

impl Query {
    /// Everything.
    #[must_use]
    pub fn new() -> Query {
        Query::default()
    }

    /// Only points within a box in the dataset's coordinate system, its faces included.
    #[must_use]
    pub fn bounds(mut self, bounds: Bounds) -> Query {
        self.bounds = Some(bounds);
        self
    }

    /// Only depths 0 to `depth`, inclusive. Takes the place of a resolution.
    #[must_use]
    pub fn depth(mut self, depth: u32) -> Query {
        self.detail = Detail::Depth(depth);
        self
    }

    /// Only depths down to the first whose spacing is at most `resolution`, in units of the coordinate
    /// system. Takes the place of a depth.
    #[must_use]
    pub fn resolution(mut self, resolution: f64) -> Query {
        self.detail = Detail::Resolution(resolution);
        self
    }

    /// Only these dimensions, in this order; case does not matter.
    #[must_use]
    pub fn dimensions<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Query {
        self.dimensions = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// The box, where one is set.
    #[must_use]
    pub fn selected_bounds(&self) -> Option<&Bounds> {
        self.bounds.as_ref()
    }

    /// The dimensions, where some are set.
    #[must_use]
    pub fn selected_dimensions(&self) -> Option<&[String]> {
        self.dimensions.as_deref()
    }

    /// The greatest depth that the query selects of a dataset; none when it selects all.
    ///
    /// # Errors
    /// When the resolution is not a finite number greater than 0.
    pub fn max_depth(&self, metadata: &Metadata) -> Result<Option<u32>, FormatError> {
        match self.detail {
            Detail::All => Ok(None),
            Detail::Depth(depth) => Ok(Some(depth)),
            Detail::Resolution(resolution) => metadata.depth_for_resolution(resolution).map(Some),
        }
    }

    /// The policy of this query's walk.
    pub(crate) fn region(&self, metadata: &Metadata) -> Result<Region, FormatError> {
        let mut region = Region::new(metadata);
        if let Some(bounds) = self.bounds {
            region = region.with_bounds(bounds);
        }
        if let Some(depth) = self.max_depth(metadata)? {
            region = region.with_depth(depth);
        }
        Ok(region)
    }
}
