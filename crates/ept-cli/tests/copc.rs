//! `ept query` to COPC: the tree of the dataset in one file.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use std::collections::BTreeMap;
use std::path::Path;

use las::copc::{BoundsSelection, CopcReader, LodSelection};
use serde_json::Value;
use support::{copy, ept, fixture, testdata, truth};

/// Runs a query of a fixture into a file, and returns the file.
fn query(dataset: &str, arguments: &[&str], out: &Path) {
    let query = ["query", "-q", dataset, "-o", out.to_str().unwrap()];
    ept(&[&query[..], arguments].concat()).ends_with(0);
}

fn points(path: &Path) -> Vec<las::Point> {
    let points = las::Reader::from_path(path).unwrap().read_all().unwrap();
    points.points().map(Result::unwrap).collect()
}

/// The points of each node that is listed.
fn nodes(path: &Path) -> BTreeMap<String, i64> {
    let reader = CopcReader::from_path(path).unwrap();
    let entries = reader.hierarchy_entries();
    entries
        .map(|entry| {
            let key = entry.key;
            let key = format!("{}-{}-{}-{}", key.l, key.x, key.y, key.z);
            (key, entry.point_count.into())
        })
        .collect()
}

/// The contents of the note that the file has.
fn note(path: &Path) -> Value {
    let file = std::fs::read(path).unwrap();
    let header = las::raw::Header::read_from(&file[..]).unwrap();
    let evlr = header.evlr.unwrap();
    let mut rest = &file[evlr.start_of_first_evlr as usize..];
    let records = (0..evlr.number_of_evlrs).map(|_| las::raw::Vlr::read_from(&mut rest, true));
    let note = records.map(Result::unwrap).last().unwrap();
    assert!(note.user_id.starts_with(b"ept\0"));
    serde_json::from_slice(&note.data).unwrap()
}

#[test]
fn every_fixture_becomes_copc_with_its_nodes_and_points() {
    let folder = tempfile::tempdir().unwrap();
    let (copc, las) = (
        folder.path().join("a.copc.laz"),
        folder.path().join("a.las"),
    );
    for entry in testdata().read_dir().unwrap() {
        let path = entry.unwrap().path();
        if !path.is_dir() {
            continue;
        }
        let name = path.file_name().unwrap().to_str().unwrap();
        query(path.to_str().unwrap(), &[], &copc);
        query(path.to_str().unwrap(), &[], &las);
        let mut listed = nodes(&copc);
        listed.retain(|_, points| *points > 0);
        let truth = truth(name);
        let expected = truth["nodes"].as_object().unwrap().iter();
        let expected = expected.map(|(key, points)| (key.clone(), points.as_i64().unwrap()));
        assert!(
            listed
                .into_iter()
                .eq(expected.filter(|(_, points)| *points > 0)),
            "{name}"
        );
        let (copc, las) = (points(&copc), points(&las));
        assert_eq!(copc.len(), las.len());
        for (a, b) in copc.iter().zip(&las) {
            assert_eq!([a.x, a.y, a.z], [b.x, b.y, b.z], "{name}");
            assert_eq!((a.intensity, a.is_overlap), (b.intensity, b.is_overlap));
            assert_eq!(a.extra_bytes, b.extra_bytes);
            assert_eq!(a.color, b.color);
        }
    }
}

#[test]
fn an_area_keeps_the_way_down_to_its_nodes() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("area.copc.laz");
    for query in truth("terrain")["queries"].as_array().unwrap() {
        let bounds = query["bounds"].as_array().unwrap().iter();
        let bounds: Vec<String> = bounds.map(ToString::to_string).collect();
        let depth = query["depth"].to_string();
        let bounds = bounds.join(",");
        let selected = ["--bounds", &bounds, "--depth", &depth];
        self::query(&fixture("terrain"), &selected, &out);
        let count = query["points"].as_u64().unwrap();
        assert_eq!(points(&out).len() as u64, count);
        // The reader goes from parent to child: it finds all only when no ancestor is left out.
        let mut reader = CopcReader::from_path(&out).unwrap();
        let found = reader
            .query(LodSelection::All, BoundsSelection::All)
            .unwrap();
        assert_eq!(found.len() as u64, count, "{query}");
    }
}

/// Nodes are found ahead of those that are read, and how far depends on time.
#[test]
fn the_depth_of_the_first_points_is_that_of_the_nodes_that_have_them() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("first.las");
    let page = testdata().join("terrain/ept-hierarchy/0-0-0-0.json");
    let page: Value = serde_json::from_slice(&std::fs::read(page).unwrap()).unwrap();
    let of_root = page["0-0-0-0"].as_u64().unwrap();
    for (limit, depth) in [(of_root, 0), (of_root + 1, 1)] {
        // Only the tiles tell that all points meet the condition.
        let flags = [
            "--where",
            "Classification >= 0",
            "--limit",
            &limit.to_string(),
        ];
        query(&fixture("terrain"), &flags, &out);
        assert_eq!(note(&out)["depth"], depth);
    }
}

#[test]
fn files_tell_where_their_points_come_from() {
    let folder = tempfile::tempdir().unwrap();
    let data = copy("laz-pf1");
    std::fs::remove_file(data.path().join("ept-data/1-0-0-0.laz")).unwrap();
    let dataset = data.path().to_str().unwrap();
    for name in ["a.las", "a.laz", "a.copc.laz"] {
        let out = folder.path().join(name);
        query(
            &fixture("terrain"),
            &["--depth", "1", "--dims", "z,Intensity"],
            &out,
        );
        let found = note(&out);
        assert_eq!(found["dataset"]["points"], 25_000);
        assert_eq!(found["dataset"]["crs"], "EPSG:26915");
        assert_eq!(found["writer"], concat!("ept ", env!("CARGO_PKG_VERSION")));
        assert_eq!(
            found["dimensions"],
            serde_json::json!(["X", "Y", "Z", "Intensity"])
        );
        assert_eq!(found["depth"], 1);
        assert_eq!(found["spacing"], 8.0);
        assert_eq!(found["query"]["areas"], serde_json::json!([]));
        assert_eq!(found["lost"], serde_json::json!([]));

        let run = ["query", "-q", dataset, "-o", out.to_str().unwrap()];
        ept(&[&run[..], &["--on-error", "skip", "--bounds", "0,0,1e9,1e9"]].concat()).ends_with(3);
        let found = note(&out);
        assert_eq!(found["lost"][0]["key"], "1-0-0-0");
        let points = truth("laz-pf1")["nodes"]["1-0-0-0"].as_u64().unwrap();
        assert_eq!(found["lost"][0]["points"], points);
        let bounds = &found["query"]["areas"][0]["bounds"];
        assert_eq!((&bounds[3], &bounds[2]), (&1e9.into(), &Value::Null));
    }
}

#[test]
fn bounds_that_are_no_cube_get_an_octree_of_their_own() {
    let data = copy("terrain");
    let path = data.path().join("ept.json");
    let mut metadata: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let greatest = metadata["bounds"][5].as_f64().unwrap();
    metadata["bounds"][5] = (greatest + 1.0).into();
    std::fs::write(&path, metadata.to_string()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (out, las) = (
        folder.path().join("a.copc.laz"),
        folder.path().join("a.las"),
    );
    let query = ["query", data.path().to_str().unwrap(), "-o"];
    let run = ept(&[&query[..], &[out.to_str().unwrap()]].concat()).ends_with(0);
    assert!(
        run.stderr().contains("so the octree is rebuilt"),
        "{}",
        run.stderr()
    );
    ept(&[&query[..], &[las.to_str().unwrap()]].concat()).ends_with(0);
    assert_eq!(folder.path().read_dir().unwrap().count(), 2);
    let sorted = |path: &Path| {
        let mut points = points(path);
        points.sort_by(|a, b| {
            let key = |p: &las::Point| [p.x, p.y, p.z, p.gps_time.unwrap_or_default()];
            key(a).partial_cmp(&key(b)).unwrap()
        });
        points
    };
    for (a, b) in sorted(&out).iter().zip(&sorted(&las)) {
        assert_eq!([a.x, a.y, a.z], [b.x, b.y, b.z]);
        assert_eq!(
            (a.gps_time, a.intensity, a.color),
            (b.gps_time, b.intensity, b.color)
        );
        assert_eq!(a.extra_bytes, b.extra_bytes);
    }
    let mut reader = CopcReader::from_path(&out).unwrap();
    let found = reader
        .query(LodSelection::All, BoundsSelection::All)
        .unwrap();
    assert_eq!(found.len(), 25_000);
}
