//! The index of points that `LAStools` writes (`.lax`).

use crate::support;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;

use ept_export::{LasOptions, LasSink, Sink};
use ept_reader::{Bounds, Dataset, Engine, MemoryStore, Options, Query, Tile};

use support::open;
use support::point_files::{File, tiles};

use super::places;

/// An index as `LAStools` write it (`lasindex.cpp`), of one level below the root, for points in order.
fn lax_of(x: &[f64], y: &[f64]) -> Vec<u8> {
    let end = |values: &[f64], of: fn(f64, f64) -> f64| values.iter().copied().reduce(of).unwrap();
    let extent = [
        end(x, f64::min),
        end(x, f64::max),
        end(y, f64::min),
        end(y, f64::max),
    ];
    let [x0, x1, y0, y1] = extent.map(|c| f64::from(c as f32));
    let mut runs: BTreeMap<u32, Vec<[u32; 2]>> = BTreeMap::new();
    for (at, (x, y)) in (0_u32..).zip(x.iter().zip(y)) {
        let half = u32::from(*x >= (x0 + x1) / 2.0) + 2 * u32::from(*y >= (y0 + y1) / 2.0);
        // The four cells of the first level follow the one of the root.
        let runs = runs.entry(1 + half).or_default();
        match runs.last_mut() {
            Some([_, last]) if *last + 1 == at => *last = at,
            _ => runs.push([at, at]),
        }
    }
    let mut lax = b"LASX".to_vec();
    let mut put = |bytes: &[u8]| lax.extend_from_slice(bytes);
    put(&0_u32.to_le_bytes());
    put(b"LASS");
    put(&0_u32.to_le_bytes());
    put(b"LASQ");
    [0_u32, 1, 0, 0].iter().for_each(|n| put(&n.to_le_bytes()));
    extent.iter().for_each(|c| put(&(*c as f32).to_le_bytes()));
    put(b"LASV");
    put(&0_u32.to_le_bytes());
    put(&(runs.len() as u32).to_le_bytes());
    for (cell, runs) in &runs {
        let points: u32 = runs.iter().map(|[first, last]| last - first + 1).sum();
        [*cell, runs.len() as u32, points]
            .iter()
            .for_each(|n| put(&n.to_le_bytes()));
        runs.as_flattened()
            .iter()
            .for_each(|n| put(&n.to_le_bytes()));
    }
    lax
}

#[tokio::test]
async fn an_index_beside_the_file_leaves_out_chunks_and_no_points() {
    let root = tiles(&open("terrain").await, &Query::new().with_depth(0)).await;
    let points = &root[0].points;
    let mut rows: Vec<usize> = (0..points.len()).collect();
    rows.sort_by(|a, b| points.x().unwrap()[*a].total_cmp(&points.x().unwrap()[*b]));
    let copies = 250_000_usize.div_ceil(rows.len());
    let rows: Vec<usize> = rows
        .into_iter()
        .flat_map(|row| std::iter::repeat_n(row, copies))
        .collect();
    let sorted = points.gather(&rows);
    let file = File::default();
    let options = LasOptions {
        compressed: true,
        wkt: None,
        bounds: *open("terrain").await.frame().extent(),
        threads: NonZeroUsize::MIN,
    };
    let mut sink: Box<dyn Sink> = Box::new(LasSink::new(file.clone(), options));
    sink.write(root[0].node.name, &sorted).unwrap();
    sink.finish().unwrap();
    let lax = lax_of(sorted.x().unwrap(), sorted.y().unwrap());
    let engine = Engine::new(&Options::default());
    let open_with = async |files: Vec<(&str, Vec<u8>)>| {
        let store: MemoryStore = files.into_iter().collect();
        Dataset::from_file_in(Arc::new(store), "a.laz", &engine)
            .await
            .unwrap()
    };
    let plain = open_with(vec![("a.laz", file.contents())]).await;
    let indexed = open_with(vec![("a.laz", file.contents()), ("a.lax", lax.clone())]).await;
    let mut stale = lax;
    let last = stale.len() - 1;
    stale[last] = 1;
    let stale = open_with(vec![("a.laz", file.contents()), ("a.lax", stale)]).await;
    let extent = *plain.frame().extent();
    let third = extent.min()[0] + (extent.max()[0] - extent.min()[0]) / 3.0;
    let west = Bounds::new(
        [extent.min()[0], extent.min()[1], f64::NEG_INFINITY],
        [third, extent.max()[1], f64::INFINITY],
    );
    let query = Query::new().with_bounds(west.unwrap());
    let expected = tiles(&plain, &query).await;
    let found = tiles(&indexed, &query).await;
    assert!(found.len() < expected.len(), "{} nodes", found.len());
    let all = |tiles: &[Tile]| places(tiles.iter().map(|tile| &tile.points));
    assert_eq!(all(&found), all(&expected));
    assert!(!all(&found).is_empty());
    // An index of other points decides nothing.
    assert_eq!(tiles(&stale, &query).await, expected);
    assert_eq!(
        tiles(&indexed, &Query::new()).await,
        tiles(&plain, &Query::new()).await
    );
}
