//! Profiles along a line.

use ept_reader::{Area, PointBatch, Query};
use futures::TryStreamExt;
use reqwest::StatusCode;
use serde_json::json;

use crate::support::{Page, fixture, open};

/// From west to east, in UTM, whose scale is 0.9996 there.
const LINE: [[f64; 2]; 2] = [[500_050.0, 4_650_200.0], [500_350.0, 4_650_200.0]];

/// Distance, height, class and colour of the points within two metres of the line, by hand.
async fn by_hand(query: &Query) -> Vec<[f64; 6]> {
    let dataset = open(&fixture("terrain")).await;
    let tiles = dataset.select(query).unwrap().points();
    let tiles: Vec<_> = tiles.try_collect().await.unwrap();
    let column = |points: &PointBatch, name: &str| points.find(name).unwrap().to_f64().unwrap();
    let mut rows = Vec::new();
    for points in tiles.into_iter().map(|tile| tile.points) {
        let names = ["X", "Y", "Z", "Classification", "Red", "Green", "Blue"];
        let columns = names.map(|name| column(&points, name));
        for at in 0..points.len() {
            let [x, y, z, class, red, green, blue] = columns.each_ref().map(|column| column[at]);
            let is_near = (y - LINE[0][1]).abs() <= 2.0 && (LINE[0][0]..=LINE[1][0]).contains(&x);
            if is_near {
                let [red, green, blue] = [red, green, blue].map(|v| (v * 255.0 / 65_535.0).round());
                rows.push([(x - LINE[0][0]) / 0.9996, z, class, red, green, blue]);
            }
        }
    }
    rows
}

/// The depth of the deepest node at the line, of those that the generator lists.
fn deepest() -> u32 {
    let text = std::fs::read(fixture("terrain").join("truth.json")).unwrap();
    let truth: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let depths = truth["nodes"]
        .as_object()
        .unwrap()
        .keys()
        .filter_map(|key| {
            let numbers: Vec<u32> = key.split('-').map(|part| part.parse().unwrap()).collect();
            let side = 512.0 / f64::from(1 << numbers[0]);
            let [x, y] = [
                500_000.0 + side * f64::from(numbers[1]),
                4_650_000.0 + side * f64::from(numbers[2]),
            ];
            let is_near = x <= LINE[1][0]
                && LINE[0][0] <= x + side
                && y <= LINE[0][1] + 2.0
                && LINE[0][1] - 2.0 <= y + side;
            is_near.then_some(numbers[0])
        });
    depths.max().unwrap()
}

fn sorted(mut rows: Vec<[f64; 6]>) -> Vec<[f64; 6]> {
    rows.sort_by(|a, b| {
        a[1..]
            .partial_cmp(&b[1..])
            .unwrap()
            .then(a[0].total_cmp(&b[0]))
    });
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_has_the_selected_points_near_the_line() {
    for query in [
        Query::new(),
        Query::new().with_filter("Classification == 2".parse().unwrap()),
    ] {
        let page = Page::open(&open(&fixture("terrain")).await, &query).await;
        let request = json!({ "line": LINE, "width": 4.0 / 0.9996, "budget": 100_000 });
        let answer = page.ask("profile", &request).await;
        assert_eq!(
            answer["columns"],
            json!(["distance", "z", "class", "red", "green", "blue"])
        );
        assert_eq!(
            (&answer["depth"], &answer["missing"]),
            (&json!(deepest()), &json!(0))
        );
        assert!((answer["length"].as_f64().unwrap() - 300.0 / 0.9996).abs() < 0.001);
        let found: Vec<[f64; 6]> = serde_json::from_value(answer["points"].clone()).unwrap();
        let expected = by_hand(&query).await;
        assert!(expected.len() > 50, "{}", expected.len());
        assert_eq!(found.len(), expected.len());
        for (found, expected) in sorted(found).iter().zip(sorted(expected)) {
            assert!(
                (found[0] - expected[0]).abs() < 0.01,
                "{found:?} {expected:?}"
            );
            assert_eq!(found[1..], expected[1..]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_makes_it_shallower() {
    let page = Page::open(&open(&fixture("terrain")).await, &Query::new()).await;
    let ask = async |budget: u64| {
        let request = json!({ "line": LINE, "width": 4, "budget": budget });
        page.ask("profile", &request).await
    };
    let (some, all) = (ask(5_000).await, ask(100_000).await);
    let count = |answer: &serde_json::Value| answer["points"].as_array().unwrap().len();
    assert!(some["depth"].as_u64() < all["depth"].as_u64());
    assert!((1..count(&all)).contains(&count(&some)));
    // Not even the root fits.
    let request = json!({ "line": LINE, "width": 4, "budget": 1 });
    let response = page.post("profile", request.to_string()).await;
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_has_the_same_points() {
    let query = Query::new().with_filter("ReturnNumber == 1".parse().unwrap());
    let page = Page::open(&open(&fixture("terrain")).await, &query).await;
    let request = json!({ "line": LINE, "width": 4, "budget": 2_000_000 });
    let answer = page.ask("profile", &request).await;
    let [a, b] = LINE;
    let path = format!(
        "profile.csv?line={},{},{},{}&width=4",
        a[0], a[1], b[0], b[1]
    );
    let response = page.get(&path).await;
    assert_eq!(response.status(), StatusCode::OK);
    let disposition = response.headers()["content-disposition"].to_str().unwrap();
    assert!(disposition.contains("attachment"), "{disposition}");
    let text = response.text().await.unwrap();
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    assert_eq!(names[..2], ["Distance", "Offset"]);
    let position = |name: &str| names.iter().position(|known| *known == name).unwrap();
    let (z, number) = (position("Z"), position("ReturnNumber"));
    let rows: Vec<Vec<f64>> = lines
        .map(|line| {
            line.split(',')
                .map(|field| field.parse().unwrap())
                .collect()
        })
        .collect();
    assert!(rows.iter().all(|row| row[number] == 1.0));
    let points = answer["points"].as_array().unwrap();
    assert_eq!(rows.len(), points.len());
    for (row, point) in rows.iter().zip(points) {
        assert_eq!(row[z], point[1].as_f64().unwrap());
        assert!((row[0] - point[0].as_f64().unwrap()).abs() <= 0.0005);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_that_are_none_are_refused() {
    let page = Page::open(&open(&fixture("terrain")).await, &Query::new()).await;
    for (line, width) in [
        (json!([]), json!(1)),
        (json!([[1, 1]]), json!(1)),
        (json!([[1, 1], [1, 1]]), json!(1)),
        (json!(LINE), json!(0)),
        (json!(LINE), json!(-1)),
        (json!(LINE), json!(null)),
    ] {
        let request = json!({ "line": line, "width": width, "budget": 1000 });
        let status = page.post("profile", request.to_string()).await.status();
        assert_eq!(status, StatusCode::BAD_REQUEST, "{request}");
    }
    for query in [
        "line=1,2,3&width=1",
        "line=a&width=1",
        "line=1,1,inf,2&width=1",
        "line=1,1,2,2&width=NaN",
        "line=1,1,2,2",
    ] {
        let status = page.get(&format!("profile.csv?{query}")).await.status();
        assert_eq!(status, StatusCode::BAD_REQUEST, "{query}");
    }
    // Lengths on the ground need a coordinate system.
    let page = Page::open(&open(&fixture("float64")).await, &Query::new()).await;
    let request = json!({ "line": [[0, 0], [1, 1]], "width": 1, "budget": 1000 });
    let response = page.post("profile", request.to_string()).await;
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

/// An area of the selection bounds the profile too.
#[tokio::test(flavor = "multi_thread")]
async fn a_profile_is_within_the_selection() {
    let west = "POLYGON ((500000 4650000, 500200 4650000, 500200 4650512, 500000 4650512))";
    let query = Query::new().with_area(Area::from_text(west, None).unwrap());
    let page = Page::open(&open(&fixture("terrain")).await, &query).await;
    let request = json!({ "line": LINE, "width": 4, "budget": 100_000 });
    let answer = page.ask("profile", &request).await;
    let points = answer["points"].as_array().unwrap();
    assert!(!points.is_empty());
    let farthest = points
        .iter()
        .map(|point| point[0].as_f64().unwrap())
        .fold(0.0, f64::max);
    assert!((140.0..=150.1).contains(&farthest), "{farthest}");
}
