//! COPC and LAZ files as datasets: what is read of them, what is fetched for it, and what is refused.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod faults;
mod lax;
mod points;
mod requests;
mod sources;

use std::sync::Arc;

use ept_reader::{Dataset, Engine, Error, MemoryStore, Options, PointBatch};

async fn open_bytes(file: Vec<u8>) -> Result<Dataset, Error> {
    let store: MemoryStore = [("points", file)].into_iter().collect();
    let engine = Engine::new(&Options::default());
    Dataset::from_file_in(Arc::new(store), "points", &engine).await
}

/// All coordinates, in any order.
fn places<'a>(batches: impl IntoIterator<Item = &'a PointBatch>) -> Vec<[u64; 3]> {
    let mut places = Vec::new();
    for batch in batches {
        let rows = batch
            .x()
            .unwrap()
            .iter()
            .zip(batch.y().unwrap())
            .zip(batch.z().unwrap());
        places.extend(rows.map(|((x, y), z)| [x, y, z].map(|c| c.to_bits())));
    }
    places.sort_unstable();
    places
}
