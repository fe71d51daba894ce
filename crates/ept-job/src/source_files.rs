//! The files that a dataset was built from, as JSON.

use ept_reader::SourceFile;
use serde_json::{Value, json};

use crate::query_json::bounds_json;
use crate::sorted_json;

/// The source files of a dataset as a JSON array, with their numbers from 0.
#[must_use]
pub fn source_files_json(sources: &[SourceFile]) -> Value {
    let sources = sources.iter().enumerate().map(|(id, source)| {
        json!({
            "id": id,
            "path": source.path,
            "points": source.points,
            "inserted": source.inserted,
            "bounds": source.bounds.as_ref().map(bounds_json),
            "errors": source.errors,
            "warnings": source.warnings,
        })
    });
    sorted_json(sources.collect())
}
