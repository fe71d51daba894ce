//! Where the points of an output come from, as the output itself tells it.

use ept_reader::{Loss, LostPart};
use serde_json::{Value, json};

use crate::query_json::query_json;
use crate::{Pass, sorted_json};

/// A note of the query that made a file: JSON on one line. The same query of the same dataset makes the same note.
/// `dimensions` are the columns.
pub(crate) fn note(pass: &Pass, dimensions: &[String]) -> String {
    let selection = pass.selection();
    let deepest = pass.found().deepest;
    let lost: Vec<Value> = pass.losses().sorted().into_iter().map(loss).collect();
    let note = json!({
        "writer": concat!("ept ", env!("CARGO_PKG_VERSION")),
        "dataset": name(&selection.dataset().location()),
        "query": query_json(selection),
        "depth": deepest,
        "spacing": deepest.and_then(|depth| selection.frame().spacing_at(depth)),
        "dimensions": dimensions,
        "lost": lost,
    });
    sorted_json(note).to_string()
}

/// The folder that holds the dataset. Where that is stays out of the file: the same points have the same bytes, from
/// disk or web, and nobody's paths are passed on.
fn name(location: &str) -> Option<&str> {
    location
        .rsplit(['/', '\\'])
        .nth(1)
        .filter(|name| !name.is_empty())
}

/// A part that is missing. Its cause is left out: it may be told in other words the next time.
fn loss(loss: &Loss) -> Value {
    let points = match loss.part {
        LostPart::Tile { points } => Some(points),
        LostPart::File { points } => points,
        LostPart::Page => None,
    };
    json!({ "key": loss.node.to_string(), "points": points })
}
