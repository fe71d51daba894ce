//! A dataset is found by any of the names that people give it.

use crate::support;

use ept_reader::{Dataset, Error, Options, Query, Retry};

use support::server::{Fault, Response, Server, file};
use support::{fixture, testdata, tiles};

/// Opens without asking twice.
async fn once(location: &str) -> Result<Dataset, Error> {
    let options = Options {
        retry: Retry::NEVER,
        ..Options::default()
    };
    Dataset::open_with(location, &options).await
}

#[tokio::test]
async fn folders_and_files() {
    let folder = fixture("laz-pf0");
    let folder = folder.to_str().unwrap();
    for location in [
        folder.to_owned(),
        format!("{folder}/"),
        format!("{folder}/ept.json"),
        format!("{folder}/EPT.json"),
        format!("file://{folder}"),
        format!("ept://{folder}"),
        format!("ept://{folder}/ept.json"),
    ] {
        let dataset = Dataset::open(&location).await.unwrap();
        assert_eq!(
            dataset.ept().unwrap().metadata().points(),
            Some(1500),
            "{location}"
        );
    }
}

#[tokio::test]
async fn urls_with_and_without_file_slash_and_query() {
    let server = Server::files(testdata());
    for path in [
        "/laz-pf0",
        "/laz-pf0/",
        "/laz-pf0//",
        "/laz-pf0/ept.json",
        "/laz-pf0?sig=a%2Fb&x=1",
        "/laz-pf0/?sig=a%2Fb&x=1",
        "/laz-pf0/ept.json?sig=a%2Fb&x=1",
        "/laz-pf0/ept.json?sig=a%2Fb&x=1#part",
    ] {
        let before = server.requests().len();
        let dataset = Dataset::open(&server.url(path)).await.unwrap();
        let found: usize = tiles(&dataset, &Query::new())
            .await
            .iter()
            .map(|t| t.points.len())
            .sum();
        assert_eq!(found, 1500, "{path}");
        let query = if path.contains('?') {
            "sig=a%2Fb&x=1"
        } else {
            ""
        };
        let requests = &server.requests()[before..];
        // ept.json, the hierarchy and the tiles: each with the query string.
        assert!(requests.len() > 10);
        for request in requests {
            assert_eq!(request.query, query, "{}", request.path);
            assert!(request.path.starts_with("/laz-pf0/ept"), "{}", request.path);
        }
    }
}

#[tokio::test]
async fn redirects_are_followed() {
    let server = Server::start(|request| match request.path.strip_prefix("/old/") {
        Some(rest) => Response::new(302, "").with_header("Location", format!("/laz-pf0/{rest}")),
        None => file(&testdata(), request),
    });
    let dataset = Dataset::open(&server.url("/old/ept.json")).await.unwrap();
    assert_eq!(tiles(&dataset, &Query::new()).await.len(), 13);
}

#[tokio::test]
async fn what_is_not_there_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let explain = |location: String| async move {
        let error = Dataset::open(&location).await.unwrap_err();
        let is_explained = matches!(error, Error::Location { .. } | Error::File { .. });
        assert!(is_explained, "{error:?}");
        error.to_string()
    };
    let text = explain(path.to_owned()).await;
    assert!(
        text.contains("nothing in this folder") && text.contains(path),
        "{text}"
    );
    let text = explain(format!("{path}/none")).await;
    assert!(text.contains("no such file or folder"), "{text}");

    std::fs::write(folder.path().join("entwine.json"), "{}").unwrap();
    let text = explain(path.to_owned()).await;
    assert!(
        text.contains("entwine.json") && text.contains("pre-1.0"),
        "{text}"
    );

    let file = folder.path().join("points.laz");
    std::fs::write(&file, "LASF").unwrap();
    let text = explain(file.to_str().unwrap().to_owned()).await;
    assert!(text.contains("the file ends after 4 bytes"), "{text}");

    let text = explain("ftp://host/set".into()).await;
    assert!(text.contains("ftp:// is not supported"), "{text}");

    if cfg!(not(feature = "cloud")) {
        let text = explain("s3://bucket/set".into()).await;
        assert!(text.contains("feature `cloud`"), "{text}");
    }
}

#[tokio::test]
async fn server_answers_are_explained_without_secrets() {
    let server = Server::start(|request| match request.path.as_str() {
        "/page/ept.json" => Response::new(200, "<!DOCTYPE html><html><body>Log in</body></html>"),
        "/denied/ept.json" => Response::new(403, "no"),
        "/broken/ept.json" => Response::new(500, "oh"),
        "/short/ept.json" => Response::new(200, vec![b' '; 1000]).with_fault(100, Fault::Close),
        _ => Response::new(404, "nothing"),
    });
    for (path, cause) in [
        ("page", "web page"),
        ("denied", "403"),
        ("broken", "500"),
        ("none", "not found"),
        ("short", "body"),
    ] {
        let url = server.url(&format!("/{path}?token=SECRET"));
        let url = url.replace("http://", "http://user:PASSWORD@");
        let text = once(&url).await.unwrap_err().to_string();
        assert!(
            text.contains(cause) && text.contains(&format!("/{path}/ept.json")),
            "{text}"
        );
        assert!(
            !text.contains("SECRET") && !text.contains("PASSWORD"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    // A port that was free a moment ago.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = once(&format!("http://{address}/set?token=SECRET"))
        .await
        .unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains(&address.to_string()) && text.contains("refused"),
        "{text}"
    );
    assert!(!text.contains("SECRET"), "{text}");
}
