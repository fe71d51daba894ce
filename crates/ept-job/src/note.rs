//! The note in an output file about the origin of its points.

use ept_reader::{Loss, LostPart, Selection};
use serde_json::{Value, json};

use crate::query_json::{area_query_json, bounds_json, credit_json, query_json};
use crate::{Losses, Pass, sorted_json};

/// A note about the query that made a file, as a single line of JSON. The same query of the same dataset gives the same
/// note. `dimensions` are the columns.
pub(crate) fn note(pass: &Pass, dimensions: &[String]) -> String {
    if let Some(note) = &pass.note {
        return note.clone();
    }
    let query = query_json(pass);
    note_of(
        pass,
        query,
        (pass.found().deepest, pass.losses()),
        dimensions,
    )
}

/// A note about the query of one of many areas. `deepest` is the depth of the deepest node that it intersects, `losses` what it
/// misses.
pub(crate) fn area_note(
    pass: &Pass,
    area: usize,
    (deepest, losses): (Option<u32>, &Losses),
    dimensions: &[String],
) -> String {
    let query = area_query_json(pass, area);
    note_of(pass, query, (deepest, losses), dimensions)
}

fn note_of(
    pass: &Pass,
    query: Value,
    (deepest, losses): (Option<u32>, &Losses),
    dimensions: &[String],
) -> String {
    let selection = pass.selection();
    let lost: Vec<Value> = losses.sorted().into_iter().map(loss).collect();
    let note = json!({
        "writer": concat!("ept ", env!("CARGO_PKG_VERSION")),
        "dataset": dataset(selection),
        "query": query,
        "depth": deepest,
        "spacing": deepest.and_then(|depth| selection.frame().spacing_at(depth)),
        "dimensions": dimensions,
        "lost": lost,
    });
    sorted_json(note).to_string()
}

/// The note of a file made of parts with these notes: that of the first, with the greatest depth, and with losses, which
/// are as in a [`Report`](crate::Report). `None` if a part has none.
pub(crate) fn joined<'a>(
    notes: impl Iterator<Item = Option<&'a str>>,
    lost: &[Value],
) -> Option<String> {
    let notes = notes.map(|note| serde_json::from_str(note?).ok());
    let notes: Vec<Value> = notes.collect::<Option<_>>()?;
    let mut joined = notes.first()?.clone();
    let deepest = notes.iter().max_by_key(|note| note["depth"].as_u64())?;
    joined["depth"] = deepest["depth"].clone();
    joined["spacing"] = deepest["spacing"].clone();
    let lost = lost.iter();
    joined["lost"] = lost
        .map(|loss| json!({ "key": loss["key"], "points": loss["points"] }))
        .collect();
    Some(sorted_json(joined).to_string())
}

/// The dataset, described without its location: the same points give the same bytes from disk or web, and no paths are
/// disclosed.
fn dataset(selection: &Selection) -> Value {
    let frame = selection.frame();
    let mut dataset = json!({
        "points": selection.dataset().claimed_points(),
        "bounds": bounds_json(&frame.bounds),
        "crs": frame.srs.codes().or_else(|| frame.srs.name().map(str::to_owned)),
    });
    let credits = selection.dataset().credits();
    if !credits.is_empty() {
        dataset["credits"] = credits.iter().map(credit_json).collect();
    }
    if let Some(name) = selection.query().source_id() {
        dataset["sourceId"] = name.into();
        dataset["sources"] = sources(selection).into();
    }
    dataset
}

/// The names of the sources, in order.
fn sources(selection: &Selection) -> Vec<String> {
    let name = |location: &String| {
        let mut parts = location.rsplit(['/', '\\']);
        let last = parts.next().unwrap_or_default();
        // For EPT, the name of the folder.
        let folder = parts.next().filter(|_| last == "ept.json");
        folder.unwrap_or(last).to_owned()
    };
    selection.dataset().locations().iter().map(name).collect()
}

/// A missing part. Its cause is left out, since it may be worded differently the next time.
fn loss(loss: &Loss) -> Value {
    let points = match loss.part {
        LostPart::Tile { points } => Some(points),
        LostPart::File { points } => points,
        LostPart::Page => None,
    };
    json!({ "key": loss.node.to_string(), "points": points })
}
