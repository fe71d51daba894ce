//! `ept` against servers and datasets that fail, and a user who stops it.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use support::server::{Fault, Response, Server, file};
use support::{copy, ept, fixture, testdata, truth};

/// Numbers without order, the same on every run.
fn scramble(number: usize) -> usize {
    let mut x = (number as u64).wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (x ^ (x >> 31)) as usize
}

#[test]
fn a_bad_server_changes_nothing_in_the_file() {
    let asked = AtomicUsize::new(0);
    let server = Server::start(move |request| {
        std::thread::sleep(Duration::from_millis(50));
        let response = file(&testdata(), request);
        let size = response.body.len();
        match scramble(asked.fetch_add(1, Ordering::SeqCst)) % 100 {
            0..=4 => Response::new(503, "busy").with_header("Retry-After", "0"),
            5..=19 => Response::new(503, "busy"),
            20..=29 if size > 0 => response.with_fault(size / 2, Fault::Close),
            _ => response,
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let query = ["--resolution", "4", "-q", "-o"];
    ept(&[
        &["query", &fixture("terrain")],
        &query[..],
        &[&file("local.laz")],
    ]
    .concat())
    .ends_with(0);
    let expected = std::fs::read(file("local.laz")).unwrap();
    for round in 0..10 {
        let out = file(&format!("{round}.laz"));
        ept(&[&["query", &server.url("/terrain")], &query[..], &[&out]].concat()).ends_with(0);
        let found = std::fs::read(&out).unwrap();
        assert_eq!(found, expected, "round {round}");
    }
}

#[test]
fn the_report_accounts_for_every_point() {
    let data = copy("laz-pf1");
    std::fs::write(data.path().join("ept-data/1-0-0-0.laz"), "garbage").unwrap();
    std::fs::remove_file(data.path().join("ept-data/1-1-0-0.laz")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (out, report) = (file("out.csv"), file("report.json"));
    let query = [
        "query",
        data.path().to_str().unwrap(),
        "-o",
        &out,
        "--report",
        &report,
    ];
    ept(&[&query[..], &["--on-error", "skip"]].concat()).ends_with(3);

    let read = |path: &str| -> serde_json::Value {
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    };
    let found = read(&report);
    let truth = truth("laz-pf1");
    assert_eq!(found["complete"], false);
    let losses = found["losses"].as_array().unwrap();
    let keys: Vec<&str> = losses
        .iter()
        .map(|loss| loss["key"].as_str().unwrap())
        .collect();
    assert_eq!(keys, ["1-0-0-0", "1-1-0-0"]);
    let mut lost = 0;
    for loss in losses {
        assert_eq!(loss["part"], "tile");
        assert_eq!(
            loss["points"],
            truth["nodes"][loss["key"].as_str().unwrap()]
        );
        assert!(loss["path"].as_str().unwrap().contains("ept-data/1-"));
        assert_eq!(loss["cell"].as_array().unwrap().len(), 6);
        lost += loss["points"].as_u64().unwrap();
    }
    assert!(losses[0]["cause"].as_str().unwrap().contains("LASF"));
    assert_eq!(losses[1]["cause"], "not found");
    assert_eq!(
        found["points"].as_u64().unwrap() + lost,
        truth["points"].as_u64().unwrap()
    );
    let rows = std::fs::read_to_string(&out).unwrap().lines().count() as u64 - 1;
    assert_eq!(found["points"], rows);
    assert_eq!(found["nodes"], truth["nodes"].as_object().unwrap().len());

    // A failure has a report too, and no output.
    std::fs::remove_file(&out).unwrap();
    ept(&query).ends_with(1);
    let found = read(&report);
    assert!(found["error"].as_str().unwrap().contains("1-0-0-0.laz"));
    assert_eq!(
        (&found["complete"], &found["points"]),
        (&false.into(), &0.into())
    );
    assert!(!std::path::Path::new(&out).exists());

    ept(&[
        "query",
        &fixture("laz-pf1"),
        "-o",
        &out,
        "--report",
        &report,
    ])
    .ends_with(0);
    let found = read(&report);
    assert_eq!(
        (&found["complete"], &found["points"]),
        (&true.into(), &1500.into())
    );
    assert!(found["requests"].as_u64().unwrap() > 15 && found["bytes"].as_u64().unwrap() > 10_000);
}

#[test]
fn a_lost_page_is_reported_as_its_subtree() {
    let data = copy("terrain");
    std::fs::remove_file(data.path().join("ept-hierarchy/2-0-0-2.json")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    let query = [
        "query",
        data.path().to_str().unwrap(),
        "--on-error",
        "skip",
        "--report",
    ];
    ept(&[&query[..], &[report.to_str().unwrap()]].concat()).ends_with(3);
    let report: serde_json::Value =
        serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
    let loss = &report["losses"][0];
    assert_eq!(
        (&loss["part"], &loss["key"]),
        (&"subtree".into(), &"2-0-0-2".into())
    );
    assert!(loss["points"].is_null());
}

#[test]
fn a_cache_serves_later_queries() {
    let server = Server::files(testdata());
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().to_str().unwrap();
    let stats = |location: &str| {
        let before = server.requests().len();
        let run = ept(&["stats", "-q", location, "--json", "--cache", cache]).ends_with(0);
        (run.stdout(), server.requests().len() - before)
    };
    let url = server.url("/laz-pf1");
    let (first, requests) = stats(&url);
    assert!(requests > 15);
    assert_eq!(stats(&url), (first, 1));

    let shown = ept(&["cache", "--cache", cache]).ends_with(0).stdout();
    assert!(shown.contains(&url) && shown.contains("files"), "{shown}");
    ept(&["cache", "--cache", cache, "--clear"]).ends_with(0);
    assert!(stats(&url).1 > 15);
    let text = ept(&["cache"]).ends_with(2).stderr();
    assert!(text.contains("EPT_CACHE"), "{text}");
    ept(&["cache", "--cache", cache, "--cache-size", "lots"]).ends_with(2);
}

#[test]
fn silence_ends_with_the_timeout() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/set", listener.local_addr().unwrap());
    let start = Instant::now();
    let text = ept(&["info", &url, "--timeout", "300ms"])
        .ends_with(1)
        .stderr();
    assert!(
        text.contains(&url) && text.contains("timeout of 300ms"),
        "{text}"
    );
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn headers_are_sent_and_not_shown() {
    let server = Server::start(|request| match request.headers.get("x-key") {
        Some(key) if key == "a: SECRET" => file(&testdata(), request),
        _ => Response::new(401, "who?"),
    });
    let stats = ["stats", "-q", &server.url("/laz-pf0"), "--json"];
    ept(&[&stats[..], &["--header", "X-Key: a: SECRET"]].concat()).ends_with(0);
    let text = ept(&[&stats[..], &["--header", "X-Key: SECRET"]].concat())
        .ends_with(1)
        .stderr();
    assert!(text.contains("401") && !text.contains("SECRET"), "{text}");
    ept(&[&stats[..], &["--header", "SECRET"]].concat()).ends_with(2);
}

#[test]
fn proxies_of_the_environment_are_used() {
    let proxy = Server::start(|request| {
        let mut request = request.clone();
        // A proxy is asked for whole URLs.
        request.path = request
            .path
            .strip_prefix("http://lidar.invalid")
            .unwrap_or("/")
            .to_owned();
        file(&testdata(), &request)
    });
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_ept"))
        .args(["stats", "-q", "http://lidar.invalid/laz-pf0", "--json"])
        .env("http_proxy", proxy.url(""))
        .env_remove("no_proxy")
        .env_remove("NO_PROXY")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_at_once_and_leaves_nothing() {
    use std::process::{Command, Stdio};
    // Tiles never come, so the query is under way for sure when the signal does.
    let server = Server::start(|request| match request.path.contains("ept-data") {
        true => file(&testdata(), request).with_fault(10, Fault::Hold),
        false => file(&testdata(), request),
    });
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let folder = tempfile::tempdir().unwrap();
        let before = server.requests().len();
        let child = Command::new(env!("CARGO_BIN_EXE_ept"))
            .args(["query", &server.url("/terrain"), "-o"])
            .arg(folder.path().join("out.laz"))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        while !server.requests()[before..]
            .iter()
            .any(|r| r.path.contains("ept-data"))
        {
            std::thread::yield_now();
        }
        let start = Instant::now();
        let kill = Command::new("kill")
            .args(["-s", signal, &child.id().to_string()])
            .status();
        assert!(kill.unwrap().success());
        let output = child.wait_with_output().unwrap();
        assert!(start.elapsed() < Duration::from_secs(10));
        assert_eq!(output.status.code(), Some(code));
        assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    }
}

#[test]
fn times_have_units() {
    for text in ["0", "-1", "x", "1d", "nan", "1e400"] {
        let text = ept(&["info", "/nowhere", "--timeout", text])
            .ends_with(2)
            .stderr();
        assert!(text.contains("--timeout"), "{text}");
    }
    for text in ["1", "0.5s", "100ms", "2m", "1h"] {
        ept(&["info", &fixture("laz-pf0"), "--timeout", text]).ends_with(0);
    }
}

#[test]
fn a_dataset_that_is_rebuilt_while_it_is_read_is_an_error() {
    let tiles = AtomicUsize::new(0);
    let server = Server::start(move |request| {
        let response = file(&testdata(), request);
        if request.path.contains("ept-data") {
            tiles.fetch_add(1, Ordering::SeqCst);
        }
        let is_late = tiles.load(Ordering::SeqCst) > 3;
        if is_late && request.path.ends_with("ept.json") {
            let text = String::from_utf8(response.body).unwrap();
            return Response::new(200, text.replace("25000", "25001"));
        }
        response
    });
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.laz");
    let url = server.url("/terrain");
    let run = ept(&["query", &url, "-o", out.to_str().unwrap()]).ends_with(1);
    let text = run.stderr();
    assert!(
        text.contains("rebuilt") && text.contains("ept.json"),
        "{text}"
    );
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    let text = ept(&["stats", &url]).stderr();
    assert!(
        !text.contains("rebuilt"),
        "it has not changed since it was opened: {text}"
    );
}

#[test]
fn files_from_disk_and_from_the_root_of_a_server_are_the_same() {
    let server = Server::files(testdata().join("terrain"));
    let folder = tempfile::tempdir().unwrap();
    for name in ["out.laz", "out.copc.laz", "out.parquet", "out.ply"] {
        let files = [fixture("terrain"), server.url("")].map(|location| {
            let out = folder.path().join(name);
            ept(&[
                "query",
                &location,
                "--depth",
                "1",
                "-o",
                out.to_str().unwrap(),
            ])
            .ends_with(0);
            std::fs::read(&out).unwrap()
        });
        assert!(files[0] == files[1], "{name}");
        let address = server.url("").replace("http://", "");
        let address = address.trim_end_matches('/').as_bytes();
        let holds = |bytes: &[u8]| bytes.windows(address.len()).any(|part| part == address);
        assert!(!holds(&files[1]), "{name}");
    }
}

/// A server that counts how often it was asked, and is always busy.
fn busy() -> Server {
    Server::start(|_| Response::new(503, "busy"))
}

#[test]
fn what_fails_is_asked_for_as_often_as_the_user_wants() {
    for (retries, told) in [("0", None), ("2", Some("tried 3 times"))] {
        let server = busy();
        let run = ept(&["info", &server.url("/set"), "--retries", retries]).ends_with(1);
        let asked = server.requests().len();
        assert_eq!(
            asked,
            retries.parse::<usize>().unwrap() + 1,
            "{}",
            run.stderr()
        );
        let text = run.stderr();
        assert!(told.is_none_or(|told| text.contains(told)), "{text}");
    }
    let text = ept(&["info", "/x", "--retries", "-1"])
        .ends_with(2)
        .stderr();
    assert!(
        text.contains("--retries") && text.contains("0 never retries"),
        "{text}"
    );
}

#[test]
fn a_server_that_is_not_there_is_told_within_two_seconds_unless_the_user_insists() {
    // A port that was free a moment ago.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/set", listener.local_addr().unwrap());
    drop(listener);
    let start = Instant::now();
    let text = ept(&["info", &url]).ends_with(1).stderr();
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "{:?}",
        start.elapsed()
    );
    assert!(
        text.contains("refused") && text.contains("tried 4 times"),
        "{text}"
    );
    let text = ept(&["info", &url, "--retries", "4"]).ends_with(1).stderr();
    assert!(text.contains("tried 5 times"), "{text}");
}

#[test]
fn a_timeout_names_the_last_cause() {
    let server = busy();
    let url = server.url("/set");
    let run = ept(&["info", &url, "--timeout", "1s", "--retries", "1000"]);
    let text = run.ends_with(1).stderr();
    assert!(
        text.contains("timeout of 1s") && text.contains("503"),
        "{text}"
    );
    assert!(server.requests().len() > 1);
}
