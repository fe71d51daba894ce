//! Longitudes and latitudes of positions.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use crate::answer::{self, Refusal};
use crate::request::{Body, check_places, parsed};
use crate::shown::Shown;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LonLatRequest {
    points: Vec<[f64; 2]>,
}

/// Answers with longitude and latitude of each position, null where they are not known.
pub(crate) async fn lonlat(
    State(shown): State<Arc<Shown>>,
    body: Body,
) -> Result<Response, Refusal> {
    let LonLatRequest { points } = parsed(body)?;
    check_places(&points)?;
    let degrees = || -> Vec<_> {
        points
            .into_iter()
            .map(|place| shown.degrees(place))
            .collect()
    };
    answer::json(&json!({ "lonlat": degrees() }))
}
