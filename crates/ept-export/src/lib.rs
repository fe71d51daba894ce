//! From columns of points to files, as a stream.
//!
//! A [`Sink`] takes one [`PointBatch`](ept_points::PointBatch) after another and writes them to
//! anything that implements [`Write`](std::io::Write): [`CsvSink`] as text, [`LasSink`] as LAS 1.4
//! or LAZ, [`CopcSink`] as COPC. Sinks know nothing of datasets, hold no more than the batch at hand and a few chunks of
//! LAZ, and make the same bytes of the same points, however these are cut into batches; in COPC alone the
//! batches show, as the nodes that they are.
//!
//! A sink writes each value as it is or not at all: one that does not fit its place in the format
//! is an [`ExportError`] that names the dimension and the value, never a wrapped or clamped number.
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
//! sink.write(Key::ROOT, &batch)?;
//! assert_eq!(sink.finish()?, 2);
//! assert_eq!(text, b"X,Classification\n637012.24,2\n636784.5,6\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod copc_hierarchy;
mod copc_info;
mod copc_sink;
mod csv;
mod encoders;
mod error;
mod extra_bytes;
mod field;
mod las_file;
mod las_header;
mod las_sink;
mod laz_chunks;
mod number;
mod octree_sink;
mod point_format;
mod quantise;
mod record;
mod sink;
mod spool;
mod tally;

pub use copc_sink::{CopcOptions, CopcSink};
pub use csv::CsvSink;
pub use error::ExportError;
pub use las_sink::{LasOptions, LasSink};
pub use octree_sink::OctreeSink;
pub use point_format::point_format;
pub use sink::Sink;
