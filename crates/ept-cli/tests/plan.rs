//! `ept plan` and `ept info --hierarchy`.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use serde_json::Value;
use support::server::Server;
use support::{ept, fixture, testdata};

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&ept(args).ends_with(0).stdout()).unwrap()
}

#[test]
fn a_plan_tells_what_a_query_reads_without_a_tile() {
    let server = Server::files(testdata());
    let dataset = server.url("/terrain");
    let area = ["--bounds", "500100,4650100,500300,4650300", "--depth", "3"];
    let plan = json(&[&["plan", &dataset, "--json"], &area[..]].concat());
    let asked = server.requests();
    let fetched = |method: &str| {
        let tiles = asked
            .iter()
            .filter(|request| request.path.contains("ept-data"));
        tiles.filter(|request| request.method == method).count()
    };
    assert_eq!(fetched("GET"), 0);
    assert!((1..=64).contains(&fetched("HEAD")));

    let nodes = json(&[&["nodes", &dataset, "--json"], &area[..]].concat());
    assert_eq!(plan["points"], nodes["points"]);
    assert_eq!(plan["nodes"], nodes["nodes"].as_array().unwrap().len());
    let found = ept(&[&["query", &dataset, "-q"], &area[..]].concat())
        .ends_with(0)
        .stdout();
    let (found, estimate) = (
        found.lines().count() as f64 - 1.0,
        plan["estimate"].as_f64().unwrap(),
    );
    assert!((found - estimate).abs() < found * 0.3, "{found} {estimate}");
    assert!(plan["bytes"].as_f64().unwrap() > 0.0);

    let text = ept(&[&["plan", &dataset], &area[..]].concat())
        .ends_with(0)
        .stdout();
    for word in [
        "depth",
        "in the area",
        "download",
        "requests",
        "time",
        "memory",
        "output",
    ] {
        assert!(text.contains(word), "{text}");
    }
    let some = json(&[
        "plan",
        &fixture("terrain"),
        "--json",
        "--max-points",
        "3000",
    ]);
    assert!(some["points"].as_u64().unwrap() <= 3000);
}

#[test]
fn the_hierarchy_is_told_by_depth() {
    let found = json(&["info", &fixture("terrain"), "--hierarchy", "--json"]);
    assert_eq!(found["points"], 25_000);
    assert_eq!(found["nodes"], 98);
    let pages = testdata()
        .join("terrain/ept-hierarchy")
        .read_dir()
        .unwrap()
        .count();
    assert_eq!(found["pages"], pages);
    let text = ept(&["info", &fixture("terrain"), "--hierarchy"])
        .ends_with(0)
        .stdout();
    assert!(text.contains('#'), "{text}");
}

#[test]
fn more_than_anybody_means_needs_a_yes() {
    let data = support::copy("laz-pf1");
    let page = data.path().join("ept-hierarchy/0-0-0-0.json");
    std::fs::write(page, r#"{"0-0-0-0": 2000000000}"#).unwrap();
    let dataset = data.path().to_str().unwrap();
    let text = ept(&["query", dataset]).ends_with(2).stderr();
    assert!(
        text.contains("2,000,000,000 points") && text.contains("--yes"),
        "{text}"
    );
    // The tile is not what the page says: that is found out now.
    ept(&["query", dataset, "--yes"]).ends_with(1);
}

/// Sizes of files of the whole set. Values that are noise, as those of small fixtures, compress like nothing real.
#[track_caller]
fn assert_sizes(dataset: &str, formats: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let plan = json(&["plan", dataset, "--json"]);
    for format in formats {
        let out = folder.path().join(format!("out.{format}"));
        ept(&["query", dataset, "-q", "-o", out.to_str().unwrap()]).ends_with(0);
        let real = std::fs::metadata(&out).unwrap().len() as f64;
        let error = plan["outputs"][format].as_f64().unwrap() / real;
        assert!(
            (1.0 / 1.3..1.3).contains(&error),
            "{dataset} {format}: {error}"
        );
    }
}

#[test]
fn sizes_of_files_are_estimated_well() {
    for name in ["laz-pf1", "laz-pf3", "laz-pf6", "laz-pf7", "zstandard"] {
        assert_sizes(&fixture(name), &["csv", "las"]);
    }
    let formats = ["csv", "parquet", "las", "laz", "copc.laz", "csv.gz", "xyz"];
    assert_sizes(&fixture("terrain"), &formats);
}

#[test]
fn sizes_of_samples_are_estimated_well() {
    let Some(samples) = support::samples() else {
        return;
    };
    for name in [
        "ept/terrain-laz14",
        "ept/pdal-lone-star-laszip",
        "ept/potree-lion-laz_14",
        "ept/epttools-ellipsoid-laz",
        "las/pdal-autzen_trim.laz",
        "las/laserchicken-AHN3.laz",
        "copc/pdal-lone-star.copc.laz",
    ] {
        let dataset = samples.join(name);
        assert_sizes(dataset.to_str().unwrap(), &["csv", "parquet", "las", "laz"]);
    }
}

#[test]
fn a_plan_of_thinned_points_tells_how_many_are_left() {
    let terrain = fixture("terrain");
    for flags in [
        &["--thin", "16"][..],
        &["--thin", "8", "--bounds", "500100,4650100,500300,4650300"],
        &["--thin", "2"],
        &["--thin-3d", "4"],
    ] {
        let plan = json(&[&["plan", &terrain, "--json"], flags].concat());
        let found = ept(&[&["query", &terrain, "-q", "--dims", "X"], flags].concat());
        let found = found.ends_with(0).stdout().lines().count() as f64 - 1.0;
        let thinned = plan["thinned"].as_f64().unwrap();
        assert!(
            (found / 1.3..found * 1.5).contains(&thinned),
            "{flags:?}: {thinned} {found}"
        );
        assert!(thinned <= plan["estimate"].as_f64().unwrap());
    }
    let text = ept(&["plan", &terrain, "--thin", "16"])
        .ends_with(0)
        .stdout();
    assert!(text.contains("\nthinned   about "), "{text}");
    assert_eq!(json(&["plan", &terrain, "--json"])["thinned"], Value::Null);
}

#[test]
fn a_plan_of_an_area_that_misses_says_where_the_dataset_is() {
    let away = ["plan", &fixture("terrain"), "--bounds", "0,0,10,10"];
    let told = ept(&away).ends_with(0).stderr();
    assert!(
        told.contains("nothing found") && told.contains("4650002"),
        "{told}"
    );
    assert_eq!(
        ept(&[&away[..], &["-q"]].concat()).ends_with(0).stderr(),
        ""
    );
}
