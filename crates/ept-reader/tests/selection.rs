//! What queries select, against brute force over all points.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use ept_reader::{
    Area, Bounds, Crs, Dataset, Edge, Error, Filter, Length, Node, Query, SelectError, Thin, Tile,
    TileCache, Values,
};
use futures::TryStreamExt;

use support::{fixture, open, tiles};

/// Datasets of three encodings: two of the fixtures, and larger ones where samples are at hand.
async fn datasets() -> Vec<(String, Dataset)> {
    let mut datasets = Vec::new();
    for name in ["terrain", "laz-pf1", "binary"] {
        datasets.push((name.to_owned(), open(name).await));
    }
    for name in [
        "terrain-laz14",
        "epttools-ellipsoid-zst",
        "pdal-lone-star-laszip",
    ] {
        match sample(name) {
            Some(folder) => datasets.push((
                name.to_owned(),
                Dataset::open(folder.to_str().unwrap()).await.unwrap(),
            )),
            None => println!("skipped: no sample {name}"),
        }
    }
    datasets
}

fn sample(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("EPT_SAMPLES").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples"),
        PathBuf::from,
    );
    let folder = root.join("ept").join(name);
    folder.join("ept.json").exists().then_some(folder)
}

fn places(tiles: &[Tile]) -> Vec<[f64; 3]> {
    let points = tiles.iter().map(|tile| &tile.points);
    points
        .flat_map(|points| {
            (0..points.len()).map(|i| {
                [
                    points.x().unwrap()[i],
                    points.y().unwrap()[i],
                    points.z().unwrap()[i],
                ]
            })
        })
        .collect()
}

fn count(tiles: &[Tile]) -> usize {
    tiles.iter().map(|tile| tile.points.len()).sum()
}

fn float(tile: &Tile, name: &str) -> Vec<f64> {
    tile.points.values(name).and_then(Values::to_f64).unwrap()
}

#[tokio::test]
async fn thinning_keeps_the_nearest_to_each_centre() {
    for (name, dataset) in datasets().await {
        let all = places(&tiles(&dataset, &Query::new()).await);
        let extent = dataset.ept().unwrap().metadata().bounds();
        let edge = (extent.max()[0] - extent.min()[0]) / 37.3;
        for (thin, size) in [
            (Thin::squares(edge), [edge, edge, f64::INFINITY]),
            (Thin::cubes(edge), [edge; 3]),
        ] {
            let cell = |point: &[f64; 3]| {
                [0, 1, 2].map(|i| {
                    if size[i].is_finite() {
                        (point[i] / size[i]).floor() as i64
                    } else {
                        0
                    }
                })
            };
            let distance = |point: &[f64; 3]| -> f64 {
                let part = |i: usize| {
                    if size[i].is_finite() {
                        (point[i] / size[i]).rem_euclid(1.0) - 0.5
                    } else {
                        0.0
                    }
                };
                (0..3).map(|i| part(i).powi(2)).sum()
            };
            let mut expected: HashMap<[i64; 3], f64> = HashMap::new();
            for point in &all {
                let best = expected.entry(cell(point)).or_insert(f64::INFINITY);
                *best = best.min(distance(point));
            }
            let query = Query::new().with_thin(thin);
            let thinned = tiles(&dataset, &query).await;
            let found = places(&thinned);
            assert_eq!(found.len(), expected.len(), "{name}");
            for point in &found {
                let best = expected.remove(&cell(point)).expect("one point a cell");
                assert!((best - distance(point)).abs() < 1e-9, "{name}");
            }
            let again = tiles(&dataset, &query).await;
            assert_eq!(thinned, again, "{name}: the same on every run");
        }
    }
}

#[tokio::test]
async fn a_budget_is_kept_and_used_from_the_top() {
    for (name, dataset) in datasets().await {
        let extent = dataset
            .ept()
            .unwrap()
            .metadata()
            .bounds_conforming()
            .unwrap();
        let [x, y] = [0, 1].map(|i| extent.min()[i] + 0.7 * (extent.max()[i] - extent.min()[i]));
        let area = Bounds::new(extent.min(), [x, y, f64::INFINITY]).unwrap();
        for query in [Query::new(), Query::new().with_bounds(area)] {
            let nodes: Vec<Node> = dataset
                .select(&query)
                .unwrap()
                .nodes()
                .try_collect()
                .await
                .unwrap();
            let mut by_depth: BTreeMap<u32, u64> = BTreeMap::new();
            for node in &nodes {
                *by_depth.entry(node.depth().unwrap()).or_default() += node.points;
            }
            let total: u64 = by_depth.values().sum();
            let root = *by_depth.values().next().unwrap();
            for most in [root, root * 2, total / 2, total * 9 / 10, total, total + 1] {
                if most < root {
                    continue;
                }
                let limited = query.clone().with_max_points(most);
                let selection = dataset.select(&limited).unwrap();
                let kept: Vec<Node> = selection.nodes().try_collect().await.unwrap();
                let points: u64 = kept.iter().map(|node| node.points).sum();
                assert!(points <= most, "{name}");
                // Whole depths while they fit, then a part of one.
                let mut left = most;
                let mut partial = 0;
                for (depth, expected) in &by_depth {
                    let found: u64 = kept
                        .iter()
                        .filter(|node| node.depth().unwrap() == *depth)
                        .map(|node| node.points)
                        .sum();
                    if partial == 0 && *expected <= left {
                        assert_eq!(found, *expected, "{name}: depth {depth} of {most}");
                        left -= expected;
                    } else {
                        assert!(
                            partial == 0 || found == 0,
                            "{name}: depth {depth} after a partial one"
                        );
                        partial += 1;
                        // What was left out does not fit.
                        let rest = left - if partial == 1 { found } else { left };
                        let mut out = nodes
                            .iter()
                            .filter(|node| node.depth().unwrap() == *depth && !kept.contains(node));
                        assert!(partial > 1 || out.all(|node| node.points > rest), "{name}");
                    }
                }
                let found = count(&tiles(&dataset, &limited).await);
                assert!(found as u64 <= most);
            }
            let selection = dataset.select(&query.with_max_points(root - 1)).unwrap();
            let error = selection.nodes().try_next().await.unwrap_err();
            assert!(error.to_string().contains("coarsest depth"), "{error}");
        }
    }
}

#[tokio::test]
async fn conditions_select_what_they_say() {
    for (name, dataset) in datasets().await {
        let all = tiles(&dataset, &Query::new()).await;
        let middle = dataset
            .ept()
            .unwrap()
            .metadata()
            .bounds_conforming()
            .unwrap();
        let z = middle.min()[2] + (middle.max()[2] - middle.min()[2]) / 3.0;
        let above = format!("Z > {z}");
        // Intensity, Classification and Z.
        type Holds<'a> = &'a dyn Fn([f64; 3]) -> bool;
        let cases: [(&str, Holds); 4] = [
            ("Intensity >= 100 && Intensity < 700", &|[intensity, ..]| {
                (100.0..700.0).contains(&intensity)
            }),
            (&above, &|[.., height]| height > z),
            (
                "!(Classification == 2 || Intensity > 500)",
                &|[intensity, class, _]| class != 2.0 && intensity <= 500.0,
            ),
            ("Intensity > 70000", &|_| false),
        ];
        for (text, holds) in cases {
            let mut expected = Vec::new();
            for tile in &all {
                let columns = ["Intensity", "Classification", "Z"].map(|name| float(tile, name));
                let points = places(std::slice::from_ref(tile)).into_iter().enumerate();
                let rows = points.filter(|(i, _)| holds([0, 1, 2].map(|c| columns[c][*i])));
                expected.extend(rows.map(|(_, place)| place));
            }
            let filter: Filter = text.parse().unwrap();
            let query = Query::new()
                .with_filter(filter)
                .with_dimensions(["X", "Y", "Z"]);
            let found = tiles(&dataset, &query).await;
            assert!(found.iter().all(|tile| tile.points.columns().len() == 3));
            assert_eq!(places(&found), expected, "{name}: {text}");
        }
    }
}

#[tokio::test]
async fn an_unknown_dimension_of_a_condition_is_no_silence() {
    let dataset = open("laz-pf1").await;
    let query = Query::new().with_filter("Classificatio == 2".parse().unwrap());
    let error = dataset
        .select(&query)
        .unwrap()
        .points()
        .try_collect::<Vec<_>>()
        .await
        .unwrap_err();
    assert!(
        matches!(&error, Error::Select(SelectError::NoDimension { name, .. }) if name == "Classificatio"),
        "{error}"
    );
}

#[tokio::test]
async fn what_cells_rule_out_is_not_fetched() {
    let dataset = open("terrain").await;
    let query = Query::new().with_filter("Z > 1000".parse().unwrap());
    assert_eq!(count(&tiles(&dataset, &query).await), 0);
    assert_eq!(dataset.traffic().requests, 1, "ept.json alone");
}

#[tokio::test]
async fn half_open_tiles_part_a_dataset() {
    for (name, dataset) in datasets().await {
        let total = count(&tiles(&dataset, &Query::new()).await);
        for extent in [
            *dataset.ept().unwrap().metadata().bounds(),
            *dataset
                .ept()
                .unwrap()
                .metadata()
                .bounds_conforming()
                .unwrap(),
        ] {
            let mut found = 0;
            let edge = |axis: usize, at: usize| match at {
                3 => extent.max()[axis],
                at => {
                    extent.min()[axis]
                        + (extent.max()[axis] - extent.min()[axis]) * [0.0, 0.31, 0.5][at]
                }
            };
            for x in 0..3 {
                for y in 0..3 {
                    let (min, max) = (
                        [edge(0, x), edge(1, y), f64::NEG_INFINITY],
                        [edge(0, x + 1), edge(1, y + 1), f64::INFINITY],
                    );
                    let query = Query::new()
                        .with_bounds(Bounds::new(min, max).unwrap())
                        .with_edge(Edge::HalfOpen);
                    found += count(&tiles(&dataset, &query).await);
                }
            }
            let outside = places(&tiles(&dataset, &Query::new()).await)
                .iter()
                .filter(|place| {
                    (0..2).any(|i| place[i] < extent.min()[i] || place[i] > extent.max()[i])
                })
                .count();
            assert_eq!(found + outside, total, "{name}");
        }
    }
}

#[tokio::test]
async fn origins_are_found_by_number_path_name_or_part() {
    let dataset = open("terrain").await;
    let sources = dataset.ept().unwrap().source_files().await.unwrap();
    let path = sources[1].path.clone().unwrap();
    let file_name = path.rsplit('/').next().unwrap().to_owned();
    let stem = file_name.split('.').next().unwrap().to_owned();
    for text in ["1", &path, &file_name, &stem, &stem[stem.len() - 2..]] {
        assert_eq!(dataset.origin(text).await.unwrap().id, 1, "{text}");
    }
    let error = dataset.origin("flight").await.unwrap_err().to_string();
    assert!(
        error.contains("several sources match") && error.contains(&path),
        "{error}"
    );
    let error = dataset.origin("nothing").await.unwrap_err().to_string();
    assert!(
        error.contains("no source matches") && error.contains(&path),
        "{error}"
    );
    let error = open("float64")
        .await
        .origin("0")
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("does not list its sources"), "{error}");

    let all = tiles(&dataset, &Query::new()).await;
    for (id, source) in sources.iter().enumerate() {
        let origin = dataset.origin(&id.to_string()).await.unwrap();
        let found = tiles(&dataset, &Query::new().with_origin(origin.clone())).await;
        let expected: usize = all
            .iter()
            .map(|tile| {
                float(tile, "OriginId")
                    .iter()
                    .filter(|own| **own == id as f64)
                    .count()
            })
            .sum();
        assert_eq!(count(&found), expected);
        assert_eq!(source.points, Some(expected as u64));

        let mut by_bounds = origin;
        by_bounds.by_bounds = true;
        assert!(count(&tiles(&dataset, &Query::new().with_origin(by_bounds)).await) >= expected);
    }
}

#[tokio::test]
async fn areas_in_degrees_select_by_their_own_edges() {
    let (utm, degrees) = (
        Crs::parse("EPSG:26915").unwrap(),
        Crs::parse("EPSG:4326").unwrap(),
    );
    for name in ["terrain", "binary"] {
        let dataset = open(name).await;
        let extent = dataset.ept().unwrap().metadata().bounds();
        let at = |share: f64| {
            [0, 1, 2].map(|i| extent.min()[i] + share * (extent.max()[i] - extent.min()[i]))
        };
        let [low, high] =
            [0.3, 0.6].map(|share| utm.to(&degrees).unwrap().apply(at(share)).unwrap());
        let area = Area::from_corners(
            [low[0], low[1], f64::NEG_INFINITY],
            [high[0], high[1], f64::INFINITY],
            Some(degrees.clone()),
        )
        .unwrap();
        let found = places(&tiles(&dataset, &Query::new().with_area(area)).await);
        let to_degrees = utm.to(&degrees).unwrap();
        let is_in = |place: &&[f64; 3]| {
            let [lon, lat, _] = to_degrees.apply(**place).unwrap();
            (low[0]..=high[0]).contains(&lon) && (low[1]..=high[1]).contains(&lat)
        };
        let all = places(&tiles(&dataset, &Query::new()).await);
        let expected: Vec<[f64; 3]> = all.iter().filter(is_in).copied().collect();
        assert!(!expected.is_empty() && expected.len() < all.len());
        assert_eq!(found, expected, "{name}");
    }
}

#[tokio::test]
async fn a_resolution_on_the_ground_counts_in_metres() {
    // Metres, with a scale of 0.9996 there: 1 m on the ground is 0.9996 units.
    let dataset = open("terrain").await;
    let metadata = dataset.ept().unwrap().metadata();
    let spacing = metadata.spacing(1);
    let depth = |metres: f64| {
        let query = Query::new().with_resolution(Length::from_metres(metres).unwrap());
        dataset.select(&query).unwrap().bound().depth()
    };
    assert_eq!(depth(spacing * 1.001), Some(1));
    assert_eq!(depth(spacing), Some(2));
    let unknown = open("float64").await;
    let query = Query::new().with_resolution(Length::from_metres(1.0).unwrap());
    assert!(unknown.select(&query).is_err());
}

#[tokio::test]
async fn coordinates_come_out_in_another_system() {
    let dataset = open("terrain").await;
    let (utm, degrees) = (
        Crs::parse("EPSG:26915").unwrap(),
        Crs::parse("EPSG:4326").unwrap(),
    );
    let found = tiles(&dataset, &Query::new().with_output_crs(degrees.clone())).await;
    let transform = utm.to(&degrees).unwrap();
    let expected: Vec<[f64; 3]> = places(&tiles(&dataset, &Query::new()).await)
        .into_iter()
        .map(|place| transform.apply(place).unwrap())
        .collect();
    assert_eq!(places(&found), expected);
    // A hundredth of a metre is about 1e-7 degrees; the step is no coarser.
    let scaling = found[0].points.scaling().unwrap();
    assert!(
        scaling.scale[0] <= 1.3e-7 && scaling.scale[0] >= 1e-9,
        "{scaling:?}"
    );
    for tile in &found {
        assert_eq!(tile.points.scaling(), Some(scaling));
        for (axis, values) in [tile.points.x().unwrap(), tile.points.y().unwrap()]
            .into_iter()
            .enumerate()
        {
            let steps = |value: &f64| ((value - scaling.offset[axis]) / scaling.scale[axis]).abs();
            assert!(
                values
                    .iter()
                    .all(|value| steps(value) < f64::from(i32::MAX))
            );
        }
    }
    let only = Query::new()
        .with_output_crs(degrees)
        .with_dimensions(["Y", "Intensity"]);
    let names: Vec<String> = tiles(&dataset, &only).await[0]
        .points
        .columns()
        .iter()
        .map(|c| c.name.to_string())
        .collect();
    assert_eq!(names, ["Y", "Intensity"]);
}

/// An addon for some nodes of a dataset: for each point its number, in 8 bytes; pages of one depth each.
async fn addon(dataset: &Dataset, folder: &Path) {
    let nodes: Vec<Node> = dataset
        .select(&Query::new())
        .unwrap()
        .nodes()
        .try_collect()
        .await
        .unwrap();
    for sub in ["ept-data", "ept-hierarchy"] {
        std::fs::create_dir_all(folder.join(sub)).unwrap();
    }
    std::fs::write(
        folder.join("ept-addon.json"),
        r#"{"type": "unsigned", "size": 8, "version": "1.0.0", "dataType": "binary"}"#,
    )
    .unwrap();
    for node in &nodes {
        let mut entries = vec![format!("\"{}\": {}", node.name, node.points)];
        let children = nodes
            .iter()
            .filter(|other| other.key().unwrap().parent() == node.key());
        entries.extend(
            children
                .filter(|child| child.key().unwrap().x() % 2 == 0)
                .map(|child| format!("\"{}\": -1", child.name)),
        );
        std::fs::write(
            folder.join(format!("ept-hierarchy/{}.json", node.name)),
            format!("{{{}}}", entries.join(",")),
        )
        .unwrap();
        let values: Vec<u8> = (0..node.points)
            .flat_map(|i| (u64::MAX - i).to_le_bytes())
            .collect();
        std::fs::write(folder.join(format!("ept-data/{}.bin", node.name)), values).unwrap();
    }
}

#[tokio::test]
async fn addons_take_the_place_of_dimensions() {
    let folder = tempfile::tempdir().unwrap();
    let plain = open("laz-pf1").await;
    addon(&plain, folder.path()).await;
    let place = folder.path().to_str().unwrap();
    let dataset = plain.clone().with_addon("Intensity", place).await.unwrap();
    let extent = plain.ept().unwrap().metadata().bounds();
    let middle = [0, 1].map(|i| extent.min()[i] + (extent.max()[i] - extent.min()[i]) / 2.0);
    let half = Bounds::new(
        [extent.min()[0], extent.min()[1], f64::NEG_INFINITY],
        [middle[0], middle[1], f64::INFINITY],
    )
    .unwrap();
    let whole = tiles(&plain, &Query::new()).await;
    for query in [
        Query::new(),
        Query::new().with_bounds(half),
        Query::new().with_dimensions(["Intensity", "X", "Y", "Z"]),
    ] {
        let expected = tiles(&plain, &query).await;
        let found = tiles(&dataset, &query).await;
        assert_eq!(places(&found), places(&expected));
        let mut both = [0, 0];
        for tile in &found {
            let key = tile.node.key().unwrap();
            let plain = whole.iter().find(|tile| tile.node.name == key).unwrap();
            // Nodes are reached by even x at each depth.
            let has = (1..=key.depth()).all(|depth| key.ancestor(depth).x() % 2 == 0);
            both[usize::from(has)] += 1;
            match tile.points.values("Intensity").unwrap() {
                Values::U64(values) if has => {
                    let all = &plain.points;
                    for (i, value) in values.iter().enumerate() {
                        let row = (u64::MAX - value) as usize;
                        assert_eq!(
                            (tile.points.x().unwrap()[i], tile.points.y().unwrap()[i]),
                            (all.x().unwrap()[row], all.y().unwrap()[row])
                        );
                    }
                }
                values => assert!(
                    !has && values.scalar() != ept_reader::ScalarType::U64,
                    "{key}"
                ),
            }
        }
        assert!(both.iter().all(|count| *count > 0));
    }

    std::fs::write(
        folder.path().join("ept-hierarchy/0-0-0-0.json"),
        "{\"0-0-0-0\": 1}",
    )
    .unwrap();
    let dataset = plain.clone().with_addon("Intensity", place).await.unwrap();
    let mut tiles = dataset.select(&Query::new()).unwrap().points();
    let error = tiles.try_next().await.unwrap_err();
    assert!(
        error.loss().is_some() && error.to_string().contains("0-0-0-0"),
        "{error}"
    );

    let missing = fixture("terrain");
    let error = plain
        .with_addon("Intensity", missing.to_str().unwrap())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("ept-addon.json"), "{error}");
}

#[tokio::test]
async fn a_single_tile_has_its_addons() {
    let folder = tempfile::tempdir().unwrap();
    let plain = open("laz-pf1").await;
    addon(&plain, folder.path()).await;
    let place = folder.path().to_str().unwrap();
    let dataset = plain.with_addon("Intensity", place).await.unwrap();
    let mut nodes = dataset.select(&Query::new()).unwrap().nodes();
    let root = nodes.try_next().await.unwrap().unwrap();
    let tile = dataset.tile(&root).await.unwrap();
    let values = (0..root.points).map(|i| u64::MAX - i).collect();
    assert_eq!(tile.values("Intensity"), Some(&Values::U64(values)));
}

#[tokio::test]
async fn addons_are_in_the_account_and_read_only_the_pages_on_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let plain = open("laz-pf1").await;
    addon(&plain, folder.path()).await;
    let place = folder.path().to_str().unwrap();
    let before = plain.traffic().requests;
    let dataset = plain.with_addon("Intensity", place).await.unwrap();
    let opened = dataset.traffic().requests;
    assert_eq!(opened - before, 2, "ept-addon.json and the root page");
    tiles(&dataset, &Query::new().with_depth(0)).await;
    let read = dataset.traffic().requests;
    assert_eq!(
        read - opened,
        3,
        "a page and a tile, and the tile of the addon"
    );
    tiles(&dataset, &Query::new()).await;
    let mut pages = std::fs::read_dir(folder.path().join("ept-hierarchy")).unwrap();
    assert!(pages.by_ref().count() > 3, "the addon has pages below");
    assert!(dataset.traffic().requests > read + 3);
}

#[tokio::test]
async fn a_dimension_is_found_by_any_of_its_names() {
    let dataset = open("laz-pf8").await;
    let schema = dataset.frame().dimension("Infrared").unwrap();
    let mean = schema.statistics.as_ref().unwrap().mean.unwrap();
    let mut counts = Vec::new();
    for name in ["Infrared", "infrared", "NIR", "nir"] {
        let filter: Filter = format!("{name} > {mean}").parse().unwrap();
        for query in [Query::new(), Query::new().with_dimensions([name, "X"])] {
            let found = tiles(&dataset, &query.with_filter(filter.clone())).await;
            counts.push(count(&found));
        }
    }
    let all = count(&tiles(&dataset, &Query::new()).await);
    assert!(counts[0] > 0 && counts[0] < all);
    assert!(counts.iter().all(|other| *other == counts[0]), "{counts:?}");

    let cache = TileCache::with_dimensions(1 << 26, ["classification", "nir"]);
    let mut nodes = dataset.select(&Query::new()).unwrap().nodes();
    let root = nodes.try_next().await.unwrap().unwrap();
    let tile = cache.tile(&dataset, &root).await.unwrap();
    for name in ["Classification", "Infrared"] {
        assert!(tile.points().values(name).is_some(), "{name}");
    }
}
