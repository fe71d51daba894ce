//! Tells a page that looking again is worth it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::answer::{Refusal, json_text};
use crate::request::{Asked, asked};
use crate::shown::Shown;

/// Maximum time that a request waits.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ArrivalsRequest {
    viewer: String,
    /// The number of the page's last look.
    version: u64,
}

/// Answers as soon as a look would have something new, or says that nothing came.
pub(crate) async fn arrivals(
    State(shown): State<Arc<Shown>>,
    query: Asked<ArrivalsRequest>,
) -> Result<Response, Refusal> {
    let request = asked(query)?;
    let seat = shown.known_seat(&request.viewer)?;
    let something = || json_text("{}".into());
    if seat.looks() != request.version {
        return Ok(something());
    }
    let waited = tokio::time::timeout(PATIENCE, seat.arrivals.next()).await;
    // A page that waits is open.
    shown.viewers.find(&request.viewer, Instant::now());
    Ok(match waited {
        Ok(()) => something(),
        Err(_) => StatusCode::NO_CONTENT.into_response(),
    })
}
