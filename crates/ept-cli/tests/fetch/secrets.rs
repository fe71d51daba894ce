//! What must not be told: tokens, headers, home folders.

use super::{answer, names_in, noise};
use crate::support::server::{Fault, Response, Server};
use crate::support::{ept, ept_within};

#[test]
fn no_secret_is_in_records_reports_or_messages() {
    let file = noise(20_000, 80);
    let good = file.clone();
    let server = Server::start(move |request| {
        let has_key = request
            .headers
            .get("x-key")
            .is_some_and(|key| key == "SECRET-KEY");
        match (
            &*request.path,
            has_key && request.query == "token=SECRET-TOKEN",
        ) {
            (_, false) => Response::new(403, "no"),
            // Never more than the first part: the record stays.
            ("/x.laz", true) if request.headers.contains_key("range") => Response::new(503, "busy"),
            ("/x.laz", true) => answer(request, &good).with_fault(100_000, Fault::Close),
            _ => Response::new(404, "not here"),
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().to_str().unwrap();
    let to = folder.path().join("tiles");
    let report = folder.path().join("report.json");
    let index = folder.path().join("urls.csv");
    let local = folder.path().join("missing.laz");
    let host = server
        .url("/")
        .replace("http://", "http://user:SECRET-WORD@");
    let rows = format!(
        "url\n{host}x.laz?token=SECRET-TOKEN\n{host}y.laz?token=SECRET-TOKEN\n{}\n",
        local.display()
    );
    std::fs::write(&index, rows).unwrap();
    let args = [
        "fetch",
        index.to_str().unwrap(),
        "-d",
        to.to_str().unwrap(),
        "--header",
        "X-Key: SECRET-KEY",
        "--report",
        report.to_str().unwrap(),
        "--timeout",
        "3s",
        "-q",
    ];
    let run = ept_within(&[("HOME", home)], &args).ends_with(3);
    let record = std::fs::read_to_string(to.join("x.laz.part.json")).unwrap();
    assert!(record.contains("/x.laz\""), "{record}");
    let report = std::fs::read_to_string(&report).unwrap();
    let told = run.stderr();
    for (what, text) in [
        ("record", &record),
        ("report", &report),
        ("messages", &told),
    ] {
        assert!(!text.contains("SECRET"), "{what}: {text}");
        assert!(!text.contains(home), "{what}: {text}");
        assert!(text.contains("x.laz"), "{what}: {text}");
    }
    assert!(told.contains("~/missing.laz: not found"), "{told}");
    assert_eq!(names_in(&to), ["x.laz.part", "x.laz.part.json"]);
}

#[test]
fn headers_go_to_the_server_of_the_index_and_to_no_other_that_it_lists() {
    let file = noise(2_000, 81);
    let (own, others) = (file.clone(), file);
    let other = Server::start(move |request| answer(request, &others));
    let foreign = other.url("/b.laz");
    let server = Server::start(move |request| match &*request.path {
        "/survey/index.csv" => Response::new(200, format!("url\na.laz\n{foreign}\n")),
        _ => answer(request, &own),
    });
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().to_str().unwrap();
    let index = server.url("/survey/index.csv");
    let header = ["--header", "X-Key: SECRET-KEY"];
    ept(&[&["fetch", &index, "-d", to][..], &header].concat()).ends_with(0);
    ept(&[&["info", &index][..], &header].concat()).ends_with(0);
    let keys = |server: &Server| {
        let requests = server.requests().into_iter();
        requests
            .map(|request| request.headers.contains_key("x-key"))
            .collect::<Vec<_>>()
    };
    assert!(keys(&server).len() > 3 && keys(&server).iter().all(|has_key| *has_key));
    assert!(keys(&other).len() > 1 && !keys(&other).contains(&true));
}
