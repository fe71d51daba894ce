//! What `ept` tells has no control characters, whatever a dataset or server says.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use support::server::{Response, Server};
use support::{Run, copy, ept};

/// Clears the screen, sets the title, rings, and turns the direction of text.
const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m\u{7f}\r\u{202e}";

#[track_caller]
fn assert_plain(run: &Run) {
    for text in [run.stdout(), run.stderr()] {
        let is_hostile = |c: char| HOSTILE.contains(c) && !"[2J]0;x31m".contains(c);
        let found = text.chars().find(|c| is_hostile(*c));
        assert_eq!(found, None, "{text:?}");
    }
}

#[test]
fn names_systems_and_paths_are_told_without_control_characters() {
    let set = copy("terrain");
    let path = set.path().join("ept.json");
    let mut json: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    json["schema"][3]["name"] = HOSTILE.into();
    json["version"] = HOSTILE.into();
    json["srs"] = serde_json::json!({"wkt": format!("{HOSTILE}[\"{HOSTILE}\"]")});
    json[HOSTILE] = 1.into();
    std::fs::write(&path, json.to_string()).unwrap();
    let manifest = set.path().join("ept-sources/manifest.json");
    let mut sources: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&manifest).unwrap()).unwrap();
    sources[0]["path"] = HOSTILE.into();
    std::fs::write(&manifest, sources.to_string()).unwrap();
    let dataset = set.path().to_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let out = folder
        .path()
        .join(format!("{}.csv", HOSTILE.replace(']', "")));
    let missing = format!("/no/such/{HOSTILE}");
    let condition = format!("\"{HOSTILE}\" == 1");
    for arguments in [
        &["info", dataset][..],
        &["info", dataset, "--json"],
        &["validate", dataset],
        &["validate", dataset, "--json"],
        &["sources", dataset],
        &["stats", dataset, "--depth", "0"],
        &["nodes", dataset],
        &[
            "query",
            dataset,
            "--out-crs",
            "EPSG:4326",
            "-o",
            out.to_str().unwrap(),
        ],
        &["query", dataset, "-o", out.to_str().unwrap()],
        &[
            "query",
            dataset,
            "--where",
            &condition,
            "-o",
            out.to_str().unwrap(),
        ],
        &["query", dataset, "--dims", HOSTILE, "--polygon", HOSTILE],
        &["info", &missing],
        &["query", dataset, "--depth", HOSTILE],
    ] {
        let run = ept(arguments);
        assert_plain(&run);
        if arguments.contains(&"--json") {
            run.json();
        }
    }
}

#[test]
fn answers_of_servers_are_told_without_control_characters() {
    let server = Server::start(|_| Response::new(400, HOSTILE));
    let run = ept(&["info", &server.url("/set")]).ends_with(1);
    assert_plain(&run);
    assert!(run.stderr().contains("400"), "{}", run.stderr());
}
