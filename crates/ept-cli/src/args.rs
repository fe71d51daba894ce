//! Flags shared by several commands.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use ept_job::OnError;
use ept_reader::{Corners, Crs, Edge, Filter, Length, Query, Spacing, Srs, Thin, parse_timeout};

use crate::choice::Choice;
use crate::values::{addon, count, depth, folder, header, points, resolution, retries, size, srs};

/// Locations of points.
#[derive(Debug, Args)]
pub(crate) struct DatasetArgs {
    /// EPT folder or ept.json, COPC, LAZ or LAS file, folder of such files, pattern like 'tiles/*.laz', or tile index
    /// (see `ept tiles`); or URLs of these: http(s)://, whose query string is repeated on every request, s3://, gs://
    /// or az://. Several are read in this order
    #[arg(value_name = "DATASET", required_unless_present = "list")]
    pub(crate) locations: Vec<String>,
    /// Also read the locations listed in this file, one per line; - is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) list: Option<PathBuf>,
    /// Combine datasets with different or unknown vertical systems, without changing heights
    #[arg(long)]
    pub(crate) vertical_as_is: bool,
    /// Take coordinates to be in this system, whatever the datasets say: an EPSG code such as EPSG:26915 or
    /// EPSG:26915+5703, WKT, or a PROJ string
    #[arg(long, value_name = "CRS", allow_hyphen_values = true, value_parser = srs)]
    pub(crate) override_crs: Option<Srs>,
    #[command(flatten)]
    pub(crate) index: IndexArgs,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// How to connect to remote datasets.
#[derive(Debug, Args)]
pub(crate) struct ConnectionArgs {
    /// Header to send with every request; may be repeated
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = header)]
    pub(crate) headers: Vec<(String, String)>,
    /// Time limit for all reading: seconds, or a number with ms, s, m or h
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_parser = parse_timeout)]
    pub(crate) timeout: Option<Duration>,
    /// Retry temporary failures N times [default: 9, but 3 if the server never answered]
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = retries)]
    pub(crate) retries: Option<u32>,
    /// Server for s3://, gs:// or az:// datasets, instead of the cloud's own
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// Agree to pay for requests to an s3:// bucket that requires it
    #[arg(long)]
    pub(crate) requester_pays: bool,
    /// Don't use the network: only what is in the cache
    #[arg(long)]
    pub(crate) offline: bool,
    #[command(flatten)]
    pub(crate) cache: CacheArgs,
}

/// The cache on disk.
#[derive(Debug, Args)]
pub(crate) struct CacheArgs {
    /// Keep files of remote datasets in this folder, for later queries
    #[arg(long = "cache", value_name = "FOLDER", env = "EPT_CACHE")]
    pub(crate) folder: Option<PathBuf>,
    /// Maximum size of the cache: bytes, or a number with kB, MB, GB or TB
    #[arg(long = "cache-size", value_name = "SIZE", default_value = "10GB", value_parser = size)]
    pub(crate) size: u64,
}

/// Which points: of what, where, with which values.
#[derive(Debug, Args)]
pub(crate) struct PointArgs {
    #[command(flatten)]
    pub(crate) dataset: DatasetArgs,
    #[command(flatten)]
    pub(crate) area: AreaArgs,
    /// Only points that meet a condition, such as `Classification == 2 && ReturnNumber == NumberOfReturns`; with `== !=
    /// < <= > >=`, `&& || !` or `and or not`, `in (2, 9)`, `+ - * /`, parentheses, and PDAL's ranges such as
    /// `Classification[2:2]`
    #[arg(long = "where", value_name = "CONDITION", allow_hyphen_values = true)]
    pub(crate) filter: Option<Filter>,
    /// Only points of one source of the dataset, as listed by `ept sources`: its number, path, file name or a unique
    /// part of its path
    #[arg(long, value_name = "SOURCE")]
    pub(crate) origin: Option<String>,
    /// Take all points within the bounds of the source of --origin, for datasets whose points have no `OriginId`; where
    /// sources overlap, this includes points of others
    #[arg(long, requires = "origin")]
    pub(crate) origin_by_bounds: bool,
    /// Add a dimension from a folder or URL written by PDAL's `writers.ept_addon`, such as Classification=smrf/; may be
    /// repeated
    #[arg(long = "addon", value_name = "NAME=LOCATION", value_parser = addon)]
    pub(crate) addons: Vec<(String, String)>,
}

/// Selection of points.
#[derive(Debug, Args)]
pub(crate) struct SelectArgs {
    #[command(flatten)]
    pub(crate) points: PointArgs,
    /// Read down to the depth with at most this spacing of points: a number in units of the dataset's coordinates, or a
    /// length on the ground such as 1m, 50cm, 3ft or 3us-ft
    #[arg(long, value_name = "SPACING", allow_hyphen_values = true, value_parser = resolution)]
    pub(crate) resolution: Option<Spacing>,
    /// Read depths 0 to N of the octree
    #[arg(long, value_name = "N", conflicts_with = "resolution", allow_hyphen_values = true, value_parser = depth)]
    pub(crate) depth: Option<u32>,
    /// Read at most N points: whole depths while they fit, then the nodes of the next depth that the area covers most
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = points)]
    pub(crate) max_points: Option<u64>,
    /// Only these dimensions, in this order; names are listed by `ept info`, case does not matter
    #[arg(long, value_name = "A,B,..", value_delimiter = ',')]
    pub(crate) dims: Option<Vec<String>>,
}

/// The area of points. Those given by --bounds and by --polygon must both contain a point.
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
    /// Polygons: a file of WKT or GeoJSON, the text itself, or - for standard input; the area is their union. Points
    /// and lines need --buffer. Coordinates are in --crs if given, otherwise in the system named in the text, otherwise
    /// in the dataset's (WKT) or longitude and latitude (GeoJSON)
    #[arg(long, value_name = "POLYGON")]
    pub(crate) polygon: Option<String>,
    /// Coordinate system of the area: an EPSG code such as EPSG:4326, WKT, or a PROJ string; x or longitude comes first
    #[arg(long, value_name = "CRS", allow_hyphen_values = true, value_parser = Crs::parse)]
    pub(crate) crs: Option<Crs>,
    /// Grow the area by this length on the ground, such as 20m
    #[arg(long, value_name = "LENGTH")]
    pub(crate) buffer: Option<Length>,
    /// Points on the edge: inside (closed), or inside on the lower sides only, so that adjacent areas neither share
    /// points nor lose any (half-open)
    #[arg(long, value_name = "EDGE", default_value = "closed")]
    pub(crate) edge: Choice<Edge>,
}

/// How to thin the points.
#[derive(Debug, Args)]
pub(crate) struct ThinArgs {
    /// Keep one point for each square of this size, the one nearest to its centre: a number in units of the dataset's
    /// coordinates, or a length on the ground such as 1m
    #[arg(long, value_name = "SIZE", allow_hyphen_values = true, value_parser = resolution)]
    pub(crate) thin: Option<Spacing>,
    /// The same with cubes
    #[arg(long, value_name = "SIZE", allow_hyphen_values = true, value_parser = resolution, conflicts_with = "thin")]
    pub(crate) thin_3d: Option<Spacing>,
}

impl ThinArgs {
    /// The query with the thinning of the flags.
    pub(crate) fn applied(&self, query: Query) -> Query {
        match (self.thin, self.thin_3d) {
            (Some(edge), _) => query.with_thin(Thin::squares(edge)),
            (None, Some(edge)) => query.with_thin(Thin::cubes(edge)),
            (None, None) => query,
        }
    }
}

/// How to read.
#[derive(Debug, Args)]
pub(crate) struct ReadArgs {
    /// Maximum concurrent requests
    #[arg(long, value_name = "N", default_value = "16", allow_hyphen_values = true, value_parser = count)]
    pub(crate) requests: NonZeroUsize,
    /// Maximum tiles decoded concurrently [default: number of cores]
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = count)]
    pub(crate) threads: Option<NonZeroUsize>,
    /// If a part of the data can't be read: fail, or skip it and exit with code 3
    #[arg(long, value_name = "WHAT", default_value = "fail")]
    pub(crate) on_error: Choice<OnError>,
    /// Folder with grids of datum shifts, as distributed by PROJ; by default, no grids are used
    #[arg(long, value_name = "FOLDER", value_parser = folder)]
    pub(crate) grids: Option<PathBuf>,
    /// No progress bar and no summary; errors and losses are still reported
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// How to read tile indexes.
#[derive(Debug, Args)]
pub(crate) struct IndexArgs {
    /// Field with the locations, or name of STAC assets; case does not matter
    #[arg(long, value_name = "NAME")]
    pub(crate) url_field: Option<String>,
    /// Build locations from fields, such as '{Sheet}/{Name}.laz'
    #[arg(long, value_name = "TEMPLATE", conflicts_with = "url_field")]
    pub(crate) url_template: Option<String>,
    /// Folder or URL to which relative locations are resolved [default: the folder of the index]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) base: Option<String>,
    /// Coordinate system of the boxes, whatever the index says: an EPSG code, WKT, or a PROJ string
    #[arg(long, value_name = "CRS", allow_hyphen_values = true, value_parser = Crs::parse)]
    pub(crate) index_crs: Option<Crs>,
}
