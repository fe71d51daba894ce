//! The report of a job.

use std::path::Path;

use ept_crs::Operation;
use ept_reader::{Loss, LostPart, Selection};
use serde_json::{Value, json};

use crate::query_json::{area_json, bounds_json, credit_json, query_json};
use crate::{JobError, Pass, sorted_json};

/// What a job read, wrote and lost.
#[derive(Debug)]
pub struct Report<'a> {
    pass: &'a Pass,
    written: Result<u64, &'a JobError>,
    areas: Vec<Value>,
}

impl<'a> Report<'a> {
    /// The report of a pass, and the result of writing its points.
    #[must_use]
    pub fn new(pass: &'a Pass, written: Result<u64, &'a JobError>) -> Report<'a> {
        Report {
            pass,
            written,
            areas: Vec::new(),
        }
    }

    /// Adds the results for the areas of [`Query::with_any_of`](ept_reader::Query::with_any_of), in order: name, file
    /// and number of points.
    #[must_use]
    pub fn with_areas<'b>(
        mut self,
        areas: impl IntoIterator<Item = (&'b str, &'b Path, u64)>,
    ) -> Report<'a> {
        let areas = areas.into_iter().enumerate();
        let areas = areas.map(|(number, (name, path, points))| {
            json!({
                "name": name,
                "file": path.display().to_string(),
                "points": points,
                "area": area_json(self.pass.selection(), number),
            })
        });
        self.areas = areas.collect();
        self
    }

    /// Whether everything requested was read and written.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.written.is_ok() && self.pass.losses().is_empty()
    }

    /// Number of points written. `None` if writing failed.
    #[must_use]
    pub fn points(&self) -> Option<u64> {
        self.written.ok()
    }

    /// The report as a JSON object. `seconds` is the time since the engine was created.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let selection = self.pass.selection();
        let engine = selection.dataset().engine();
        let traffic = engine.traffic();
        let losses = self.pass.losses().sorted().into_iter().map(loss);
        let mut json = json!({
            "version": env!("CARGO_PKG_VERSION"),
            "dataset": selection.dataset().location(),
            "query": query_json(self.pass),
            "complete": self.is_complete(),
            "error": self.written.err().map(JobError::in_full),
            "nodes": self.pass.found().nodes,
            "points": self.points().unwrap_or(0),
            "bytes": traffic.bytes,
            "requests": traffic.requests,
            "retries": traffic.retries,
            "seconds": engine.elapsed().as_secs_f64(),
            "losses": losses.collect::<Vec<_>>(),
            "transforms": transforms(selection),
            "credits": selection.dataset().credits().iter().map(credit_json).collect::<Vec<_>>(),
            "remarks": self.pass.remarks().iter().map(ToString::to_string).collect::<Vec<_>>(),
        });
        if !self.areas.is_empty() {
            json["areas"] = self.areas.clone().into();
        }
        sorted_json(json)
    }
}

/// The operations between datums, with reasons to distrust them.
fn transforms(selection: &Selection) -> Vec<Value> {
    let operations = selection.bound().operations();
    let transform = |operation: &Operation| {
        let warnings = operation.warnings().iter();
        json!({
            "operation": operation.name(),
            "accuracy": operation.accuracy(),
            "warnings": warnings.map(ToString::to_string).collect::<Vec<_>>(),
        })
    };
    operations.iter().map(transform).collect()
}

/// A loss. The number of points below a page is unknown.
pub(crate) fn loss(loss: &Loss) -> Value {
    let (part, points) = match loss.part {
        LostPart::Tile { points } => ("tile", Some(points)),
        LostPart::File { points } => ("file", points),
        LostPart::Page => ("subtree", None),
    };
    json!({
        "part": part,
        "key": loss.node.to_string(),
        "points": points,
        "path": loss.location,
        "cause": loss.cause.to_string(),
        "cell": bounds_json(&loss.cell),
    })
}
