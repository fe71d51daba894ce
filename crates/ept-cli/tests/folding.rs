//! Much that is told is folded: losses, findings, wide tables.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use support::{copy, ept, fixture, truth};

/// A copy of the terrain without this many of its tiles.
fn holed(missing: usize) -> tempfile::TempDir {
    let set = copy("terrain");
    let folder = set.path().join("ept-data");
    let mut tiles: Vec<_> = folder
        .read_dir()
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    tiles.sort();
    for tile in &tiles[..missing] {
        std::fs::remove_file(tile).unwrap();
    }
    set
}

#[test]
fn losses_are_told_in_ten_lines_and_the_report_has_all() {
    let set = holed(25);
    let dataset = set.path().to_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    let report = report.to_str().unwrap();
    let query = [
        "query",
        dataset,
        "--on-error",
        "skip",
        "--report",
        report,
        "-o",
        "/dev/null",
        "-f",
        "csv",
    ];
    let text = ept(&query).ends_with(3).stderr();
    let tiles = text.lines().filter(|line| line.starts_with("lost: tile"));
    assert_eq!(tiles.count(), 10, "{text}");
    assert!(text.contains("\nlost: 15 more tiles\n"), "{text}");
    assert!(text.contains("incomplete: 25 parts"), "{text}");
    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
    assert_eq!(json["losses"].as_array().unwrap().len(), 25);

    for command in ["query", "stats"] {
        let run = ept(&[command, dataset, "--on-error", "skip", "-q"]).ends_with(3);
        let text = run.stderr();
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.contains("25 parts"), "{text}");
    }
    // What is few is told as it is; a page is a kind of its own.
    let set = holed(3);
    std::fs::remove_file(set.path().join("ept-hierarchy/2-0-0-2.json")).unwrap();
    let run = ept(&["stats", set.path().to_str().unwrap(), "--on-error", "skip"]);
    let text = run.ends_with(3).stderr();
    let pages = text
        .lines()
        .filter(|line| line.starts_with("lost: hierarchy page"));
    assert_eq!(pages.count(), 1, "{text}");
    assert!(!text.contains("more"), "{text}");
}

#[test]
fn findings_are_told_in_ten_lines_or_in_one() {
    let set = holed(25);
    let dataset = set.path().to_str().unwrap();
    let text = ept(&["validate", dataset]).ends_with(3).stdout();
    let examples = text
        .lines()
        .filter(|line| line.starts_with("  ") && line.contains("ept-data"));
    assert_eq!(examples.count(), 10, "{text}");
    assert!(text.contains("and 15 more"), "{text}");
    let run = ept(&["validate", dataset, "-q"]).ends_with(3);
    assert_eq!(run.stdout().lines().count(), 1, "{}", run.stdout());
    assert!(run.stdout().contains("25 times"), "{}", run.stdout());
    assert_eq!(run.stderr(), "");
    let found = ept(&["validate", dataset, "--json"]).ends_with(3).json();
    assert_eq!(found["findings"][0]["count"], 25);
}

#[test]
fn files_that_an_index_leaves_out_are_folded() {
    let folder = tempfile::tempdir().unwrap();
    let tile = std::fs::read(fixture("laz-pf0") + "/ept-data/0-0-0-0.laz").unwrap();
    std::fs::write(folder.path().join("good.laz"), tile).unwrap();
    for number in 0..12 {
        std::fs::write(folder.path().join(format!("{number}.laz")), "garbage").unwrap();
    }
    let out = folder.path().join("index.zip");
    let index = [
        "index",
        folder.path().to_str().unwrap(),
        "-o",
        out.to_str().unwrap(),
    ];
    let text = ept(&index).stderr();
    let left_out = text
        .lines()
        .filter(|line| line.contains("garbage") || line.contains("LASF"));
    assert_eq!(left_out.count(), 10, "{text}");
    assert!(text.contains("left out: 2 more files"), "{text}");
    let text = ept(&[&index[..], &["-q"]].concat()).stderr();
    assert_eq!(text.lines().count(), 1, "{text}");
}

#[test]
fn tables_have_at_most_80_columns() {
    let fits = |text: &str, what: &str| {
        for line in text.lines() {
            assert!(line.chars().count() <= 80, "{what}: {line}");
        }
    };
    for name in [
        "terrain",
        "laz-pf7",
        "laz-pf8",
        "wide-integers",
        "float64",
        "binary",
    ] {
        let set = fixture(name);
        let stats = ept(&["stats", &set, "-q"]).ends_with(0).stdout();
        fits(&stats, "stats");
        // Every dimension has its line, with numbers on it or on the next.
        for dimension in truth(name)["dimensions"].as_object().unwrap().keys() {
            let line = stats
                .lines()
                .find(|line| line.starts_with(dimension.as_str()));
            assert!(line.is_some(), "{dimension}: {stats}");
        }
        let info = ept(&["info", &set]).ends_with(0).stdout();
        fits(info.split_once("\n\n").unwrap().1, "info");
        fits(
            &ept(&["info", &set, "--hierarchy"]).ends_with(0).stdout(),
            "hierarchy",
        );
        fits(&ept(&["plan", &set, "-q"]).ends_with(0).stdout(), "plan");
    }
}
