//! What to read of a dataset.

use ept_format::{Bounds, Metadata};
use ept_select::{Area, Cover, Crs, Edge, Filter, Length, Relation, Thin};

use crate::{Error, Origin};

/// A selection of points: areas, a depth, conditions and dimensions. Nothing set selects everything.
///
/// A resolution or depth selects whole levels of the octree, from the root down; points of all those
/// levels together are the result. Deeper levels hold further points, not the same ones again.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    areas: Vec<Area>,
    edge: Edge,
    detail: Detail,
    dimensions: Option<Vec<String>>,
    filter: Option<Filter>,
    origin: Option<Origin>,
    output_crs: Option<Crs>,
}

/// How deep to go.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
enum Detail {
    #[default]
    All,
    Depth(u32),
    Resolution(f64),
    Ground(Length),
}

impl Query {
    /// Everything.
    #[must_use]
    pub fn new() -> Query {
        Query::default()
    }

    /// Only points within a box in the dataset's coordinate system, its faces included.
    #[must_use]
    pub fn bounds(self, bounds: Bounds) -> Query {
        self.area(Area::from(bounds))
    }

    /// Only points within an area. Of several areas, all must hold a point.
    #[must_use]
    pub fn area(mut self, area: Area) -> Query {
        self.areas.push(area);
        self
    }

    /// What becomes of points on the edge of the areas.
    #[must_use]
    pub fn edge(mut self, edge: Edge) -> Query {
        self.edge = edge;
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

    /// Only depths down to the first whose spacing is at most `resolution` on the ground, everywhere in the areas.
    /// Takes the place of a depth.
    #[must_use]
    pub fn ground_resolution(mut self, resolution: Length) -> Query {
        self.detail = Detail::Ground(resolution);
        self
    }

    /// Only these dimensions, in this order; case does not matter.
    #[must_use]
    pub fn dimensions<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Query {
        self.dimensions = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Only points that meet a condition.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Query {
        self.filter = Some(filter);
        self
    }

    /// Only points of one source of the dataset; see [`crate::Dataset::origin`].
    #[must_use]
    pub fn origin(mut self, origin: Origin) -> Query {
        self.origin = Some(origin);
        self
    }

    /// Coordinates in another coordinate system.
    #[must_use]
    pub fn output_crs(mut self, crs: Crs) -> Query {
        self.output_crs = Some(crs);
        self
    }

    /// The areas.
    #[must_use]
    pub fn selected_areas(&self) -> &[Area] {
        &self.areas
    }

    /// What becomes of points on the edge of the areas.
    #[must_use]
    pub fn selected_edge(&self) -> Edge {
        self.edge
    }

    /// The dimensions, where some are set.
    #[must_use]
    pub fn selected_dimensions(&self) -> Option<&[String]> {
        self.dimensions.as_deref()
    }

    /// The condition, where one is set.
    #[must_use]
    pub fn selected_filter(&self) -> Option<&Filter> {
        self.filter.as_ref()
    }

    /// The source, where one is set.
    #[must_use]
    pub fn selected_origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }

    /// The coordinate system of the result, where it is not the dataset's.
    #[must_use]
    pub fn selected_output_crs(&self) -> Option<&Crs> {
        self.output_crs.as_ref()
    }

    /// The greatest depth that the query selects of a dataset; none when it selects all.
    ///
    /// # Errors
    /// When the resolution is not a finite number greater than 0, or is one on the ground and the dataset's
    /// coordinate system is not known.
    pub fn max_depth(&self, metadata: &Metadata) -> Result<Option<u32>, Error> {
        let resolution = match self.detail {
            Detail::All => return Ok(None),
            Detail::Depth(depth) => return Ok(Some(depth)),
            Detail::Resolution(resolution) => resolution,
            Detail::Ground(length) => {
                let [x, y] = self.metres_per_unit(metadata)?;
                length.metres() / f64::max(x, y)
            }
        };
        Ok(Some(metadata.depth_for_resolution(resolution)?))
    }

    /// A grid for thinning whose cells have this edge on the ground, flat or in three dimensions.
    ///
    /// # Errors
    /// As [`Query::metres_per_unit`].
    pub fn ground_thin(
        &self,
        metadata: &Metadata,
        edge: Length,
        is_flat: bool,
    ) -> Result<Thin, Error> {
        let [x, y] = self.metres_per_unit(metadata)?;
        let height = Crs::of(metadata.srs())?.metres_per_height();
        let z = if is_flat { 0.0 } else { height };
        Ok(Thin::new([x, y, z].map(|unit| edge.metres() / unit))?)
    }

    /// How the points of a cell lie to the areas.
    ///
    /// # Errors
    /// When an area is in a coordinate system of its own and the dataset's is not known.
    pub fn relation(&self, metadata: &Metadata, cell: &Bounds) -> Result<Relation, Error> {
        Ok(Cover::new(&self.areas, self.edge, metadata)?.relation(cell))
    }

    /// Metres on the ground of a unit of the dataset's coordinate system along x and along y: the most anywhere in
    /// the areas, or in the dataset when there is none.
    ///
    /// # Errors
    /// When the dataset's coordinate system is not known, or has no ground there.
    pub fn metres_per_unit(&self, metadata: &Metadata) -> Result<[f64; 2], Error> {
        let crs = Crs::of(metadata.srs())?;
        let extent = metadata.bounds_conforming().unwrap_or(metadata.bounds());
        let whole = Area::from(*extent);
        let areas = match self.areas.is_empty() {
            true => std::slice::from_ref(&whole),
            false => &self.areas,
        };
        let places = areas.iter().flat_map(|area| area.places_in(&crs, extent));
        let scales = places.filter_map(|place| crs.metres_per_unit(place));
        let most = scales.reduce(|a, b| [a[0].max(b[0]), a[1].max(b[1])]);
        most.ok_or_else(|| Error::Query(format!("the area has no place on the ground in {crs}")))
    }
}
