//! What to read of a source.

use std::sync::Arc;

use ept_format::Bounds;

use crate::{Area, Core, Crs, Edge, Filter, Origin, Spacing, Thin};

/// Which points to read, with which dimensions. A query without conditions selects everything.
///
/// A resolution or depth selects whole levels of an octree, from the root down. The result contains the points of all
/// those levels: deeper levels have additional points, not the same ones again.
///
/// A query is independent of a source; a [`Selection`](crate::Selection) binds it to one. Formatted, it is JSON that
/// parses as the same query.
///
/// ```
/// use ept_select::Query;
///
/// let query = Query::new().with_depth(3).with_filter("Classification == 2".parse()?);
/// let text = query.to_string();
/// assert_eq!(text, r#"{"depth":3,"where":"Classification == 2"}"#);
/// assert_eq!(text.parse::<Query>()?, query);
/// # Ok::<(), ept_select::SelectError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    pub(crate) areas: Vec<Area>,
    /// Empty if there are none.
    pub(crate) any_of: Arc<[Area]>,
    pub(crate) edge: Edge,
    pub(crate) detail: Detail,
    pub(crate) dimensions: Option<Vec<String>>,
    pub(crate) filter: Option<Filter>,
    pub(crate) origin: Option<Origin>,
    pub(crate) output_crs: Option<Crs>,
    pub(crate) thin: Option<Thin>,
    pub(crate) max_points: Option<u64>,
    pub(crate) source_id: Option<String>,
    pub(crate) core: Option<Core>,
}

/// How deep to read an octree.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Detail {
    /// All depths.
    #[default]
    All,
    /// Depths 0 to this one, inclusive.
    Depth(u32),
    /// Depths 0 to the first whose spacing is at most this everywhere in the areas.
    Resolution(Spacing),
}

impl Query {
    /// Everything.
    #[must_use]
    pub fn new() -> Query {
        Query::default()
    }

    /// Only points inside a box in the source's coordinate system, its faces included.
    #[must_use]
    pub fn with_bounds(self, bounds: Bounds) -> Query {
        self.with_area(Area::from(bounds))
    }

    /// Only points inside an area. If there are several areas, a point must be inside all of them.
    #[must_use]
    pub fn with_area(mut self, area: Area) -> Query {
        self.areas.push(area);
        self
    }

    /// Replaces all areas of [`Query::with_area`].
    #[must_use]
    pub fn with_areas(mut self, areas: impl IntoIterator<Item = Area>) -> Query {
        self.areas = areas.into_iter().collect();
        self
    }

    /// Only points inside at least one of these areas, in addition to other areas.
    /// [`Selection::select_each`](crate::Selection::select_each) returns the points of each area. Replaces the areas of
    /// an earlier call; an empty list removes the condition.
    #[must_use]
    pub fn with_any_of(mut self, areas: impl Into<Arc<[Area]>>) -> Query {
        self.any_of = areas.into();
        self
    }

    /// Whether points on the edge of the areas are selected.
    #[must_use]
    pub fn with_edge(mut self, edge: Edge) -> Query {
        self.edge = edge;
        self
    }

    /// Only depths 0 to `depth`, inclusive. Replaces a resolution.
    #[must_use]
    pub fn with_depth(mut self, depth: u32) -> Query {
        self.detail = Detail::Depth(depth);
        self
    }

    /// Only depths 0 to the first whose spacing is at most `resolution`, everywhere in the areas. Replaces a depth.
    #[must_use]
    pub fn with_resolution(mut self, resolution: impl Into<Spacing>) -> Query {
        self.detail = Detail::Resolution(resolution.into());
        self
    }

    /// Only these dimensions, in this order, with names compared by [`ept_format::is_same_dimension`].
    #[must_use]
    pub fn with_dimensions<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Query {
        self.dimensions = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Only points that meet a condition.
    #[must_use]
    pub fn with_filter(mut self, filter: Filter) -> Query {
        self.filter = Some(filter);
        self
    }

    /// Only points of one of the files that the source was built from.
    #[must_use]
    pub fn with_origin(mut self, origin: Origin) -> Query {
        self.origin = Some(origin);
        self
    }

    /// Transforms coordinates to another coordinate system.
    #[must_use]
    pub fn with_output_crs(mut self, crs: Crs) -> Query {
        self.output_crs = Some(crs);
        self
    }

    /// Only one point from each cell of a grid.
    #[must_use]
    pub fn with_thin(mut self, thin: Thin) -> Query {
        self.thin = Some(thin);
        self
    }

    /// Reads at most this many points: whole depths from the root down, then those nodes of the next depth that the
    /// areas cover most. Points are counted by node, before any other condition.
    #[must_use]
    pub fn with_max_points(mut self, points: u64) -> Query {
        self.max_points = Some(points);
        self
    }

    /// The same query for a source in another coordinate system: areas and results that were in the source's own system
    /// are then in `home`.
    #[must_use]
    pub fn in_terms_of(&self, home: &Crs) -> Query {
        let mut query = self.clone();
        let plain = query.areas.iter_mut().filter(|area| area.crs().is_none());
        plain.for_each(|area| *area = area.clone().in_crs(home.clone()));
        if query.any_of.iter().any(|area| area.crs().is_none()) {
            let brought = query.any_of.iter().map(|area| match area.crs() {
                Some(_) => area.clone(),
                None => area.clone().in_crs(home.clone()),
            });
            query.any_of = brought.collect();
        }
        query.core = query.core.map(|core| core.in_terms_of(home));
        query.output_crs.get_or_insert_with(|| home.clone());
        query
    }

    /// Adds a dimension with this name: the index of a point's source in the dataset, from 0.
    #[must_use]
    pub fn with_source_id(mut self, name: &str) -> Query {
        self.source_id = Some(name.to_owned());
        self
    }

    /// Drops or flags points outside a part of the areas, in addition to them. Lengths on the ground are still those at the
    /// areas, so that all readers agree on depths and grids.
    #[must_use]
    pub fn with_core(mut self, core: Core) -> Query {
        self.core = Some(core);
        self
    }

    /// The areas. A selected point is inside all of them.
    #[must_use]
    pub fn areas(&self) -> &[Area] {
        &self.areas
    }

    /// The areas of which a selected point is in at least one. Empty if there is no such condition.
    #[must_use]
    pub fn any_of(&self) -> &[Area] {
        &self.any_of
    }

    /// Whether points are selected by areas.
    #[must_use]
    pub fn has_areas(&self) -> bool {
        !self.areas.is_empty() || !self.any_of.is_empty()
    }

    /// Whether points on the edge of the areas are selected.
    #[must_use]
    pub fn edge(&self) -> Edge {
        self.edge
    }

    /// How deep to read.
    #[must_use]
    pub fn detail(&self) -> Detail {
        self.detail
    }

    /// The dimensions, in order. `None` for all.
    #[must_use]
    pub fn dimensions(&self) -> Option<&[String]> {
        self.dimensions.as_deref()
    }

    /// The condition. `None` if there is none.
    #[must_use]
    pub fn filter(&self) -> Option<&Filter> {
        self.filter.as_ref()
    }

    /// The source file that points must come from. `None` if there is no such condition.
    #[must_use]
    pub fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }

    /// The coordinate system of the result. `None` if it is the source's.
    #[must_use]
    pub fn output_crs(&self) -> Option<&Crs> {
        self.output_crs.as_ref()
    }

    /// The thinning. `None` if there is none.
    #[must_use]
    pub fn thin(&self) -> Option<Thin> {
        self.thin
    }

    /// The maximum number of points to read. `None` if there is no limit.
    #[must_use]
    pub fn max_points(&self) -> Option<u64> {
        self.max_points
    }

    /// The name of the dimension for the source of a point. `None` if there is none.
    #[must_use]
    pub fn source_id(&self) -> Option<&str> {
        self.source_id.as_deref()
    }

    /// The part of the areas outside of which points are dropped or flagged. `None` if there is no such part.
    #[must_use]
    pub fn core(&self) -> Option<&Core> {
        self.core.as_ref()
    }
}
