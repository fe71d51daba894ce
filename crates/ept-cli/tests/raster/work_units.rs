//! Rasters of work units: each cell has the value that it has in the raster of one run.

use std::fs;

use super::image::Image;
use crate::support::{copy, ept, fixture};

/// Makes a raster in units, the last first, and in one run, and compares them.
fn compare(source: &str, command: &[&str], count: &str, least: usize) {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (units, parts) = (path("units.jsonl"), path("parts"));
    ept(&[command, &[source, "-q", "--units", count, "-o", &units]].concat()).ends_with(0);
    let lines = fs::read_to_string(&units).unwrap().lines().count();
    assert!(lines >= least, "{command:?}: {lines} units");
    for index in (0..lines).rev() {
        let index = index.to_string();
        ept(&["run", &units, "--index", &index, "-q", "-o", &parts]).ends_with(0);
    }
    let (merged, alone) = (path("merged.tif"), path("alone.tif"));
    ept(&["merge", &parts, "-q", "-o", &merged]).ends_with(0);
    ept(&[command, &[source, "-q", "-o", &alone]].concat()).ends_with(0);
    assert!(
        Image::read(merged) == Image::read(alone),
        "{command:?} in {lines} units"
    );
}

#[test]
fn rasters_of_units_are_those_of_one_run() {
    let terrain = fixture("terrain");
    compare(&terrain, &["dtm"], "5", 4);
    compare(
        &terrain,
        &["dtm", "--method", "min", "--kernel", "radius"],
        "7",
        6,
    );
    compare(&terrain, &["dsm", "--outlier", "radius=20m,k=2"], "4", 3);
    let area = ["--bounds", "500100,4650100,500390,4650395"];
    compare(
        &terrain,
        &[&["dtm", "--method", "idw", "--fill", "window=3"], &area[..]].concat(),
        "6",
        4,
    );
    let bands = [
        "raster",
        "--stat",
        "count",
        "--stat",
        "p90",
        "--out-crs",
        "EPSG:32616",
    ];
    compare(&terrain, &bands, "5", 4);
}

#[test]
fn rasters_whose_cells_depend_on_all_points_are_refused() {
    let terrain = fixture("terrain");
    let refused = |flags: &[&str]| {
        let command = ["--units", "4", "-o", "/dev/null"];
        ept(&[flags, &[&terrain], &command].concat())
            .ends_with(1)
            .stderr()
    };
    for flags in [
        &["dtm", "--outlier", "k=8,m=3"][..],
        &["dtm", "--fill", "tin"],
        &["dtm", "--max-edge", "none"],
        &["chm"],
    ] {
        let said = refused(flags);
        assert!(
            said.contains("depend on points however far away"),
            "{flags:?}: {said}"
        );
    }
    assert!(refused(&["dtm", "--compress", "lerc"]).contains("choose another"));
}

#[test]
fn parts_of_rasters_become_no_points_and_losses_are_told() {
    let dataset = copy("terrain");
    let source = dataset.path().to_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (units, parts) = (path("units.jsonl"), path("parts"));
    ept(&["dtm", source, "-q", "--units", "3", "-o", &units]).ends_with(0);
    fs::remove_file(dataset.path().join("ept-data/0-0-0-0.laz")).unwrap();
    let run = |index: &str, more: &[&str]| {
        ept(&[&["run", &units, "--index", index, "-q", "-o", &parts], more].concat())
    };
    assert!(
        run("0", &["--format", "laz"])
            .ends_with(1)
            .stderr()
            .contains("of a raster")
    );
    run("0", &[]).ends_with(1);
    for index in 0..fs::read_to_string(&units).unwrap().lines().count() {
        run(&index.to_string(), &["--on-error", "skip"]).ends_with(3);
    }
    let said = ept(&["merge", &parts, "-o", &path("a.laz")])
        .ends_with(1)
        .stderr();
    assert!(said.contains("name it .tif"), "{said}");
    let said = ept(&["merge", &parts, "-o", &path("a.tif")])
        .ends_with(3)
        .stderr();
    assert!(said.contains("could not be read"), "{said}");
}

#[test]
fn a_page_that_is_lost_when_units_are_made_is_lost_in_the_raster() {
    let source = copy("terrain");
    fs::write(source.path().join("ept-hierarchy/2-1-1-1.json"), "nothing").unwrap();
    let dataset = source.path().to_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (units, parts, merged, alone) =
        (path("u.jsonl"), path("parts"), path("m.tif"), path("a.tif"));
    let dsm = ["dsm", dataset, "-q", "--resolution", "1"];
    let skip = ["--on-error", "skip"];
    ept(&[&dsm, &["--units", "4", "-o", &units][..]].concat()).ends_with(1);
    ept(&[&dsm, &skip[..], &["--units", "4", "-o", &units]].concat()).ends_with(3);
    let lines = fs::read_to_string(&units).unwrap().lines().count();
    assert!(lines > 1);
    for index in 0..lines {
        let index = index.to_string();
        let code = if index == "0" { 3 } else { 0 };
        ept(&["run", &units, "--index", &index, "-q", "-o", &parts]).ends_with(code);
    }
    let said = ept(&["merge", &parts, "-o", &merged]).ends_with(3).stderr();
    assert!(said.contains("hierarchy page 2-1-1-1"), "{said}");
    ept(&[&dsm, &skip[..], &["-o", &alone]].concat()).ends_with(3);
    assert!(Image::read(merged) == Image::read(alone));
}
