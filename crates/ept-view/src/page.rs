//! The files of the page, which are part of the program.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// The page itself.
const INDEX: (&str, &str) = ("index.html", include_str!("../page/index.html"));

/// Name and text of each other file.
const FILES: &[(&str, &str)] = &[];

pub(crate) async fn index() -> Response {
    file(INDEX)
}

pub(crate) async fn module(Path(name): Path<String>) -> Response {
    match FILES.iter().find(|(known, _)| *known == name) {
        Some(found) => file(*found),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn file((name, text): (&'static str, &'static str)) -> Response {
    let kind = match name.rsplit_once('.') {
        Some((_, "html")) => "text/html; charset=utf-8",
        Some((_, "css")) => "text/css; charset=utf-8",
        _ => "text/javascript; charset=utf-8",
    };
    // The address changes with each start, so nothing could be used again.
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, text).into_response()
}
