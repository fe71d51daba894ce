//! `--report`: what a query read and what it lost, as JSON.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Error, Result};
use ept_reader::{Area, Bounds, Crs, Edge, Length, Loss, LostPart};
use serde_json::{Value, json};

use crate::select::Selection;

/// What a query came to.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    pub(crate) selection: &'a Selection,
    /// Points written.
    pub(crate) points: u64,
    /// Why nothing was written.
    pub(crate) failure: Option<&'a Error>,
    pub(crate) elapsed: Duration,
}

impl Report<'_> {
    /// Writes the report to a file.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let text = format!("{:#}\n", self.to_json());
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
    }

    fn to_json(&self) -> Value {
        let Selection {
            dataset,
            nodes,
            losses,
            ..
        } = self.selection;
        let traffic = dataset.traffic();
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "dataset": dataset.location(),
            "query": query_of(self.selection),
            "complete": self.failure.is_none() && losses.is_empty(),
            "error": self.failure.map(|error| format!("{error:#}")),
            "nodes": nodes.len(),
            "points": self.points,
            "bytes": traffic.bytes,
            "requests": traffic.requests,
            "retries": traffic.retries,
            "seconds": self.elapsed.as_secs_f64(),
            "losses": losses.sorted().into_iter().map(loss).collect::<Vec<_>>(),
        })
    }
}

/// What was asked for, with the depth that a resolution came to.
pub(crate) fn query_of(selection: &Selection) -> Value {
    let (bound, query) = (selection.selection.bound(), selection.selection.query());
    let areas = query.areas().iter();
    let thin = bound.grid().map(|thin| {
        let edges = thin.size().into_iter();
        edges
            .map(|edge| Some(edge).filter(|edge| edge.is_finite()))
            .collect::<Vec<_>>()
    });
    json!({
        "areas": areas.map(area).collect::<Vec<_>>(),
        "edge": match query.edge() {
            Edge::Closed => "closed",
            Edge::HalfOpen => "half-open",
        },
        "depth": bound.depth(),
        "dimensions": query.dimensions(),
        "where": query.filter().map(ToString::to_string),
        "origin": query.origin().map(|origin| origin.id),
        "thin": thin,
        "crs": query.output_crs().map(Crs::name),
    })
}

/// An area: the box in the dataset's coordinates that it is, or what it is instead.
fn area(area: &Area) -> Value {
    match area.as_bounds() {
        Some(area) => json!({ "bounds": bounds(&area) }),
        None => json!({
            "extent": area.extent(),
            "crs": area.crs().map(Crs::name),
            "buffer": area.buffer().map(Length::metres),
        }),
    }
}

/// A loss; of a page, how many points go with it is not known.
fn loss(loss: &Loss) -> Value {
    let (part, points) = match loss.part {
        LostPart::Tile { points } => ("tile", Some(points)),
        LostPart::Page => ("subtree", None),
    };
    json!({
        "part": part,
        "key": loss.key.to_string(),
        "points": points,
        "path": loss.location,
        "cause": loss.cause.to_string(),
        "cell": bounds(&loss.cell),
    })
}

/// Six numbers; a side without end is null.
pub(crate) fn bounds(bounds: &Bounds) -> Vec<Option<f64>> {
    let numbers = bounds.min().into_iter().chain(bounds.max());
    numbers
        .map(|number| Some(number).filter(|number| number.is_finite()))
        .collect()
}
