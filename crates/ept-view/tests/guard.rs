//! Who gets an answer, and what every answer says to the browser.

use ept_reader::Query;
use reqwest::{Method, Response, StatusCode};

use crate::support::{Page, fixture, open};

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; \
                   connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

async fn terrain() -> Page {
    Page::open(&open(&fixture("terrain")).await, &Query::new()).await
}

fn check_headers(response: &Response) {
    let expected = [
        ("content-security-policy", CSP),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
    ];
    for (name, value) in expected {
        let found = response.headers().get(name).unwrap().to_str().unwrap();
        assert_eq!(found, value, "{} {}", response.status(), response.url());
    }
    assert!(
        !response
            .headers()
            .contains_key("access-control-allow-origin")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_the_headers() {
    let page = terrain().await;
    let look = page.above("a").to_string();
    let large = " ".repeat((1 << 20) + 1);
    let requests = [
        (Method::GET, "", "", 200),
        (Method::GET, "dataset", "", 200),
        (Method::POST, "look", &look, 200),
        (Method::POST, "look", "{", 400),
        (Method::POST, "look", &large, 413),
        (Method::POST, "dataset", "", 405),
        (Method::GET, "tile/0-0-0-0?color=heat", "", 400),
        (Method::GET, "tile/9-0-0-0?color=rgb", "", 404),
        (Method::GET, "tile/nothing?color=rgb", "", 404),
        (Method::GET, "page/nothing.js", "", 404),
        (Method::GET, "page/../Cargo.toml", "", 404),
        (Method::GET, "nothing", "", 404),
        (Method::GET, "arrivals?viewer=nobody&version=1", "", 404),
        (Method::GET, "arrivals", "", 400),
    ];
    for (method, path, body, status) in requests {
        let url = format!("{}{path}", page.url);
        let request = page.client.request(method, url).body(body.to_owned());
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        check_headers(&response);
        let is_json = response.headers().get("content-type");
        if is_json.is_some_and(|kind| kind == "application/json") && status != 200 {
            let text: serde_json::Value =
                serde_json::from_str(&response.text().await.unwrap()).unwrap();
            assert!(!text["error"].as_str().unwrap().is_empty(), "{path}");
        }
    }
}

/// A request with these headers, at a path below the root of the server.
async fn with_headers(page: &Page, path: &str, headers: &[(&'static str, &str)]) -> Response {
    let mut request = page.client.get(format!("http://{}{path}", page.host()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn other_pages_get_nothing() {
    let page = terrain().await;
    let port = page.host().rsplit(':').next().unwrap().to_owned();
    let path = page.url.split_once(page.host()).unwrap().1.to_owned() + "dataset";
    let refused = [
        ("host", "evil.example".to_owned()),
        ("host", format!("evil.example:{port}")),
        ("host", "127.0.0.1".to_owned()),
        ("host", "localhost:1".to_owned()),
        ("host", format!("127.0.0.2:{port}")),
        ("host", format!("localhost.evil.example:{port}")),
        ("origin", "https://evil.example".to_owned()),
        ("origin", format!("http://evil.example:{port}")),
        ("origin", format!("https://127.0.0.1:{port}")),
        ("origin", "http://127.0.0.1:1".to_owned()),
        ("origin", "null".to_owned()),
        ("origin", String::new()),
        ("sec-fetch-site", "cross-site".to_owned()),
        ("sec-fetch-site", "same-site".to_owned()),
    ];
    for (name, value) in refused {
        let response = with_headers(&page, &path, &[(name, &value)]).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{name}: {value}");
        check_headers(&response);
        assert!(
            response.bytes().await.unwrap().is_empty(),
            "{name}: {value}"
        );
    }
    let own = [
        ("host", page.host().to_owned()),
        ("host", format!("localhost:{port}")),
        ("origin", format!("http://{}", page.host())),
        ("origin", format!("http://localhost:{port}")),
        ("sec-fetch-site", "same-origin".to_owned()),
        ("sec-fetch-site", "none".to_owned()),
    ];
    for (name, value) in own {
        let response = with_headers(&page, &path, &[(name, &value)]).await;
        assert_eq!(response.status(), StatusCode::OK, "{name}: {value}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_token_there_is_nothing() {
    let page = terrain().await;
    let token = page.url.split('/').nth(3).unwrap();
    assert_eq!(token.len(), 32);
    assert!(token.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let other = if token.starts_with('0') { "1" } else { "0" };
    let wrong = format!("{other}{}", &token[1..]);
    let shorter = &token[..31];
    for path in [
        "/".to_owned(),
        "/dataset".into(),
        "/favicon.ico".into(),
        format!("/{wrong}/"),
        format!("/{wrong}/dataset"),
        format!("/{shorter}/dataset"),
        format!("/{token}0/dataset"),
        format!(
            "/{}/dataset",
            token.to_uppercase().replace(char::is_numeric, "A")
        ),
    ] {
        let response = with_headers(&page, &path, &[]).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        check_headers(&response);
        assert!(response.bytes().await.unwrap().is_empty(), "{path}");
    }
    let second = terrain().await;
    assert_ne!(second.url.split('/').nth(3), Some(token));
}

/// Without a `Host`, as HTTP/1.0 allows.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_names_its_host() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let page = terrain().await;
    let path = page.url.split_once(page.host()).unwrap().1;
    let mut stream = tokio::net::TcpStream::connect(page.host()).await.unwrap();
    let request = format!("GET {path}dataset HTTP/1.0\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.0 403"), "{answer}");
    assert!(!answer.contains("spacing"));
}
