//! COPC and LAZ files that are made of fixtures.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

use ept_export::{CopcOptions, CopcSink, LasOptions, LasSink, Sink};
use ept_reader::{Crs, Dataset, Query, Tile};
use futures::TryStreamExt;

use super::open;

/// A file in memory that a sink writes.
#[derive(Debug, Clone, Default)]
pub struct File(Arc<Mutex<std::io::Cursor<Vec<u8>>>>);

impl std::io::Write for File {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl std::io::Seek for File {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.0.lock().unwrap().seek(to)
    }
}

impl File {
    pub fn contents(&self) -> Vec<u8> {
        self.0.lock().unwrap().get_ref().clone()
    }
}

pub async fn tiles(dataset: &Dataset, query: &Query) -> Vec<Tile> {
    let points = dataset.select(query).unwrap().points();
    points.try_collect().await.unwrap()
}

/// The coordinate system of a dataset as WKT.
fn wkt(dataset: &Dataset) -> Option<String> {
    let crs = Crs::of(&dataset.frame().srs).unwrap();
    crs.well_known_text().map(str::to_owned)
}

/// The fixture of that name as COPC.
pub async fn copc_of(name: &str) -> Vec<u8> {
    let dataset = open(name).await;
    let file = File::default();
    let options = CopcOptions {
        wkt: wkt(&dataset),
        bounds: dataset.frame().bounds,
        spacing: dataset.frame().spacing.unwrap(),
        threads: NonZeroUsize::MIN,
    };
    let mut sink: Box<dyn Sink> = Box::new(CopcSink::new(file.clone(), options).unwrap());
    for tile in tiles(&dataset, &Query::new()).await {
        sink.write(tile.node.name, &tile.points).unwrap();
    }
    sink.finish().unwrap();
    file.contents()
}

/// The fixture of that name as LAZ, `times` after one another.
pub async fn laz_of(name: &str, times: usize) -> Vec<u8> {
    let dataset = open(name).await;
    let file = File::default();
    let options = LasOptions {
        compressed: true,
        wkt: wkt(&dataset),
        bounds: dataset.frame().bounds,
        threads: NonZeroUsize::MIN,
    };
    let mut sink: Box<dyn Sink> = Box::new(LasSink::new(file.clone(), options));
    let tiles = tiles(&dataset, &Query::new()).await;
    for _ in 0..times {
        for tile in &tiles {
            sink.write(tile.node.name, &tile.points).unwrap();
        }
    }
    sink.finish().unwrap();
    file.contents()
}
