//! Writes the points of many areas in one pass, to a file for each.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::task::Poll;

use ept_crs::FileSrs;
use ept_export::Rounding;
use ept_reader::{Bounds, Node, Parts, PointBatch, Selection, Srs};

use crate::filler::Filler;
use crate::heights::Heights;
use crate::note::area_note;
use crate::pending::Pending;
use crate::point_file::{PointFile, Written, is_unforeseen};
use crate::points::{columns_of, with_required};
use crate::sinks::{self, Shape};
use crate::spool::{Record, Spool};
use crate::survey::survey_of_points;
use crate::tile_names::find_names;
use crate::{JobError, Losses, Output, Pass, Progress, Remark};

/// Writes the points of each area of [`Query::with_any_of`](ept_reader::Query::with_any_of) to its own output, in one
/// pass, and returns their numbers. `outputs` are files of the same format, in the order of the areas.
///
/// Points are kept in a scratch file beside the first output until all are read, and then written file by file. Files
/// get their names only when all are complete. A file contains the same points as [`write_points`](crate::write_points)
/// writes for its area alone, and is valid even without points.
///
/// # Errors
/// If the dataset can't be read or an output can't be written. No file is left behind.
pub async fn write_areas(
    pass: &mut Pass,
    mut outputs: Vec<Output>,
    mut progress: impl FnMut(&Progress),
) -> Result<Vec<u64>, JobError> {
    let Some(output) = outputs.first() else {
        return Ok(Vec::new());
    };
    for output in &outputs {
        output.check_folder()?;
    }
    let format = output.format();
    find_names(pass).await?;
    // For the notes.
    pass.selection().dataset().look_up_credits().await;
    let columns = columns_of(pass, format);
    let scratch = output.scratch_folder();
    let heights = Heights::of(pass, format, &scratch, &mut progress).await?;
    let query = with_required(pass.selection().query(), format);
    let read = match &heights {
        Some(heights) => heights.read.clone(),
        None => pass.selection().with_query(&query)?,
    };
    let reading = Reading {
        read: &read,
        heights: heights.clone(),
        scratch: &scratch,
    };
    let mut areas = reading.areas(pass, outputs.len(), progress).await?;
    areas.lost = pass.losses().by_area(pass.selection());
    for (deepest, lost) in areas.deepest.iter_mut().zip(&areas.lost) {
        *deepest = (*deepest).max(lost.deepest_tile());
    }
    if let Some(heights) = heights {
        heights.tell(pass);
        for (lost, ground) in areas.lost.iter_mut().zip(heights.lost_by_area()) {
            lost.join(&ground);
        }
    }
    let FileSrs { srs, unsaid } = sinks::file_srs(pass.selection());
    pass.remarks.extend(Remark::of_srs(format, &srs, unsaid));
    pass.remarks.extend(Remark::of_absent(&read));
    let mut writer = Writer {
        pass,
        read,
        columns,
        srs,
        areas,
    };
    let (mut rounding, mut filler) = (Vec::new(), Filler::default());
    let mut complete: Vec<(u64, Option<Pending>)> = Vec::with_capacity(outputs.len());
    for (area, output) in outputs.iter_mut().enumerate() {
        let written = writer.write(area, output).await?;
        add_rounding(&mut rounding, written.rounding);
        filler.add(written.filler);
        complete.push((written.points, written.pending));
    }
    pass.remarks
        .extend(Written::remarks(rounding, filler, format));
    let kept = outputs.iter().zip(complete);
    let kept = kept.map(|(output, (points, pending))| {
        output.keep(pending)?;
        Ok(points)
    });
    kept.collect()
}

/// Points of areas that were read.
struct Areas {
    spool: Arc<Spool>,
    records: Vec<Vec<Record>>,
    /// The depth of the deepest node that each area intersects.
    deepest: Vec<Option<u32>>,
    /// What each area misses.
    lost: Vec<Losses>,
}

/// How points are read.
struct Reading<'a> {
    read: &'a Selection,
    /// The heights that points get.
    heights: Option<Arc<Heights>>,
    scratch: &'a Path,
}

impl Reading<'_> {
    async fn areas(
        self,
        pass: &mut Pass,
        count: usize,
        progress: impl FnMut(&Progress),
    ) -> Result<Areas, JobError> {
        let spool = Arc::new(Spool::new(self.scratch));
        let mut areas = Areas {
            spool: Arc::clone(&spool),
            records: vec![Vec::new(); count],
            deepest: vec![None; count],
            lost: Vec::new(),
        };
        let heights = self.heights;
        let make = move |node: &Node, parts: Parts<'_>| {
            let mut records = Vec::new();
            for part in parts {
                let (area, points) = part?;
                let stored = stored(&spool, node, points, heights.as_deref());
                match stored {
                    Ok(record) => records.push((area, record)),
                    Err(error) => return Ok(Err(error)),
                }
            }
            Ok(Ok(records))
        };
        let take = |node: Node, records: Result<Vec<(usize, Option<Record>)>, JobError>| {
            for (area, record) in records? {
                areas.deepest[area] = areas.deepest[area].max(node.depth());
                areas.records[area].extend(record);
            }
            Ok::<_, JobError>(ControlFlow::Continue(()))
        };
        pass.read_each(self.read, make, take, progress).await?;
        Ok(areas)
    }
}

/// Puts points of an area in the scratch file, with their heights. `None` if there are none.
fn stored(
    spool: &Spool,
    node: &Node,
    points: PointBatch,
    heights: Option<&Heights>,
) -> Result<Option<Record>, JobError> {
    let points = match heights {
        Some(heights) if !points.is_empty() => heights.applied(points)?,
        _ => points,
    };
    let record = (!points.is_empty()).then(|| spool.store(node.name, &points));
    record.transpose().map_err(JobError::Scratch)
}

/// Writes the points that were read.
struct Writer<'a> {
    pass: &'a Pass,
    read: Selection,
    columns: Vec<String>,
    srs: Srs,
    areas: Areas,
}

impl Writer<'_> {
    /// Writes a file settled by its first points. If later ones do not fit, it is rewritten, settled by all points.
    async fn write(&mut self, area: usize, output: &mut Output) -> Result<Written, JobError> {
        let records = std::mem::take(&mut self.areas.records[area]);
        let written = self.write_settled(area, &records, None, output).await;
        match (records.first(), written) {
            (Some(first), Err(error)) if is_unforeseen(&error) => {
                let settled = self.settled(first, &records).map_err(JobError::Scratch)?;
                let settled = Some(&settled);
                self.write_settled(area, &records, settled, output).await
            }
            (_, written) => written,
        }
    }

    async fn write_settled(
        &self,
        area: usize,
        records: &[Record],
        settled: Option<&PointBatch>,
        output: &mut Output,
    ) -> Result<Written, JobError> {
        let read = (self.areas.deepest[area], &self.areas.lost[area]);
        let note = |columns: &[String]| area_note(self.pass, area, read, columns);
        let mut file = PointFile::open(
            output,
            &Shape {
                selection: self.pass.selection(),
                srs: self.srs.clone(),
                columns: self.columns.clone(),
                note: output.has_early_note().then(|| note(&self.columns)),
                settled,
            },
        )?;
        for record in records {
            let points = self.areas.spool.read(record).map_err(JobError::Scratch)?;
            file.write(record.node(), points)?;
            pause().await;
        }
        let columns = file.columns();
        file.finish(note(columns.as_deref().unwrap_or(&self.columns)))
    }

    /// The columns that settle a file for all these points.
    fn settled(&self, first: &Record, records: &[Record]) -> std::io::Result<PointBatch> {
        let mut extent: Option<Bounds> = None;
        for record in records {
            if let Some(own) = self.areas.spool.read(record)?.extent() {
                extent = Some(extent.map_or(own, |extent| extent.joined(&own)));
            }
        }
        let shapes = records.iter().map(Record::shape);
        let extent = extent.unwrap_or(*self.read.bounds());
        let asked = self.read.query().dimensions();
        let asked = asked.map(|_| self.columns.as_slice());
        Ok(survey_of_points(shapes, &extent, first.shape(), asked))
    }
}

/// Yields once to other work of the caller, such as an interrupt, since nothing here awaits.
async fn pause() {
    let mut has_paused = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut has_paused, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Adds the rounding of another file: for each axis and step, the maximum.
fn add_rounding(all: &mut Vec<Rounding>, more: Vec<Rounding>) {
    for new in more {
        let mut known = all.iter_mut();
        match known.find(|known| known.axis == new.axis && known.step == new.step) {
            Some(known) => known.by = known.by.max(new.by),
            None => all.push(new),
        }
    }
}
