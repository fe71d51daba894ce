//! A page's look at the dataset.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::State;
use axum::response::Response;
use ept_reader::CachedTile;
use serde::{Deserialize, Serialize};

use crate::answer::{Refusal, json};
use crate::losses::{LossAnswer, corners};
use crate::request::{Body, ViewLimits, parsed};
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
    let limits = ViewLimits {
        budget: request.budget,
        min_pixels: request.min_pixels,
        max_depth: request.max_depth,
        clip: request.clip,
    };
    let view = shown.view(camera, &limits)?;
    let seat = shown.seat(&request.viewer)?;
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
