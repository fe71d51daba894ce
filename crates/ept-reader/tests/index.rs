//! Tile indexes from disk and from the web.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;
#[path = "../../ept-index/tests/support/mod.rs"]
mod tiles;

use std::num::NonZeroUsize;
use std::path::Path;

use ept_index::{Index, Reading};
use ept_reader::{Dataset, Engine, Error, Limits, Opening, Options, Retry, read_index};

use support::server::{Request, Response, Server, file};
pub(crate) use tiles::locations;
use tiles::{EAST, WEST, boxes, two_tiles, zip};

pub(crate) async fn read_within(location: &str, limits: Limits) -> Result<Index, Error> {
    let options = Options {
        limits,
        retry: Retry::NEVER,
        ..Options::default()
    };
    read_index(location, &Reading::new(), &Engine::new(&options)).await
}

async fn read(location: &str) -> Result<Index, Error> {
    read_within(location, Limits::default()).await
}

async fn message(location: &str) -> String {
    read(location).await.unwrap_err().to_string()
}

/// A plain shapefile and a zipped one, in a folder with a space in its name.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let survey = folder.path().join("my survey");
    std::fs::create_dir(&survey).unwrap();
    let [shp, shx, dbf, prj] = two_tiles();
    for (name, bytes) in [
        ("i.shp", &shp),
        ("i.shx", &shx),
        ("i.dbf", &dbf),
        ("i.prj", &prj),
        ("U.SHP", &shp),
        ("U.DBF", &dbf),
        ("bare.shp", &shp),
    ] {
        std::fs::write(survey.join(name), bytes).unwrap();
    }
    let archive = zip(&[("i.shp", &shp), ("i.dbf", &dbf), ("i.prj", &prj)]);
    std::fs::write(survey.join("i.zip"), archive).unwrap();
    std::fs::write(survey.join("list"), "tile 1.laz\n/data/2.laz\n").unwrap();
    folder
}

fn path(folder: &Path, name: &str) -> String {
    let path = folder.join("my survey").join(name);
    path.to_str().unwrap().to_owned()
}

#[tokio::test]
async fn files_of_every_kind() {
    let folder = folder();
    for (name, has_crs) in [("i.shp", true), ("i.zip", true), ("U.SHP", false)] {
        let index = read(&path(folder.path(), name)).await.unwrap();
        assert_eq!(boxes(&index), [WEST, EAST], "{name}");
        assert_eq!(index.crs.is_some(), has_crs, "{name}");
    }
    let url = format!("file://{}", path(folder.path(), "i.zip"));
    assert_eq!(boxes(&read(&url).await.unwrap()), [WEST, EAST]);
    let index = read(&path(folder.path(), "list")).await.unwrap();
    let expected = [path(folder.path(), "tile 1.laz"), "/data/2.laz".into()];
    assert_eq!(locations(&index), expected);
}

#[tokio::test]
async fn files_of_a_server() {
    let folder = folder();
    let root = folder.path().join("my survey");
    let server = Server::start(move |request| {
        let mut request = request.clone();
        let name = request.path.strip_prefix("/my%20survey/");
        match name.filter(|_| request.query == "sig=a%2Fb") {
            Some(name) => {
                request.path = name.to_owned();
                file(&root, &request)
            }
            None => Response::new(403, "no"),
        }
    });
    // The query string goes along with the requests for the parts, and is in no location.
    for name in [
        "/my survey/i.shp",
        "/my%20survey/i.zip",
        "/my%20survey/i.shp",
    ] {
        let index = read(&server.url(&format!("{name}?sig=a%2Fb#part")))
            .await
            .unwrap();
        assert_eq!(boxes(&index), [WEST, EAST], "{name}");
        assert!(index.crs.is_some(), "{name}");
    }
    let index = read(&server.url("/my survey/list?sig=a%2Fb"))
        .await
        .unwrap();
    let expected = ["/my%20survey/tile%201.laz", "/data/2.laz"];
    assert_eq!(locations(&index), expected.map(|path| server.url(path)));
    let text = message(&server.url("/my%20survey/bare.shp?sig=a%2Fb")).await;
    assert!(text.contains("bare.shp") && text.contains(".dbf"), "{text}");
    assert!(!text.contains("sig"), "{text}");
}

#[tokio::test]
async fn what_is_not_an_index_is_named() {
    let folder = folder();
    let text = message(&path(folder.path(), "none.zip")).await;
    assert!(text.contains("none.zip: not found"), "{text}");
    let text = message("https://example.com/").await;
    assert!(text.contains("does not name a file"), "{text}");
    let text = message("https://example.com").await;
    assert!(text.contains("does not name a file"), "{text}");
    let text = message("ftp://example.com/i.zip").await;
    assert!(text.contains("not supported"), "{text}");
    let page = Server::start(|_| {
        Response::new(200, "<html>log in</html>").with_header("Content-Type", "text/html")
    });
    assert!(message(&page.url("/i.zip")).await.contains("page"));
}

#[tokio::test]
async fn an_index_is_limited_packed_and_unpacked() {
    let folder = tempfile::tempdir().unwrap();
    let [mut shp, _, dbf, _] = two_tiles();
    shp.resize(1 << 20, 0);
    let archive = zip(&[("i.shp", &shp), ("i.dbf", &dbf)]);
    assert!(archive.len() < 10_000);
    let path = folder.path().join("i.zip");
    std::fs::write(&path, archive).unwrap();
    for (most, is_read) in [(1 << 20, true), ((1 << 20) - 1, false), (100, false)] {
        let limits = Limits {
            index_bytes: NonZeroUsize::new(most).unwrap(),
            ..Limits::default()
        };
        match read_within(path.to_str().unwrap(), limits).await {
            Ok(index) => assert!(is_read && boxes(&index) == [WEST, EAST], "{most}"),
            Err(error) => {
                let text = error.to_string();
                assert!(
                    !is_read && text.contains(&format!("limit of {most}")),
                    "{text}"
                );
            }
        }
    }
}

pub(crate) fn secret_options() -> Options {
    let mut options = Options {
        retry: Retry::NEVER,
        ..Options::default()
    };
    options.http.headers = vec![("X-Key".into(), "secret".into())];
    options
}

/// The headers are for the server of the index: what it lists elsewhere is not told them.
#[tokio::test]
async fn a_header_goes_to_the_server_of_the_index_and_to_no_other() {
    let other = Server::start(|_| Response::new(404, "not here"));
    let list = format!("url\nown.laz\n{}\n", other.url("/foreign.laz"));
    let server = Server::start(move |request| match &*request.path {
        "/list.csv" => Response::new(200, list.clone()),
        _ => Response::new(404, "not here"),
    });
    let engine = Engine::new(&secret_options());
    let locations = [server.url("/list.csv")];
    let opened = Dataset::open_all(&locations, &engine, &Opening::default()).await;
    assert!(opened.is_err());
    let has_key = |requests: &[Request]| {
        let mut keys = requests.iter().map(|r| r.headers.contains_key("x-key"));
        assert!(!requests.is_empty());
        (keys.clone().any(|has| has), keys.all(|has| has))
    };
    assert_eq!(has_key(&server.requests()), (true, true));
    assert_eq!(has_key(&other.requests()), (false, false));
}
