//! Columns that some tiles have and others lack.

use std::path::Path;

use super::tiles::{FILES, assert_lossless, dataset, read, tile, tile_with};
use crate::support::{ept, fault};

#[test]
fn tiles_of_several_point_formats_are_written_with_all_their_columns() {
    let min = [0.0; 3];
    let own = [
        (
            "0-0-0-0",
            tile(6, 0.01, min, &[[1.0, 2.0, 3.0], [2.0, 2.0, 3.0]]),
            2,
        ),
        ("1-0-0-0", tile(1, 0.01, min, &[[4.0, 5.0, 6.0]]), 1),
        ("1-1-0-0", tile(7, 0.01, min, &[[60.0, 5.0, 6.0]]), 1),
    ];
    let own = dataset(min, 64.0, &own);
    let own = own.path().to_str().unwrap().to_owned();
    let given = fault("mixed-pdrf/set");
    let folder = tempfile::tempdir().unwrap();
    for (set, points) in [(Some(own), 4), (given, 800)] {
        let Some(set) = set else { continue };
        for file in FILES {
            let out = folder.path().join(file);
            let run = ept(&["query", &set, "-o", out.to_str().unwrap()]).ends_with(0);
            assert!(run.stderr().contains("Red"), "{}", run.stderr());
            let (header, found) = read(&out);
            assert_eq!(header.point_format().to_u8().unwrap() & 0x3f, 7, "{file}");
            assert_eq!(found.len(), points);
            assert!(
                found
                    .iter()
                    .any(|point| point.color.unwrap() != las::Color::default())
            );
            assert_lossless(&out, Path::new(&set));
        }
        let out = folder.path().join("out.csv");
        ept(&["query", &set, "-o", out.to_str().unwrap()]).ends_with(0);
        let text = std::fs::read_to_string(&out).unwrap();
        let head: Vec<&str> = text.lines().next().unwrap().split(',').collect();
        let red = head.iter().position(|name| *name == "Red").unwrap();
        let reds = text
            .lines()
            .skip(1)
            .map(|line| line.split(',').nth(red).unwrap());
        let empty = reds.filter(|red| red.is_empty()).count();
        assert!(empty > 0 && empty < points, "{text}");
        for file in ["out.parquet", "out.arrow", "out.ply"] {
            let out = folder.path().join(file);
            ept(&["query", &set, "-o", out.to_str().unwrap()]).ends_with(0);
        }
        // Of few points, nothing was written when the first tile that differs comes.
        let stream = ept(&["query", &set]).ends_with(0).stdout();
        assert_eq!(stream, text);
        let stream = ept(&["query", &set, "--dims", "X,Red"])
            .ends_with(0)
            .stdout();
        assert_eq!(stream.lines().next(), Some("X,Red"));
        assert_eq!(stream.lines().count(), points + 1);
        let dims = [
            "query",
            &set,
            "--dims",
            "X,Y,Z,Red",
            "-o",
            out.to_str().unwrap(),
        ];
        ept(&dims).ends_with(0);
    }
}

#[test]
fn a_stream_whose_later_tiles_have_other_columns_says_what_to_do() {
    let many: Vec<[f64; 3]> = (0..40_000)
        .map(|i| [f64::from(i) / 1000.0, 1.0, 2.0])
        .collect();
    let tiles = [
        ("0-0-0-0", tile(6, 0.001, [0.0; 3], &many), many.len()),
        ("1-0-0-0", tile(7, 0.001, [0.0; 3], &[[1.0; 3]]), 1),
    ];
    let set = dataset([0.0; 3], 64.0, &tiles);
    let set = set.path().to_str().unwrap();
    let text = ept(&["query", set]).ends_with(1).stderr();
    assert!(
        text.contains("\"Red\"") && text.contains("--dims"),
        "{text}"
    );
    let lines = ept(&["query", set, "--dims", "X,Red"])
        .ends_with(0)
        .stdout();
    assert!(lines.starts_with("X,Red\n0,\n") && lines.ends_with("\n1,0\n"));
    assert_eq!(lines.lines().count(), many.len() + 2);
}

#[test]
fn extra_bytes_of_some_tiles_are_columns_and_can_be_asked_for() {
    let tiles = [
        ("0-0-0-0", tile(6, 0.01, [0.0; 3], &[[1.0; 3]]), 1),
        ("1-0-0-0", tile_with("gain", 2.0), 1),
        ("1-1-0-0", tile_with("noise", 40.0), 1),
    ];
    let set = dataset([0.0; 3], 64.0, &tiles);
    let set = set.path().to_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.csv");
    ept(&["query", set, "-o", out.to_str().unwrap()]).ends_with(0);
    let text = std::fs::read_to_string(&out).unwrap();
    let ends: Vec<_> = text
        .lines()
        .map(|line| line.splitn(19, ',').last().unwrap())
        .collect();
    assert_eq!(ends, ["gain,noise", ",", "7,", ",7"]);
    for file in FILES {
        let out = folder.path().join(file);
        ept(&["query", set, "-o", out.to_str().unwrap()]).ends_with(0);
        let extra: Vec<_> = read(&out)
            .1
            .into_iter()
            .map(|point| point.extra_bytes)
            .collect();
        assert_eq!(extra, [[0, 0], [7, 0], [0, 7]], "{file}");
    }
    let asked = ept(&["query", set, "--dims", "X,noise"])
        .ends_with(0)
        .stdout();
    assert_eq!(asked, "X,noise\n1,\n2,\n40,7\n");
    let found = ept(&["query", set, "--where", "gain == 7", "--dims", "X"])
        .ends_with(0)
        .stdout();
    assert_eq!(found, "X\n2\n");
    let stats = ept(&["stats", set, "--where", "noise == 7", "--json"])
        .ends_with(0)
        .json();
    assert_eq!(stats["points"], 1);
    let text = ept(&["query", set, "--where", "noize == 7"])
        .ends_with(1)
        .stderr();
    assert!(text.contains("noize"), "{text}");
}
