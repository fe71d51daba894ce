//! The files of the page, which are part of the program.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// The page itself.
const INDEX: (&str, &str) = ("index.html", include_str!("../page/index.html"));

/// Name and text of each other file.
const FILES: &[(&str, &str)] = &[
    ("camera.js", include_str!("../page/camera.js")),
    ("classes.js", include_str!("../page/classes.js")),
    ("clip.js", include_str!("../page/clip.js")),
    ("compass.js", include_str!("../page/compass.js")),
    ("controls.js", include_str!("../page/controls.js")),
    ("cursor.js", include_str!("../page/cursor.js")),
    ("depth.js", include_str!("../page/depth.js")),
    ("elements.js", include_str!("../page/elements.js")),
    ("eye_dome.js", include_str!("../page/eye_dome.js")),
    ("facts.js", include_str!("../page/facts.js")),
    ("format.js", include_str!("../page/format.js")),
    ("legend.js", include_str!("../page/legend.js")),
    ("link.js", include_str!("../page/link.js")),
    ("looker.js", include_str!("../page/looker.js")),
    ("losses.js", include_str!("../page/losses.js")),
    ("main.js", include_str!("../page/main.js")),
    ("overlay.js", include_str!("../page/overlay.js")),
    ("pick.js", include_str!("../page/pick.js")),
    ("points.js", include_str!("../page/points.js")),
    ("profile.js", include_str!("../page/profile.js")),
    ("program.js", include_str!("../page/program.js")),
    ("progress.js", include_str!("../page/progress.js")),
    ("ruler.js", include_str!("../page/ruler.js")),
    ("scale_bar.js", include_str!("../page/scale_bar.js")),
    ("server.js", include_str!("../page/server.js")),
    ("settings.js", include_str!("../page/settings.js")),
    ("sizes.js", include_str!("../page/sizes.js")),
    ("stage.js", include_str!("../page/stage.js")),
    ("state.js", include_str!("../page/state.js")),
    ("theme.js", include_str!("../page/theme.js")),
    ("tiles.js", include_str!("../page/tiles.js")),
    ("tools.js", include_str!("../page/tools.js")),
    ("vector.js", include_str!("../page/vector.js")),
    ("style.css", include_str!("../page/style.css")),
];

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
