//! The nodes of an EPT dataset that an area meets.

use std::path::Path;

use super::{json, names_in};
use crate::support::server::{Fault, Response, Server, file};
use crate::support::{copy, ept, fixture, testdata, truth};

/// An area of the fixture `terrain`, whose bounds are 500,000 to 500,512 and 4,650,000 to 4,650,512.
const AREA: [&str; 2] = ["--bounds", "500020,4650030,500140,4650150"];

fn points(dataset: &str, area: &[&str]) -> String {
    let args = [&["query", dataset][..], area, &["--format", "csv"]].concat();
    ept(&args).ends_with(0).stdout()
}

#[track_caller]
fn check(source: &str, to: &Path, area: &[&str]) {
    let to_text = to.to_str().unwrap();
    assert_eq!(points(to_text, area), points(source, area));
    ept(&["validate", to_text, "--deep"]).ends_with(0);
    // `points` is what the tiles have, as another way of reading counts it.
    let counted = ept(&["stats", to_text, "--json"]).ends_with(0).json();
    assert_eq!(json(&to.join("ept.json"))["points"], counted["points"]);
    // The tiles are as they were.
    for name in names_in(to)
        .iter()
        .filter(|name| name.starts_with("ept-data/"))
    {
        let found = std::fs::read(to.join(name)).unwrap();
        assert!(
            found == std::fs::read(Path::new(source).join(name)).unwrap(),
            "{name}"
        );
    }
}

#[test]
fn an_area_of_a_dataset_is_a_smaller_dataset() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::files(testdata());
    for (name, area) in [
        ("terrain", &AREA[..]),
        ("zstandard", &[]),
        ("binary", &[]),
        ("gzip-named-json", &[]),
        ("rootless", &[]),
    ] {
        let to = folder.path().join(name);
        let to_text = to.to_str().unwrap();
        let url = server.url(&format!("/{name}/ept.json"));
        let args = [&["fetch", &url, "-d", to_text, "--verify"][..], area].concat();
        ept(&args).ends_with(0);
        check(&fixture(name), &to, area);
        if area.is_empty() {
            assert_eq!(
                json(&to.join("ept.json"))["points"],
                truth(name)["points"],
                "{name}"
            );
        }
    }
    // By the cells of the nodes that the area meets, and no others.
    let of = |dataset: &str| {
        let args = [&["nodes", dataset][..], &AREA].concat();
        ept(&args).ends_with(0).stdout().lines().count()
    };
    let to = folder.path().join("terrain");
    let tiles = names_in(&to)
        .iter()
        .filter(|name| name.starts_with("ept-data/"))
        .count();
    assert_eq!(of(to.to_str().unwrap()), of(&fixture("terrain")));
    assert!(
        tiles > 10 && tiles < truth("terrain")["nodes"].as_object().unwrap().len() / 2,
        "{tiles}"
    );
    // Once more, for a HEAD each.
    let before = server.requests().len();
    let url = server.url("/terrain/ept.json");
    ept(&[&["fetch", &url, "-d", to.to_str().unwrap()][..], &AREA].concat()).ends_with(0);
    let requests = server.requests();
    let heads = requests[before..]
        .iter()
        .filter(|request| request.method == "HEAD")
        .count();
    let gets = requests[before..]
        .iter()
        .filter(|request| request.method == "GET" && request.path.contains("ept-data"));
    assert_eq!((heads, gets.count()), (tiles, 0));
}

#[test]
fn a_tile_that_can_not_be_had_is_not_in_the_hierarchy() {
    let data = copy("laz-pf1");
    // One that is missing, and one with fewer points than the hierarchy says.
    std::fs::remove_file(data.path().join("ept-data/1-0-0-0.laz")).unwrap();
    std::fs::copy(
        data.path().join("ept-data/2-3-3-1.laz"),
        data.path().join("ept-data/1-1-1-1.laz"),
    )
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("set");
    let run = ept(&[
        "fetch",
        data.path().to_str().unwrap(),
        "-d",
        to.to_str().unwrap(),
    ])
    .ends_with(3);
    let told = run.stderr();
    assert!(told.contains("1-0-0-0.laz: not found"), "{told}");
    assert!(
        told.contains("48 points, the hierarchy lists 146"),
        "{told}"
    );
    let truth = truth("laz-pf1");
    let lost =
        truth["nodes"]["1-0-0-0"].as_u64().unwrap() + truth["nodes"]["1-1-1-1"].as_u64().unwrap();
    let left = truth["points"].as_u64().unwrap() - lost;
    assert_eq!(json(&to.join("ept.json"))["points"], left);
    let counted = ept(&["stats", to.to_str().unwrap(), "--json"])
        .ends_with(0)
        .json();
    assert_eq!(counted["points"], left);
}

#[test]
fn tiles_that_are_cut_off_go_on() {
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::start(move |request| {
        let whole = file(&testdata(), request);
        let whole = match whole.status {
            200 => whole.with_header("ETag", format!("\"{}\"", request.path)),
            _ => whole,
        };
        let answer = super::ranged(request, whole);
        let size = answer.body.len();
        match asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) % 3 {
            0 if size > 0 && request.path.contains("ept-data") => {
                answer.with_fault(size / 2, Fault::Close)
            }
            _ => answer,
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("set");
    let url = server.url("/laz-pf6/ept.json");
    ept(&["fetch", &url, "-d", to.to_str().unwrap(), "--jobs", "8"]).ends_with(0);
    check(&fixture("laz-pf6"), &to, &[]);
}

#[test]
fn a_folder_with_another_dataset_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().to_str().unwrap();
    ept(&["fetch", &fixture("laz-pf1"), "-d", to]).ends_with(0);
    let before = names_in(folder.path());
    let run = ept(&["fetch", &fixture("laz-pf6"), "-d", to]).ends_with(1);
    assert!(
        run.stderr().contains("holds another EPT dataset"),
        "{}",
        run.stderr()
    );
    assert_eq!(names_in(folder.path()), before);
    // The same one is gone on with.
    ept(&["fetch", &fixture("laz-pf1"), "-d", to]).ends_with(0);
}

#[test]
fn a_dataset_that_is_rebuilt_meanwhile_is_an_error() {
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::start(move |request| {
        let mut answer = file(&testdata(), request);
        let is_metadata = request.path.ends_with("ept.json");
        if is_metadata && asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) > 1 {
            answer = Response::new(
                200,
                std::fs::read(testdata().join("laz-pf6/ept.json")).unwrap(),
            );
        }
        answer
    });
    let folder = tempfile::tempdir().unwrap();
    let url = server.url("/laz-pf1/ept.json");
    let run = ept(&["fetch", &url, "-d", folder.path().to_str().unwrap()]).ends_with(1);
    assert!(
        run.stderr().contains("has changed since it was opened"),
        "{}",
        run.stderr()
    );
    assert!(!folder.path().join("ept.json").exists());
}
