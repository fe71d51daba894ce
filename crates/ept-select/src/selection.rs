//! A query bound to a source: which nodes it reads, what is decoded, and which points are selected.

use std::sync::Arc;

use ept_crs::Operation;
use ept_format::{Bounds, Key, Policy, is_same_dimension, known_dimension};
use ept_points::{PointBatch, Scaling, Wish};

use crate::core_area::BoundCore;
use crate::ground;
use crate::named_dimensions::NamedDimensions;
use crate::query::Detail;
use crate::{
    Area, Cover, Filter, Frame, Origin, Query, Relation, Reprojection, SelectError, Spacing,
    ThinGrid,
};

/// A query bound to what is known of a source. It is made once per source, is cheap to clone, and does no I/O: it
/// decides which nodes to read and what to do with their points.
///
/// ```
/// use std::sync::Arc;
/// use ept_format::{Bounds, Key, Metadata};
/// use ept_select::{Frame, Query, Selection};
///
/// let metadata = Metadata::from_json(br#"{
///     "bounds": [0, 0, 0, 64, 64, 64], "span": 64, "dataType": "laszip",
///     "schema": [{"name": "X", "type": "signed", "size": 4, "scale": 0.01, "offset": 32}]
/// }"#)?;
/// let area = Bounds::new([0.0, 0.0, f64::NEG_INFINITY], [10.0, 10.0, f64::INFINITY])?;
/// let query = Query::new().with_bounds(area).with_resolution(0.5);
/// let selection = Selection::new(&query, &Arc::new(Frame::from(&metadata)))?;
/// assert_eq!(selection.depth(), Some(1));
/// let cell = |key: &str| Ok::<_, ept_format::FormatError>(metadata.bounds().cell(key.parse::<Key>()?));
/// assert!(selection.reads("1-0-0-0".parse()?, &cell("1-0-0-0")?));
/// assert!(!selection.reads("1-1-0-0".parse()?, &cell("1-1-0-0")?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Selection {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    query: Query,
    frame: Arc<Frame>,
    /// The areas of the query, and the bounds of its origin.
    cover: Cover,
    /// `None` for all depths.
    depth: Option<u32>,
    grid: Option<ThinGrid>,
    reprojection: Option<Reprojection>,
    named: NamedDimensions,
    core: Option<BoundCore>,
}

const AXES: [&str; 3] = ["X", "Y", "Z"];

impl Selection {
    /// Binds a query to a source.
    ///
    /// # Errors
    /// If the source does not support the query: depths of a source that is not an octree, a resolution that is not
    /// greater than 0, or an area or a length on the ground if the source's coordinate system is not known.
    pub fn new(query: &Query, frame: &Arc<Frame>) -> Result<Selection, SelectError> {
        let thin = query.thin();
        let grid = thin.map(|thin| ThinGrid::of(thin, query, frame));
        Selection::on_grid(query, frame, grid.transpose()?)
    }

    /// As [`Selection::new`], with the grid of the thinning given: several sources that are thinned together have the same.
    ///
    /// # Errors
    /// As for [`Selection::new`].
    pub fn on_grid(
        query: &Query,
        frame: &Arc<Frame>,
        grid: Option<ThinGrid>,
    ) -> Result<Selection, SelectError> {
        let mut areas = query.areas().to_vec();
        areas.extend(query.origin().and_then(|origin| origin.area(frame)));
        let reprojection = query.output_crs().map(|crs| Reprojection::new(frame, crs));
        let mut cover = Cover::new(&areas, query.edge(), frame)?;
        if !query.any_of().is_empty() {
            cover = cover.with_any_of(query.any_of(), query.edge(), frame)?;
        }
        let inner = Inner {
            cover,
            depth: depth(query, frame)?,
            grid,
            reprojection: reprojection.transpose()?,
            named: NamedDimensions::of(query),
            core: query
                .core()
                .map(|core| BoundCore::new(core, frame, grid))
                .transpose()?,
            query: query.clone(),
            frame: Arc::clone(frame),
        };
        Ok(Selection {
            inner: Arc::new(inner),
        })
    }

    /// The query.
    #[must_use]
    pub fn query(&self) -> &Query {
        &self.inner.query
    }

    /// What is known of the source.
    #[must_use]
    pub fn frame(&self) -> &Arc<Frame> {
        &self.inner.frame
    }

    /// The greatest depth to read. `None` for all.
    #[must_use]
    pub fn depth(&self) -> Option<u32> {
        self.inner.depth
    }

    /// The grid for thinning. `None` if points are not thinned.
    #[must_use]
    pub fn grid(&self) -> Option<ThinGrid> {
        self.inner.grid
    }

    /// Bounds, in the coordinate system of the result, of everything that can be selected.
    #[must_use]
    pub fn bounds(&self) -> &Bounds {
        match &self.inner.reprojection {
            Some(reprojection) => reprojection.bounds(),
            None => &self.inner.frame.bounds,
        }
    }

    /// Bounds, in the coordinate system of the result, that contain a box of the dataset. Everything, if a part of it can't be
    /// transformed.
    #[must_use]
    pub fn bounds_of(&self, cell: &Bounds) -> Bounds {
        match &self.inner.reprojection {
            Some(reprojection) => reprojection.bounds_of(cell),
            None => *cell,
        }
    }

    /// Scale and offset of the result's coordinates that preserve the precision of points stored with `own`.
    #[must_use]
    pub fn output_scaling(&self, own: &Scaling) -> Scaling {
        let reprojection = self.inner.reprojection.as_ref();
        let reprojection = reprojection.filter(|reprojection| !reprojection.is_identity());
        reprojection.map_or(*own, |reprojection| reprojection.scaling(Some(own)))
    }

    /// Whether the points of a cell are inside the areas and the core, outside, or neither is certain.
    #[must_use]
    pub fn relation(&self, cell: &Bounds) -> Relation {
        let areas = self.inner.cover.relation(cell);
        match &self.inner.core {
            Some(core) if areas != Relation::Outside => areas.min(core.relation(cell)),
            _ => areas,
        }
    }

    /// Whether a node can have selected points, judging by its depth, its cell and the coordinates in the condition.
    #[must_use]
    pub fn reads(&self, key: Key, cell: &Bounds) -> bool {
        self.is_depth(key.depth())
            && self.relation(cell) != Relation::Outside
            && self.is_possible(cell)
    }

    fn is_depth(&self, depth: u32) -> bool {
        self.inner.depth.is_none_or(|deepest| depth <= deepest)
    }

    /// The policy that visits the nodes of the selection in ascending depth, x, y, z.
    #[must_use]
    pub fn policy(&self) -> impl Policy + Send + use<> {
        Reach(self.clone())
    }

    /// What to decode of a node to select its points.
    #[must_use]
    pub fn wish(&self) -> Wish {
        Wish {
            dimensions: self.decoded(),
            bounds: self.envelope(),
            ..Wish::default()
        }
    }

    /// Bounds in the source's coordinates that contain all selected points.
    fn envelope(&self) -> Bounds {
        let areas = self.inner.cover.envelope();
        let Some(core) = &self.inner.core else {
            return areas;
        };
        let core = core.envelope();
        let min = [0, 1, 2].map(|i| f64::max(areas.min()[i], core.min()[i]));
        let max = [0, 1, 2].map(|i| f64::min(areas.max()[i], core.max()[i]));
        // If they are disjoint, those of the areas, by which points may have been selected already.
        Bounds::new(min, max).unwrap_or(areas)
    }

    /// The requested dimensions and those needed for the selection. `None` for all.
    fn decoded(&self) -> Option<Vec<String>> {
        let Inner {
            query,
            cover,
            reprojection,
            grid,
            core,
            ..
        } = &*self.inner;
        let mut names = query.dimensions()?.to_vec();
        if !cover.is_box() || reprojection.is_some() || grid.is_some() || core.is_some() {
            names.extend(AXES.map(str::to_owned));
        }
        names.extend(self.told_origin().map(|_| "OriginId".to_owned()));
        let filtered = query.filter().into_iter().flat_map(Filter::dimensions);
        names.extend(filtered.cloned());
        Some(names)
    }

    /// Selects from the points of a node, decoded according to [`Selection::wish`]. Unless points are thinned, they are
    /// also [finished](Selection::finish).
    ///
    /// # Errors
    /// If a dimension that is needed for the selection is in neither the points nor the schema, or a point can't be
    /// transformed to the coordinate system of the result.
    pub fn select(&self, cell: &Bounds, mut points: PointBatch) -> Result<PointBatch, SelectError> {
        let cover = &self.inner.cover;
        self.inner.named.look(&points);
        if !cover.is_box()
            && let Some(mask) = cover.mask(cell, &points)
        {
            points.retain(&mask);
        }
        self.retain_told(&mut points)?;
        if let Some(core) = &self.inner.core {
            points = core.apply(cell, points)?;
        }
        match &self.inner.grid {
            // The rest of thinning needs several nodes.
            Some(grid) => Ok(grid.reduced(points)),
            None => self.finish(points),
        }
    }

    /// Which points of a node are selected. `None` if all are. The points may be decoded without regard to
    /// [`Selection::wish`], but must have its dimensions. Thinning, a core and transformations are left out.
    ///
    /// # Errors
    /// As for [`Selection::select`].
    pub fn mask(
        &self,
        cell: &Bounds,
        points: &PointBatch,
    ) -> Result<Option<Vec<bool>>, SelectError> {
        let mut mask = self.inner.cover.mask(cell, points);
        if let Some(origin) = self.told_origin() {
            restrict(&mut mask, origin.mask(points)?);
        }
        if let Some(filter) = self.query().filter() {
            self.check_dimensions(filter.dimensions(), points)?;
            restrict(&mut mask, filter.mask(points));
        }
        Ok(mask)
    }

    /// The areas of [`Query::with_any_of`] that the cell of a node intersects; see [`Cover::areas_met`](crate::Cover::areas_met).
    #[must_use]
    pub fn areas_met(&self, cell: &Bounds) -> Vec<usize> {
        self.inner.cover.areas_met(cell)
    }

    /// As [`Selection::select`], separately for each area of [`Query::with_any_of`]: the number of the area, from 0,
    /// and its points, possibly none, which are made only when its turn comes. Areas that the cell misses are left
    /// out. A point in several areas is returned for each. The query must not thin.
    ///
    /// # Errors
    /// As for [`Selection::select`].
    pub fn select_each(
        &self,
        cell: &Bounds,
        mut points: PointBatch,
    ) -> Result<impl Iterator<Item = Result<(usize, PointBatch), SelectError>>, SelectError> {
        let cover = &self.inner.cover;
        self.inner.named.look(&points);
        if let Some(mask) = cover.mask_of_all(cell, &points) {
            points.retain(&mask);
        }
        self.retain_told(&mut points)?;
        if let Some(core) = &self.inner.core {
            points = core.apply(cell, points)?;
        }
        let rows = cover.rows_of_each(cell, &points).into_iter();
        Ok(rows.map(move |(area, rows)| Ok((area, self.finish(points.gather(&rows))?))))
    }

    /// Keeps the points of the origin that meet the condition.
    fn retain_told(&self, points: &mut PointBatch) -> Result<(), SelectError> {
        if let Some(origin) = self.told_origin() {
            let mask = origin.mask(points)?;
            points.retain(&mask);
        }
        if let Some(filter) = self.query().filter() {
            self.check_dimensions(filter.dimensions(), points)?;
            let mask = filter.mask(points);
            points.retain(&mask);
        }
        Ok(())
    }

    /// Transforms points to the coordinate system of the result, and drops dimensions that are not part of it.
    ///
    /// # Errors
    /// If a point can't be transformed.
    pub fn finish(&self, mut points: PointBatch) -> Result<PointBatch, SelectError> {
        if let Some(reprojection) = &self.inner.reprojection {
            points = reprojection.apply(points)?;
        }
        let Some(names) = self.query().dimensions() else {
            return Ok(points);
        };
        let flag = self.inner.core.as_ref().and_then(BoundCore::flag);
        Ok(match flag {
            Some(flag) => points.with_dimensions(&[names, std::slice::from_ref(flag)].concat()),
            None => points.with_dimensions(names),
        })
    }

    /// The dimensions named in the query or its condition that none of the nodes selected so far had. Empty before the
    /// first node.
    #[must_use]
    pub fn absent_dimensions(&self) -> Vec<&str> {
        self.inner.named.absent()
    }

    /// The origin, if points are selected by their `OriginId`.
    fn told_origin(&self) -> Option<&Origin> {
        self.query().origin().filter(|origin| !origin.by_bounds)
    }

    /// Checks dimensions. A tile may lack what the schema has and vice versa, but what neither has is a mistake.
    fn check_dimensions(&self, names: &[String], points: &PointBatch) -> Result<(), SelectError> {
        let frame = self.frame();
        // LAS tiles may differ: another may have any dimension of LAS.
        let may_come =
            |name: &str| points.point_format().is_some() && known_dimension(name).is_some();
        let is_unknown = |name: &&String| {
            points.find(name).is_none() && frame.dimension(name).is_none() && !may_come(name)
        };
        match names.iter().find(is_unknown) {
            None => Ok(()),
            Some(unknown) => {
                let known = frame.schema.iter().map(|dimension| dimension.name.as_str());
                Err(SelectError::NoDimension {
                    name: unknown.clone(),
                    available: known.collect::<Vec<_>>().join(", "),
                })
            }
        }
    }

    /// Whether any coordinates in the cell could meet the condition. Statistics of the schema are not used, since many
    /// are stale, or describe values before builders changed them.
    fn is_possible(&self, cell: &Bounds) -> bool {
        let Some(filter) = self.query().filter() else {
            return true;
        };
        let cell = cell.grown(self.frame().slack);
        filter.is_possible(|name| {
            let axis = AXES.iter().position(|axis| is_same_dimension(name, axis));
            axis.map(|axis| [cell.min()[axis], cell.max()[axis]])
        })
    }

    /// The operations between datums for the areas and the output, each at the centre of the source.
    #[must_use]
    pub fn operations(&self) -> Vec<Operation> {
        let (areas, any_of) = (self.query().areas(), self.query().any_of());
        let areas = areas.iter().chain(any_of).filter_map(Area::crs);
        let mut targets: Vec<_> = areas.chain(self.query().output_crs()).collect();
        targets.dedup();
        // The tables of coordinate systems take a while to load, and most queries need none.
        if targets.is_empty() {
            return Vec::new();
        }
        let Ok(own) = self.frame().crs() else {
            return Vec::new();
        };
        let extent = self.frame().extent();
        let middle = [0, 1, 2].map(|i| extent.min()[i] + (extent.max()[i] - extent.min()[i]) / 2.0);
        let mut operations: Vec<Operation> = Vec::new();
        for target in targets {
            let transform = own.to(target).ok();
            let operation = transform.and_then(|transform| transform.operation_at(middle));
            operations.extend(operation.filter(|new| !operations.contains(new)));
        }
        operations
    }

    /// Metres on the ground per unit of the source's coordinate system along x and along y: the maximum in the areas,
    /// or in the source if there is no area.
    ///
    /// # Errors
    /// If the source's coordinate system is not known, or the areas can't be located on the ground.
    pub fn metres_per_unit(&self) -> Result<[f64; 2], SelectError> {
        ground::metres_per_unit(self.query(), self.frame())
    }
}

/// Narrows a mask, of which `None` keeps all, to another.
fn restrict(mask: &mut Option<Vec<bool>>, by: Vec<bool>) {
    match mask {
        Some(mask) => {
            let both = mask.iter_mut().zip(by);
            both.for_each(|(keep, is_kept)| *keep = *keep && is_kept);
        }
        None => *mask = Some(by),
    }
}

/// The policy of a selection's walk.
#[derive(Debug)]
struct Reach(Selection);

impl Policy for Reach {
    fn rank(&self, key: Key, cell: &Bounds) -> Option<f64> {
        self.0.reads(key, cell).then(|| -f64::from(key.depth()))
    }
}

/// The greatest depth that a query reads. `None` for all.
fn depth(query: &Query, frame: &Frame) -> Result<Option<u32>, SelectError> {
    let resolution = match query.detail() {
        Detail::All => return Ok(None),
        Detail::Depth(_) if frame.spacing.is_none() => return Err(SelectError::NoDepths),
        Detail::Depth(depth) => return Ok(Some(depth)),
        Detail::Resolution(Spacing::Units(resolution)) => resolution,
        Detail::Resolution(Spacing::Ground(length)) => {
            let [x, y] = ground::metres_per_unit(query, frame)?;
            length.metres() / f64::max(x, y)
        }
    };
    frame.depth_for_resolution(resolution).map(Some)
}
