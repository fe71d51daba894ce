//! `ept validate`: exit codes and output.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use support::server::{Response, Server, file};
use support::{copy, ept, fixture, testdata};

#[test]
fn a_dataset_without_errors_ends_with_0() {
    for flags in [&[][..], &["--deep"]] {
        let run = ept(&[&["validate", &fixture("terrain")], flags].concat()).ends_with(0);
        assert_eq!(run.stdout(), "");
        let text = run.stderr();
        assert!(text.starts_with("0 errors, 0 warnings; checked"), "{text}");
    }
    // Warnings are allowed.
    let run = ept(&["validate", &fixture("rootless")]).ends_with(0);
    assert!(run.stdout().starts_with("warning W021: "));
    let run = ept(&["validate", &fixture("rootless"), "-q"]).ends_with(0);
    assert_eq!(run.stderr(), "");
    assert_eq!(run.stdout(), "0 errors, 1 warning: W021 1 time\n");
}

#[test]
fn errors_end_with_3_and_say_where_and_what_to_do() {
    let folder = copy("terrain");
    std::fs::remove_file(folder.path().join("ept-data/0-0-0-0.laz")).unwrap();
    let location = folder.path().to_str().unwrap();
    let run = ept(&["validate", location]).ends_with(3);
    let text = run.stdout();
    assert!(text.starts_with("error E030: "), "{text}");
    assert!(
        text.contains("0-0-0-0.laz, node 0-0-0-0: not found"),
        "{text}"
    );
    assert!(text.contains("\n  fix: "), "{text}");

    let report = ept(&["validate", location, "--json"]).ends_with(3).json();
    assert_eq!(report["valid"], false);
    assert_eq!(report["errors"], 1);
    let finding = &report["findings"][0];
    assert_eq!(
        (&finding["code"], &finding["severity"]),
        (&"E030".into(), &"error".into())
    );
    assert_eq!(finding["count"], 1);
    assert_eq!(finding["examples"][0]["key"], "0-0-0-0");
}

#[test]
fn a_broken_ept_json_is_reported_and_a_missing_one_fails() {
    let folder = copy("terrain");
    let location = folder.path().to_str().unwrap();
    std::fs::write(folder.path().join("ept.json"), "{\"bounds\": []}").unwrap();
    let run = ept(&["validate", location]).ends_with(3);
    let text = run.stdout();
    for code in ["E002", "E004", "E006", "E008"] {
        assert!(text.contains(code), "{text}");
    }
    assert!(run.stderr().contains("only ept.json"), "{}", run.stderr());
    std::fs::remove_file(folder.path().join("ept.json")).unwrap();
    ept(&["validate", location]).ends_with(1);
    ept(&["validate", location, "--shallow"]).ends_with(2);
}

#[test]
fn headers_go_along_with_every_request() {
    let server = Server::start(|request| match request.headers.contains_key("x-key") {
        true => file(&testdata(), request),
        false => Response::new(403, ""),
    });
    let url = server.url("/laz-pf1");
    ept(&["validate", &url, "--header", "X-Key: 1"]).ends_with(0);
    ept(&["validate", &url]).ends_with(1);
}

/// The chunk table of a LAZ file is at its end: the header of a tile that was cut off is as it should be.
#[test]
fn a_local_tile_that_was_cut_off_is_found_without_decoding() {
    for name in ["terrain", "laz-pf6"] {
        let folder = copy(name);
        let tile = folder.path().join("ept-data/0-0-0-0.laz");
        let whole = std::fs::read(&tile).unwrap();
        for left in [whole.len() / 2, whole.len() - 60, whole.len() - 4] {
            std::fs::write(&tile, &whole[..left]).unwrap();
            let location = folder.path().to_str().unwrap();
            let report = ept(&["validate", location, "--json", "-q"])
                .ends_with(3)
                .json();
            let finding = &report["findings"][0];
            assert_eq!(finding["code"], "E033", "{name} {left}: {report}");
            assert_eq!(finding["examples"][0]["key"], "0-0-0-0");
            assert_eq!(report["errors"], 1);
        }
    }
}

#[test]
fn several_datasets_are_each_validated() {
    let broken = copy("terrain");
    std::fs::remove_file(broken.path().join("ept-data/0-0-0-0.laz")).unwrap();
    let (whole, broken) = (fixture("terrain"), broken.path().to_str().unwrap());
    let run = ept(&["validate", &whole, broken]).ends_with(3);
    let (out, told) = (run.stdout(), run.stderr());
    assert!(
        out.starts_with(broken) && out.contains("\nerror E030: "),
        "{out}"
    );
    assert!(!out.contains(&whole), "{out}");
    assert_eq!(
        told.matches("errors, ").count() + told.matches("error, ").count(),
        2,
        "{told}"
    );
    let reports = ept(&["validate", &whole, broken, "--json", "-q"])
        .ends_with(3)
        .json();
    let valid: Vec<&serde_json::Value> = reports
        .as_array()
        .unwrap()
        .iter()
        .map(|r| &r["valid"])
        .collect();
    assert_eq!(valid, [true, false]);
    // One that can't be opened does not keep others from being looked at; all together are a failure.
    let run = ept(&["validate", "/nowhere", &whole, "-q"]).ends_with(3);
    assert!(run.stderr().contains("/nowhere"), "{}", run.stderr());
    ept(&["validate", "/nowhere", "/nor/here", "-q"]).ends_with(1);
    ept(&["validate", &whole, &fixture("laz-pf0"), "-q"]).ends_with(0);
}
