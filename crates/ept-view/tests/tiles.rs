//! What the page draws at full depth is what a query returns.

use std::collections::BTreeMap;

use ept_job::{Format, OnError, Output, Pass, write_points};
use ept_reader::{Area, Bounds, Dataset, Edge, PointBatch, Query};
use futures::TryStreamExt;
use reqwest::StatusCode;

use crate::support::{Page, Point, Tile, fixture, keys, open};

/// The points that a query returns, by node.
async fn queried(dataset: &Dataset, query: &Query) -> BTreeMap<String, PointBatch> {
    let tiles = dataset.select(query).unwrap().points();
    let tiles: Vec<_> = tiles.try_collect().await.unwrap();
    let tiles = tiles.into_iter().filter(|tile| !tile.points.is_empty());
    tiles
        .map(|tile| (tile.node.name.to_string(), tile.points))
        .collect()
}

/// The points that the page draws, by node.
async fn drawn(page: &Page, color: &str) -> BTreeMap<String, Tile> {
    let look = page.look(&page.above("page")).await;
    assert_eq!(look["losses"].as_array().unwrap().len(), 0);
    let mut tiles = BTreeMap::new();
    for key in keys(&look) {
        let tile = page.tile(&key, color).await;
        if !tile.points.is_empty() {
            tiles.insert(key, tile);
        }
    }
    tiles
}

fn numbers(points: &PointBatch, name: &str) -> Vec<f64> {
    let values = points.find(name).and_then(ept_reader::Values::to_f64);
    values.unwrap_or_else(|| vec![0.0; points.len()])
}

/// Checks that a tile has these points, in order.
fn check(key: &str, tile: &Tile, points: &PointBatch) {
    assert_eq!(tile.points.len(), points.len(), "{key}");
    let axes = ["X", "Y", "Z"].map(|name| numbers(points, name));
    let classes = numbers(points, "Classification");
    let returns = ["ReturnNumber", "NumberOfReturns"].map(|name| numbers(points, name));
    for (at, point) in tile.points.iter().enumerate() {
        for (i, axis) in axes.iter().enumerate() {
            // Half a step, and the rounding of coordinates in the millions.
            let most = tile.step[i] / 2.0 + 1e-6;
            let off = (point.position[i] - axis[at]).abs();
            assert!(off <= most, "{key}, point {at}: {off} off");
        }
        assert_eq!(f64::from(point.class), classes[at], "{key}, point {at}");
        assert_eq!(f64::from(point.return_number), returns[0][at].min(15.0));
        assert_eq!(f64::from(point.returns), returns[1][at].min(15.0));
    }
}

async fn check_all(dataset: &Dataset, query: &Query) -> usize {
    let page = Page::open(dataset, query).await;
    let (drawn, queried) = (drawn(&page, "height").await, queried(dataset, query).await);
    assert_eq!(Vec::from_iter(drawn.keys()), Vec::from_iter(queried.keys()));
    for (key, points) in &queried {
        check(key, &drawn[key], points);
    }
    queried.values().map(PointBatch::len).sum()
}

/// A COPC file of a fixture, in a folder of its own.
async fn copc(name: &str) -> (Dataset, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("points.copc.laz");
    let selection = open(&fixture(name)).await.select(&Query::new()).unwrap();
    let mut pass = Pass::new(selection, OnError::Fail);
    let output = Output::to_file(&path, Some(Format::Copc)).unwrap();
    write_points(&mut pass, output, |_| ()).await.unwrap();
    (open(&path).await, folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_encoding_is_drawn_as_it_is_read() {
    for (name, points) in [
        ("terrain", 25_000),
        ("binary", 1_500),
        ("zstandard", 1_500),
        ("float64", 1_500),
        ("wide-integers", 1_500),
        ("laz-pf0", 1_500),
        ("laz-pf6", 1_500),
        ("rootless", 1_144),
        ("zero-counts", 706),
    ] {
        let dataset = open(&fixture(name)).await;
        assert_eq!(check_all(&dataset, &Query::new()).await, points, "{name}");
    }
    let (dataset, _folder) = copc("terrain").await;
    assert_eq!(check_all(&dataset, &Query::new()).await, 25_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn selections_are_drawn_as_queries_read_them() {
    let dataset = open(&fixture("terrain")).await;
    let bounds = dataset.frame().extent();
    let (min, max) = (bounds.min(), bounds.max());
    let part = |axis: usize, share: f64| min[axis] + (max[axis] - min[axis]) * share;
    let low = [part(0, 0.2), part(1, 0.3), part(2, 0.1)];
    let high = [part(0, 0.6), part(1, 0.7), part(2, 0.8)];
    let inner = Bounds::new(low, high).unwrap();
    let triangle = format!(
        "POLYGON (({} {}, {} {}, {} {}, {0} {1}))",
        min[0], min[1], max[0], min[1], max[0], max[1]
    );
    let triangle = Area::from_text(&triangle, None).unwrap();
    // An edge that runs through points: those of a query's own result.
    let found = queried(&dataset, &Query::new().with_depth(0)).await;
    let [x, y] = ["X", "Y"].map(|name| numbers(&found["0-0-0-0"], name)[0]);
    let at_points = Bounds::from_2d([x, min[1]], [max[0], y]).unwrap();
    let ground = "Classification == 2 && ReturnNumber == 1";
    let origin = dataset.origin("0").await.unwrap();
    let queries = [
        Query::new().with_bounds(inner),
        Query::new().with_area(triangle.clone()),
        Query::new().with_bounds(at_points),
        Query::new()
            .with_bounds(at_points)
            .with_edge(Edge::HalfOpen),
        Query::new().with_filter(ground.parse().unwrap()),
        Query::new().with_filter("Synthetic == 0 && Z > 0".parse().unwrap()),
        Query::new().with_origin(origin),
        Query::new().with_depth(2),
        Query::new().with_any_of(vec![Area::from(inner), triangle]),
        Query::new()
            .with_bounds(inner)
            .with_filter(ground.parse().unwrap())
            .with_depth(3),
    ];
    for query in queries {
        let points = check_all(&dataset, &query).await;
        assert!(
            (1..25_000).contains(&points) || query.filter().is_some(),
            "{query}: {points}"
        );
    }
}

/// Dimensions that the schema lacks and the tiles have, see the README of the fixtures.
#[tokio::test(flavor = "multi_thread")]
async fn a_condition_may_name_what_only_tiles_have() {
    let dataset = open(&fixture("laz-pf0")).await;
    assert!(dataset.frame().dimension("Withheld").is_none());
    let mut found = Vec::new();
    for value in 0..2 {
        let filter = format!("Withheld == {value}").parse().unwrap();
        found.push(check_all(&dataset, &Query::new().with_filter(filter)).await);
    }
    assert_eq!(found.iter().sum::<usize>(), 1_500);
    assert!(found.iter().all(|points| *points > 0), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn colours_are_of_eight_bits() {
    for name in ["terrain", "laz-pf2", "laz-pf7", "binary"] {
        let dataset = open(&fixture(name)).await;
        let page = Page::open(&dataset, &Query::new()).await;
        let (drawn, queried) = (
            drawn(&page, "rgb").await,
            queried(&dataset, &Query::new()).await,
        );
        let channels = ["Red", "Green", "Blue"];
        let all = |name: &str| {
            queried
                .values()
                .flat_map(|points| numbers(points, name))
                .collect::<Vec<_>>()
        };
        let most = channels
            .iter()
            .flat_map(|name| all(name))
            .fold(0.0, f64::max);
        let full = if most > 255.0 { 65_535.0 } else { 255.0 };
        for (key, points) in &queried {
            let values = channels.map(|name| numbers(points, name));
            for (at, point) in drawn[key].points.iter().enumerate() {
                let expected = [0, 1, 2].map(|i| (values[i][at] * 255.0 / full).round() as u8);
                assert_eq!(point.tint[..3], expected, "{name} {key}, point {at}");
                assert_eq!(point.tint[3], 255);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_colours_are_numbers() {
    let dataset = open(&fixture("terrain")).await;
    let page = Page::open(&dataset, &Query::new()).await;
    let description = page.description().await;
    let start = description["limits"]["time"][0].as_f64().unwrap();
    let queried = queried(&dataset, &Query::new()).await;
    for (color, name, from) in [
        ("intensity", "Intensity", 0.0),
        ("source", "PointSourceId", 0.0),
        ("time", "GpsTime", start),
    ] {
        let drawn = drawn(&page, color).await;
        for (key, points) in &queried {
            let values = numbers(points, name);
            let found = drawn[key].points.iter().map(Point::number);
            let expected = values.into_iter().map(|value| (value - from) as f32);
            assert!(found.eq(expected), "{color} {key}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_browser_keeps_tiles() {
    let page = Page::open(&open(&fixture("terrain")).await, &Query::new()).await;
    page.look(&page.above("page")).await;
    let path = "tile/0-0-0-0?color=rgb";
    let first = page.get(path).await;
    let header = |name: &str| first.headers()[name].to_str().unwrap().to_owned();
    assert!(header("cache-control").contains("immutable"));
    let tag = header("etag");
    let url = format!("{}{path}", page.url);
    for tags in [
        tag.clone(),
        format!("W/{tag}"),
        format!("\"other\", {tag}"),
        "*".into(),
    ] {
        let again = page
            .client
            .get(&url)
            .header("if-none-match", &tags)
            .send()
            .await
            .unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{tags}");
        assert_eq!(again.headers()["etag"], tag.as_str());
        assert!(again.bytes().await.unwrap().is_empty());
    }
    let other = page.client.get(&url).header("if-none-match", "\"other\"");
    assert_eq!(other.send().await.unwrap().status(), StatusCode::OK);
    // Other colours and other nodes have other tags.
    for path in ["tile/0-0-0-0?color=class", "tile/1-0-0-0?color=rgb"] {
        assert_ne!(page.get(path).await.headers()["etag"], tag.as_str());
    }
}
