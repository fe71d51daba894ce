//! Who may ask: the page itself, and nobody that another page sends.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Headers of all answers. Nothing but the files of the page runs in it, nothing but its server is asked, and no other
/// page can contain it or read its answers.
const HEADERS: [(HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
];

/// Refuses requests that other pages cause, and adds the headers of all answers.
pub(crate) async fn guard(
    State(address): State<Arc<SocketAddr>>,
    request: Request,
    next: Next,
) -> Response {
    let mut answer = if is_own(&address, request.headers()) {
        next.run(request).await
    } else {
        StatusCode::FORBIDDEN.into_response()
    };
    for (name, value) in HEADERS {
        answer
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    answer
}

/// Whether a request comes from the page, or from the user.
fn is_own(address: &SocketAddr, headers: &HeaderMap) -> bool {
    let all = |name: HeaderName| headers.get_all(name).into_iter().map(HeaderValue::to_str);
    let mut hosts = all(header::HOST);
    let is_here = |host: &str| is_here(address, host);
    // A name that someone else makes point to this machine is not its name.
    let is_for_here =
        matches!((hosts.next(), hosts.next()), (Some(Ok(host)), None) if is_here(host));
    let mut origins = all(header::ORIGIN);
    let is_from_here = origins.all(|origin| {
        origin.is_ok_and(|origin| origin.strip_prefix("http://").is_some_and(is_here))
    });
    let mut sites = all(HeaderName::from_static("sec-fetch-site"));
    let is_same_site = sites.all(|site| matches!(site, Ok("same-origin" | "none")));
    is_for_here && is_from_here && is_same_site
}

/// Whether a host with its port is the address that is listened on. Of all addresses, those written as numbers are: names
/// could be of others.
fn is_here(address: &SocketAddr, host: &str) -> bool {
    let own_port = address.port();
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
            (name, port.parse().ok())
        }
        _ => (host, Some(80)),
    };
    let bare = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'))
        .unwrap_or(name);
    let is_number = |ip: IpAddr| address.ip().is_unspecified() || ip == address.ip();
    port == Some(own_port)
        && (name.eq_ignore_ascii_case("localhost") || bare.parse().is_ok_and(is_number))
}
