//! Picked points, longitudes and latitudes.

use ept_reader::{Bounds, Camera, Crs, Dataset, PointBatch, Query};
use futures::TryStreamExt;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Page, fixture, matrix_from_above, open};

const IMAGE: [f64; 2] = [1000.0, 1000.0];

/// Every point of the query with its node and its index among all points of the node.
async fn all(dataset: &Dataset, query: &Query) -> Vec<(String, PointBatch)> {
    let tiles = dataset.select(query).unwrap().points();
    let tiles: Vec<_> = tiles.try_collect().await.unwrap();
    tiles
        .into_iter()
        .map(|tile| (tile.node.name.to_string(), tile.points))
        .collect()
}

/// The pixel and height of each point, as the matrix has them.
fn projected(bounds: &Bounds, place: [f64; 3]) -> [f64; 2] {
    let (min, max) = (bounds.min(), bounds.max());
    [0, 1].map(|i| {
        let half = (max[i] - min[i]) * 0.51;
        let clip = (place[i] - (min[i] + max[i]) / 2.0) / half;
        let up = if i == 0 { clip } else { -clip };
        (up + 1.0) / 2.0 * IMAGE[i]
    })
}

fn pick(page: &Page, pixel: [f64; 2], classes: Value) -> Value {
    json!({
        "viewer": "page",
        "matrix": matrix_from_above(&page.dataset.frame().bounds),
        "viewport": IMAGE,
        "pixel": pixel,
        "classes": classes,
    })
}

/// What should be picked: of the points within two pixels the highest, else the nearest in pixels, at most eight away.
fn expected(points: &[(String, PointBatch)], bounds: &Bounds, pixel: [f64; 2]) -> Option<[f64; 3]> {
    let places = points.iter().flat_map(|(_, points)| points.places());
    let off = |place: &[f64; 3]| {
        let [x, y] = projected(bounds, *place);
        (x - pixel[0]).hypot(y - pixel[1])
    };
    let all: Vec<([f64; 3], f64)> = places.map(|place| (place, off(&place))).collect();
    let covering = all.iter().filter(|(_, off)| *off <= 2.0);
    let highest = covering.max_by(|a, b| a.0[2].total_cmp(&b.0[2]));
    let nearest = || {
        let near = all.iter().filter(|(_, off)| *off <= 8.0);
        // Of points above each other, the highest.
        near.min_by(|a, b| a.1.total_cmp(&b.1).then(b.0[2].total_cmp(&a.0[2])))
    };
    highest.or_else(nearest).map(|(place, _)| *place)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_point_on_top_is_picked_with_its_record() {
    let dataset = open(&fixture("terrain")).await;
    let bounds = dataset.frame().bounds;
    for query in [
        Query::new(),
        Query::new().with_filter("Classification == 2".parse().unwrap()),
    ] {
        let page = Page::open(&dataset, &query).await;
        page.look(&page.above("page")).await;
        let points = all(&dataset, &query).await;
        let mut found = 0;
        for step in 0..60 {
            let pixel = [
                f64::from(step) * 16.7 + 3.0,
                f64::from(step * 37 % 60) * 16.3 + 5.0,
            ];
            let answer = page.ask("pick", &pick(&page, pixel, json!(null))).await;
            let expected = expected(&points, &bounds, pixel);
            let Some(place) = expected else {
                assert!(answer.is_null(), "{pixel:?} {answer}");
                continue;
            };
            found += 1;
            let position = [0, 1, 2].map(|i| answer["position"][i].as_f64().unwrap());
            assert_eq!(position, place, "{pixel:?}");
            check_record(&dataset, &answer, place).await;
        }
        assert!(found > 20, "{found}");
    }
}

/// Checks that a record is that of the point, of all dimensions.
async fn check_record(dataset: &Dataset, answer: &Value, place: [f64; 3]) {
    let [x, y, z] = place;
    let here = Bounds::new([x, y, z], [x, y, z]).unwrap();
    let key = answer["key"].as_str().unwrap();
    let points = all(dataset, &Query::new().with_bounds(here)).await;
    let (_, points) = points
        .iter()
        .find(|(name, points)| name == key && !points.is_empty())
        .unwrap();
    let record = answer["record"].as_array().unwrap();
    let names: Vec<&str> = record
        .iter()
        .map(|field| field[0].as_str().unwrap())
        .collect();
    let columns: Vec<&str> = points
        .columns()
        .iter()
        .map(|column| &*column.name)
        .collect();
    assert_eq!(names, columns);
    // Several points may be at one place.
    let is_row = |row: usize| {
        points.columns().iter().zip(record).all(|(column, field)| {
            let value: f64 = field[1].as_str().unwrap().parse().unwrap();
            column.values.to_f64().unwrap()[row] == value
        })
    };
    assert!((0..points.len()).any(is_row), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_classes_that_are_shown_are_picked() {
    let dataset = open(&fixture("terrain")).await;
    let page = Page::open(&dataset, &Query::new()).await;
    page.look(&page.above("page")).await;
    let filter = "Classification in (2, 6)".parse().unwrap();
    let points = all(&dataset, &Query::new().with_filter(filter)).await;
    for step in 0..30 {
        let pixel = [f64::from(step) * 33.0, f64::from(step * 7 % 30) * 33.0];
        let answer = page.ask("pick", &pick(&page, pixel, json!([2, 6]))).await;
        let expected = expected(&points, &dataset.frame().bounds, pixel);
        let position = expected.map_or(json!(null), |place| json!(place));
        assert_eq!(answer["position"], position);
    }
    assert!(
        page.ask("pick", &pick(&page, [500.0, 500.0], json!([])))
            .await
            .is_null()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_never_looked_picks_nothing() {
    let page = Page::open(&open(&fixture("terrain")).await, &Query::new()).await;
    let response = page
        .post("pick", pick(&page, [1.0, 1.0], json!(null)).to_string())
        .await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
}

/// The camera of the tests is that of the library.
#[test]
fn the_matrix_of_the_tests_is_a_view_from_above() {
    let bounds = Bounds::new([500.0, 100.0, -3.0], [700.0, 300.0, 197.0]).unwrap();
    let matrix = matrix_from_above(&bounds);
    let rows = [0, 1, 2, 3].map(|i| [0, 1, 2, 3].map(|j| matrix[4 * i + j]));
    let camera = Camera::from_matrix(rows, IMAGE).unwrap();
    for place in [[510.0, 120.0, 0.0], [690.0, 250.0, 100.0]] {
        let [x, y, _] = camera.project(place).unwrap();
        let expected = projected(&bounds, place);
        assert!((x - expected[0]).abs() < 1e-6 && (y - expected[1]).abs() < 1e-6);
    }
    let depth = |z: f64| camera.project([600.0, 200.0, z]).unwrap()[2];
    assert!(depth(100.0) < depth(0.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn longitudes_and_latitudes() {
    let page = Page::open(&open(&fixture("terrain")).await, &Query::new()).await;
    let answer = page
        .ask(
            "lonlat",
            &json!({ "points": [[500_000, 4_650_000], [1e300, 0]] }),
        )
        .await;
    // On the central meridian of UTM zone 15, at the distance from the equator that the meridian has there; the same
    // as `cs2cs EPSG:26915 EPSG:4326` says.
    let [lon, lat] = [0, 1].map(|i| answer["lonlat"][0][i].as_f64().unwrap());
    assert!((lon + 93.0).abs() < 1e-9, "{lon}");
    assert!((42.0..42.01).contains(&lat), "{lat}");
    let back = Crs::wgs84()
        .unwrap()
        .to(&page.dataset.frame().crs().unwrap())
        .unwrap();
    let [x, y, _] = back.apply([lon, lat, 0.0]).unwrap();
    assert!((x - 500_000.0).abs() < 0.001 && (y - 4_650_000.0).abs() < 0.001);
    assert!(answer["lonlat"][1].is_null());
    // A dataset without a coordinate system has no place on Earth.
    let page = Page::open(&open(&fixture("float64")).await, &Query::new()).await;
    let answer = page.ask("lonlat", &json!({ "points": [[0, 0]] })).await;
    assert_eq!(answer, json!({ "lonlat": [null] }));
}
