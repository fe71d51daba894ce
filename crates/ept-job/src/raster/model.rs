//! What a raster shows.

use ept_format::is_same_dimension;
use ept_raster::{Duplicates, Grid, Statistic};
use ept_reader::{Filter, Length, Query, Spacing};

use crate::{OutputError, Terrain};

/// Size and position of the cells.
#[derive(Debug, Clone, PartialEq)]
pub enum Cells {
    /// Square cells of this size.
    Sized {
        /// Edge length of a cell. On the ground, units of a projected system count at their nominal length where that is
        /// within 2 % of the true one, so that 1 m in UTM is 1 unit. In others, such as Web Mercator, it is the size in the
        /// middle of the dataset: give it in units there, if rasters of several datasets must fit together.
        size: Spacing,
        /// A corner of a cell; the others are at multiples of the size from it.
        corner: [f64; 2],
    },
    /// The cells of another raster.
    Like {
        /// Its cells.
        grid: Grid,
        /// EPSG code of its coordinate system, as far as it is known.
        codes: Option<String>,
    },
}

/// How cells get their values.
#[derive(Debug, Clone, PartialEq)]
pub enum Surface {
    /// The Delaunay triangulation of the points, at the centres of the cells.
    Tin,
    /// Statistics of the points near each cell, a band for each.
    Statistics {
        /// Which points are near.
        reach: Reach,
        /// The bands.
        statistics: Vec<Statistic>,
    },
}

/// Which points count for a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reach {
    /// Those in it.
    Cell,
    /// Those nearer to its centre than the diagonal of a cell, which is the default of PDAL's `writers.gdal`.
    Diagonal,
    /// Those nearer to its centre than this.
    Radius(Spacing),
}

/// How cells without points near them get a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// They stay void.
    None,
    /// From cells at most this many columns and rows away, as PDAL's `window_size`.
    Window(u32),
    /// From the triangulation of all used points, whatever the length of its edges.
    Tin,
    /// From the triangulation of the used points in the upper depths of the octree: rougher than [`Fill::Tin`], but as fast
    /// for large voids as for small ones.
    Octree,
}

/// Points that are left out because they are far from all others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OutlierRule {
    /// As PDAL's `filters.outlier` with `method=statistical`: the mean distance to the nearest `neighbours` is at least
    /// the mean of all points plus `multiplier` standard deviations.
    Statistical {
        /// Number of neighbours.
        neighbours: u32,
        /// Number of standard deviations.
        multiplier: f64,
    },
    /// As PDAL's `filters.outlier` with `method=radius`: fewer than `minimum` other points are nearer than `radius`.
    Radius {
        /// The radius, measured in space: heights count in the units of x and y.
        radius: Spacing,
        /// Number of other points.
        minimum: u32,
    },
}

/// What a raster shows.
#[derive(Debug, Clone, PartialEq)]
pub struct RasterModel {
    /// Size and position of the cells.
    pub cells: Cells,
    /// The dimension whose values are shown.
    pub value: String,
    /// How cells get their values.
    pub surface: Surface,
    /// The points that are used, of those selected. Outliers are sought among all. `None` for all.
    pub uses: Option<Filter>,
    /// Whether only those of the used points make the surface that PDAL's `filters.smrf` finds to be ground, with its
    /// defaults and cells of 1 m. The unit of heights is that of the vertical system, or of x and y if there is none.
    pub finds_ground: bool,
    /// The ground, if the values are heights above it, whatever their dimension is. `None` if values are as they are.
    pub ground: Option<Terrain>,
    /// Which of several points at the same place counts for triangles.
    pub duplicates: Duplicates,
    /// Points that are left out. `None` if none are.
    pub outliers: Option<OutlierRule>,
    /// Triangles with a longer edge are void. `None` for no limit.
    pub max_edge: Option<Length>,
    /// How cells without points get a value.
    pub fill: Fill,
}

impl RasterModel {
    /// The heights of all points, without anything that is a choice.
    #[must_use]
    pub fn new(cells: Cells, surface: Surface) -> RasterModel {
        RasterModel {
            cells,
            value: "Z".into(),
            surface,
            uses: None,
            finds_ground: false,
            ground: None,
            duplicates: Duplicates::Lowest,
            outliers: None,
            max_edge: None,
            fill: Fill::None,
        }
    }

    /// Whether points need their time.
    pub(crate) fn needs_order(&self) -> bool {
        self.statistics()
            .iter()
            .any(|statistic| statistic.needs_order())
    }

    /// The condition for points of the ground, if heights are measured from their triangles.
    pub(crate) fn ground_points(&self) -> Option<&Filter> {
        self.ground.as_ref().and_then(Terrain::points)
    }

    fn statistics(&self) -> &[Statistic] {
        match &self.surface {
            Surface::Tin => &[],
            Surface::Statistics { statistics, .. } => statistics,
        }
    }

    /// Refuses statistics that the points of the upper depths distort: the lowest of a few points is higher than that of
    /// all.
    ///
    /// # Errors
    /// If there is one.
    pub fn check_preview(&self) -> Result<(), OutputError> {
        let is_fair = |statistic: &&Statistic| {
            matches!(
                statistic,
                Statistic::Mean | Statistic::Idw { .. } | Statistic::Median
            )
        };
        match self
            .statistics()
            .iter()
            .find(|statistic| !is_fair(statistic))
        {
            Some(statistic) => Err(OutputError::Biased(statistic.to_string())),
            None => Ok(()),
        }
    }

    /// A query for the upper depths of an octree only, down to a spacing of a quarter of a cell.
    #[must_use]
    pub fn previewed(&self, query: Query) -> Query {
        let quarter = match &self.cells {
            Cells::Like { grid, .. } => Spacing::Units(grid.lattice().cell() / 4.0),
            Cells::Sized { size, .. } => match size {
                Spacing::Units(units) => Spacing::Units(units / 4.0),
                Spacing::Ground(length) => {
                    Length::from_metres(length.metres() / 4.0).map_or(*size, Spacing::Ground)
                }
            },
        };
        query.with_resolution(quarter)
    }

    /// Names of the bands.
    #[must_use]
    pub fn bands(&self) -> Vec<String> {
        match &self.surface {
            Surface::Tin => vec![self.value.clone()],
            Surface::Statistics { statistics, .. } => {
                let is_height = is_same_dimension(&self.value, "Z");
                let name = |statistic: &Statistic| {
                    if is_height {
                        statistic.to_string()
                    } else {
                        format!("{} {statistic}", self.value)
                    }
                };
                statistics.iter().map(name).collect()
            }
        }
    }
}
