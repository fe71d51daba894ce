//! The flags.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use ept_job::{Format, OnError};
use ept_reader::{Corners, Crs, Edge, Filter, Length, Spacing};

use crate::choice::Choice;

/// Read Entwine Point Tile (EPT) point clouds, from disk or from the web.
#[derive(Debug, Parser)]
#[command(name = "ept", version, after_help = EXAMPLES, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  ept info https://example.com/autzen/ept.json
  ept query autzen --bounds 635700,849000,636000,849500 --resolution 2 -o area.laz
  ept query autzen --dims X,Y,Z,Classification > points.csv
  ept stats autzen --depth 3 --json

Exit codes: 0 complete, 1 failed, 2 wrong usage, 3 done but parts of the data could not be read.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what a dataset says about itself
    Info(InfoArgs),
    /// Tell what a query would read and write, without reading a tile
    Plan(PlanArgs),
    /// Write the points of an area at a resolution to a file
    #[command(after_help = QUERY_EXAMPLES)]
    Query(QueryArgs),
    /// Count the points and give minimum, maximum, mean and standard deviation of each dimension
    Stats(StatsArgs),
    /// List the nodes of the octree that a query would read
    Nodes(NodesArgs),
    /// Write the points along a line, with how far along it and beside it they are
    Profile(ProfileArgs),
    /// List the files that a dataset was built from
    Sources(SourcesArgs),
    /// List the files of a tile index that an area meets
    #[command(after_help = TILES_NOTES)]
    Tiles(TilesArgs),
    /// Write a tile index of files, by their headers alone
    Index(NewIndexArgs),
    /// Look for what is wrong with a dataset
    #[command(after_help = VALIDATE_NOTES)]
    Validate(ValidateArgs),
    /// Show what the cache holds, or clear it
    Cache(CacheCommandArgs),
}

const QUERY_EXAMPLES: &str = "\
Examples:
  ept query DATASET -o all.laz
  ept query DATASET -o all.copc.laz
  ept query DATASET --bounds 635700,849000,636000,849500 -o area.laz
  ept query DATASET --bounds '([635700,636000],[849000,849500],[400,450])' -o box.las
  ept query https://example.com/set/ept.json?token=abc --resolution 2 -o coarse.laz
  ept query DATASET --bounds=-123.075,44.05,-123.070,44.055 --crs EPSG:4326 --resolution 1m -o area.laz
  ept query DATASET --polygon field.geojson --buffer 20m --where 'Classification == 2' -o ground.laz
  ept query DATASET --depth 2 --dims X,Y,Z,Intensity | head
  ept query DATASET --resolution 1 -o points.parquet

The points of depths 0 to N of the octree together are the result. A resolution selects the least such N
whose spacing is at most the given one: points are at least that dense, where the data are.";

const TILES_NOTES: &str = "\
Examples:
  ept tiles survey_TileIndex.zip --polygon catchment.geojson
  ept tiles https://example.com/survey.vpc --bounds 500000,4650000,500800,4650800 --json
  ept tiles tiles.geojson --url-template '{Sheet}/{Name}.laz' --base https://example.com/laz

Without an area all files are listed. The location is in a field called url, location, href or the like, or in one with
names of files; --url-field and --url-template say so otherwise.

Exit codes: 0 complete, 1 failed, 2 wrong usage, 3 done but the index goes on elsewhere or has entries without a location.";

const VALIDATE_NOTES: &str = "\
ept.json, all pages of the hierarchy and the sources are read, and each tile is looked for. Headers of tiles are read:
all of a local dataset, of a remote one those of a sample of 64. With --deep, every point is decoded.

Errors (E...) keep some or all of the data from being read; warnings (W...) do not. docs/validate.md explains each.

Exit codes: 0 no errors, 1 nothing could be opened, 2 wrong usage, 3 errors were found.";

/// Where points lie.
#[derive(Debug, Args)]
pub(crate) struct DatasetArgs {
    /// EPT folder or ept.json, COPC, LAZ or LAS file, folder of such files, pattern like 'tiles/*.laz', or tile index
    /// (see `ept tiles`); several are read in this order. Or URLs: http(s)://, whose query string is repeated on every request, s3://, gs:// or az://
    #[arg(value_name = "DATASET", required_unless_present = "list")]
    pub(crate) locations: Vec<String>,
    /// Read what is listed in this file too, a location on each line; - is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) list: Option<PathBuf>,
    /// Take heights as they are, though the datasets have different or unknown vertical systems
    #[arg(long)]
    pub(crate) vertical_as_is: bool,
    #[command(flatten)]
    pub(crate) index: IndexArgs,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// How to get at what is not on disk.
#[derive(Debug, Args)]
pub(crate) struct ConnectionArgs {
    /// Header to send with every request; can be given several times
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = header)]
    pub(crate) headers: Vec<(String, String)>,
    /// Give up when all reading takes longer: seconds, or a number with ms, s, m or h
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_parser = duration)]
    pub(crate) timeout: Option<Duration>,
    /// Server to ask for an s3://, gs:// or az:// dataset, in place of the cloud's own
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// Agree to pay for the requests to an s3:// bucket that demands it
    #[arg(long)]
    pub(crate) requester_pays: bool,
    #[command(flatten)]
    pub(crate) cache: CacheArgs,
}

/// The cache on disk.
#[derive(Debug, Args)]
pub(crate) struct CacheArgs {
    /// Keep files of remote datasets in this folder, for later queries
    #[arg(long = "cache", value_name = "FOLDER", env = "EPT_CACHE")]
    pub(crate) folder: Option<PathBuf>,
    /// Size that the cache may have: bytes, or a number with kB, MB, GB or TB
    #[arg(long = "cache-size", value_name = "SIZE", default_value = "10GB", value_parser = size)]
    pub(crate) size: u64,
}

/// Which points.
#[derive(Debug, Args)]
pub(crate) struct SelectArgs {
    #[command(flatten)]
    pub(crate) dataset: DatasetArgs,
    #[command(flatten)]
    pub(crate) area: AreaArgs,
    /// Read as deep as this spacing of points needs: a number in units of the dataset's coordinates, or a length on
    /// the ground such as 1m, 50cm, 3ft or 3us-ft
    #[arg(long, value_name = "SPACING", allow_hyphen_values = true, value_parser = resolution)]
    pub(crate) resolution: Option<Spacing>,
    /// Read depths 0 to N of the octree
    #[arg(long, value_name = "N", conflicts_with = "resolution")]
    pub(crate) depth: Option<u32>,
    /// Only points that meet a condition, such as `Classification == 2 && ReturnNumber == NumberOfReturns`; with
    /// `== != < <= > >=`, `&& || !`, `+ - * /` and parentheses
    #[arg(long = "where", value_name = "CONDITION", allow_hyphen_values = true)]
    pub(crate) filter: Option<Filter>,
    /// At most N points: whole depths while they fit, then the nodes of the next depth that the area covers most
    #[arg(long, value_name = "N")]
    pub(crate) max_points: Option<u64>,
    /// Only points of one source of the dataset: its number, path, file name or a part of the path that no other
    /// source has, as `ept sources` shows them
    #[arg(long, value_name = "SOURCE")]
    pub(crate) origin: Option<String>,
    /// Take all points within the bounds of the source of --origin, for datasets whose points have no `OriginId`;
    /// where sources overlap, points of others are among them
    #[arg(long, requires = "origin")]
    pub(crate) origin_by_bounds: bool,
    /// Take a dimension from a folder or URL that PDAL's `writers.ept_addon` wrote, such as Classification=smrf/; can be
    /// given several times
    #[arg(long = "addon", value_name = "NAME=LOCATION", value_parser = addon)]
    pub(crate) addons: Vec<(String, String)>,
    /// Only these dimensions, in this order; names as `ept info` shows them, case does not matter
    #[arg(long, value_name = "A,B,..", value_delimiter = ',')]
    pub(crate) dims: Option<Vec<String>>,
}

/// Where the points lie. What is given by --bounds and by --polygon must both hold.
#[derive(Debug, Args)]
pub(crate) struct AreaArgs {
    /// Box: `xmin,ymin,xmax,ymax` or `xmin,ymin,zmin,xmax,ymax,zmax` or `([xmin,xmax],[ymin,ymax][,[zmin,zmax]])`, in
    /// the dataset's coordinates or those of --crs
    #[arg(
        long,
        visible_alias = "bbox",
        value_name = "BOUNDS",
        allow_hyphen_values = true
    )]
    pub(crate) bounds: Option<Corners>,
    /// Polygons: a file of WKT or GeoJSON, the text itself, or - for standard input; several are united. Points and lines
    /// need --buffer. WKT is in the dataset's coordinates, GeoJSON in longitude and latitude, unless the text names
    /// others, and both in those of --crs where it is given
    #[arg(long, value_name = "POLYGON")]
    pub(crate) polygon: Option<String>,
    /// Coordinate system of the area: an EPSG code such as EPSG:4326, WKT, or a PROJ string; x or longitude comes first
    #[arg(long, value_name = "CRS", allow_hyphen_values = true, value_parser = Crs::parse)]
    pub(crate) crs: Option<Crs>,
    /// Grow the area by this length on the ground, such as 20m
    #[arg(long, value_name = "LENGTH")]
    pub(crate) buffer: Option<Length>,
    /// Points on the edge: in (closed), or in on the lower sides only, so that areas side by side share no point and
    /// lose none (half-open)
    #[arg(long, value_name = "EDGE", default_value = "closed")]
    pub(crate) edge: Choice<Edge>,
}

/// How to read.
#[derive(Debug, Args)]
pub(crate) struct ReadArgs {
    /// Requests at the same time
    #[arg(long, value_name = "N", default_value = "16")]
    pub(crate) requests: NonZeroUsize,
    /// Tiles decoded at the same time [default: number of cores]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// When a part of the data cannot be read: give up, or go on without it and exit with 3
    #[arg(long, value_name = "WHAT", default_value = "fail")]
    pub(crate) on_error: Choice<OnError>,
    /// Folder with grids of datum shifts, as PROJ distributes them. Without it none is used
    #[arg(long, value_name = "FOLDER", value_parser = folder)]
    pub(crate) grids: Option<PathBuf>,
    /// No progress bar and no summary; errors and losses are still told
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CacheCommandArgs {
    #[command(flatten)]
    pub(crate) cache: CacheArgs,
    /// Remove all that it holds
    #[arg(long)]
    pub(crate) clear: bool,
}

#[derive(Debug, Args)]
pub(crate) struct InfoArgs {
    #[command(flatten)]
    pub(crate) dataset: DatasetArgs,
    /// Read the whole hierarchy and show nodes and points of each depth
    #[arg(long)]
    pub(crate) hierarchy: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SourcesArgs {
    #[command(flatten)]
    pub(crate) dataset: DatasetArgs,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct QueryArgs {
    #[command(flatten)]
    pub(crate) select: SelectArgs,
    /// File to write, whole or not at all; standard output when absent or -
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Do not write over a file that is there
    #[arg(long)]
    pub(crate) no_clobber: bool,
    /// Format of the output [default: by the file's extension; csv on standard output]
    #[arg(long, short, value_name = "FORMAT")]
    pub(crate) format: Option<Choice<Format>>,
    /// Write coordinates in this system: an EPSG code such as EPSG:4326, WKT, or a PROJ string
    #[arg(long, value_name = "CRS", allow_hyphen_values = true, value_parser = Crs::parse)]
    pub(crate) out_crs: Option<Crs>,
    /// Keep one point for each square of this size, the one nearest to its centre: a number in units of the dataset's
    /// coordinates, or a length on the ground such as 1m
    #[arg(long, value_name = "SIZE", allow_hyphen_values = true, value_parser = resolution)]
    pub(crate) thin: Option<Spacing>,
    /// The same with cubes
    #[arg(long, value_name = "SIZE", allow_hyphen_values = true, value_parser = resolution, conflicts_with = "thin")]
    pub(crate) thin_3d: Option<Spacing>,
    /// Decimals of floating-point values in CSV, such as coordinates [default: as many as say them exactly]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=17))]
    pub(crate) precision: Option<u8>,
    /// Do not ask before a query that reads more than a billion points
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Write what was read and what was lost to this file, as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Add a dimension of this name with the number of the dataset that a point comes from, from 0
    #[arg(long, value_name = "NAME")]
    pub(crate) source_id: Option<String>,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

#[derive(Debug, Args)]
pub(crate) struct StatsArgs {
    #[command(flatten)]
    pub(crate) select: SelectArgs,
    /// A row for each feature of the GeoJSON of --polygon, all in one pass, called by this property of theirs: as CSV, with
    /// percentiles of Z and counts by Classification too
    #[arg(
        long,
        value_name = "PROPERTY",
        requires = "polygon",
        conflicts_with = "max_points"
    )]
    pub(crate) each: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub(crate) select: SelectArgs,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

#[derive(Debug, Args)]
pub(crate) struct NodesArgs {
    #[command(flatten)]
    pub(crate) select: SelectArgs,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

#[derive(Debug, Args)]
pub(crate) struct TilesArgs {
    /// Shapefile (.shp, or zipped), GeoJSON, STAC item or collection of items, VPC, CSV, or list of URLs or paths, at a path or
    /// URL: http(s)://, s3://, gs:// or az://
    #[arg(value_name = "INDEX")]
    pub(crate) location: String,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
    #[command(flatten)]
    pub(crate) area: AreaArgs,
    #[command(flatten)]
    pub(crate) index: IndexArgs,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Print GeoJSON, the boxes in longitude and latitude
    #[arg(long, conflicts_with = "json")]
    pub(crate) geojson: bool,
    /// Folder with grids of datum shifts, as PROJ distributes them. Without it none is used
    #[arg(long, value_name = "FOLDER", value_parser = folder)]
    pub(crate) grids: Option<PathBuf>,
    /// No summary and no warnings
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct NewIndexArgs {
    #[command(flatten)]
    pub(crate) dataset: DatasetArgs,
    /// File to write: .vpc for QGIS and PDAL wrench, .geojson, or .zip with a shapefile
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// No summary
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// How to understand a tile index.
#[derive(Debug, Args)]
pub(crate) struct IndexArgs {
    /// Field that the locations are in, or asset of STAC; case does not matter
    #[arg(long, value_name = "NAME")]
    pub(crate) url_field: Option<String>,
    /// Make the locations of fields, such as '{Sheet}/{Name}.laz'
    #[arg(long, value_name = "TEMPLATE", conflicts_with = "url_field")]
    pub(crate) url_template: Option<String>,
    /// Folder or URL that relative locations start at [default: the folder of the index]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) base: Option<String>,
    /// Coordinate system of the boxes, whatever the index says: an EPSG code, WKT, or a PROJ string
    #[arg(long, value_name = "CRS", allow_hyphen_values = true, value_parser = Crs::parse)]
    pub(crate) index_crs: Option<Crs>,
}

#[derive(Debug, Args)]
pub(crate) struct ValidateArgs {
    #[command(flatten)]
    pub(crate) dataset: DatasetArgs,
    /// Decode every point of every tile
    #[arg(long)]
    pub(crate) deep: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Requests at the same time
    #[arg(long, value_name = "N", default_value = "16")]
    pub(crate) requests: NonZeroUsize,
    /// Tiles decoded at the same time [default: number of cores]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// No progress bar and no summary
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ProfileArgs {
    #[command(flatten)]
    pub(crate) dataset: DatasetArgs,
    /// The line, as WKT: `LINESTRING (x y, x y, ..)`, in the dataset's coordinates or those of --crs
    #[arg(long, value_name = "WKT")]
    pub(crate) line: String,
    /// Width of the strip on the ground, half of it on each side of the line, such as 2m
    #[arg(long, value_name = "LENGTH")]
    pub(crate) width: Length,
    /// Coordinate system of the line: an EPSG code such as EPSG:4326, WKT, or a PROJ string; x or longitude comes first
    #[arg(long, value_name = "CRS", allow_hyphen_values = true, value_parser = Crs::parse)]
    pub(crate) crs: Option<Crs>,
    /// Read as deep as this spacing of points needs: a number in units of the dataset's coordinates, or a length on
    /// the ground such as 1m
    #[arg(long, value_name = "SPACING", allow_hyphen_values = true, value_parser = resolution)]
    pub(crate) resolution: Option<Spacing>,
    /// Read depths 0 to N of the octree
    #[arg(long, value_name = "N", conflicts_with = "resolution")]
    pub(crate) depth: Option<u32>,
    /// Only points that meet a condition, such as `Classification == 2`
    #[arg(long = "where", value_name = "CONDITION", allow_hyphen_values = true)]
    pub(crate) filter: Option<Filter>,
    /// Only these dimensions after distance and offset (to the left of the line, in metres as the distance), in this order
    #[arg(long, value_name = "A,B,..", value_delimiter = ',')]
    pub(crate) dims: Option<Vec<String>>,
    /// File to write, whole or not at all, in the format of its extension; CSV to standard output when absent or -
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Decimals of floating-point values in CSV [default: as many as say them exactly]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=17))]
    pub(crate) precision: Option<u8>,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

/// `Name: value`. What is wrong with one is said without showing it: it may hold a secret.
fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once(':')
        .ok_or("must be of the form 'Name: value'")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

fn folder(text: &str) -> Result<PathBuf, String> {
    let folder = PathBuf::from(text);
    if folder.is_dir() {
        Ok(folder)
    } else {
        Err("is not a folder".into())
    }
}

fn addon(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, place)) if !name.is_empty() && !place.is_empty() => {
            Ok((name.to_owned(), place.to_owned()))
        }
        _ => Err("must be of the form NAME=LOCATION".into()),
    }
}

fn size(text: &str) -> Result<u64, String> {
    let unit_at = text
        .find(|c: char| c.is_ascii_alphabetic())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let bytes = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "k" | "kb" => 1e3,
        "m" | "mb" => 1e6,
        "g" | "gb" => 1e9,
        "t" | "tb" => 1e12,
        _ => return Err(format!("\"{unit}\" is not kB, MB, GB or TB")),
    };
    let number: f64 = number
        .trim()
        .parse()
        .map_err(|_| format!("\"{text}\" is not a size"))?;
    match number * bytes {
        size if size.is_finite() && size >= 0.0 => Ok(size as u64),
        _ => Err("must be 0 or greater".into()),
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let unit_at = text
        .find(|c: char| c.is_ascii_alphabetic())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let seconds = match unit {
        "" | "s" => 1.0,
        "ms" => 0.001,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return Err(format!("\"{unit}\" is not ms, s, m or h")),
    };
    let number: f64 = number
        .trim()
        .parse()
        .map_err(|_| format!("\"{text}\" is not a time"))?;
    let duration = Duration::try_from_secs_f64(number * seconds).ok();
    let is_useful = |duration: &Duration| !duration.is_zero();
    duration
        .filter(is_useful)
        .ok_or_else(|| "must be greater than 0".into())
}

fn resolution(text: &str) -> Result<Spacing, String> {
    match text.parse::<f64>() {
        Ok(value) if !(value.is_finite() && value > 0.0) => {
            Err("must be a finite number greater than 0".into())
        }
        _ => text
            .parse()
            .map_err(|error| format!("{error}; or a number in units of the dataset")),
    }
}
