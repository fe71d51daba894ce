//! Writes columns of points to files, as a stream.
//!
//! A [`Sink`] writes one [`PointBatch`](ept_points::PointBatch) after another to any [`Write`](std::io::Write):
//! [`CsvSink`] as text, [`LasSink`] as LAS 1.4 or LAZ, [`CopcSink`] as COPC, [`PlySink`] as PLY. Sinks know nothing of
//! datasets and keep no more than the current batch and a few chunks or row groups in memory. The same points give the
//! same bytes, however they are divided into batches, except in COPC, where a batch is a node, and in LAZ that copies chunks
//! ([`LasSink::with_chunks`]).
//!
//! The feature `arrow` adds `record_batch`, which converts a `PointBatch` to an Arrow record batch without a copy, and
//! `ArrowSink`. The feature `parquet` adds `ParquetSink`, which writes GeoParquet. Their record batches and row groups
//! follow the nodes.
//!
//! A sink writes each value exactly or not at all: one that the format can't represent is an [`ExportError`] that names
//! the dimension and the value, never a wrapped or clamped number.
//!
//! ```
//! use ept_export::{CsvSink, Sink};
//! use ept_format::Key;
//! use ept_points::{Column, PointBatch, Values};
//!
//! let batch = PointBatch::new(vec![
//!     Column::new("X", Values::F64(vec![637012.24, 636784.5])),
//!     Column::new("Classification", Values::U8(vec![2, 6])),
//! ])?;
//! let mut text = Vec::new();
//! let mut sink = Box::new(CsvSink::new(&mut text, Vec::new()));
//! sink.write(Key::ROOT.into(), &batch)?;
//! assert_eq!(sink.finish()?, 2);
//! assert_eq!(text, b"X,Classification\n637012.24,2\n636784.5,6\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "arrow")]
mod arrow_batch;
#[cfg(feature = "arrow")]
mod arrow_sink;
mod common_scaling;
#[cfg(feature = "arrow")]
mod conversion;
mod copc_hierarchy;
mod copc_info;
mod copc_sink;
mod csv;
mod csv_text;
mod encoders;
mod error;
mod extra_bytes;
mod file_info;
mod fill;
mod fused;
#[cfg(feature = "arrow")]
mod geoarrow;
#[cfg(feature = "parquet")]
mod geometry;
mod las_file;
mod las_header;
mod las_sink;
mod laz_chunks;
mod laz_merge;
mod laz_part;
mod merge_csv;
#[cfg(feature = "parquet")]
mod merge_parquet;
mod number;
mod octree_cells;
mod octree_sink;
#[cfg(feature = "parquet")]
mod parquet_file;
#[cfg(feature = "parquet")]
mod parquet_sink;
mod ply;
mod point_format;
mod quantise;
mod record;
#[cfg(feature = "arrow")]
mod record_batches;
mod rounding;
#[cfg(feature = "parquet")]
mod row_group;
mod shape;
mod sink;
mod spool;
mod subtree;
mod tally;

#[cfg(feature = "arrow")]
pub use arrow_batch::record_batch;
#[cfg(feature = "arrow")]
pub use arrow_sink::ArrowSink;
pub use common_scaling::CommonScaling;
pub use copc_sink::{CopcOptions, CopcSink};
pub use csv::CsvSink;
#[cfg(feature = "parquet")]
pub use ept_crs::projjson;
pub use error::ExportError;
pub use file_info::FileInfo;
pub use las_sink::{LasOptions, LasSink};
pub use laz_merge::merge_laz;
pub use laz_part::LazPart;
pub use merge_csv::merge_csv;
#[cfg(feature = "parquet")]
pub use merge_parquet::{merge_parquet, parquet_note};
pub use octree_sink::OctreeSink;
#[cfg(feature = "parquet")]
pub use parquet_sink::ParquetSink;
pub use ply::PlySink;
pub use point_format::point_format;
#[cfg(feature = "arrow")]
pub use record_batches::RecordBatches;
pub use rounding::Rounding;
pub use sink::Sink;
