//! Scale and offset of files.

use std::path::Path;

use super::tiles::{FILES, assert_lossless, dataset, read, tile};
use crate::support::server::Server;
use crate::support::{ept, fault};

#[test]
fn tiles_with_scales_and_offsets_of_their_own_are_written_without_loss() {
    for name in ["tile-offsets/set", "tile-scales/set"] {
        let Some(set) = fault(name) else { return };
        let folder = tempfile::tempdir().unwrap();
        for file in FILES {
            let out = folder.path().join(file);
            let run = ept(&["query", &set, "-o", out.to_str().unwrap()]).ends_with(0);
            assert!(
                !run.stderr().contains("rounded"),
                "{name} {file}: {}",
                run.stderr()
            );
            assert_lossless(&out, Path::new(&set));
        }
    }
    // Three scales, and an offset between the steps of all.
    let min = [500_000.0, 4_500_000.0, 0.0];
    let at = |x: f64, y: f64| [500_000.0 + x, 4_500_000.0 + y, 5.0];
    let tiles = [
        ("0-0-0-0", tile(6, 0.01, at(0.0, 0.0), &[at(1.25, 2.5)]), 1),
        (
            "1-0-0-0",
            tile(6, 0.025, at(1.005, 0.0), &[at(1.03, 10.0)]),
            1,
        ),
        (
            "1-1-1-0",
            tile(
                6,
                0.001,
                at(30.0, 30.0),
                &[at(40.123, 50.321), at(60.0, 60.0)],
            ),
            2,
        ),
    ];
    let set = dataset(min, 64.0, &tiles);
    let folder = tempfile::tempdir().unwrap();
    for file in FILES {
        let out = folder.path().join(file);
        let set = set.path();
        let query = ["query", set.to_str().unwrap(), "-o", out.to_str().unwrap()];
        let run = ept(&query).ends_with(0);
        assert!(
            !run.stderr().contains("rounded"),
            "{file}: {}",
            run.stderr()
        );
        assert_lossless(&out, set);
    }
}

#[test]
fn headers_of_tiles_are_read_by_ranges_when_tiles_differ() {
    let min = [0.0; 3];
    let points: Vec<[f64; 3]> = (0..20_000)
        .map(|i| [f64::from(i) / 1000.0, 1.0, 2.0])
        .collect();
    let tiles = [
        ("0-0-0-0", tile(6, 0.01, min, &[[1.25, 2.5, 3.0]]), 1),
        ("1-0-0-0", tile(7, 0.001, min, &points), points.len()),
    ];
    let set = dataset(min, 64.0, &tiles);
    let server = Server::files(set.path().to_owned());
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.laz");
    ept(&["query", &server.url(""), "-o", out.to_str().unwrap()]).ends_with(0);
    assert_lossless(&out, set.path());
    let ranged = server
        .requests()
        .into_iter()
        .filter(|request| request.headers.contains_key("range"));
    assert!(ranged.count() >= 2);
}

#[test]
fn coordinates_that_no_scale_of_32_bits_holds_are_rounded_and_it_is_told() {
    let min = [0.0, 0.0, 0.0];
    let far = 70_000.0;
    let tiles = [
        (
            "0-0-0-0",
            tile(6, 1e-5, [0.0; 3], &[[1.000_01, 2.0, 3.0]]),
            1,
        ),
        (
            "1-1-1-0",
            tile(6, 1e-5, [far, far, 0.0], &[[far + 0.000_03, far, 3.0]]),
            1,
        ),
    ];
    let set = dataset(min, 100_000.0, &tiles);
    let folder = tempfile::tempdir().unwrap();
    for file in FILES {
        let out = folder.path().join(file);
        let set = set.path().to_str().unwrap();
        let run = ept(&["query", set, "-o", out.to_str().unwrap()]).ends_with(0);
        let text = run.stderr();
        assert!(
            text.contains("X is rounded to 1e-4, by at most 3.0e-5"),
            "{text}"
        );
        assert!(!text.contains("Y is") && !text.contains("Z is"), "{text}");
        let points = read(&out).1;
        let moved = (points[1].x - far).abs();
        assert!(
            moved < 5.1e-5 && (points[1].z - 3.0).abs() < 1e-9,
            "{moved}"
        );
    }
}

#[test]
fn degrees_keep_their_precision_beside_metres() {
    let Some(set) = fault("float-degrees/set") else {
        return;
    };
    let lines = ept(&["query", &set, "-o", "-", "--format", "csv"]);
    let lines = if lines.code() == 0 {
        lines
    } else {
        ept(&["query", &set])
    };
    let text = lines.ends_with(0).stdout();
    let exact: Vec<Vec<f64>> = text
        .lines()
        .skip(1)
        .map(|line| {
            line.split(',')
                .map(|field| field.parse().unwrap())
                .collect()
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    for file in FILES {
        let out = folder.path().join(file);
        ept(&["query", &set, "-o", out.to_str().unwrap()]).ends_with(0);
        for (point, exact) in read(&out).1.iter().zip(&exact) {
            // A tenth of a millimetre.
            assert!((point.x - exact[0]).abs() < 1e-9 && (point.y - exact[1]).abs() < 1e-9);
            assert!((point.z - exact[2]).abs() < 1e-4);
        }
    }
}

#[test]
fn a_reprojected_result_is_no_coarser_than_the_tiles() {
    let Some(set) = fault("schema-scale-coarse/set") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    for file in FILES {
        let out = folder.path().join(file);
        let query = [
            "query",
            &set,
            "--out-crs",
            "EPSG:32612",
            "-o",
            out.to_str().unwrap(),
        ];
        ept(&query).ends_with(0);
        // NAD83 and WGS 84 are the same within the accuracy of their best operation without grids.
        let (header, points) = read(&out);
        assert!(
            header.transforms().x.scale <= 1e-4,
            "{:?}",
            header.transforms()
        );
        assert_eq!(header.transforms().z.scale, 1e-4);
        assert_eq!(points.len(), 500);
    }
    // A schema of whole metres, and two tiles of which one is finer.
    let min = [500_000.0, 4_500_000.0, 0.0];
    let at = |x: f64, y: f64| [500_000.0 + x, 4_500_000.0 + y, 5.0];
    let tiles = [
        ("0-0-0-0", tile(6, 0.01, min, &[at(1.25, 2.5)]), 1),
        ("1-1-1-0", tile(6, 0.001, min, &[at(40.123, 50.321)]), 1),
    ];
    let set = dataset(min, 64.0, &tiles);
    let out = folder.path().join("out.laz");
    let set = set.path().to_str().unwrap();
    ept(&[
        "query",
        set,
        "--out-crs",
        "EPSG:4326",
        "-o",
        out.to_str().unwrap(),
    ])
    .ends_with(0);
    let transforms = *read(&out).0.transforms();
    assert!(
        transforms.x.scale <= 0.001 / 85_000.0 && transforms.z.scale <= 0.001,
        "{transforms:?}"
    );
}
