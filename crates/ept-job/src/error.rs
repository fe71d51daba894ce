//! Errors of jobs.

use std::path::PathBuf;

use ept_export::ExportError;
use ept_points::DecodeError;

use crate::Format;

/// An output that is not possible, whatever the points.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OutputError {
    /// No format has the extension of the file.
    #[error(
        "{}: no format has this extension; name it .csv, .csv.gz, .xyz, .las, .laz, .copc.laz, .ply, .arrow or .parquet, \
         or name the format",
        .0.display()
    )]
    NoFormat(PathBuf),
    /// No format has this name.
    #[error("\"{0}\" is not a format; use csv, csv.gz, xyz, las, laz, copc, ply, arrow or parquet")]
    UnknownFormat(String),
    /// The format can't be written to a stream.
    #[error("LAS, LAZ, COPC and PLY cannot be written to standard output; name a file")]
    NeedsFile,
    /// This build does not support the format.
    #[error("this ept was built without Arrow and Parquet; build it with --features parquet")]
    NotBuiltIn,
    /// The template for files of features does not contain the property.
    #[error(
        "{name}: the file name must contain {{{property}}}, so that each feature gets its own file"
    )]
    NoPlaceholder {
        /// The template.
        name: String,
        /// The property used as name of features.
        property: String,
    },
    /// Two features have the same file name, at least on some file systems.
    #[error("{first:?} and {second:?} have the same file {}; rename one so that they differ in more than case and special characters", .path.display())]
    SameFile {
        /// The name of the first feature.
        first: String,
        /// The name of the second feature.
        second: String,
        /// The file.
        path: PathBuf,
    },
    /// A statistic that a part of the points distorts.
    #[error("{0} of a part of the points would be biased: choose mean, median or idw, or allow it")]
    Biased(String),
    /// A condition on heights above the ground for points that are thinned before they have any.
    #[error(
        "points are thinned before their heights above the ground are known: a condition can't name them then"
    )]
    ThinnedHeights,
    /// A text that means nothing where it stands.
    #[error("{0}")]
    Value(String),
    /// A number of decimals for a format that is not text.
    #[error("a number of decimals is for CSV and XYZ, not for {0}")]
    Precision(Format),
}

/// An error of a job.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JobError {
    /// The dataset can't be read.
    #[error(transparent)]
    Read(#[from] ept_reader::Error),
    /// The points can't be converted as requested.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The points have no place in the columns that were settled in advance.
    #[error(transparent)]
    Columns(#[from] ExportError),
    /// The points can't be written to the output.
    #[error("cannot write {output}")]
    Write {
        /// The name of the output.
        output: String,
        /// What went wrong.
        source: ExportError,
    },
    /// The extension of the file is not that of an index format.
    #[error("{output}: an index has the extension .vpc, .geojson or .zip")]
    IndexFormat {
        /// The name of the output.
        output: String,
    },
    /// The format can't represent the index.
    #[error("cannot write {output}")]
    Index {
        /// The name of the output.
        output: String,
        /// What can't be written.
        source: ept_index::IndexError,
    },
    /// The output is not possible.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// The parts of work units can't be put together.
    #[error("{0}")]
    Part(String),
    /// A result can't be divided into work units.
    #[error("{0}")]
    Division(String),
    /// Heights above points of the ground in work units.
    #[error(
        "heights above points of the ground can't be divided into work units: where their triangles end, a height depends on \
         ground however far away; make a terrain model first, in units too, and measure heights above that"
    )]
    GroundUnits,
    /// The folder of a download has something else in it.
    #[error("{folder} holds another EPT dataset; name another folder")]
    OtherDataset {
        /// Name of the folder.
        folder: String,
    },
    /// A raster can't be made of these points or with these numbers.
    #[error(transparent)]
    Raster(#[from] ept_raster::RasterError),
    /// A raster file can't be written.
    #[error("cannot write {output}")]
    RasterFile {
        /// The name of the output.
        output: String,
        /// What went wrong.
        source: ept_raster::CogError,
    },
    /// A raster can't be read.
    #[error("cannot read {input}")]
    RasterInput {
        /// The name of the file.
        input: String,
        /// What is wrong.
        source: ept_raster::GeoTiffError,
    },
    /// A picture can't be written.
    #[error("cannot write a picture")]
    Picture(#[from] std::io::Error),
    /// A point that no cell can be found for.
    #[error("{0} can't be put on a grid")]
    NotOnGrid(String),
    /// Cells with a length on the ground in longitude and latitude.
    #[error(
        "in longitude and latitude, cells that are square on the ground are not possible: choose another coordinate system, \
         or give their size in degrees, such as 0.00001u"
    )]
    Degrees,
    /// The dataset has no octree to fill voids from.
    #[error("the dataset has no octree to fill voids from: only EPT and COPC have one")]
    NoOctree,
    /// Heights above the ground can't be filled from triangles of heights.
    #[error(
        "voids in heights above the ground can be filled from cells around only, not from triangles"
    )]
    FillAboveGround,
    /// The cells of a raster in another coordinate system.
    #[error(
        "the cells are in {theirs}, but the points would be in {ours}: choose {theirs} as coordinate system of the result"
    )]
    LikeSystem {
        /// The system of the result.
        ours: String,
        /// The system of the cells.
        theirs: String,
    },
    /// Heights above a raster in another coordinate system.
    #[error(
        "{input} is in {theirs}, but the points are in {ours}: transform it, for example with gdalwarp -t_srs {ours}"
    )]
    RasterSystem {
        /// The name of the file.
        input: String,
        /// The system of the points.
        ours: String,
        /// The system of the raster.
        theirs: String,
    },
    /// Far too many cells.
    #[error("{columns:.0} x {rows:.0} cells are too many: use larger cells or a smaller area")]
    TooManyCells {
        /// Number of columns.
        columns: f64,
        /// Number of rows.
        rows: f64,
    },
    /// Points can't be written to a scratch file.
    #[error("cannot write points to a scratch file")]
    Scratch(#[source] std::io::Error),
    /// The file can't be created or renamed.
    #[error("cannot write {output}")]
    File {
        /// The name of the output.
        output: String,
        /// The error of the system.
        source: std::io::Error,
    },
}

impl JobError {
    /// The error and its causes in one line.
    #[must_use]
    pub fn in_full(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text += &format!(": {error}");
            cause = error.source();
        }
        text
    }
}
