//! Points as Arrow record batches, read while they are taken.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use ept_crs::srs_projjson;
use ept_export::{FileInfo, RecordBatches};
use ept_format::is_same_dimension;
use ept_reader::{Column, Core, PointBatch, Selection, Tile, TileStream, Values};
use futures::{Stream, StreamExt, stream};

use crate::heights::{Heights, with_heights};
use crate::points::columns;
use crate::sinks::{empty, file_srs};
use crate::survey::columns_of_tiles;
use crate::tile_names::find_names;
use crate::{Format, JobError, Pass, Progress, Remark};

/// The points of a selection as Arrow record batches with the same schema, one for each node with selected points. A node
/// is read shortly before its batch is taken, so memory does not grow with the size of the result.
///
/// Columns are those that the query names or, if it names none, those of the schema and of the first tile. Values that a
/// tile lacks are null.
///
/// ```
/// use ept_job::{Batches, OnError, Pass};
/// use ept_reader::{Dataset, Query};
///
/// # const LOCATION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/terrain");
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let dataset = Dataset::open(LOCATION).await?;
/// let query = Query::new().with_depth(1).with_dimensions(["Z", "Classification"]);
/// let pass = Pass::new(dataset.select(&query)?, OnError::Fail);
/// let mut batches = Batches::new(pass, false).await?;
/// assert_eq!(batches.schema().fields().len(), 2);
/// let mut rows = 0;
/// while let Some(batch) = batches.next().await {
///     rows += batch?.num_rows() as u64;
/// }
/// assert_eq!(rows, batches.pass().found().points);
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Batches {
    pass: Pass,
    /// What is read; with heights above the ground, in other coordinates.
    read: Selection,
    columns: Arc<RecordBatches>,
    heights: Option<Arc<Heights>>,
    state: State,
    /// Points that are still wanted.
    left: u64,
}

#[derive(Debug)]
enum State {
    /// Nothing has been read yet.
    Waiting,
    Reading(TileStream<Result<RecordBatch, JobError>>),
    Over,
}

const AXES: [&str; 3] = ["X", "Y", "Z"];

impl Batches {
    /// The batches of a pass. With `has_geometry`, the last column is `geometry`, GeoArrow points of X, Y and Z.
    ///
    /// The first tile's header is read, if it may have dimensions that the schema lacks.
    ///
    /// # Errors
    /// If the dataset does not support the query.
    pub async fn new(pass: Pass, has_geometry: bool) -> Result<Batches, JobError> {
        let header = match pass.selection().dataset().header() {
            // The schema is that of the file.
            Some(_) => None,
            None => pass.selection().first_tile_header().await,
        };
        Batches::settled(pass, has_geometry, stream::iter(header)).await
    }

    /// As [`Batches::new`], with columns that fit all tiles, whose headers are read first.
    ///
    /// # Errors
    /// As for [`Batches::new`].
    pub async fn surveyed(pass: Pass, has_geometry: bool) -> Result<Batches, JobError> {
        let headers = pass.selection().tile_headers();
        Batches::settled(pass, has_geometry, headers).await
    }

    async fn settled(
        mut pass: Pass,
        has_geometry: bool,
        headers: impl Stream<Item = ept_points::TileHeader> + Unpin,
    ) -> Result<Batches, JobError> {
        find_names(&mut pass).await?;
        let query = pass.selection().query().clone();
        let asked = query.dimensions().map(<[String]>::to_vec);
        let mut names = columns(pass.selection());
        if pass.heights().is_some() && asked.is_none() {
            names = with_heights(names);
        }
        let known = empty(names.iter().map(String::as_str), pass.selection().frame())?;
        let settled = columns_of_tiles(&known, headers, asked.as_deref()).await;
        let sources = (query.source_id(), Values::U32(Vec::new()));
        let flags = (query.core().and_then(Core::flag), Values::U8(Vec::new()));
        let settled = with_more(settled, [sources, flags])?;
        let kept = settled.columns().len();
        let settled = match asked {
            Some(asked) if has_geometry => {
                let names = with_axes(asked);
                let settled = wider(&settled, &names, &pass)?;
                let query = query.with_dimensions(names);
                pass.bind(pass.selection().with_query(&query)?);
                settled
            }
            _ => settled,
        };
        let srs = file_srs(pass.selection()).srs;
        let projjson = has_geometry.then(|| srs_projjson(&srs)).flatten();
        let mut batches = RecordBatches::new(&settled, &FileInfo { srs, note: None });
        if has_geometry {
            let projjson = projjson.map(|crs| crs.to_string());
            batches = batches.with_geometry(projjson.as_deref(), kept)?;
        }
        Ok(Batches {
            left: pass.limit().unwrap_or(u64::MAX),
            read: pass.selection().clone(),
            pass,
            columns: Arc::new(batches),
            heights: None,
            state: State::Waiting,
        })
    }

    /// The schema of all batches.
    #[must_use]
    pub fn schema(&self) -> SchemaRef {
        self.columns.schema()
    }

    /// The pass, with what was read and lost so far.
    #[must_use]
    pub fn pass(&self) -> &Pass {
        &self.pass
    }

    /// The progress so far.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let reads = self.read.reads();
        Progress {
            nodes: reads.nodes,
            points: reads.points,
            bytes: self.pass.selection().dataset().traffic().bytes,
            found: self.pass.found(),
        }
    }

    /// The next batch, which has at least one row. `None` after the last, and after an error.
    pub async fn next(&mut self) -> Option<Result<RecordBatch, JobError>> {
        let next = self.try_next().await.transpose();
        if !matches!(next, Some(Ok(_))) {
            // What is still under way is cancelled.
            self.state = State::Over;
        }
        next
    }

    async fn try_next(&mut self) -> Result<Option<RecordBatch>, JobError> {
        if matches!(self.state, State::Waiting) {
            self.state = State::Reading(self.start().await?);
        }
        while let State::Reading(tiles) = &mut self.state {
            let tile = if self.left == 0 {
                None
            } else {
                tiles.next().await
            };
            let Some(tile) = tile else {
                self.state = State::Over;
                self.end().await?;
                break;
            };
            let Some(batch) = self.pass.losses_mut().sort_out(tile)? else {
                continue;
            };
            let batch = self.limited(batch?);
            if batch.num_rows() > 0 {
                return Ok(Some(batch));
            }
        }
        Ok(None)
    }

    async fn start(&mut self) -> Result<TileStream<Result<RecordBatch, JobError>>, JobError> {
        let scratch = std::env::temp_dir();
        self.heights = Heights::of(&self.pass, Format::Arrow, &scratch, |_| ()).await?;
        if let Some(heights) = &self.heights {
            self.read = heights.read.clone();
        }
        let (columns, heights) = (Arc::clone(&self.columns), self.heights.clone());
        let nodes = self.pass.take_nodes();
        Ok(self.read.map_nodes(nodes, move |tile: Tile| {
            let points = match &heights {
                Some(heights) => heights.applied(tile.points)?,
                None => tile.points,
            };
            Ok(columns.convert(points)?)
        }))
    }

    async fn end(&mut self) -> Result<(), JobError> {
        self.pass.remarks.extend(Remark::of_absent(&self.read));
        if let Some(heights) = self.heights.take() {
            heights.tell(&mut self.pass);
        }
        Ok(self.pass.check_unchanged().await?)
    }

    /// As much of a batch as is still wanted.
    fn limited(&mut self, batch: RecordBatch) -> RecordBatch {
        let rows = batch.num_rows() as u64;
        let batch = match usize::try_from(self.left) {
            Ok(left) if left < batch.num_rows() => batch.slice(0, left),
            _ => batch,
        };
        self.left = self.left.saturating_sub(rows);
        batch
    }
}

/// The columns, and those of these that have a name.
fn with_more(
    mut columns: PointBatch,
    more: [(Option<&str>, Values); 2],
) -> Result<PointBatch, JobError> {
    for (name, values) in more {
        if let Some(name) = name {
            columns = columns.with_column(Column::new(name, values))?;
        }
    }
    Ok(columns)
}

/// The names, and those of the coordinates that they lack behind them.
fn with_axes(mut names: Vec<String>) -> Vec<String> {
    for axis in AXES {
        if !names.iter().any(|name| is_same_dimension(name, axis)) {
            names.push(axis.to_owned());
        }
    }
    names
}

/// The columns with further ones, of the types of the schema, behind them.
fn wider(
    columns: &PointBatch,
    names: &[String],
    pass: &Pass,
) -> Result<PointBatch, ept_export::ExportError> {
    let has = |name: &String| columns.find(name).is_some();
    let more = names.iter().filter(|name| !has(name)).map(String::as_str);
    let own = columns.columns().iter().map(|column| &*column.name);
    let all = empty(own.chain(more), pass.selection().frame())?;
    let all = all.into_columns().into_iter().map(|column| {
        let settled = columns.columns().iter();
        let mut settled = settled.filter(|own| own.name == column.name);
        settled.next().cloned().unwrap_or(column)
    });
    PointBatch::new(all.collect())
        .map_err(|error| ept_export::ExportError::Columnar(error.to_string()))
}
