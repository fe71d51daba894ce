//! Work units: disjoint, together the selection, and read without asking for anything but tiles.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;

use ept_reader::{
    Area, Bounds, Crs, Cut, Dataset, Engine, Opening, Options, PointBatch, Query, Selection,
    Spacing, Unit, Values,
};
use futures::TryStreamExt;
use proptest::prelude::*;

use crate::support::point_files::{copc_of, laz_of};
use crate::support::server::{Server, file, ranged};
use crate::support::{fixture, open};

fn engine() -> Engine {
    Engine::new(&Options::default())
}

fn cut(units: usize) -> Cut {
    Cut::by_nodes(units.try_into().unwrap())
}

fn cut_by_area(units: usize, halo: Option<f64>) -> Cut {
    Cut::by_area(units.try_into().unwrap(), halo.map(Spacing::Units))
}

/// The points of a selection as rows of numbers.
async fn rows(selection: &Selection, names: &[&str]) -> Vec<Vec<u64>> {
    let tiles: Vec<_> = selection.points().try_collect().await.unwrap();
    tiles
        .iter()
        .flat_map(|tile| rows_of(&tile.points, names))
        .collect()
}

fn rows_of(points: &PointBatch, names: &[&str]) -> Vec<Vec<u64>> {
    let bits = |values: &Values, row: usize| match values {
        Values::F64(values) => values[row].to_bits(),
        Values::U8(values) => values[row].into(),
        Values::U16(values) => values[row].into(),
        Values::U32(values) => values[row].into(),
        other => panic!("{other:?}"),
    };
    let columns: Vec<&Values> = names
        .iter()
        .map(|name| points.find(name).unwrap())
        .collect();
    (0..points.len())
        .map(|row| columns.iter().map(|values| bits(values, row)).collect())
        .collect()
}

const NAMES: [&str; 4] = ["X", "Y", "Z", "Intensity"];

fn sorted(mut rows: Vec<Vec<u64>>) -> Vec<Vec<u64>> {
    rows.sort();
    rows
}

/// The unit as it is after it was a text.
fn sent(unit: &Unit) -> Unit {
    let text = unit.to_string();
    assert!(!text.contains('\n'));
    let read: Unit = text.parse().unwrap();
    assert_eq!(&read, unit);
    read
}

fn queries() -> Vec<Query> {
    let part = Bounds::from_2d([500_100.0, 4_650_050.0], [500_400.0, 4_650_300.0]).unwrap();
    let area: Area = "POLYGON ((500100 4650050, 500450 4650100, 500300 4650400, 500100 4650050))"
        .parse()
        .unwrap();
    vec![
        Query::new(),
        Query::new().with_bounds(part),
        Query::new()
            .with_area(area)
            .with_filter("Intensity > 100".parse().unwrap()),
        Query::new()
            .with_depth(1)
            .with_output_crs(Crs::parse("EPSG:4326").unwrap()),
        Query::new().with_max_points(5000),
    ]
}

#[tokio::test]
async fn units_by_nodes_are_the_selection_in_its_order() {
    let dataset = open("terrain").await;
    for query in queries() {
        let selection = dataset.select(&query).unwrap();
        let expected = rows(&selection, &NAMES).await;
        for count in [1, 2, 3, 7, 1000] {
            let units = selection.units(&cut(count)).await.unwrap();
            assert!(units.len() <= count);
            let mut found = Vec::new();
            for (index, unit) in units.iter().enumerate() {
                assert_eq!(
                    (unit.index() as usize, unit.of() as usize),
                    (index, units.len())
                );
                assert_eq!(unit.job(), units[0].job());
                found.extend(rows(&sent(unit).select(&engine()).unwrap(), &NAMES).await);
            }
            assert!(found == expected, "{query} in {count} units");
        }
    }
}

#[tokio::test]
async fn units_by_area_are_the_selection_and_flag_their_halo() {
    let dataset = open("terrain").await;
    for query in queries() {
        let selection = dataset.select(&query).unwrap();
        let expected = sorted(rows(&selection, &NAMES).await);
        for (count, halo) in [(1, None), (4, None), (7, Some(8.0)), (30, Some(1.0))] {
            let units = selection.units(&cut_by_area(count, halo)).await.unwrap();
            assert!(units.len() <= count);
            let (mut own, mut halos) = (Vec::new(), 0);
            for unit in &units {
                let selection = sent(unit).select(&engine()).unwrap();
                let names = match halo {
                    Some(_) => &[&NAMES[..], &[Unit::HALO]].concat()[..],
                    None => &NAMES,
                };
                for row in rows(&selection, names).await {
                    if row.get(NAMES.len()) == Some(&1) {
                        halos += 1;
                    } else {
                        own.push(row[..NAMES.len()].to_vec());
                    }
                }
            }
            assert!(sorted(own) == expected, "{query} in {count} units");
            assert!(
                units.len() == 1 || halo.is_none() || halos > 0,
                "{query} in {count} units: no halo"
            );
        }
    }
}

/// Each unit has all points of the dataset as far as the halo from its own ones.
#[tokio::test]
async fn a_halo_is_complete() {
    const HALO: f64 = 12.0;
    let dataset = open("terrain").await;
    let selection = dataset.select(&Query::new()).unwrap();
    let place = |row: &[u64]| [0, 1].map(|axis| f64::from_bits(row[axis]));
    let all: Vec<[f64; 2]> = rows(&selection, &NAMES)
        .await
        .iter()
        .map(|row| place(row))
        .collect();
    let units = selection.units(&cut_by_area(6, Some(HALO))).await.unwrap();
    assert!(units.len() > 3);
    for unit in &units {
        let read = rows(&unit.select(&engine()).unwrap(), &["X", "Y", Unit::HALO]).await;
        let own: Vec<[f64; 2]> = read
            .iter()
            .filter(|row| row[2] == 0)
            .map(|row| place(row))
            .collect();
        let mut found: Vec<_> = read.iter().map(|row| [row[0], row[1]]).collect();
        found.sort_unstable();
        let is_near = |a: &[f64; 2], b: &[f64; 2]| (0..2).all(|i| (a[i] - b[i]).abs() < HALO);
        for near in all
            .iter()
            .filter(|one| own.iter().any(|own| is_near(one, own)))
        {
            assert!(
                found.binary_search(&near.map(f64::to_bits)).is_ok(),
                "{near:?}"
            );
        }
    }
}

/// The fixture as several sources: an octree, a file with an octree and one without, each with the same points.
async fn several(folder: &Path) -> Vec<String> {
    std::fs::write(folder.join("octree.laz"), copc_of("laz-pf7").await).unwrap();
    std::fs::write(folder.join("plain.laz"), laz_of("laz-pf7", 3).await).unwrap();
    let here = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    vec![
        fixture("laz-pf7").to_str().unwrap().to_owned(),
        here("octree.laz"),
        here("plain.laz"),
    ]
}

#[tokio::test]
async fn units_of_several_sources_are_the_selection_in_its_order() {
    let folder = tempfile::tempdir().unwrap();
    let locations = several(folder.path()).await;
    let dataset = Dataset::open_all(&locations, &engine(), &Opening::default())
        .await
        .unwrap();
    let names = ["X", "Y", "Z", "Red", "Source"];
    let selection = dataset
        .select(&Query::new().with_source_id("Source"))
        .unwrap();
    let expected = rows(&selection, &names).await;
    for count in [1, 2, 5, 40] {
        let mut found = Vec::new();
        for unit in selection.units(&cut(count)).await.unwrap() {
            found.extend(rows(&sent(&unit).select(&engine()).unwrap(), &names).await);
        }
        assert!(found == expected, "{count} units");
    }
    let mut own = Vec::new();
    for unit in selection.units(&cut_by_area(4, None)).await.unwrap() {
        own.extend(rows(&sent(&unit).select(&engine()).unwrap(), &names).await);
    }
    assert!(sorted(own) == sorted(expected));
}

/// What was asked of the server: paths, with the range if there is one.
fn asked(server: &Server, after: usize) -> Vec<(String, Option<String>)> {
    let requests = server.requests().into_iter().skip(after);
    requests
        .map(|request| (request.path.clone(), request.headers.get("range").cloned()))
        .collect()
}

#[tokio::test]
async fn a_reader_of_a_unit_of_ept_asks_for_its_tiles_only() {
    let server = Server::files(fixture("terrain"));
    let dataset = Dataset::open(&server.url("/ept.json")).await.unwrap();
    let selection = dataset.select(&Query::new()).unwrap();
    let units = selection.units(&cut(3)).await.unwrap();
    for unit in &units {
        let before = server.requests().len();
        let tiles: Vec<_> = unit
            .select(&engine())
            .unwrap()
            .points()
            .try_collect()
            .await
            .unwrap();
        let mut expected: Vec<_> = tiles
            .iter()
            .map(|tile| (format!("/ept-data/{}.laz", tile.node.name), None))
            .collect();
        expected.sort();
        let mut asked = asked(&server, before);
        asked.sort();
        assert_eq!(asked, expected);
    }
}

#[tokio::test]
async fn a_reader_of_a_unit_of_files_asks_for_their_chunks_only() {
    let folder = tempfile::tempdir().unwrap();
    several(folder.path()).await;
    let root = folder.path().to_owned();
    let server = Server::start(move |request| ranged(request, file(&root, request)));
    let locations = ["/octree.laz", "/plain.laz"].map(|path| server.url(path));
    let dataset = Dataset::open_all(&locations, &engine(), &Opening::default())
        .await
        .unwrap();
    let selection = dataset.select(&Query::new()).unwrap();
    let units = selection.units(&cut(3)).await.unwrap();
    let before = server.requests().len();
    for unit in &units {
        let line: serde_json::Value = serde_json::from_str(&unit.to_string()).unwrap();
        let chunks: Vec<[u64; 2]> = line["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|node| node["chunks"].as_array().unwrap())
            .map(|chunk| [0, 1].map(|at| chunk[at].as_u64().unwrap()))
            .collect();
        let before = server.requests().len();
        rows(&unit.select(&engine()).unwrap(), &NAMES).await;
        for (path, range) in asked(&server, before) {
            let range = range.unwrap_or_else(|| panic!("{path} as a whole"));
            let (first, last) = range.trim_start_matches("bytes=").split_once('-').unwrap();
            let (first, end) = (
                first.parse::<u64>().unwrap(),
                last.parse::<u64>().unwrap() + 1,
            );
            assert!(
                chunks.iter().any(|chunk| chunk[0] == first),
                "{path} {range}"
            );
            assert!(
                chunks.iter().any(|chunk| chunk[0] + chunk[1] == end),
                "{path} {range}"
            );
        }
    }
    assert!(server.requests().len() > before);
}

#[tokio::test]
async fn secrets_of_a_location_are_refused_and_headers_left_out() {
    let server = Server::files(fixture("terrain"));
    let dataset = Dataset::open(&server.url("/ept.json?sig=tell-nobody"))
        .await
        .unwrap();
    let units = dataset.select(&Query::new()).unwrap().units(&cut(2)).await;
    let error = units.unwrap_err().to_string();
    assert!(
        error.contains("may be secret") && !error.contains("tell-nobody"),
        "{error}"
    );

    let mut options = Options::default();
    options
        .http
        .headers
        .push(("Authorization".into(), "tell-nobody".into()));
    let dataset = Dataset::open_with(&server.url("/ept.json"), &options)
        .await
        .unwrap();
    for unit in dataset
        .select(&Query::new())
        .unwrap()
        .units(&cut(2))
        .await
        .unwrap()
    {
        assert!(
            !unit.to_string().contains("tell-nobody")
                && !format!("{unit:?}").contains("tell-nobody")
        );
    }
}

#[tokio::test]
async fn a_selection_without_points_is_one_unit_without_nodes() {
    let dataset = open("terrain").await;
    let nowhere = Query::new().with_bounds(Bounds::from_2d([0.0, 0.0], [1.0, 1.0]).unwrap());
    for cut in [cut(5), cut_by_area(5, Some(2.0))] {
        let units = dataset.select(&nowhere).unwrap().units(&cut).await.unwrap();
        assert_eq!((units.len(), units[0].nodes()), (1, 0));
        assert!(
            rows(&sent(&units[0]).select(&engine()).unwrap(), &NAMES)
                .await
                .is_empty()
        );
    }
}

/// Units as text, of an octree of files and of a file.
fn texts() -> Vec<String> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let locations = several(folder.path()).await;
        let dataset = Dataset::open_all(&locations[1..], &engine(), &Opening::default())
            .await
            .unwrap();
        let mut units = dataset
            .select(&Query::new())
            .unwrap()
            .units(&cut(2))
            .await
            .unwrap();
        let terrain = open("terrain").await;
        units.extend(
            terrain
                .select(&Query::new())
                .unwrap()
                .units(&cut_by_area(2, Some(3.0)))
                .await
                .unwrap(),
        );
        units.iter().map(ToString::to_string).collect()
    })
}

#[test]
fn a_damaged_unit_is_refused_or_harmless() {
    let texts = texts();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let changes = (
        0..texts.len(),
        prop::collection::vec(
            (any::<prop::sample::Index>(), "[0-9a-z\"\\[\\],:{}-]{0,3}"),
            1..4,
        ),
    );
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(400));
    let result = runner.run(&changes, |(which, changes)| {
        let mut text = texts[which].clone().into_bytes();
        for (at, new) in changes {
            let at = at.index(text.len());
            let end = (at + new.len()).min(text.len());
            text.splice(at..end, new.bytes());
        }
        let Ok(text) = String::from_utf8(text) else {
            return Ok(());
        };
        let Ok(unit) = text.parse::<Unit>() else {
            return Ok(());
        };
        // The folders of the files are gone; what is read of the fixture may be an error.
        if let Ok(selection) = unit.select(&engine()) {
            let _ = runtime.block_on(async { selection.points().try_collect::<Vec<_>>().await });
        }
        Ok(())
    });
    result.unwrap();
}
