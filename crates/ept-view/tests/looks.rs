//! Looks: what is loaded, shared, lost, forgotten.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};

use ept_reader::{Bounds, Query};
use ept_view::ViewOptions;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::files::{Request, Response, Server, file};
use crate::support::{Page, fixture, keys, matrix_from_above, open};

/// A server of a fixture's files.
fn serve(handler: impl Fn(&Request) -> Response + Send + Sync + 'static) -> Server {
    Server::start(handler)
}

async fn open_url(server: &Server) -> ept_reader::Dataset {
    let url = server.url("/ept.json");
    ept_reader::Dataset::open(&url).await.unwrap()
}

/// How often each tile was requested.
fn tile_requests(server: &Server) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for request in server.requests() {
        if request.path.starts_with("/ept-data/") {
            *counts.entry(request.path).or_default() += 1;
        }
    }
    counts
}

/// All points that the page can draw.
async fn points(page: &Page, look: &Value) -> Vec<[f64; 3]> {
    let mut found = Vec::new();
    for key in keys(look) {
        let tile = page.tile(&key, "height").await;
        found.extend(tile.points.iter().map(|point| point.position));
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_share_what_is_loaded() {
    let root = fixture("terrain");
    let server = serve(move |request| file(&root, request));
    let page = Page::open(&open_url(&server).await, &Query::new()).await;
    let (one, other) = (page.above("one"), page.above("other"));
    let (one, other) = tokio::join!(page.look(&one), page.look(&other));
    assert_eq!(keys(&one), keys(&other));
    assert_eq!(one["points"], 25_000);
    let counts = tile_requests(&server);
    assert_eq!(counts.len(), keys(&one).len());
    assert!(counts.values().all(|count| *count == 1), "{counts:?}");
    // One that comes later finds everything there.
    let late = page.ask("look", &page.above("late")).await;
    assert_eq!((&late["missing"], keys(&late)), (&json!(0), keys(&one)));
    assert_eq!(tile_requests(&server), counts);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_server_is_asked_again() {
    let root = fixture("terrain");
    let refused: Mutex<HashMap<String, usize>> = Mutex::default();
    // Each tile is refused twice.
    let server = serve(move |request| {
        let mut refused = refused.lock().unwrap();
        let count = refused.entry(request.path.clone()).or_default();
        *count += 1;
        if request.path.starts_with("/ept-data/") && *count <= 2 {
            return Response::new(503, "busy");
        }
        file(&root, request)
    });
    let page = Page::open(&open_url(&server).await, &Query::new()).await;
    let mut most = 0;
    let request = page.above("page");
    let look = page
        .look_until(&request, |look| {
            let losses = look["losses"].as_array().unwrap();
            for loss in losses {
                assert!(loss["error"].as_str().unwrap().contains("503"), "{loss}");
                assert!(loss["again"].as_f64().unwrap() >= 0.0, "{loss}");
            }
            most = most.max(losses.len());
            look["missing"] == 0
        })
        .await;
    assert!(most > 0);
    assert_eq!(look["losses"], json!([]));
    assert_eq!(look["failing"], 0);
    assert_eq!(points(&page, &look).await.len(), 25_000);
}

/// A copy of a fixture in which the file of one node is cut.
fn damaged(name: &str, key: &str) -> tempfile::TempDir {
    fn copy(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in from.read_dir().unwrap() {
            let entry = entry.unwrap();
            let to = to.join(entry.file_name());
            match entry.file_type().unwrap().is_dir() {
                true => copy(&entry.path(), &to),
                false => drop(std::fs::copy(entry.path(), to).unwrap()),
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    copy(&fixture(name), folder.path());
    let path = folder.path().join(format!("ept-data/{key}.laz"));
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_tile_is_a_loss_and_the_rest_is_there() {
    const BROKEN: &str = "2-1-1-1";
    let folder = damaged("terrain", BROKEN);
    let dataset = open(folder.path()).await;
    let whole = open(&fixture("terrain")).await;
    let node = BROKEN.parse().unwrap();
    let cell = whole.frame().bounds.cell(node);
    let page = Page::open(&dataset, &Query::new()).await;
    let request = page.above("page");
    let look = page
        .look_until(&request, |look| {
            look["missing"] == look["failing"] && look["failing"] != 0
        })
        .await;
    assert_eq!(look["missing"], 1);
    let losses = look["losses"].as_array().unwrap();
    assert_eq!(losses.len(), 1);
    let loss = &losses[0];
    assert_eq!(loss["key"], BROKEN);
    let corners: Vec<f64> = cell.min().into_iter().chain(cell.max()).collect();
    assert_eq!(loss["cell"], json!(corners));
    assert!(loss["error"].as_str().unwrap().contains(BROKEN), "{loss}");
    assert!(loss["again"].as_f64().unwrap() <= 30.0);
    let truth: Value =
        serde_json::from_slice(&std::fs::read(fixture("terrain").join("truth.json")).unwrap())
            .unwrap();
    let lost = truth["nodes"][BROKEN].as_u64().unwrap();
    assert!(lost > 0);
    assert_eq!(points(&page, &look).await.len() as u64, 25_000 - lost);
    let missing = page.get(&format!("tile/{BROKEN}?color=height")).await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    // Once the file is whole, the loss is gone.
    let name = format!("ept-data/{BROKEN}.laz");
    std::fs::copy(fixture("terrain").join(&name), folder.path().join(&name)).unwrap();
    let look = page.look(&request).await;
    assert_eq!(look["losses"], json!([]));
    assert_eq!(points(&page, &look).await.len(), 25_000);
}

/// A look at a part of the dataset, from above.
fn window(page: &Page, viewer: &str, at: f64) -> Value {
    let bounds = page.dataset.frame().bounds;
    let (min, max) = (bounds.min(), bounds.max());
    let low = [0, 1].map(|i| min[i] + (max[i] - min[i]) * at * 0.7);
    let high = [0, 1].map(|i| low[i] + (max[i] - min[i]) * 0.3);
    let window = Bounds::new([low[0], low[1], min[2]], [high[0], high[1], max[2]]).unwrap();
    let mut request = page.above(viewer);
    request["matrix"] = json!(matrix_from_above(&window));
    request
}

#[tokio::test(flavor = "multi_thread")]
async fn many_looks_end_where_they_began() {
    let page = Page::open(&open(&fixture("terrain")).await, &Query::new()).await;
    let first = page
        .look_until(&window(&page, "page", 0.0), |look| look["settled"] == true)
        .await;
    for step in 0..300 {
        let at = f64::from(step % 20) / 20.0;
        let look = page.ask("look", &window(&page, "page", at)).await;
        assert_eq!(look["losses"], json!([]));
    }
    let last = page
        .look_until(&window(&page, "page", 0.0), |look| look["settled"] == true)
        .await;
    assert_eq!(keys(&first), keys(&last));
    assert_eq!(first["points"], last["points"]);
    let looks = last["version"].as_u64().unwrap() - first["version"].as_u64().unwrap();
    assert!(looks >= 300, "{looks}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_box_leaves_out_nodes_outside() {
    let page = Page::open(&open(&fixture("terrain")).await, &Query::new()).await;
    let bounds = page.dataset.frame().bounds;
    let (min, max) = (bounds.min(), bounds.max());
    let clip = [min[0], min[1], min[0] + 10.0, min[1] + 10.0];
    let mut request = page.above("page");
    request["box"] = json!(clip);
    let look = page.look(&request).await;
    let nodes = keys(&look);
    assert!(!nodes.is_empty());
    for tile in look["show"].as_array().unwrap() {
        let cell = &tile["cell"];
        assert!(
            cell[0].as_f64().unwrap() <= clip[2] + 1.0
                && cell[1].as_f64().unwrap() <= clip[3] + 1.0
        );
    }
    request["box"] = json!([min[0], min[1], max[0], max[1]]);
    assert!(keys(&page.look(&request).await).len() > nodes.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn depth_and_budget_are_kept() {
    let page = Page::open(
        &open(&fixture("terrain")).await,
        &Query::new().with_depth(3),
    )
    .await;
    assert_eq!(page.description().await["maxDepth"], 3);
    let mut request = page.above("page");
    let deepest = |look: &Value| {
        let depths = keys(look)
            .into_iter()
            .map(|key| key.split('-').next().unwrap().parse::<u32>().unwrap());
        depths.max().unwrap()
    };
    assert_eq!(deepest(&page.look(&request).await), 3);
    request["maxDepth"] = json!(1);
    request["viewer"] = json!("shallow");
    assert_eq!(deepest(&page.look(&request).await), 1);
    request["maxDepth"] = json!(4_294_967_295_u32);
    assert_eq!(deepest(&page.look(&request).await), 3);
    request["budget"] = json!(5_000);
    request["viewer"] = json!("poor");
    let look = page.look(&request).await;
    let points = look["points"].as_u64().unwrap();
    assert!((1..=5_000).contains(&points), "{points}");
}

/// What is drawn is limited by the memory for it.
#[tokio::test(flavor = "multi_thread")]
async fn memory_limits_what_is_drawn() {
    let dataset = open(&fixture("terrain")).await;
    let memory = 1 << 20;
    let options = ViewOptions {
        memory,
        ..ViewOptions::default()
    };
    let page = Page::with(&dataset, &Query::new(), options).await;
    let mut shown = Vec::new();
    for viewer in ["a", "b", "c", "d"] {
        page.look(&page.above(viewer)).await;
    }
    for viewer in ["a", "b", "c", "d"] {
        let request = page.above(viewer);
        let look = page
            .look_until(&request, |look| look["settled"] == true)
            .await;
        shown.push(look["points"].as_u64().unwrap() as usize);
    }
    // A point in memory has its coordinates at least.
    let bytes = shown.iter().sum::<usize>() * 24;
    assert!(
        shown.iter().all(|points| *points > 0) && bytes < memory,
        "{shown:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_seventeenth_page_takes_the_place_of_the_quietest() {
    let page = Page::open(&open(&fixture("terrain")).await, &Query::new()).await;
    let names: Vec<String> = (0..17).map(|at| format!("page-{at}")).collect();
    for name in &names[..16] {
        page.ask("look", &page.above(name)).await;
    }
    // It is heard of again.
    page.ask("look", &page.above(&names[0])).await;
    page.ask("look", &page.above(&names[16])).await;
    for (at, name) in names.iter().enumerate() {
        // Another number than that of the last look is answered at once.
        let status = page
            .get(&format!("arrivals?viewer={name}&version=0"))
            .await
            .status();
        let expected = if at == 1 {
            StatusCode::NOT_FOUND
        } else {
            StatusCode::OK
        };
        assert_eq!(status, expected, "{name}");
    }
}

/// What a server's answers wait for.
#[derive(Default)]
struct Gate {
    is_open: Mutex<bool>,
    bell: Condvar,
}

impl Gate {
    fn open(&self) {
        *self.is_open.lock().unwrap() = true;
        self.bell.notify_all();
    }

    fn pass(&self) {
        let is_open = self.is_open.lock().unwrap();
        drop(self.bell.wait_while(is_open, |is_open| !*is_open).unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn arrivals_end_when_something_comes() {
    let root = fixture("terrain");
    let gate = Arc::new(Gate::default());
    let held = Arc::clone(&gate);
    let server = serve(move |request| {
        if request.path.starts_with("/ept-data/1-") {
            held.pass();
        }
        file(&root, request)
    });
    let page = Page::open(&open_url(&server).await, &Query::new()).await;
    let mut request = page.above("page");
    request["maxDepth"] = json!(0);
    page.look_until(&request, |look| look["settled"] == true)
        .await;
    request["maxDepth"] = json!(1);
    let look = page.ask("look", &request).await;
    assert!(look["missing"].as_u64().unwrap() > 0);
    let url = format!(
        "{}arrivals?viewer=page&version={}",
        page.url, look["version"]
    );
    let client = page.client.clone();
    let waiting = tokio::spawn(async move { client.get(url).send().await.unwrap().status() });
    gate.open();
    assert_eq!(waiting.await.unwrap(), StatusCode::OK);
    assert_eq!(page.look(&request).await["failing"], 0);
}
