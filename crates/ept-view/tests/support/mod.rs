//! What the tests share: a server with a client that does what the page does, and tiles as the page reads them.

#![allow(dead_code, unreachable_pub, reason = "not every test uses all")]

#[path = "../../../ept-reader/tests/support/server.rs"]
pub mod files;

use std::path::{Path, PathBuf};

use ept_reader::{Bounds, Dataset, Query};
use ept_view::{Server, ViewOptions};
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};

pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../testdata")
        .join(name)
}

/// The folder of samples: `$EPT_SAMPLES` or beside the project. `None` if there is none.
pub fn samples() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    let folder = std::env::var_os("EPT_SAMPLES").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("no samples at {}: skipped", folder.display());
    None
}

pub async fn open(path: &Path) -> Dataset {
    Dataset::open(path.to_str().unwrap()).await.unwrap()
}

/// A server that runs until it is dropped, and a client.
pub struct Page {
    pub url: String,
    pub dataset: Dataset,
    pub client: Client,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Page {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Page {
    pub async fn open(dataset: &Dataset, query: &Query) -> Page {
        Page::with(dataset, query, ViewOptions::default()).await
    }

    pub async fn with(dataset: &Dataset, query: &Query, options: ViewOptions) -> Page {
        let server = Server::bind(dataset.clone(), query, options).await.unwrap();
        Page {
            url: server.url().to_owned(),
            dataset: dataset.clone(),
            client: Client::builder().no_proxy().build().unwrap(),
            task: tokio::spawn(async move { server.run().await.unwrap() }),
        }
    }

    /// `127.0.0.1` and the port.
    pub fn host(&self) -> &str {
        self.url.split('/').nth(2).unwrap()
    }

    pub async fn get(&self, path: &str) -> Response {
        let url = format!("{}{path}", self.url);
        self.client.get(url).send().await.unwrap()
    }

    pub async fn post(&self, path: &str, body: impl Into<String>) -> Response {
        let url = format!("{}{path}", self.url);
        let request = self.client.post(url).body(body.into());
        request.send().await.unwrap()
    }

    /// The answer to a request that succeeds.
    pub async fn ask(&self, path: &str, body: &Value) -> Value {
        let response = self.post(path, body.to_string()).await;
        let status = response.status();
        let text = response.text().await.unwrap();
        assert_eq!(status, StatusCode::OK, "{path} {text}");
        serde_json::from_str(&text).unwrap()
    }

    pub async fn description(&self) -> Value {
        let text = self.get("dataset").await.text().await.unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// A look at everything from above, at full depth.
    pub fn above(&self, viewer: &str) -> Value {
        let bounds = self.dataset.frame().bounds;
        json!({
            "viewer": viewer,
            "matrix": matrix_from_above(&bounds),
            "viewport": [1000, 1000],
            "budget": 100_000_000,
            "minPixels": 0,
        })
    }

    /// Looks until nothing is missing, as the page does.
    pub async fn look(&self, request: &Value) -> Value {
        self.look_until(request, |look| look["missing"] == 0).await
    }

    pub async fn look_until(
        &self,
        request: &Value,
        mut holds: impl FnMut(&Value) -> bool,
    ) -> Value {
        loop {
            let look = self.ask("look", request).await;
            if holds(&look) {
                return look;
            }
            if look["missing"] == 0 {
                // Nothing will come: what lingers goes with the next looks.
                continue;
            }
            let viewer = request["viewer"].as_str().unwrap();
            let path = format!("arrivals?viewer={viewer}&version={}", look["version"]);
            let status = self.get(&path).await.status();
            assert!(
                matches!(status, StatusCode::OK | StatusCode::NO_CONTENT),
                "{status}"
            );
        }
    }

    pub async fn tile(&self, key: &str, color: &str) -> Tile {
        let response = self.get(&format!("tile/{key}?color={color}")).await;
        assert_eq!(response.status(), StatusCode::OK);
        Tile::parse(&response.bytes().await.unwrap())
    }
}

/// The keys of a look, in its order.
pub fn keys(look: &Value) -> Vec<String> {
    let show = look["show"].as_array().unwrap().iter();
    show.map(|tile| tile["key"].as_str().unwrap().to_owned())
        .collect()
}

/// A matrix that shows a box from above, without perspective.
pub fn matrix_from_above(bounds: &Bounds) -> Vec<f64> {
    let (min, max) = (bounds.min(), bounds.max());
    let row = |axis: usize| {
        let half = (max[axis] - min[axis]) * 0.51;
        let mut row = vec![0.0; 4];
        row[axis] = 1.0 / half;
        row[3] = -(min[axis] + max[axis]) / 2.0 / half;
        row
    };
    // Higher points are nearer.
    let depth = row(2).into_iter().map(|number| -number);
    [row(0), row(1), depth.collect(), vec![0.0, 0.0, 0.0, 1.0]].concat()
}

/// A tile as the page reads it.
#[derive(Debug)]
pub struct Tile {
    pub step: [f64; 3],
    pub points: Vec<Point>,
}

#[derive(Debug, Clone, Copy)]
pub struct Point {
    pub position: [f64; 3],
    pub class: u8,
    pub return_number: u8,
    pub returns: u8,
    pub tint: [u8; 4],
}

impl Point {
    pub fn number(&self) -> f32 {
        f32::from_le_bytes(self.tint)
    }
}

impl Tile {
    pub fn parse(bytes: &[u8]) -> Tile {
        let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
        let number = |at: usize| f64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
        assert_eq!((&bytes[..4], word(4), word(12)), (&b"EPTV"[..], 1, 0));
        let count = word(8) as usize;
        assert_eq!(bytes.len(), 64 + 12 * count);
        let origin = [16, 24, 32].map(number);
        let step = [40, 48, 56].map(number);
        let point = |record: &[u8]| Point {
            position: [0, 1, 2].map(|i| {
                let count = u16::from_le_bytes([record[2 * i], record[2 * i + 1]]);
                origin[i] + step[i] * f64::from(count)
            }),
            class: record[6],
            return_number: record[7] & 15,
            returns: record[7] >> 4,
            tint: record[8..12].try_into().unwrap(),
        };
        Tile {
            step,
            points: bytes[64..].chunks_exact(12).map(point).collect(),
        }
    }
}
