//! What a work unit of a raster makes, as text.

use std::path::PathBuf;

use ept_raster::{Compression, Duplicates, Grid, Lattice, RasterError, Window};
use ept_reader::{Filter, Length};
use serde::{Deserialize, Serialize};

use crate::{Cells, Fill, JobError, OutlierRule, RasterModel, Reach, Surface, Terrain};

/// The raster of a work unit.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RasterWork {
    /// Edge length and corner of the cells.
    cell: f64,
    corner: [f64; 2],
    /// The cells of the unit: western column, southern row, number of columns and of rows.
    window: [i64; 4],
    /// Those of all units.
    pub(super) whole: [i64; 4],
    /// Whether cells of the result beyond all used points are left out.
    pub(super) is_cropped: bool,
    pub(super) compression: CompressionText,
    /// The note of the result.
    pub(super) note: String,
    value: String,
    /// The statistics of each cell, or none for triangles.
    statistics: Vec<String>,
    reach: Option<ReachText>,
    uses: Option<String>,
    finds_ground: bool,
    /// The raster of the ground.
    ground: Option<PathBuf>,
    highest: bool,
    /// Radius and number of other points.
    outliers: Option<(String, u32)>,
    max_edge: Option<f64>,
    fill: u32,
}

/// A compression that can be read again.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum CompressionText {
    None,
    Deflate,
    Zstd,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ReachText {
    Cell,
    Diagonal,
    Radius(String),
}

impl RasterWork {
    /// The work of a unit without a window yet.
    ///
    /// # Errors
    /// If cells of the raster depend on points however far away.
    pub(super) fn new(
        model: &RasterModel,
        compression: Compression,
        whole: &Grid,
        is_cropped: bool,
        note: String,
    ) -> Result<RasterWork, JobError> {
        let refused = |what: &str| {
            JobError::Division(format!(
                "{what} depend on points however far away, so the raster can't be divided into work units"
            ))
        };
        let compression = CompressionText::of(compression).ok_or_else(|| {
            JobError::Division(
                "parts with this compression can't be put together: choose another".into(),
            )
        })?;
        let is_tin = matches!(model.surface, Surface::Tin);
        let fill = match model.fill {
            Fill::None => 0,
            Fill::Window(cells) => cells,
            Fill::Tin | Fill::Octree => return Err(refused("voids filled by triangles")),
        };
        let outliers = match model.outliers {
            None => None,
            Some(OutlierRule::Radius { radius, minimum }) => Some((radius.to_string(), minimum)),
            Some(OutlierRule::Statistical { .. }) => return Err(refused("statistical outliers")),
        };
        let ground = match &model.ground {
            None => None,
            Some(Terrain::Raster(path)) => Some(path.clone()),
            Some(Terrain::Points(_)) => return Err(refused("heights above triangulated ground")),
        };
        if is_tin && model.max_edge.is_none() {
            return Err(refused("triangles without a longest edge"));
        }
        let (statistics, reach) = match &model.surface {
            Surface::Tin => (Vec::new(), None),
            Surface::Statistics { reach, statistics } => {
                let reach = match reach {
                    Reach::Cell => ReachText::Cell,
                    Reach::Diagonal => ReachText::Diagonal,
                    Reach::Radius(radius) => ReachText::Radius(radius.to_string()),
                };
                let statistics = statistics.iter().map(ToString::to_string);
                (statistics.collect(), Some(reach))
            }
        };
        let lattice = whole.lattice();
        Ok(RasterWork {
            cell: lattice.cell(),
            corner: lattice.corner(),
            window: numbers(whole.window()),
            whole: numbers(whole.window()),
            is_cropped,
            compression,
            note,
            value: model.value.clone(),
            statistics,
            reach,
            uses: model.uses.as_ref().map(ToString::to_string),
            finds_ground: model.finds_ground,
            ground,
            highest: model.duplicates == Duplicates::Highest,
            outliers,
            max_edge: model.max_edge.map(Length::metres),
            fill,
        })
    }

    /// The text for the unit with these cells.
    pub(super) fn text(&mut self, window: &Window) -> Result<String, JobError> {
        self.window = numbers(window);
        serde_json::to_string(self).map_err(|error| JobError::Part(error.to_string()))
    }

    pub(super) fn parse(text: &str) -> Result<RasterWork, JobError> {
        serde_json::from_str(text)
            .map_err(|error| JobError::Part(format!("not the work of a unit: {error}")))
    }

    /// The raster, of the cells of the unit.
    pub(super) fn model(&self) -> Result<RasterModel, JobError> {
        let lattice = Lattice::new(self.cell, self.corner)?;
        let statistics = self.statistics.iter().map(|text| text.parse());
        let surface = match &self.reach {
            None => Surface::Tin,
            Some(reach) => Surface::Statistics {
                reach: match reach {
                    ReachText::Cell => Reach::Cell,
                    ReachText::Diagonal => Reach::Diagonal,
                    ReachText::Radius(radius) => {
                        Reach::Radius(radius.parse().map_err(ept_reader::Error::from)?)
                    }
                },
                statistics: statistics.collect::<Result<_, RasterError>>()?,
            },
        };
        let uses = self.uses.as_deref().map(Filter::parse);
        let outliers = self.outliers.as_ref().map(|(radius, minimum)| {
            let radius = radius.parse().map_err(ept_reader::Error::from)?;
            let minimum = *minimum;
            Ok::<_, JobError>(OutlierRule::Radius { radius, minimum })
        });
        Ok(RasterModel {
            cells: Cells::Like {
                grid: Grid::new(lattice, window(self.window)?)?,
                codes: None,
            },
            value: self.value.clone(),
            surface,
            uses: uses.transpose().map_err(ept_reader::Error::from)?,
            finds_ground: self.finds_ground,
            ground: self.ground.clone().map(Terrain::Raster),
            duplicates: if self.highest {
                Duplicates::Highest
            } else {
                Duplicates::Lowest
            },
            outliers: outliers.transpose()?,
            max_edge: self.max_edge.and_then(Length::from_metres),
            fill: if self.fill > 0 {
                Fill::Window(self.fill)
            } else {
                Fill::None
            },
        })
    }
}

impl CompressionText {
    fn of(compression: Compression) -> Option<CompressionText> {
        match compression {
            Compression::None => Some(CompressionText::None),
            Compression::Deflate => Some(CompressionText::Deflate),
            Compression::Zstd => Some(CompressionText::Zstd),
            _ => None,
        }
    }

    pub(super) fn compression(self) -> Compression {
        match self {
            CompressionText::None => Compression::None,
            CompressionText::Deflate => Compression::Deflate,
            CompressionText::Zstd => Compression::Zstd,
        }
    }
}

/// A window as western column, southern row, number of columns and of rows.
pub(super) fn numbers(window: &Window) -> [i64; 4] {
    let size = [window.columns, window.rows].map(i64::from);
    [window.west, window.south, size[0], size[1]]
}

pub(super) fn window([west, south, columns, rows]: [i64; 4]) -> Result<Window, JobError> {
    let size = |number: i64| {
        u32::try_from(number).map_err(|_| JobError::Part("not the cells of a raster".into()))
    };
    Ok(Window {
        west,
        south,
        columns: size(columns)?,
        rows: size(rows)?,
    })
}
