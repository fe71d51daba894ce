//! The same view, drawn without a browser.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use ept_reader::{CachedTile, Node, View};
use ept_scene::{Color, ColorBy, ColorByError, Paint, draw_view};
use futures::{StreamExt, stream};
use serde::Deserialize;

use crate::answer::Refusal;
use crate::request::{Asked, ViewLimits, asked};
use crate::shown::Shown;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct PictureRequest {
    /// 16 numbers in rows, separated by commas.
    matrix: String,
    /// Width and height in pixels.
    viewport: String,
    color: String,
    budget: u64,
    #[serde(default = "one")]
    min_pixels: f64,
    #[serde(default)]
    max_depth: Option<u32>,
    /// Minimum x and y, maximum x and y.
    #[serde(default, rename = "box")]
    clip: Option<String>,
    /// The numbers with the first and the last colour of the ramp. By default those of the dataset's description.
    #[serde(default)]
    limits: Option<String>,
    /// Red, green and blue as six hexadecimal digits.
    #[serde(default)]
    background: Option<String>,
}

/// Maximum number of pixels of a picture.
const MOST_PIXELS: f64 = 16e6;

/// Tiles that are loaded concurrently.
const LOADS: usize = 16;

fn one() -> f64 {
    1.0
}

/// Answers with a PNG of what a page with this camera shows in the end.
pub(crate) async fn picture(
    State(shown): State<Arc<Shown>>,
    query: Asked<PictureRequest>,
) -> Result<Response, Refusal> {
    let request = asked(query)?;
    let [width, height] = numbers("viewport", &request.viewport)?;
    if width * height > MOST_PIXELS {
        return Err(Refusal::bad("the viewport has more than 16 million pixels"));
    }
    let camera = shown.camera(&numbers("matrix", &request.matrix)?, [width, height])?;
    let clip = request.clip.as_deref().map(|text| numbers("box", text));
    let limits = ViewLimits {
        budget: request.budget,
        min_pixels: request.min_pixels,
        max_depth: request.max_depth,
        clip: clip.transpose()?,
    };
    let view = shown.view(camera, &limits)?;
    let paint = paint(&shown, &request)?;
    let background = background(request.background.as_deref())?;
    let tiles = tiles(&shown, &view).await?;
    let frame = shown.dataset.frame().clone();
    let draw = move || {
        let mut png = Vec::new();
        let picture = draw_view(&view, &paint, &frame, &tiles, background);
        picture.write_png(&mut png).map(|()| png)
    };
    let png = shown.dataset.engine().compute(0, draw).await?;
    let png = png.map_err(|error| Refusal::bad(error.to_string()))?;
    let headers = [
        (header::CONTENT_TYPE, "image/png"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, png).into_response())
}

fn paint(shown: &Shown, request: &PictureRequest) -> Result<Paint, Refusal> {
    let color: Result<ColorBy, ColorByError> = request.color.parse();
    let color = color.map_err(|error| Refusal::bad(error.to_string()))?;
    let paint = shown.paint(color).copied();
    let paint = paint.ok_or_else(|| Refusal::bad(format!("the dataset has no {color}")))?;
    Ok(match &request.limits {
        Some(limits) if color.is_continuous() => Paint::new(color, numbers("limits", limits)?),
        _ => paint,
    })
}

/// The tiles that the view wants, as far as they can be read.
async fn tiles(shown: &Shown, view: &View) -> Result<Vec<Arc<CachedTile>>, Refusal> {
    let mut found = shown.dataset.walk(view.clone());
    let (mut nodes, mut points): (Vec<Node>, u64) = (Vec::new(), 0);
    while let Some(node) = found.next().await {
        // What can't be read is not drawn.
        let Ok(node) = node else { continue };
        points = points.saturating_add(node.points);
        if points > view.max_points() {
            break;
        }
        nodes.push(node);
    }
    let loads = stream::iter(nodes).map(|node| async move {
        let tile = shown.cache.tile(&shown.dataset, &node).await;
        tile.ok()
    });
    let tiles = loads.buffered(LOADS).filter_map(std::future::ready);
    Ok(tiles.collect().await)
}

fn background(text: Option<&str>) -> Result<Color, Refusal> {
    let Some(text) = text else {
        return Ok([255; 3]);
    };
    let number = u32::from_str_radix(text, 16);
    match number.map(u32::to_be_bytes) {
        Ok([0, red, green, blue]) if text.len() == 6 && !text.starts_with('+') => {
            Ok([red, green, blue])
        }
        _ => Err(Refusal::bad("background: expected six hexadecimal digits")),
    }
}

/// Exactly `N` numbers separated by commas.
fn numbers<const N: usize>(name: &str, text: &str) -> Result<[f64; N], Refusal> {
    let numbers: Result<Vec<f64>, _> = text.split(',').map(|part| part.trim().parse()).collect();
    let numbers = numbers.ok().and_then(|numbers| numbers.try_into().ok());
    numbers
        .ok_or_else(|| Refusal::bad(format!("{name}: expected {N} numbers, separated by commas")))
}
