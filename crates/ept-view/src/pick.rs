//! The point under a pixel, with its whole record.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use ept_reader::{CachedTile, Picked, PointBatch, SelectError, Values};
use ept_scene::pick_where;
use ept_select::Selection;
use serde::Deserialize;
use serde_json::json;

use crate::answer::{self, Refusal};
use crate::request::{Body, parsed};
use crate::shown::Shown;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PickRequest {
    viewer: String,
    matrix: [f64; 16],
    viewport: [f64; 2],
    /// From the upper left corner.
    pixel: [f64; 2],
    /// The classes that are shown. `None` if all are.
    #[serde(default)]
    classes: Option<Vec<u8>>,
}

/// Distances from the pixel, in pixels: that within which a point covers those behind it, and the maximum.
const REACH: [f64; 2] = [2.0, 8.0];

/// Answers with the nearest point that the page draws, null if there is none near the pixel.
pub(crate) async fn pick(State(shown): State<Arc<Shown>>, body: Body) -> Result<Response, Refusal> {
    let request: PickRequest = parsed(body)?;
    let camera = shown.camera(&request.matrix, request.viewport)?;
    if !request.pixel.iter().all(|number| number.is_finite()) {
        return Err(Refusal::bad("the pixel is not finite"));
    }
    let seat = shown.known_seat(&request.viewer)?;
    let tiles = seat.viewer().tiles.clone();
    let selection = shown.selection.bound().clone();
    let slack = shown.dataset.frame().slack;
    let ray = camera.ray(request.pixel);
    let find = move || {
        let mask = |tile: &CachedTile| visible(&selection, tile, request.classes.as_deref());
        pick_where(&tiles, slack, &ray, REACH, mask)
    };
    let found = shown.dataset.engine().compute(0, find).await?;
    let found = found.map_err(|error: SelectError| Refusal::unsuited(error.to_string()))?;
    match found {
        Some(picked) => answer::json(&record(&shown, &picked).await?),
        None => answer::json(&json!(null)),
    }
}

/// Which points of a tile are selected and of the classes that are shown. `None` if all are.
fn visible(
    selection: &Selection,
    tile: &CachedTile,
    classes: Option<&[u8]>,
) -> Result<Option<Vec<bool>>, SelectError> {
    let points = tile.points();
    let mask = selection.mask(&tile.node().cell, points)?;
    let Some(classes) = classes else {
        return Ok(mask);
    };
    let mut mask = mask.unwrap_or_else(|| vec![true; points.len()]);
    let codes = points.find("Classification").and_then(Values::to_f64);
    // As the page draws them: points without a class have class 0.
    let codes = codes.unwrap_or_else(|| vec![0.0; points.len()]);
    for (keep, code) in mask.iter_mut().zip(codes) {
        *keep = *keep && classes.contains(&(code as u8));
    }
    Ok(Some(mask))
}

/// The whole record of a point, read from its node.
async fn record(shown: &Shown, picked: &Picked) -> Result<serde_json::Value, Refusal> {
    let node = *picked.tile.node();
    let whole = shown.records.tile(&shown.dataset, &node).await?;
    let [x, y, z] = picked.position;
    Ok(json!({
        "key": node.name.to_string(),
        "index": picked.index,
        "position": [x, y, z],
        "lonlat": shown.degrees([x, y]),
        "record": fields(whole.points(), picked.index),
    }))
}

/// Names and values of all dimensions of a point.
fn fields(points: &PointBatch, index: usize) -> Vec<[String; 2]> {
    let columns = points.columns().iter();
    let fields =
        columns.filter_map(|column| Some([column.name.to_string(), text(&column.values, index)?]));
    fields.collect()
}

/// A value as text that is parsed as the same value.
fn text(values: &Values, index: usize) -> Option<String> {
    Some(match values {
        Values::I8(v) => v.get(index)?.to_string(),
        Values::I16(v) => v.get(index)?.to_string(),
        Values::I32(v) => v.get(index)?.to_string(),
        Values::I64(v) => v.get(index)?.to_string(),
        Values::U8(v) => v.get(index)?.to_string(),
        Values::U16(v) => v.get(index)?.to_string(),
        Values::U32(v) => v.get(index)?.to_string(),
        Values::U64(v) => v.get(index)?.to_string(),
        Values::F32(v) => v.get(index)?.to_string(),
        Values::F64(v) => v.get(index)?.to_string(),
        Values::Bytes { width, data } => {
            let width = usize::from(*width);
            let start = index.checked_mul(width)?;
            let bytes = data.get(start..start.checked_add(width)?)?.iter();
            bytes.map(|byte| format!("{byte:02x}")).collect()
        }
    })
}
