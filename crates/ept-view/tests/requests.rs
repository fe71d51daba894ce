//! Requests that are not those of the page.

use ept_reader::Query;
use proptest::prelude::*;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Page, fixture, open};

const PATHS: [&str; 5] = ["look", "pick", "lonlat", "command", "profile"];

async fn terrain() -> Page {
    Page::open(&open(&fixture("terrain")).await, &Query::new()).await
}

/// A look with one value replaced.
fn look_with(page: &Page, key: &str, value: Value) -> String {
    let mut look = page.above("page");
    look[key] = value;
    look.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_requests_are_refused_with_a_reason() {
    let page = terrain().await;
    let look = |key, value| ("look", look_with(&page, key, value));
    let mut matrix = vec![0.0; 16];
    let no_projection = json!(matrix);
    matrix[0] = f64::NAN;
    let nan = json!(matrix);
    let identity = page.above("page")["matrix"].clone();
    let pick = |pixel: Value| {
        let pick = json!({
            "viewer": "page", "matrix": identity, "viewport": [10, 10], "pixel": pixel,
        });
        ("pick", pick.to_string())
    };
    let bodies = [
        ("look", String::new()),
        ("look", "{".into()),
        ("look", "[]".into()),
        ("look", "null".into()),
        ("look", "[".repeat(100_000)),
        ("look", "{}".into()),
        look("unknown", json!(1)),
        look("viewer", json!("")),
        look("viewer", json!("../..")),
        look("viewer", json!("x".repeat(65))),
        look("matrix", json!([1, 2, 3])),
        look("matrix", no_projection),
        // JSON has no NaN: it is null.
        look("matrix", nan),
        (
            "look",
            look_with(&page, "minPixels", json!(0))
                .replace("\"minPixels\":0", "\"minPixels\":1e999"),
        ),
        (
            "look",
            look_with(&page, "minPixels", json!(0)).replace("\"minPixels\":0", "\"minPixels\":NaN"),
        ),
        look("viewport", json!([0, 100])),
        look("viewport", json!([-1, 100])),
        look("viewport", json!([1e9, 100])),
        look("viewport", json!([16_385, 100])),
        look("budget", json!(-1)),
        look("budget", json!(1e30)),
        look("maxDepth", json!(-1)),
        look("box", json!([1, 1, 0, 0])),
        look("box", json!([0, 0, 0])),
        pick(json!([1])),
        pick(json!(null)),
        ("lonlat", json!({ "points": [[1]] }).to_string()),
        (
            "lonlat",
            json!({ "points": vec![[0, 0]; 20_001] }).to_string(),
        ),
        ("lonlat", json!({ "points": [], "more": 1 }).to_string()),
        ("command", json!({ "box": [5, 0, 1, 1] }).to_string()),
        (
            "command",
            json!({ "polygon": [[0, 0], [1, 1]] }).to_string(),
        ),
        ("command", json!({ "classes": [256] }).to_string()),
        ("command", json!({ "resolution": 0 }).to_string()),
        ("command", json!({ "resolution": -1 }).to_string()),
        ("command", json!({ "output": "/etc/passwd" }).to_string()),
    ];
    for (path, body) in bodies {
        let response = page.post(path, body.clone()).await;
        let status = response.status();
        let shown = body.get(..200).unwrap_or(&body);
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path} {shown}");
        let answer: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        assert!(
            !answer["error"].as_str().unwrap().is_empty(),
            "{path} {shown}"
        );
    }
    for path in [
        "tile/0-0-0-0",
        "tile/0-0-0-0?color=",
        "tile/0-0-0-0?color=rgb&more=1",
        "arrivals?viewer=page",
    ] {
        assert_eq!(
            page.get(path).await.status(),
            StatusCode::BAD_REQUEST,
            "{path}"
        );
    }
    for path in [
        "tile/0-0-0?color=rgb",
        "tile/0-1-0-0?color=rgb",
        "tile/%00?color=rgb",
        "tile/-1-0-0-0?color=rgb",
    ] {
        assert_eq!(
            page.get(path).await.status(),
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    // It still answers.
    page.look(&page.above("page")).await;
}

/// Any JSON, with the keys of requests among others.
fn any_json() -> impl Strategy<Value = Value> {
    let key = prop_oneof![
        Just("viewer"),
        Just("matrix"),
        Just("viewport"),
        Just("budget"),
        Just("minPixels"),
        Just("maxDepth"),
        Just("box"),
        Just("pixel"),
        Just("classes"),
        Just("points"),
        Just("polygon"),
        Just("resolution"),
        Just("line"),
        Just("width"),
        Just("other"),
    ];
    let number = prop_oneof![
        any::<f64>().prop_map(|number| json!(number)),
        any::<i64>().prop_map(|number| json!(number)),
        (-10_i64..1_000).prop_map(|number| json!(number)),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number.clone(),
        "[a-z-]{0,8}".prop_map(Value::from),
        proptest::collection::vec(number.clone(), 16).prop_map(Value::from),
        proptest::collection::vec(number.clone(), 4).prop_map(Value::from),
        proptest::collection::vec(number, 2).prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 40, 8, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::btree_map(key.clone().prop_map(str::to_owned), inner, 0..8)
                .prop_map(|map| map.into_iter().collect()),
        ]
    })
}

/// A request of the page in which some values are replaced.
fn nearly_a_request() -> impl Strategy<Value = (usize, Value)> {
    let requests = [
        json!({
            "viewer": "page", "viewport": [100, 100], "budget": 1000, "minPixels": 1, "maxDepth": null, "box": null,
            "matrix": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
        }),
        json!({
            "viewer": "page", "viewport": [100, 100], "pixel": [50, 50], "classes": null,
            "matrix": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
        }),
        json!({ "points": [[500_000, 4_650_000]] }),
        json!({ "box": [0, 0, 1, 1], "polygon": null, "classes": [2], "resolution": 2 }),
        json!({ "line": [[500_100, 4_650_100], [500_200, 4_650_200]], "width": 2, "budget": 2000 }),
    ];
    let changes = proptest::collection::vec((any::<proptest::sample::Index>(), any_json()), 0..3);
    (0..requests.len(), changes).prop_map(move |(at, changes)| {
        let mut request = requests[at].clone();
        let keys: Vec<String> = request.as_object().unwrap().keys().cloned().collect();
        for (index, value) in changes {
            request[index.get(&keys)] = value;
        }
        (at, request)
    })
}

/// Every request gets an answer, and never one that says that the server is at fault.
#[test]
fn no_request_breaks_the_server() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let page = runtime.block_on(terrain());
    let answered = |path: &str, body: String| {
        let status = runtime.block_on(async { page.post(path, body).await.status() });
        prop_assert!(
            status.is_success() || status.is_client_error(),
            "{}",
            status
        );
        Ok(())
    };
    let config = ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(
        (at, request) in nearly_a_request(),
        (other, value) in (0..PATHS.len(), any_json()),
        (third, bytes) in (0..PATHS.len(), "\\PC{0,60}"),
    )| {
        answered(PATHS[at], request.to_string())?;
        answered(PATHS[other], value.to_string())?;
        answered(PATHS[third], bytes)?;
    });
    let look = runtime.block_on(page.look(&page.above("page")));
    assert_eq!(look["losses"], json!([]));
}
