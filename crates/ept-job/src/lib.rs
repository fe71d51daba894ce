//! Whole jobs: from a [`Selection`](ept_reader::Selection) to a file, a profile, statistics or a plan with its costs.
//!
//! A [`Pass`] reads a selection once: it counts nodes as they are found, collects losses and reports its [`Progress`].
//! [`write_points`] writes its points to an [`Output`], which appears complete or not at all. A [`Report`] describes
//! the result. Nothing here prints or exits; that is left to commands, bindings and notebooks.
//!
//! ```
//! use ept_job::{OnError, Output, Pass, write_points};
//! use ept_reader::{Dataset, Query};
//!
//! # const LOCATION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/terrain");
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("area.laz");
//! let dataset = Dataset::open(LOCATION).await?;
//! let selection = dataset.select(&Query::new().with_depth(1))?;
//! let mut pass = Pass::new(selection, OnError::Fail);
//! let points = write_points(&mut pass, Output::to_file(&path, None)?, |_| ()).await?;
//! assert_eq!(points, pass.found().points);
//! # Ok(()) }
//! ```
//!
//! The feature `parquet` adds Arrow and GeoParquet, the feature `cloud` object stores as sources.

mod area_points;
mod area_statistics;
#[cfg(feature = "parquet")]
mod batches;
mod columnar;
mod costs;
mod counts;
mod download;
mod error;
mod file_names;
mod filler;
mod find;
mod format;
mod heights;
mod hierarchy;
mod info;
mod json;
mod levels;
mod limited;
mod losses;
mod new_index;
mod note;
mod nothing;
mod output;
mod pass;
mod pending;
mod percentiles;
mod picture;
mod place;
mod point_file;
mod points;
mod profile;
mod query_json;
mod raster;
mod remark;
mod report;
mod safe_name;
mod sinks;
mod sizes;
mod source_files;
mod spool;
mod statistics;
mod survey;
mod survey_info;
mod tap;
mod thinned;
mod tile_names;
mod tiles;
mod units;
mod validation;

pub use area_points::write_areas;
pub use area_statistics::{AreaStatistics, area_statistics};
#[cfg(feature = "parquet")]
pub use batches::Batches;
pub use costs::Costs;
pub use download::{Download, DownloadProgress, DownloadReport, DownloadState, DownloadedFile};
pub use ept_raster::{CellKind, Compression, Duplicates, Light, Statistic};
pub use error::{JobError, OutputError};
pub use file_names::file_names;
pub use find::{Catalogue, Find};
pub use format::Format;
pub use heights::{HeightAboveGround, Terrain};
pub use hierarchy::{DepthCount, Hierarchy};
pub use info::Info;
pub use json::sorted_json;
pub use levels::Levels;
pub use losses::{Losses, OnError};
pub use new_index::NewIndex;
pub use nothing::Nothing;
pub use output::Output;
pub use pass::{Found, Pass, Progress};
pub use picture::{
    DrawnPicture, PictureModel, PictureSize, draw_nodes, draw_picture, draw_plan, save_picture,
    surveys_map,
};
pub use points::write_points;
pub use profile::write_profile;
pub use raster::{
    Cells, Fill, OutlierDistances, OutlierRule, OutliersFound, RasterFiles, RasterModel,
    RasterProgress, RasterSummary, Reach, Relief, Surface, cell_size, cells_like, first_returns,
    ground_points, last_returns, write_hillshade, write_raster,
};
pub use remark::Remark;
pub use report::Report;
pub use source_files::source_files_json;
pub use statistics::{Statistics, statistics};
pub use survey_info::SurveyInfo;
pub use tiles::Tiles;
pub use units::{Merge, Merged, Receipt, raster_units, unit_pass, units, write_unit, write_units};
pub use validation::validation_json;
