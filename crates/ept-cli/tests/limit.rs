//! `--limit`: the first points of the result, and no more read than they are in.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use support::server::Server;
use support::{ept, fixture, testdata, truth};

/// The lines that a query writes as CSV.
fn lines(dataset: &str, flags: &[&str]) -> Vec<String> {
    let run = ept(&[&["query", dataset, "-q"], flags].concat()).ends_with(0);
    run.stdout().lines().map(str::to_owned).collect()
}

#[test]
fn the_first_points_of_any_query_are_those_of_the_whole_result() {
    let terrain = fixture("terrain");
    let area = ["--bounds", "500100,4650100,500300,4650250"];
    let queries: [&[&str]; 5] = [
        &["--dims", "X,Y,Z,Classification"],
        &area,
        &["--where", "Classification == 2", "--resolution", "4"],
        &["--thin", "8"],
        &["--max-points", "9000", "--out-crs", "EPSG:4326"],
    ];
    for flags in queries {
        let whole = lines(&terrain, flags);
        assert!(whole.len() > 1_500, "{flags:?}");
        for limit in [0, 1, 1_203, whole.len() - 1, 100_000] {
            let text = limit.to_string();
            let found = lines(&terrain, &[flags, &["--limit", &text]].concat());
            let expected = &whole[..whole.len().min(limit + 1)];
            assert_eq!(found.len(), expected.len(), "{flags:?} {limit}");
            assert!(found == expected, "{flags:?} {limit}");
        }
    }
}

#[test]
fn points_of_several_datasets_are_limited_together() {
    let (first, second) = (fixture("laz-pf1"), fixture("laz-pf3"));
    let both = lines(&first, &[&second, "--dims", "X,Y,Z"]);
    let of_first = truth("laz-pf1")["points"].as_u64().unwrap() as usize;
    let limit = of_first + 10;
    let found = lines(
        &first,
        &[&second, "--dims", "X,Y,Z", "--limit", &limit.to_string()],
    );
    assert!(found == both[..=limit]);
}

#[test]
fn files_of_the_first_points_are_whole() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["first.laz", "first.copc.laz", "first.parquet"] {
        let out = folder.path().join(name);
        let out = out.to_str().unwrap();
        let report = folder.path().join("report.json");
        let report = report.to_str().unwrap();
        let flags = ["--limit", "3000", "-o", out, "--report", report];
        ept(&[&["query", &fixture("terrain")], &flags[..]].concat()).ends_with(0);
        let report: serde_json::Value =
            serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
        assert_eq!(report["points"], 3_000);
        assert_eq!(report["query"]["limit"], 3_000);
        if name.ends_with(".laz") {
            let mut reader = las::Reader::from_path(out).unwrap();
            assert_eq!(reader.read_all().unwrap().points().count(), 3_000);
            ept(&["validate", out, "--deep", "-q"]).ends_with(0);
        }
    }
}

#[test]
fn tiles_beyond_the_last_point_are_not_fetched() {
    let server = Server::files(testdata());
    let url = server.url("/terrain");
    let tiles = |flags: &[&str]| {
        let before = server.requests().len();
        let out = lines(&url, flags);
        let requests = server.requests();
        let new = requests[before..].iter();
        let tiles = new.filter(|request| request.path.contains("/ept-data/"));
        (out.len() - 1, tiles.count())
    };
    let page = testdata().join("terrain/ept-hierarchy/0-0-0-0.json");
    let page: serde_json::Value = serde_json::from_slice(&std::fs::read(page).unwrap()).unwrap();
    let of_root = page["0-0-0-0"].as_u64().unwrap();
    assert_eq!(tiles(&["--limit", "0"]), (0, 0));
    assert_eq!(tiles(&["--limit", "1"]), (1, 1));
    let (root, more) = (of_root.to_string(), (of_root + 1).to_string());
    assert_eq!(tiles(&["--limit", &root]), (of_root as usize, 1));
    assert_eq!(tiles(&["--limit", &more]), (of_root as usize + 1, 2));
    // How many points of a tile meet a condition only the tile tells: a few are under way when the last one is found.
    let condition = [
        "--where",
        "Classification == 2",
        "--requests",
        "1",
        "--threads",
        "1",
    ];
    let (all, every) = tiles(&condition);
    let (some, few) = tiles(&[&condition[..], &["--limit", "5"]].concat());
    assert!(all > 5 && some == 5 && few * 4 < every, "{few} of {every}");
}
