//! A page's look at the dataset.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::State;
use axum::response::Response;
use ept_reader::{Area, Bounds, CachedTile};
use serde::{Deserialize, Serialize};

use crate::answer::{Refusal, json};
use crate::losses::{LossAnswer, corners};
use crate::request::{Body, parsed};
use crate::shown::Shown;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct LookRequest {
    viewer: String,
    matrix: [f64; 16],
    viewport: [f64; 2],
    budget: u64,
    min_pixels: f64,
    #[serde(default)]
    max_depth: Option<u32>,
    /// Minimum x and y, maximum x and y.
    #[serde(default, rename = "box")]
    clip: Option<[f64; 4]>,
}

#[derive(Debug, Serialize)]
struct LookAnswer<'a> {
    show: Vec<ShownTile>,
    points: u64,
    missing: usize,
    failing: usize,
    settled: bool,
    losses: Vec<LossAnswer<'a>>,
    version: u64,
}

#[derive(Debug, Serialize)]
struct ShownTile {
    key: String,
    points: u64,
    cell: [f64; 6],
}

/// Answers what is to be drawn now, without waiting for anything.
pub(crate) async fn look(State(shown): State<Arc<Shown>>, body: Body) -> Result<Response, Refusal> {
    let request: LookRequest = parsed(body)?;
    check_name(&request.viewer)?;
    let camera = shown.camera(&request.matrix, request.viewport)?;
    if !request.min_pixels.is_finite() {
        return Err(Refusal::bad("minPixels is not finite"));
    }
    let clip = request.clip.map(area).transpose()?;
    let seat = shown.seat(&request.viewer)?;
    let mut view = shown
        .view(camera, request.budget)
        .with_min_pixels(request.min_pixels);
    if let Some(depth) = request.max_depth {
        view = view.with_max_depth(depth.min(ept_reader::Key::MAX_DEPTH));
    }
    if let Some(area) = clip {
        let within = view.with_areas(&[area], shown.dataset.frame());
        view = within.map_err(|error| Refusal::bad(error.to_string()))?;
    }
    let now = Instant::now();
    let mut viewer = seat.viewer();
    let look = viewer.look(&view, now);
    let answer = LookAnswer {
        show: look.tiles.iter().map(shown_tile).collect(),
        points: look.points(),
        missing: look.missing,
        failing: look.failing,
        settled: look.is_settled(),
        losses: viewer.losses.answers(now),
        version: seat.count_look(),
    };
    json(&answer)
}

fn shown_tile(tile: &Arc<CachedTile>) -> ShownTile {
    let node = tile.node();
    ShownTile {
        key: node.name.to_string(),
        points: node.points,
        cell: corners(&node.cell),
    }
}

/// Checks the name that a page gave itself.
pub(crate) fn check_name(name: &str) -> Result<(), Refusal> {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if (1..=64).contains(&name.len()) && name.bytes().all(is_letter) {
        return Ok(());
    }
    Err(Refusal::bad(
        "the name of a viewer must have 1 to 64 letters, digits, - or _",
    ))
}

fn area([left, bottom, right, top]: [f64; 4]) -> Result<Area, Refusal> {
    let bounds = Bounds::from_2d([left, bottom], [right, top]);
    let bounds = bounds.map_err(|error| Refusal::bad(format!("box: {error}")))?;
    Ok(Area::from(bounds))
}
