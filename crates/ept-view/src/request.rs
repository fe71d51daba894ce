//! What requests say.

use axum::extract::Query;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use bytes::Bytes;
use ept_reader::Camera;
use serde::de::DeserializeOwned;

use crate::answer::Refusal;

/// Maximum size of a request's body in bytes.
pub(crate) const MOST_BYTES: usize = 1 << 20;

/// Maximum width or height of an image, in pixels.
const MOST_PIXELS: f64 = 16_384.0;

/// Maximum number of positions in a line or polygon, or to be transformed.
pub(crate) const MOST_PLACES: usize = 20_000;

/// The body of a request, as the extractor found it.
pub(crate) type Body = Result<Bytes, BytesRejection>;

/// The query string of a request, as the extractor found it.
pub(crate) type Asked<T> = Result<Query<T>, QueryRejection>;

/// Parses the body of a request.
pub(crate) fn parsed<T: DeserializeOwned>(body: Body) -> Result<T, Refusal> {
    let body = body.map_err(|problem| Refusal::new(problem.status(), problem.body_text()))?;
    serde_json::from_slice(&body)
        .map_err(|problem| Refusal::bad(format!("the request is malformed: {problem}")))
}

/// The parsed query string of a request.
pub(crate) fn asked<T>(query: Asked<T>) -> Result<T, Refusal> {
    let Query(query) = query.map_err(|problem| {
        Refusal::bad(format!("the request is malformed: {}", problem.body_text()))
    })?;
    Ok(query)
}

/// What a page wants to see of what its camera sees.
#[derive(Debug)]
pub(crate) struct ViewLimits {
    /// Maximum number of points.
    pub(crate) budget: u64,
    pub(crate) min_pixels: f64,
    pub(crate) max_depth: Option<u32>,
    /// Minimum x and y, maximum x and y.
    pub(crate) clip: Option<[f64; 4]>,
}

/// The camera of a matrix in rows and the size of its image.
pub(crate) fn camera(matrix: &[f64; 16], viewport: [f64; 2]) -> Result<Camera, Refusal> {
    if viewport.iter().any(|side| *side > MOST_PIXELS) {
        return Err(Refusal::bad(format!(
            "the viewport has more than {MOST_PIXELS} pixels on a side"
        )));
    }
    let (rows, _) = matrix.as_chunks::<4>();
    let rows = [0, 1, 2, 3].map(|row| rows[row]);
    Camera::from_matrix(rows, viewport).map_err(|error| Refusal::bad(error.to_string()))
}

/// Checks the number of positions of a request, and that they are finite.
pub(crate) fn check_places(places: &[[f64; 2]]) -> Result<(), Refusal> {
    if places.len() > MOST_PLACES {
        let text = format!("there are more than {MOST_PLACES} positions");
        return Err(Refusal::bad(text));
    }
    if !places
        .as_flattened()
        .iter()
        .all(|number| number.is_finite())
    {
        return Err(Refusal::bad("a position is not finite"));
    }
    Ok(())
}
