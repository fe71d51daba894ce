//! Cells don't depend on threads, on the area, or on the kind of source.

use std::path::{Path, PathBuf};

use super::image::Image;
use crate::support::{ept, fixture};

/// Makes a raster of a source in a folder.
fn make(folder: &Path, command: &[&str], source: &str, flags: &[&str]) -> PathBuf {
    let out = folder.join("out.tif");
    let output = ["-q", "-o", out.to_str().unwrap()];
    ept(&[command, &[source], flags, &output].concat()).ends_with(0);
    out
}

#[test]
fn threads_and_repetition_change_no_byte() {
    let folder = tempfile::tempdir().unwrap();
    let terrain = fixture("terrain");
    let commands: [&[&str]; 4] = [
        &["dtm"],
        &[
            "dtm",
            "--method",
            "idw",
            "--kernel",
            "radius=3m",
            "--fill",
            "window=3",
        ],
        &["dsm", "--outlier", "k=8,m=2"],
        &["chm", "--resolution", "2m"],
    ];
    for command in commands {
        let mask = folder.path().join("mask.tif");
        let files = |threads: &str| {
            let flags = ["--threads", threads, "--mask", mask.to_str().unwrap()];
            let out = make(folder.path(), command, &terrain, &flags);
            [out, mask.clone()].map(|path| std::fs::read(path).unwrap())
        };
        let first = files("1");
        for threads in ["2", "8", "1"] {
            assert!(files(threads) == first, "{command:?} {threads}");
        }
    }
}

#[test]
fn parts_of_an_area_fit_together() {
    let folder = tempfile::tempdir().unwrap();
    let terrain = fixture("terrain");
    let commands: [&[&str]; 4] = [
        &["dtm"],
        &[
            "dtm",
            "--method",
            "mean",
            "--kernel",
            "radius=4m",
            "--fill",
            "window=2",
        ],
        &["dtm", "--ground", "smrf"],
        &["chm", "--resolution", "2m"],
    ];
    for command in commands {
        let area = |bounds: &str| {
            Image::read(make(
                folder.path(),
                command,
                &terrain,
                &["--bounds", bounds],
            ))
        };
        let whole = area("500000,4650000,500512,4650512");
        assert!(whole.values.iter().any(|value| *value > 0.0));
        let mut cells = 0;
        for [west, south] in [[0, 0], [256, 0], [0, 256], [256, 256]] {
            let (x, y) = (500_000 + west, 4_650_000 + south);
            let part = area(&format!("{x},{y},{},{}", x + 256, y + 256));
            assert_eq!(part.origin, [f64::from(x), f64::from(y + 256)]);
            for [x, y] in part.centres() {
                assert_eq!(part.at(x, y, 0), whole.at(x, y, 0), "{command:?} {x} {y}");
                cells += 1;
            }
        }
        assert_eq!(cells, whole.columns * whole.rows);
    }
}

#[test]
fn an_octree_a_copc_file_and_a_laz_file_make_the_same_raster() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let terrain = fixture("terrain");
    let mut sources = vec![terrain.clone()];
    for name in ["terrain.copc.laz", "terrain.laz"] {
        ept(&["query", &terrain, "-q", "-o", &place(name)]).ends_with(0);
        sources.push(place(name));
    }
    let commands: [&[&str]; 2] = [
        &["dtm"],
        &["raster", "--stat", "min,max,mean,count,stdev,p90,idw"],
    ];
    for command in commands {
        let made: Vec<Image> = sources
            .iter()
            .map(|source| Image::read(make(folder.path(), command, source, &[])))
            .collect();
        assert!(made[0] == made[1], "{command:?} COPC");
        assert!(made[0] == made[2], "{command:?} LAZ");
    }
}

#[test]
fn the_cells_of_another_raster_are_taken() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let terrain = fixture("terrain");
    let (part, other) = (place("part.tif"), place("other.tif"));
    let area = [
        "--bounds",
        "500100.25,4650100.5,500200.25,4650300.5",
        "--align",
        "0.25,0.5",
    ];
    ept(&[&["dtm", &terrain, "-q", "-o", &part], &area[..]].concat()).ends_with(0);
    let like = make(folder.path(), &["dtm"], &terrain, &["--like", &part]);
    assert!(Image::read(&part) == Image::read(like));
    // The points would be in another system.
    let flags = [
        "dtm",
        &terrain,
        "-o",
        &other,
        "--like",
        &part,
        "--out-crs",
        "EPSG:32615",
    ];
    let run = ept(&flags).ends_with(1);
    assert!(run.stderr().contains("EPSG:26915"), "{}", run.stderr());
}
