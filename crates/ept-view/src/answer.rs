//! Answers in JSON, and refusals.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Serialize;

/// Why a request gets no answer: a status and a plain sentence for the user.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    sentence: String,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, sentence: impl Into<String>) -> Refusal {
        Refusal {
            status,
            sentence: sentence.into(),
        }
    }

    /// The request is malformed.
    pub(crate) fn bad(sentence: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, sentence)
    }

    /// The request is well-formed, but this dataset can't answer it.
    pub(crate) fn unsuited(sentence: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, sentence)
    }

    /// What it asks for is not in memory.
    pub(crate) fn absent(sentence: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::NOT_FOUND, sentence)
    }
}

impl From<ept_reader::Error> for Refusal {
    /// The data can't be read.
    fn from(error: ept_reader::Error) -> Refusal {
        Refusal::new(StatusCode::BAD_GATEWAY, error.to_string())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = serde_json::json!({ "error": self.sentence }).to_string();
        (self.status, json_text(body.into())).into_response()
    }
}

/// An answer in JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<Response, Refusal> {
    let text = serde_json::to_vec(value);
    let text =
        text.map_err(|error| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    Ok(json_text(text.into()))
}

/// An answer whose text is JSON.
pub(crate) fn json_text(text: Bytes) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, text).into_response()
}
