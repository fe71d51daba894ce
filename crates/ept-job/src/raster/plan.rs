//! What a raster needs of a selection.

use std::sync::Arc;

use ept_crs::srs_codes;
use ept_format::{DataType, is_same_dimension};
use ept_raster::{Grid, Kernel, Lattice, MaxEdge, Smrf, Tin, Window};
use ept_reader::{Filter, Length, Query, Selection};

use super::around::{Columns, UsedPoints};
use super::coverage::Coverage;
use super::extent::Extent;
use super::files::RasterFiles;
use super::gather::{Gathered, Wanted, window_of};
use super::ground::Ground;
use super::ground_points::{GroundFilter, ground_points};
use super::halo::{USUAL_EDGE, halo, wide};
use super::judgement::Judgement;
use super::maker::{Maker, Method};
use super::model::{Cells, Fill, RasterModel, Reach, Surface};
use super::place::{areas, box_of, extent};
use super::summary::RasterSummary;
use crate::heights::TerrainRaster;
use crate::pending::scratch_folder;
use crate::{JobError, Pass, Terrain, sinks};

/// Cells of the largest raster, if sources are as large as they say: a million in each direction.
const MOST_CELLS: f64 = (1_u64 << 40) as f64;

/// Metres along the edges of buckets of points.
const BUCKET: f64 = 64.0;

/// What a raster needs of a selection, in the coordinates of the raster.
#[derive(Debug)]
pub(crate) struct Plan<'a> {
    model: &'a RasterModel,
    ground: Ground,
    method: Method,
    /// The longest edge of triangles.
    max_edge: MaxEdge,
    pub(crate) lattice: Lattice,
    /// How far from a cell points matter, in units.
    pub(crate) halo: f64,
    /// The selection's query, with the dimensions that are needed, and areas that reach as far as cells depend on points.
    pub(crate) query: Query,
    pub(crate) wanted: Wanted,
    columns: Columns,
}

impl<'a> Plan<'a> {
    /// # Errors
    /// If the cells have no size on the ground, there would be far too many, or the raster of the ground can't be used.
    pub(crate) fn new(
        selection: &Selection,
        model: &'a RasterModel,
        has_distance: bool,
    ) -> Result<Plan<'a>, JobError> {
        if model.ground_points().is_some() && matches!(model.fill, Fill::Tin | Fill::Octree) {
            return Err(JobError::FillAboveGround);
        }
        let ground = Ground::of(selection);
        let lattice = match &model.cells {
            Cells::Like { grid, codes } => {
                check_system(selection, codes.as_deref())?;
                *grid.lattice()
            }
            Cells::Sized { size, corner } => Lattice::new(ground.cell(*size)?, *corner)?,
        };
        check_size(selection, model, &lattice)?;
        let mut dimensions = vec![model.value.clone()];
        let mut columns = Columns::default();
        if model.needs_order() {
            dimensions.push("GpsTime".into());
            columns.order = Some(dimensions.len() + 1);
        }
        if model.outliers.is_some() {
            dimensions.push("Z".into());
            columns.height = Some(dimensions.len() + 1);
        }
        if model.ground_points().is_some() {
            columns.ground = Some(dimensions.len() + 2);
        }
        if model.fill == Fill::Octree {
            if selection.frame().spacing.is_none() {
                return Err(JobError::NoOctree);
            }
            columns.depth = Some(dimensions.len() + 2 + usize::from(columns.ground.is_some()));
        }
        let above = match &model.ground {
            Some(Terrain::Raster(path)) => {
                let own = sinks::file_srs(selection).srs;
                Some(Arc::new(TerrainRaster::open(path, &own)?))
            }
            _ => None,
        };
        let method = method(model, &lattice, &ground)?;
        let max_edge = match model.max_edge {
            Some(length) => MaxEdge::new(length.metres(), ground.metres)?,
            None => MaxEdge::NONE,
        };
        let mut halo = halo(model, &method, &lattice, &ground)?;
        if has_distance {
            halo = halo.max(model.max_edge.map_or(USUAL_EDGE, Length::metres) / ground.least());
        }
        let query = wide(selection, model, halo, &ground)?;
        Ok(Plan {
            query: query.with_dimensions(needed(selection, model, &dimensions)),
            wanted: Wanted {
                dimensions,
                uses: model.uses.clone(),
                keeps_all: model.outliers.is_some(),
                ground: model.ground_points().cloned(),
                above,
                bucket: BUCKET / ground.least(),
                keeps_depth: columns.depth.is_some(),
            },
            model,
            ground,
            method,
            max_edge,
            lattice,
            halo,
            columns,
        })
    }

    /// Whether the cells are those of the box of a query, whatever points there are.
    pub(crate) fn has_box(&self, selection: &Selection) -> bool {
        box_of(selection).is_some()
    }

    /// The cells of the raster: those that were named, else those of the box of the query, else those with used points.
    ///
    /// # Errors
    /// If there are too many.
    pub(crate) fn grid(
        &self,
        selection: &Selection,
        used: Option<Window>,
        lost: &[Extent],
    ) -> Result<Grid, JobError> {
        if let Cells::Like { grid, .. } = &self.model.cells {
            return Ok(*grid);
        }
        if let Some(area) = box_of(selection) {
            return Ok(Grid::covering(self.lattice, area.corners())?);
        }
        let within = match areas(selection) {
            Some(areas) => Some(Grid::covering(self.lattice, areas.corners())?),
            None => None,
        };
        let used = self.with_lost(used, lost, extent(selection))?;
        let window = match &within {
            Some(within) => used.and_then(|used| used.intersection(within.window())),
            None => used,
        };
        match (window, within) {
            (Some(window), _) => Ok(Grid::new(self.lattice, window)?),
            // Nothing was found where it was sought.
            (None, Some(within)) => Ok(within),
            (None, None) => Ok(Grid::covering(self.lattice, extent(selection).corners())?),
        }
    }

    /// The cells with used points, and those of boxes of lost parts, as far as the sources reach.
    fn with_lost(
        &self,
        used: Option<Window>,
        lost: &[Extent],
        extent: Extent,
    ) -> Result<Option<Window>, JobError> {
        let mut all = used
            .map(|used| Extent::new([used.west, used.south, used.east() - 1, used.north() - 1]));
        for lost in lost {
            let [west, south, east, north] = lost.shared(extent).corners();
            let corners = (
                self.lattice.find(west, south),
                self.lattice.find(east, north),
            );
            if let (Some([west, south]), Some([east, north])) = corners
                && west <= east
                && south <= north
            {
                let cells = Extent::new([west, south, east, north]);
                all = Some(all.map_or(cells, |all| all.joined(cells)));
            }
        }
        Ok(all.map(window_of).transpose()?)
    }

    /// What makes the cells of the points that were read.
    ///
    /// # Errors
    /// If points can't be read again, or numbers are out of limits.
    pub(crate) async fn maker(
        self,
        pass: &Pass,
        gathered: Gathered,
        files: &RasterFiles,
        lost: Vec<Extent>,
        summary: &mut RasterSummary,
    ) -> Result<Maker, JobError> {
        let engine = pass.selection().dataset().engine();
        let scratch = scratch_folder(&files.raster);
        let Gathered {
            buckets, extents, ..
        } = gathered;
        let coverage = Coverage::new(pass.selection(), extents, lost)?;
        let buckets = Arc::new(buckets);
        let judgement = match (self.model.outliers, self.columns.height) {
            (Some(rule), Some(height)) => {
                let judged =
                    Judgement::of(&buckets, height, (rule, &self.ground), engine, &scratch).await?;
                summary.outliers = Some(judged.1);
                Some(judged.0)
            }
            _ => None,
        };
        let mut points = UsedPoints {
            buckets,
            columns: self.columns,
            judgement,
        };
        if self.model.finds_ground {
            let filter = ground_filter(&self.ground)?;
            points = ground_points(points, filter, engine, &scratch).await?;
        }
        let duplicates = self.model.duplicates;
        let made = engine.compute(0, move || {
            let mut coarse = points.coarse()?;
            let tin = Tin::new(
                Extent::EVERYWHERE.corners(),
                duplicates,
                MaxEdge::NONE,
                &mut coarse,
            )?;
            Ok::<_, JobError>((points, tin))
        });
        let (points, coarse) = made.await??;
        Ok(Maker {
            points,
            method: self.method,
            duplicates,
            fill: self.model.fill,
            max_edge: self.max_edge,
            coarse,
            coverage,
            has_distance: files.distance.is_some(),
        })
    }
}

/// The dimensions that a model needs, each once. Those of its conditions are left out if no point has them: comparisons
/// with them are false.
fn needed(selection: &Selection, model: &RasterModel, dimensions: &[String]) -> Vec<String> {
    let mut needed = ["X", "Y", "Z"].map(str::to_owned).to_vec();
    let filters = model.uses.iter().chain(model.ground_points());
    let named = filters.flat_map(Filter::dimensions);
    let named = named.filter(|name| may_have(selection, name));
    for name in dimensions.iter().chain(named) {
        if !needed.iter().any(|known| is_same_dimension(known, name)) {
            needed.push(name.clone());
        }
    }
    needed
}

/// Whether points can have a dimension. In LAZ, more than the schema of EPT says.
pub(crate) fn may_have(selection: &Selection, name: &str) -> bool {
    let dataset = selection.dataset();
    let is_las = match dataset.ept() {
        Ok(ept) => ept.metadata().data_type() == DataType::Laszip,
        Err(_) => dataset.header().is_some(),
    };
    is_las || selection.frame().dimension(name).is_some()
}

/// The filter for the ground: its numbers are metres.
fn ground_filter(ground: &Ground) -> Result<GroundFilter, JobError> {
    let metres = ground.metres[0].max(ground.metres[1]);
    let smrf = Smrf::default();
    Ok(GroundFilter {
        smrf: Smrf {
            threshold: smrf.threshold / ground.height,
            scalar: smrf.scalar / ground.height,
            ..smrf
        },
        lattice: Lattice::new(1.0 / metres, [0.0; 2])?,
        cell: 1.0 / ground.height,
    })
}

/// How cells get their values, in the coordinates of the raster.
fn method(model: &RasterModel, lattice: &Lattice, ground: &Ground) -> Result<Method, JobError> {
    let cell = lattice.cell();
    Ok(match &model.surface {
        Surface::Tin => Method::Tin,
        Surface::Statistics { reach, statistics } => Method::Statistics {
            kernel: match reach {
                Reach::Cell => Kernel::Cell,
                Reach::Diagonal => Kernel::diagonal(lattice),
                Reach::Radius(radius) => Kernel::Radius(ground.cell(*radius)?),
            },
            statistics: statistics.clone(),
            area: cell * cell * ground.metres[0] * ground.metres[1],
        },
    })
}

/// Refuses the cells of a raster in another coordinate system than the points would be in.
fn check_system(selection: &Selection, theirs: Option<&str>) -> Result<(), JobError> {
    let horizontal = |codes: &str| codes.split('+').next().unwrap_or(codes).to_owned();
    let ours = srs_codes(&sinks::file_srs(selection).srs);
    match (ours.as_deref().map(horizontal), theirs.map(horizontal)) {
        (Some(ours), Some(theirs)) if ours != theirs => Err(JobError::LikeSystem { ours, theirs }),
        _ => Ok(()),
    }
}

/// Refuses rasters that are far too large, before anything is read.
fn check_size(
    selection: &Selection,
    model: &RasterModel,
    lattice: &Lattice,
) -> Result<(), JobError> {
    let [west, south, east, north] = match &model.cells {
        Cells::Like { grid, .. } => grid.extent(),
        Cells::Sized { .. } => {
            let extent = extent(selection);
            let areas = box_of(selection).or_else(|| areas(selection));
            areas.map_or(extent, |areas| extent.shared(areas)).corners()
        }
    };
    let size = |low: f64, high: f64| ((high - low) / lattice.cell()).max(0.0);
    let (columns, rows) = (size(west, east), size(south, north));
    if columns * rows > MOST_CELLS {
        return Err(JobError::TooManyCells { columns, rows });
    }
    Ok(())
}
