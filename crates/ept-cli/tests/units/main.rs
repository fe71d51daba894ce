//! `ept plan --units`, `ept run` and `ept merge`: units in any order, some twice, are the query.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[cfg(feature = "parquet")]
mod columns;
mod losses;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{copy, ept, fixture};

/// A folder for the units of a query and their parts.
struct Job {
    folder: tempfile::TempDir,
    count: u32,
}

impl Job {
    /// Plans a query of some units.
    fn plan(query: &[&str], units: &[&str]) -> Job {
        Job::planned("plan", query, units, 0)
    }

    /// The units by a command that ends with an exit code.
    fn planned(command: &str, query: &[&str], units: &[&str], code: i32) -> Job {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("units.jsonl");
        let file = file.to_str().unwrap();
        ept(&[&[command], query, &["--quiet", "-o", file], units].concat()).ends_with(code);
        let count = fs::read_to_string(file).unwrap().lines().count();
        Job {
            folder,
            count: u32::try_from(count).unwrap(),
        }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn run(&self, index: u32, more: &[&str]) -> i32 {
        let (units, parts, index) = (
            self.path("units.jsonl"),
            self.path("parts"),
            index.to_string(),
        );
        let run = ["run", &units, "--index", &index, "-o", &parts, "--quiet"];
        ept(&[&run, more].concat()).code()
    }

    /// Runs all units, the last first.
    fn run_all(&self, more: &[&str]) {
        for index in (0..self.count).rev() {
            assert_eq!(self.run(index, more), 0);
        }
    }

    /// The files of parts or receipts, by name.
    fn parts(&self, extension: &str) -> Vec<PathBuf> {
        let entries = self.folder.path().join("parts").read_dir().unwrap();
        let files = entries.map(|entry| entry.unwrap().path());
        let mut files: Vec<PathBuf> = files
            .filter(|path| path.to_str().unwrap().ends_with(extension))
            .collect();
        files.sort();
        files
    }

    /// Merges the parts, which must fail, and returns what it says.
    fn refusal(&self, output: &str) -> String {
        let output = self.path(output);
        let run = ept(&["merge", &self.path("parts"), "-o", &output]).ends_with(1);
        assert!(!Path::new(&output).exists());
        run.stderr()
    }

    fn merge(&self, output: &str) -> String {
        let output = self.path(output);
        ept(&["merge", &self.path("parts"), "-o", &output, "--quiet"]).ends_with(0);
        output
    }
}

/// The points of a file as sorted lines, by what the point formats of COPC don't change.
fn lines(file: &str) -> Vec<String> {
    let text = ept(&[
        "query",
        file,
        "--dims",
        "X,Y,Z,Intensity,GpsTime",
        "-o",
        "-",
    ])
    .ends_with(0)
    .stdout();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

#[test]
fn copc_of_units_is_byte_for_byte_that_of_the_query() {
    let dataset = fixture("terrain");
    let query = [
        &*dataset,
        "--bounds",
        "500050,4650020,500420,4650400",
        "--where",
        "Intensity > 100",
    ];
    let job = Job::plan(&query, &["--units", "5"]);
    assert_eq!(job.count, 5);
    job.run_all(&[]);
    // Again, with all threads.
    assert_eq!(job.run(2, &["--threads", "4"]), 0);
    let alone = job.path("alone.copc.laz");
    ept(&[&["query"], &query[..], &["-q", "-o", &alone]].concat()).ends_with(0);
    assert!(fs::read(job.merge("merged.copc.laz")).unwrap() == fs::read(alone).unwrap());
}

#[test]
fn each_format_of_units_has_the_points_of_the_query() {
    let dataset = fixture("terrain");
    let job = Job::plan(&[&dataset], &["--units", "3"]);
    let alone = lines(&dataset);
    for (format, name) in [
        ("laz", "a.laz"),
        ("copc", "a.laz"),
        ("laz", "b.las"),
        ("laz", "b.copc.laz"),
    ] {
        let _ = fs::remove_dir_all(job.path("parts"));
        job.run_all(&["--format", format]);
        assert!(lines(&job.merge(name)) == alone, "{format} to {name}");
    }
    for name in ["a.csv", "a.xyz"] {
        let _ = fs::remove_dir_all(job.path("parts"));
        job.run_all(&["--format", name.rsplit_once('.').unwrap().1]);
        let file = job.path(&format!("alone-{name}"));
        ept(&["query", &dataset, "-q", "-o", &file]).ends_with(0);
        assert!(
            fs::read(job.merge(name)).unwrap() == fs::read(file).unwrap(),
            "{name}"
        );
    }
}

#[test]
fn units_by_area_have_each_point_once() {
    let dataset = fixture("terrain");
    for halo in ["0", "15"] {
        let job = Job::plan(&[&dataset], &["--units", "6", "--halo", halo]);
        assert!(job.count > 3);
        job.run_all(&[]);
        for name in ["a.laz", "a.copc.laz"] {
            assert!(
                lines(&job.merge(name)) == lines(&dataset),
                "halo {halo}, {name}"
            );
        }
        let _ = fs::remove_dir_all(job.path("parts"));
        job.run_all(&["--format", "copc"]);
        assert!(
            lines(&job.merge("b.copc.laz")) == lines(&dataset),
            "halo {halo}, a node in several parts"
        );
    }
}

#[test]
fn units_of_files_in_two_systems_are_the_query() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (first, second) = (file("a.laz"), file("b.copc.laz"));
    ept(&["query", &fixture("terrain"), "-q", "-o", &first]).ends_with(0);
    ept(&[
        "query",
        &fixture("terrain"),
        "-q",
        "--out-crs",
        "EPSG:26916",
        "-o",
        &second,
    ])
    .ends_with(0);
    let query = [&first, &second, "--dims", "X,Y,Z,Intensity"];
    let named = ["--source-id", "Tile"];
    let job = Job::plan(&query, &[&["--units", "4"], &named[..]].concat());
    job.run_all(&["--format", "csv"]);
    let alone = job.path("alone.csv");
    ept(&[&["query", "-q", "-o", &alone], &query[..], &named].concat()).ends_with(0);
    assert!(fs::read(job.merge("merged.csv")).unwrap() == fs::read(alone).unwrap());
}

#[test]
fn a_merge_refuses_what_is_missing_doubled_foreign_or_damaged_by_name() {
    let dataset = fixture("terrain");
    let job = Job::plan(&[&dataset], &["--units", "4"]);
    assert!(
        ept(&["merge", &job.path("none"), "-o", &job.path("x.laz")])
            .ends_with(1)
            .stderr()
            .contains("none")
    );
    for index in [0, 1, 3] {
        assert_eq!(job.run(index, &[]), 0);
    }
    let said = job.refusal("x.laz");
    assert!(said.contains("of 4 units, these are missing: 2"), "{said}");
    assert_eq!(job.run(2, &[]), 0);
    job.merge("whole.laz");

    let receipts = job.parts(".json");
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let twice = job.folder.path().join("parts/part-again.json");
    fs::copy(&receipts[1], &twice).unwrap();
    let said = job.refusal("x.laz");
    assert!(
        said.contains("unit 1 is there twice") && said.contains("part-again.json"),
        "{said}"
    );
    fs::remove_file(twice).unwrap();

    let other = Job::plan(&[&dataset, "--depth", "1"], &["--units", "2"]);
    other.run_all(&[]);
    let foreign = &other.parts(".json")[0];
    let there = job.folder.path().join("parts").join(name(foreign));
    fs::copy(foreign, &there).unwrap();
    let said = job.refusal("x.laz");
    assert!(
        said.contains("is of another job than") && said.contains(&name(foreign)),
        "{said}"
    );
    fs::remove_file(there).unwrap();

    let part = &job.parts(".copc.laz")[3];
    let mut bytes = fs::read(part).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(part, &bytes).unwrap();
    let said = job.refusal("x.laz");
    assert!(
        said.contains("it is not as it was written") && said.contains(&name(part)),
        "{said}"
    );
    fs::write(part, &bytes[..middle]).unwrap();
    let said = job.refusal("x.laz");
    assert!(
        said.contains(&format!("it has {middle} bytes")) && said.contains(&name(part)),
        "{said}"
    );
    fs::remove_file(part).unwrap();
    let said = job.refusal("x.laz");
    assert!(
        said.contains("it is missing; run unit 3 again") && said.contains(&name(part)),
        "{said}"
    );
    assert_eq!(job.run(3, &[]), 0);
    assert!(fs::read(job.merge("again.laz")).unwrap() == fs::read(job.path("whole.laz")).unwrap());

    let said = job.refusal("x.parquet");
    assert!(
        said.contains("the parts are copc, which can't become parquet"),
        "{said}"
    );
}

#[test]
fn what_units_skip_is_in_their_receipts_and_the_merge_is_incomplete() {
    let dataset = copy("terrain");
    let tile = dataset.path().join("ept-data/2-1-1-1.laz");
    let tile = if tile.exists() {
        tile
    } else {
        let mut tiles: Vec<PathBuf> = dataset
            .path()
            .join("ept-data")
            .read_dir()
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        tiles.sort();
        tiles[9].clone()
    };
    let job = Job::plan(&[dataset.path().to_str().unwrap()], &["--units", "4"]);
    fs::remove_file(&tile).unwrap();
    let codes: Vec<i32> = (0..4).map(|index| job.run(index, &[])).collect();
    assert_eq!(
        codes.iter().filter(|code| **code == 1).count(),
        1,
        "{codes:?}"
    );
    let lossy = codes.iter().position(|code| *code == 1).unwrap();
    assert_eq!(job.parts(".json").len(), 3);
    assert_eq!(
        job.run(u32::try_from(lossy).unwrap(), &["--on-error", "skip"]),
        3
    );
    let receipt: Value =
        serde_json::from_slice(&fs::read(&job.parts(".json")[lossy]).unwrap()).unwrap();
    assert_eq!(receipt["losses"].as_array().unwrap().len(), 1);
    let merged = job.path("merged.copc.laz");
    let said = ept(&["merge", &job.path("parts"), "-o", &merged])
        .ends_with(3)
        .stderr();
    assert!(said.contains("incomplete: 1 part"), "{said}");
    // As one query says it.
    let alone = job.path("alone.copc.laz");
    ept(&[
        "query",
        dataset.path().to_str().unwrap(),
        "-q",
        "--on-error",
        "skip",
        "-o",
        &alone,
    ])
    .ends_with(3);
    assert!(fs::read(merged).unwrap() == fs::read(alone).unwrap());
}

#[test]
fn a_run_says_what_is_wrong_with_its_unit() {
    let dataset = fixture("terrain");
    let job = Job::plan(&[&dataset], &["--units", "2"]);
    let (units, parts) = (job.path("units.jsonl"), job.path("parts"));
    let run = |index: &str, units: &str| {
        ept(&["run", units, "--index", index, "-o", &parts])
            .ends_with(1)
            .stderr()
    };
    assert!(run("2", &units).contains("there is no unit 2"));
    let text = fs::read_to_string(&units).unwrap();
    let (first, second) = text.split_once('\n').unwrap();
    let swapped = job.path("swapped.jsonl");
    fs::write(&swapped, format!("{second}{first}\n")).unwrap();
    assert!(run("0", &swapped).contains("line 1: it is unit 1"));
    let damaged = job.path("damaged.jsonl");
    fs::write(&damaged, &first[..first.len() / 2]).unwrap();
    assert!(run("0", &damaged).contains("not a work unit"));
}

/// The output of `ept query` as a file of its own.
fn alone(job: &Job, name: &str, query: &[&str]) -> String {
    let file = job.path(name);
    ept(&[&["query", "-q", "-o", &file], query].concat()).ends_with(0);
    file
}

#[test]
fn units_of_a_query_that_thins_are_the_query() {
    let dataset = fixture("terrain");
    for thin in [["--thin", "7"], ["--thin-3d", "3m"]] {
        let query = [&[&*dataset, "--where", "Intensity > 100"], &thin[..]].concat();
        let expected = {
            let job = Job::plan(&query, &["--units", "1"]);
            lines(&alone(&job, "alone.laz", &query))
        };
        for halo in [&[][..], &["--halo", "0"], &["--halo", "20"]] {
            let job = Job::plan(&query, &[&["--units", "8"], halo].concat());
            assert!(job.count > 2, "{thin:?} {halo:?}");
            job.run_all(&[]);
            assert!(
                lines(&job.merge("merged.laz")) == expected,
                "{thin:?} {halo:?}"
            );
        }
    }
}

#[test]
fn the_first_points_of_a_query_in_units_are_byte_for_byte_those_of_the_query() {
    let dataset = fixture("terrain");
    let box_of = [
        "--bounds",
        "500050,4650020,500420,4650400",
        "--where",
        "Intensity > 100",
    ];
    for (select, limit) in [
        (&[][..], "777"),
        (&[], "9000"),
        (&box_of, "2345"),
        (&box_of, "1000000"),
    ] {
        let query = [&[&*dataset], select, &["--limit", limit]].concat();
        let job = Job::plan(&query, &["--units", "5"]);
        job.run_all(&["--format", "csv"]);
        let alone_csv = alone(&job, "alone.csv", &query);
        assert!(
            fs::read(job.merge("merged.csv")).unwrap() == fs::read(alone_csv).unwrap(),
            "{query:?}"
        );
        if select.is_empty() {
            fs::remove_dir_all(job.path("parts")).unwrap();
            job.run_all(&[]);
            let alone = alone(&job, "alone.copc.laz", &query);
            assert!(
                fs::read(job.merge("merged.copc.laz")).unwrap() == fs::read(alone).unwrap(),
                "{query:?}"
            );
        }
    }
    let refused = |more: &[&str]| {
        let plan = ["plan", &dataset, "--limit", "9", "--units", "5"];
        ept(&[&plan, more].concat()).ends_with(1).stderr()
    };
    assert!(refused(&["--halo", "5"]).contains("parts of the plane"));
    assert!(refused(&["--thin", "5"]).contains("thinned points"));
}

#[test]
fn heights_above_a_terrain_model_in_units_are_those_of_the_query() {
    let dataset = fixture("terrain");
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("dtm.tif");
    ept(&[
        "dtm",
        &dataset,
        "-q",
        "--resolution",
        "4",
        "-o",
        model.to_str().unwrap(),
    ])
    .ends_with(0);
    let hag = format!("--hag={}", model.display());
    let select = [
        "--where",
        "HeightAboveGround > 1",
        "--dims",
        "X,Y,Z,HeightAboveGround",
    ];
    for select in [&[][..], &select, &["--source-id", "Tile", "--dims", "X,Y"]] {
        let query = [&[&*dataset, &hag], select].concat();
        for halo in [&[][..], &["--halo", "10"]] {
            let job = Job::plan(&query, &[&["--units", "6"], halo].concat());
            assert!(job.count > 2);
            job.run_all(&["--format", "csv"]);
            let text = |file: &str| fs::read_to_string(file).unwrap();
            let (alone, merged) = (
                text(&alone(&job, "alone.csv", &query)),
                text(&job.merge("merged.csv")),
            );
            if halo.is_empty() {
                assert!(alone == merged, "{query:?}");
            } else {
                let sorted = |text: &str| {
                    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
                    lines.sort();
                    lines
                };
                assert!(sorted(&alone) == sorted(&merged), "{query:?} by area");
            }
        }
    }
    let refused = ept(&["plan", &dataset, "--units", "2", "--hag"])
        .ends_with(1)
        .stderr();
    assert!(
        refused.contains("heights above points of the ground") && refused.contains("--hag=RASTER"),
        "{refused}"
    );
}
