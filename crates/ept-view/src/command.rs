//! The command that reads what a page shows.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use crate::answer::{self, Refusal};
use crate::request::{Body, check_places, parsed};
use crate::shown::Shown;
use crate::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CommandRequest {
    /// Minimum x and y, maximum x and y.
    #[serde(default, rename = "box")]
    clip: Option<[f64; 4]>,
    #[serde(default)]
    polygon: Option<Vec<[f64; 2]>>,
    /// The classes that are shown. `None` if all are.
    #[serde(default)]
    classes: Option<Vec<u8>>,
    /// Spacing of points, in units of the dataset.
    #[serde(default)]
    resolution: Option<f64>,
}

/// The file that the command writes.
const OUTPUT: &str = "points.laz";

/// Flags that say more of an area than its coordinates.
const AREA_FLAGS: [&str; 4] = ["--bounds", "--polygon", "--crs", "--buffer"];

/// Answers with the command that reads the selected points in an area, of some classes, at a resolution.
pub(crate) async fn command(
    State(shown): State<Arc<Shown>>,
    body: Body,
) -> Result<Response, Refusal> {
    let request: CommandRequest = parsed(body)?;
    let mut words = shown.words.clone();
    if let Some(clip) = request.clip {
        add_box(&mut words, clip)?;
    }
    if let Some(places) = &request.polygon {
        add_polygon(&mut words, places)?;
    }
    if let Some(classes) = request.classes {
        words.restrict(&of_classes(classes));
    }
    if let Some(resolution) = request.resolution {
        add_resolution(&mut words, resolution, &shown)?;
    }
    words.add("-o", OUTPUT);
    answer::json(&json!({ "command": words.to_string() }))
}

fn add_box(words: &mut Words, clip: [f64; 4]) -> Result<(), Refusal> {
    let [left, bottom, right, top] = clip;
    // Not true for NaN either.
    let is_box = left <= right && bottom <= top && clip.iter().all(|side| side.is_finite());
    if !is_box {
        return Err(Refusal::bad("box: a minimum is greater than its maximum"));
    }
    if AREA_FLAGS.iter().any(|flag| words.has(flag)) {
        // The flags can't be given twice, but points in both areas meet this condition.
        words.restrict(&format!(
            "X >= {left} && X <= {right} && Y >= {bottom} && Y <= {top}"
        ));
    } else {
        words.add("--bounds", format!("{left},{bottom},{right},{top}"));
    }
    Ok(())
}

fn add_polygon(words: &mut Words, places: &[[f64; 2]]) -> Result<(), Refusal> {
    check_places(places)?;
    if places.len() < 3 {
        return Err(Refusal::bad("a polygon needs three positions or more"));
    }
    let is_taken = ["--polygon", "--crs", "--buffer"];
    if is_taken.iter().any(|flag| words.has(flag)) {
        return Err(Refusal::unsuited(
            "a polygon within the polygon or coordinate system that `ept view` was started with can't be said in one \
             command; draw a box",
        ));
    }
    let ring = places.iter().chain(&places[..1]);
    let mut text = String::new();
    for (at, [x, y]) in ring.enumerate() {
        let comma = if at == 0 { "" } else { ", " };
        // Writing to a string does not fail.
        let _ = write!(text, "{comma}{x} {y}");
    }
    words.add("--polygon", format!("POLYGON (({text}))"));
    Ok(())
}

fn of_classes(mut classes: Vec<u8>) -> String {
    classes.sort_unstable();
    classes.dedup();
    let codes: Vec<String> = classes.iter().map(u8::to_string).collect();
    match codes.as_slice() {
        // No point has such a class.
        [] => "Classification < 0".into(),
        [only] => format!("Classification == {only}"),
        several => format!("Classification in ({})", several.join(", ")),
    }
}

fn add_resolution(words: &mut Words, resolution: f64, shown: &Shown) -> Result<(), Refusal> {
    let depth = shown.dataset.frame().depth_for_resolution(resolution);
    let depth = depth.map_err(|error| Refusal::bad(error.to_string()))?;
    if !words.has_octree {
        words.add("--thin", resolution.to_string());
        return Ok(());
    }
    // What is shown may be coarser already.
    if shown
        .selection
        .bound()
        .depth()
        .is_none_or(|own| own > depth)
    {
        words.remove("--resolution");
        words.remove("--depth");
        words.add("--resolution", resolution.to_string());
    }
    Ok(())
}
