//! Where the points of an output come from, as the output itself tells it.

use std::fmt;

use ept_reader::{Loss, LostPart};
use serde_json::{Value, json};

use crate::report::query_of;
use crate::select::Selection;

/// A note of the query that made a file: JSON on one line. The same query of the same dataset makes the same note.
#[derive(Debug)]
pub(crate) struct Note(Value);

impl Note {
    /// The note of a selection all of which was read; `dimensions` are the columns.
    pub(crate) fn new(selection: &Selection, dimensions: &[String]) -> Note {
        let Selection {
            dataset,
            nodes,
            losses,
            ..
        } = selection;
        let deepest = nodes.iter().map(|node| node.key.depth()).max();
        let lost: Vec<Value> = losses.sorted().into_iter().map(loss).collect();
        Note(json!({
            "writer": concat!("ept ", env!("CARGO_PKG_VERSION")),
            "dataset": name(&dataset.location()),
            "query": query_of(selection),
            "depth": deepest,
            "spacing": deepest.and_then(|depth| dataset.frame().spacing_at(depth)),
            "dimensions": dimensions,
            "lost": lost,
        }))
    }
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
        LostPart::Page => None,
    };
    json!({ "key": loss.key.to_string(), "points": points })
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
