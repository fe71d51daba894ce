//! The points of a node, as the page draws them.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ept_reader::Key;
use ept_scene::{ColorBy, ColorByError, PackedTile};
use serde::Deserialize;

use crate::answer::Refusal;
use crate::request::{Asked, asked};
use crate::shown::Shown;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TileRequest {
    color: String,
}

/// The address has the token of this run of the server, and what is at it never changes.
const FOREVER: &str = "private, max-age=31536000, immutable";

/// Answers with the selected points of a node that is in memory.
pub(crate) async fn tile(
    State(shown): State<Arc<Shown>>,
    Path(key): Path<String>,
    query: Asked<TileRequest>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let key: Key = key
        .parse()
        .map_err(|_| Refusal::absent(format!("{key:?} is not a node")))?;
    let color = asked(query)?.color;
    let color: ColorBy = color
        .parse()
        .map_err(|error: ColorByError| Refusal::bad(error.to_string()))?;
    let Some(paint) = shown.paint(color).copied() else {
        return Err(Refusal::bad(format!("the dataset has no {color}")));
    };
    let tag = format!("\"{key}.{color}\"");
    let cached = [
        (header::ETAG, tag.clone()),
        (header::CACHE_CONTROL, FOREVER.to_owned()),
    ];
    if has_tag(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, cached).into_response());
    }
    let tile = shown.cache.resident(&shown.dataset, key);
    let tile =
        tile.ok_or_else(|| Refusal::absent(format!("{key} is not in memory: look again")))?;
    let selection = shown.selection.bound().clone();
    let pack = move || {
        let mask = selection.mask(&tile.node().cell, tile.points())?;
        let packed = PackedTile::new(&tile, mask.as_deref(), &paint);
        Ok::<_, ept_reader::SelectError>(packed.into_bytes())
    };
    let bytes = shown.dataset.engine().compute(0, pack).await?;
    let bytes = bytes.map_err(|error| Refusal::unsuited(error.to_string()))?;
    let kind = [(header::CONTENT_TYPE, "application/octet-stream")];
    Ok((kind, cached, bytes).into_response())
}

/// Whether the browser has the answer with a tag already.
fn has_tag(headers: &HeaderMap, tag: &str) -> bool {
    let lists = headers.get_all(header::IF_NONE_MATCH).into_iter();
    let mut tags = lists
        .filter_map(|list| list.to_str().ok())
        .flat_map(|list| list.split(','))
        .map(str::trim);
    tags.any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}
