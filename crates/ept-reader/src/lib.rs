//! Reads lidar points from EPT, COPC, LAZ and LAS.
//!
//! The main type is [`Dataset`]: opened from a folder, a file, a URL or any [`Store`], it binds a [`Query`] to a
//! [`Selection`], which returns nodes and points as streams:
//!
//! - *ordered*: nodes come in ascending depth, x, y, z, and points in the order of their nodes, whatever the network
//!   does; the same query returns the same points in the same order on every run;
//! - *bounded*: the [`Limits`] of the [`Engine`] apply to all datasets that share it; a slow consumer slows down
//!   reading;
//! - *cancelled by drop*: dropping a stream stops its requests.
//!
//! A tile or page that can't be read is an [`Error::Lost`] item, after which the stream continues: the caller decides
//! whether a loss ends the work.
//!
//! ```
//! use ept_reader::{Bounds, Dataset, Query};
//! use futures::TryStreamExt;
//!
//! # async fn example() -> Result<(), ept_reader::Error> {
//! let dataset = Dataset::open("https://example.com/autzen/ept.json").await?;
//! let query = Query::new()
//!     .with_bounds(Bounds::new([635_700.0, 849_000.0, f64::NEG_INFINITY], [636_000.0, 849_500.0, f64::INFINITY])?)
//!     .with_resolution(2.0)
//!     .with_dimensions(["X", "Y", "Z", "Classification"]);
//! let mut tiles = dataset.select(&query)?.points();
//! while let Some(tile) = tiles.try_next().await? {
//!     println!("{}: {} points", tile.node.name, tile.points.len());
//! }
//! # Ok(()) }
//! ```
//!
//! A survey of many files has a tile index: [`read_index`] reads it, [`rows_in_areas`] finds the files that intersect
//! areas.
//!
//! # Drawing
//!
//! A [`Scene`] provides what a viewer draws of a dataset: for each frame, [`Scene::look`] immediately returns the tiles
//! of a [`View`] that are in memory, and the rest is loaded in the background. Drawing a frame, from the start:
//!
//! ```
//! use ept_reader::{Camera, Dataset, Scene, SceneOptions, View};
//!
//! # const LOCATION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/terrain");
//! # #[tokio::main]
//! # async fn main() -> Result<(), ept_reader::Error> {
//! let dataset = Dataset::open(LOCATION).await?;
//! let mut scene = Scene::new(dataset.clone(), SceneOptions::default())?;
//!
//! // The camera: a matrix of the viewer's, or eye, target, field of view and the size of the image.
//! let (width, height) = (160, 120);
//! let (eye, target) = ([500_256.0, 4_649_900.0, 700.0], [500_256.0, 4_650_256.0, 300.0]);
//! let camera = Camera::perspective(eye, target, 0.9, [width as f64, height as f64])?;
//! let view = View::new(dataset.frame(), camera).with_max_points(1_000_000);
//!
//! // One look per frame. A viewer draws what there is; a picture waits until it is complete.
//! let arrivals = scene.arrivals();
//! let look = loop {
//!     let look = scene.look(&view);
//!     if look.missing == 0 {
//!         break look;
//!     }
//!     // On a GPU: upload `look.added`, free `look.dropped`, draw `look.tiles`.
//!     arrivals.next().await;
//! };
//!
//! // Without a GPU: each point is a pixel, as bright as its intensity, the nearest on top.
//! let mut image = vec![(f64::INFINITY, 0_u8); width * height];
//! for tile in &look.tiles {
//!     let intensities = tile.intensities();
//!     for index in 0..tile.points().len() {
//!         let Some(place) = tile.position(index) else { continue };
//!         let Some([x, y, depth]) = camera.project(place) else { continue };
//!         let at = y as usize * width + x as usize;
//!         if image.get(at).is_some_and(|(nearest, _)| depth < *nearest) {
//!             image[at] = (depth, intensities.map_or(255, |values| values[index]));
//!         }
//!     }
//! }
//! let drawn = image.iter().filter(|(depth, _)| depth.is_finite()).count();
//! assert!(drawn > 2_000, "{drawn} pixels");
//! # Ok(()) }
//! ```
//!
//! [`Scene::pick`] finds the point under a pixel, a [`TileCache`] is shared between scenes and other users of tiles,
//! and [`Blocking`] is for programs without async.
//!
//! All of it needs a tokio runtime with time and I/O enabled, usually multi-threaded.
//!
//! The feature `cloud`, off by default, adds object stores: `s3://`, `gs://` and `az://`, see [`CloudOptions`].

mod blocking;
mod catalog;
mod chain;
mod credit;
mod dataset;
mod dataset_id;
mod engine;
mod error;
mod foreign;
mod hex;
mod index;
mod listed_box;
mod location;
mod members;
mod nodes;
mod open;
mod opening;
mod page_links;
mod reads;
mod scene;
mod selection;
mod services;
mod source;
mod store;
mod stored_file;
mod thinned;
mod tile_headers;
mod tile_sizes;
mod tiles;
mod unit;
mod validate;

pub use blocking::Blocking;
pub use catalog::{opentopography_surveys, read_catalog};
pub use dataset::Dataset;
pub use engine::{
    CloudOptions, Contents, Engine, Held, Limits, Options, Receiver, Retry, Traffic, TransferError,
    Wait, WaitWatch, parse_timeout,
};
pub use ept_scene::{CachedTile, Camera, CameraError, Picked, Ray, View};
pub use error::{Error, Loss, LossCause, LostPart};
pub use index::read_index;
pub use location::{expanded_locations, is_index, without_secrets};
pub use members::Heights;
pub use nodes::NodeStream;
pub use opening::Opening;
pub use reads::Reads;
pub use scene::{Arrivals, Event, Look, Scene, SceneOptions, SceneTraffic, TileCache};
pub use selection::{Parts, Selection};
pub use services::Services;
pub use source::Ept;
#[cfg(feature = "cloud")]
pub use store::CloudStore;
pub use store::{
    Answer, Body, Cache, CachedDataset, FileStore, HttpOptions, HttpStore, MemoryStore, Start,
    Store, StoreError,
};
pub use stored_file::StoredFile;
pub use tile_sizes::TileSizes;
pub use tiles::{Tile, TileStream};
pub use unit::{Unit, UnitPart};
pub use validate::{
    Checked, Checks, Code, Example, Finding, Place, Severity, Stage, StageKind, ValidationReport,
    validate, validate_store,
};

pub use ept_format::{
    Bounds, DataType, Dimension, Entry, FormatError, HierarchyType, Key, Metadata, Node, NodeName,
    Page, Policy, ScalarType, SourceDetail, SourceFile, Srs, Statistics,
};
pub use ept_index::{Credit, Offer, OfferKind, Survey};
pub use ept_las::Header;
pub use ept_points::{Column, DecodeError, PointBatch, Scaling, Values};
pub use ept_select::{
    Area, Core, Corners, Crs, Cut, CutKind, DepthPlan, Detail, Edge, Filter, Frame, Hint, Length,
    Line, Miss, NamedArea, Origin, Plan, Query, Relation, SelectError, Spacing, Swath, Thin,
    geo_types, plane_boxes, rows_in_areas, surveys_in_areas,
};
