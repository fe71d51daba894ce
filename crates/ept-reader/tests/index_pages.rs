//! Indexes and catalogues in pages, as a STAC API gives them.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::num::NonZeroUsize;

use crate::index::{locations, read_within, secret_options};
use crate::support;

use ept_index::{Index, NextPage, Reading};
use ept_reader::{Cache, Engine, Error, Limits, read_catalog, read_index};
use serde_json::{Value, json};

use support::server::{Request, Response, Server};

/// A page of a collection of one item, whose points are at `href`, and the address of the next page.
fn stac_page(href: &str, next: Option<&str>) -> Vec<u8> {
    linked(
        href,
        &next.map_or(Value::Null, |next| json!({ "href": next })),
    )
}

/// A page whose `next` link has these members.
fn linked(href: &str, next: &Value) -> Vec<u8> {
    let square = json!([[[5, 52], [6, 52], [6, 53], [5, 52]]]);
    let item = json!({
        "type": "Feature", "stac_version": "1.0.0", "id": href, "properties": {},
        "geometry": { "type": "Polygon", "coordinates": square },
        "assets": { "data": { "href": href } },
    });
    let mut page = json!({ "type": "FeatureCollection", "links": [], "features": [item] });
    if next.is_object() {
        page["links"] = json!([next]);
        page["links"][0]["rel"] = "next".into();
    }
    page.to_string().into_bytes()
}

#[tokio::test]
async fn pages_of_a_server_are_followed_and_those_elsewhere_are_told() {
    let elsewhere = Server::start(|_| Response::new(200, stac_page("https://h/z.laz", None)));
    let beyond = elsewhere.url("/search");
    let server = Server::start({
        let beyond = beyond.clone();
        move |request| {
            let has_key = request.headers.get("x-key").map(String::as_str) == Some("secret");
            let page = match &*request.query {
                _ if !has_key => return Response::new(403, "no"),
                "" => stac_page("https://h/a.laz", Some("search?token=2")),
                "token=2" => stac_page("b.laz", Some("/api/search?token=3")),
                "circle" => stac_page("c.laz", Some("search?circle")),
                _ => stac_page("https://h/a.laz", Some(&beyond)),
            };
            Response::new(200, page)
        }
    });
    let engine = Engine::new(&secret_options());
    let read = async |path: &str| read_index(&server.url(path), &Reading::new(), &engine).await;
    let index = read("/api/search").await.unwrap();
    let expected = ["https://h/a.laz".to_owned(), server.url("/api/b.laz")];
    assert_eq!(locations(&index), expected);
    assert_eq!(
        (index.repeated, index.next),
        (1, Some(NextPage::of_location(&beyond)))
    );
    assert_eq!(elsewhere.requests().len(), 0);
    let text = read("/api/search?circle").await.unwrap_err().to_string();
    assert!(text.contains("lead back to this one"), "{text}");
}

#[tokio::test]
async fn pages_are_limited_together() {
    let server = Server::start(|request| {
        let number: u64 = request.query.parse().unwrap_or(0);
        let next = format!("search?{}", number + 1);
        Response::new(200, stac_page(&format!("{number}.laz"), Some(&next)))
    });
    let limits = Limits {
        index_bytes: NonZeroUsize::new(10_000).unwrap(),
        ..Limits::default()
    };
    let error = read_within(&server.url("/search"), limits).await;
    let text = error.unwrap_err().to_string();
    assert!(text.contains("larger together than the limit"), "{text}");
    assert!(server.requests().len() < 40);
}

#[tokio::test]
async fn pages_of_a_catalogue_are_followed_as_those_of_an_index() {
    let elsewhere = Server::start(|_| Response::new(200, stac_page("z.laz", None)));
    let beyond = elsewhere.url("/search");
    let server = Server::start({
        let beyond = beyond.clone();
        move |request| {
            let link = match (&*request.method, &*request.query) {
                ("GET", "") => json!({ "href": "search?token=2" }),
                ("GET", "token=2") => {
                    json!({ "href": "search", "method": "POST", "body": { "token": 3 } })
                }
                ("GET", "circle") => json!({ "href": "search?circle" }),
                _ => json!({ "href": beyond }),
            };
            let name = format!("{}{}.laz", request.method, request.query);
            Response::new(200, linked(&name, &link))
        }
    });
    let engine = Engine::new(&secret_options());
    let catalog = read_catalog(&server.url("/api/search"), &engine).await;
    let catalog = catalog.unwrap();
    let names = catalog.surveys.iter().map(|survey| &*survey.name);
    assert!(names.eq(["GET.laz", "GETtoken=2.laz", "POST.laz"]));
    let last = &catalog.surveys[2].offers[0];
    assert_eq!(last.location, server.url("/api/POST.laz"));
    assert_eq!(catalog.next, Some(NextPage::of_location(&beyond)));
    assert_eq!(elsewhere.requests().len(), 0);
    let error = read_catalog(&server.url("/search?circle"), &engine).await;
    let text = error.unwrap_err().to_string();
    assert!(
        text.contains("pages of the catalogue lead back to this one"),
        "{text}"
    );
}

async fn read(url: &str, engine: &Engine) -> Result<Index, Error> {
    read_index(url, &Reading::new(), engine).await
}

fn body(request: &Request) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

/// The forms of links that the STAC API's examples have (item search, "Paging Examples").
#[tokio::test]
async fn pages_are_asked_for_by_post_if_their_links_say_so() {
    let elsewhere = Server::start(|_| Response::new(200, stac_page("https://h/z.laz", None)));
    let beyond = elsewhere.url("/search");
    let server = Server::start(move |request| {
        let links = [
            json!({ "href": "search", "method": "POST", "body": { "bbox": [5, 52, 6, 53], "page": 2 } }),
            json!({ "href": "search", "method": "POST", "body": { "page": 3, "limit": 10 }, "merge": true }),
            json!({ "href": "search", "method": "post", "body": { "next": "a9f3" }, "headers": { "Search-After": "L1" } }),
            json!({ "href": "search", "method": "POST", "headers": { "search-after": "L2" }, "merge": true }),
            json!({ "href": "search", "headers": { "Search-After": "L3" } }),
            json!({ "href": beyond, "method": "POST", "body": { "page": 7 } }),
        ];
        let after = request.headers.get("search-after").map(String::as_str);
        let at = match (&*request.method, after) {
            ("GET", None) => 0,
            ("POST", None) if body(request)["page"] == 2 => 1,
            ("POST", None) if body(request)["page"] == 3 => 2,
            ("POST", Some("L1")) => 3,
            ("POST", Some("L2")) => 4,
            ("GET", Some("L3")) => 5,
            _ => return Response::new(400, "no such page"),
        };
        Response::new(200, linked(&format!("https://h/{at}.laz"), &links[at]))
    });
    let folder = tempfile::tempdir().unwrap();
    let mut options = secret_options();
    options.cache = Some(Cache::new(folder.path(), 1 << 20));
    let engine = Engine::new(&options);
    let index = read(&server.url("/api/search"), &engine).await.unwrap();
    let expected = [0, 1, 2, 3, 4, 5].map(|at| format!("https://h/{at}.laz"));
    assert_eq!(locations(&index), expected);
    let next = index.next.unwrap();
    assert_eq!(next.location, elsewhere.url("/search"));
    assert_eq!(next.body.as_deref(), Some(r#"{"page":7}"#));
    assert_eq!(elsewhere.requests().len(), 0);

    let requests = server.requests();
    let bodies = requests.iter().filter(|request| request.method == "POST");
    let bodies: Vec<Value> = bodies.map(body).collect();
    let expected = [
        json!({ "bbox": [5, 52, 6, 53], "page": 2 }),
        json!({ "bbox": [5, 52, 6, 53], "page": 3, "limit": 10 }),
        json!({ "next": "a9f3" }),
        // Merged: as before, but for the header.
        json!({ "next": "a9f3" }),
    ];
    assert_eq!(bodies, expected);
    for request in &requests {
        assert_eq!(request.headers["x-key"], "secret");
        let kind = request.headers.get("content-type").map(String::as_str);
        let is_post = request.method == "POST";
        assert_eq!(kind, is_post.then_some("application/json"));
    }
    assert_eq!(requests.len(), 6);

    // What is cached is known by its URL alone, so nothing of this may be.
    read(&server.url("/api/search"), &engine).await.unwrap();
    assert_eq!(server.requests().len(), 12);
}

#[tokio::test]
async fn a_link_replaces_no_header_of_the_user_and_none_of_the_connection() {
    let server = Server::start(|request| {
        let headers = json!({
            "X-Key": "other", "Host": "example.com", "Content-Length": "1", "Connection": "close", "Range": "bytes=0-1", "Page": 2,
        });
        let link = json!({ "href": "search", "method": "POST", "headers": headers });
        let next = if request.method == "GET" {
            link
        } else {
            Value::Null
        };
        Response::new(200, linked(&format!("{}.laz", request.method), &next))
    });
    let index = read(&server.url("/search"), &Engine::new(&secret_options())).await;
    let expected = ["/GET.laz", "/POST.laz"].map(|path| server.url(path));
    assert_eq!(locations(&index.unwrap()), expected);
    let requests = server.requests();
    let [get, post] = &*requests else {
        panic!("{requests:?}");
    };
    assert_eq!(post.headers["x-key"], "secret");
    assert_eq!(post.headers["host"], get.headers["host"]);
    assert_eq!(post.headers["page"], "2");
    for name in ["range", "connection"] {
        assert!(!post.headers.contains_key(name), "{name}");
    }
    assert_eq!(post.body, b"{}");
}

#[tokio::test]
async fn a_post_is_redirected_on_its_own_server_only() {
    let other = Server::start(|_| Response::new(200, stac_page("https://h/z.laz", None)));
    let foreign = other.url("/search");
    let server = Server::start(move |request| {
        let link =
            |path: &str| json!({ "href": path, "method": "POST", "body": { "token": "SECRET" } });
        let moved = |status, to: &str| Response::new(status, "").with_header("Location", to);
        match &*request.path {
            "/same" => Response::new(200, linked("a.laz", &link("/307"))),
            "/other" => Response::new(200, linked("a.laz", &link("/foreign"))),
            "/seen" => Response::new(200, linked("a.laz", &link("/303"))),
            "/307" => moved(307, "/end"),
            "/303" => moved(303, "/end"),
            "/foreign" => moved(307, &foreign),
            _ => Response::new(200, stac_page(&format!("{}.laz", request.method), None)),
        }
    });
    let engine = Engine::new(&secret_options());
    let index = read(&server.url("/same"), &engine).await.unwrap();
    let expected = ["/a.laz", "/POST.laz"].map(|path| server.url(path));
    assert_eq!(locations(&index), expected);
    let last = server.requests().pop().unwrap();
    assert_eq!(
        (&*last.path, body(&last)),
        ("/end", json!({ "token": "SECRET" }))
    );
    for path in ["/other", "/seen"] {
        let error = read(&server.url(path), &engine).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains("redirects a POST request"), "{text}");
        assert!(!text.contains("SECRET"), "{text}");
    }
    assert_eq!(other.requests().len(), 0);
}

#[tokio::test]
async fn links_that_cannot_be_followed_are_errors_that_say_why() {
    let server = Server::start(|request| {
        let link = match &*request.path {
            "/circle" => json!({ "method": "POST", "body": { "a": 1, "b": 2 } }),
            "/put" => json!({ "method": "PUT" }),
            "/list" => json!({ "method": "POST", "body": [1] }),
            "/header" => json!({ "headers": { "a b": "c" } }),
            "/value" => json!({ "headers": { "a": ["c"] } }),
            _ => json!({ "method": "POST", "body": { "page": 2 }, "merge": true }),
        };
        let mut link = link;
        link["href"] = request.path.as_str().into();
        Response::new(200, linked("a.laz", &link))
    });
    let engine = Engine::new(&secret_options());
    for (path, problem) in [
        ("/circle", "lead back to this one"),
        ("/put", "\"PUT\""),
        ("/list", "not a JSON object"),
        ("/header", "\"a b\""),
        ("/value", "\"a\""),
        ("/merge?bbox=5,52,6,53", "send the search as a POST request"),
    ] {
        let error = read(&server.url(path), &engine).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains(problem), "{path}: {text}");
        let place = server.url(path.split('?').next().unwrap());
        assert!(text.contains(&place), "{path}: {text}");
    }
}
