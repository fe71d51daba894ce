//! The points of a file, in their order.

use crate::support;

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::Arc;

use ept_export::{LasOptions, LasSink, Sink};
use ept_reader::{
    Bounds, Camera, Dataset, Event, Query, Scene, SceneOptions, Tile, TileCache, View,
};

use support::open;
use support::point_files::{File, copc_of, laz_of, tiles};

use super::{open_bytes, places};

#[tokio::test]
async fn copc_has_the_points_of_the_octree_that_it_was_made_of() {
    let ept = open("terrain").await;
    let copc = open_bytes(copc_of("terrain").await).await.unwrap();
    let extent = *ept.frame().extent();
    let middle = |axis: usize| (extent.min()[axis] + extent.max()[axis]) / 2.0;
    let quarter = Bounds::new(
        [middle(0), middle(1), f64::NEG_INFINITY],
        [extent.max()[0], extent.max()[1], f64::INFINITY],
    )
    .unwrap();
    let queries = [
        Query::new(),
        Query::new().with_depth(1),
        Query::new().with_resolution(3.0),
        Query::new().with_bounds(quarter),
        Query::new()
            .with_bounds(quarter)
            .with_depth(2)
            .with_filter("Classification == 2".parse().unwrap()),
    ];
    for query in queries {
        let expected = tiles(&ept, &query).await;
        let found = tiles(&copc, &query).await;
        let keys = |tiles: &[Tile]| tiles.iter().map(|t| t.node.name).collect::<Vec<_>>();
        assert_eq!(keys(&found), keys(&expected), "{query}");
        let [found, expected] = [found, expected].map(|t| places(t.iter().map(|t| &t.points)));
        assert_eq!(found, expected, "{query}");
    }
}

#[tokio::test]
async fn a_laz_file_has_its_points_in_the_order_of_the_file() {
    let laz = open_bytes(laz_of("terrain", 3).await).await.unwrap();
    let expected = tiles(&open("terrain").await, &Query::new()).await;
    let x = |tiles: Vec<Tile>| -> Vec<f64> {
        let each = tiles
            .into_iter()
            .flat_map(|tile| tile.points.x().unwrap().to_vec());
        each.collect()
    };
    let expected = x(expected).repeat(3);
    let found = tiles(&laz, &Query::new()).await;
    assert!(found.len() > 1, "{} nodes", found.len());
    assert_eq!(x(found), expected);
    let depth = laz.select(&Query::new().with_depth(2)).unwrap_err();
    assert!(depth.to_string().contains("thin its points"), "{depth}");
}

#[tokio::test]
async fn records_that_a_laszip_record_says_are_not_compressed_are_read_as_they_are() {
    let dataset = open("laz-pf3").await;
    let file = File::default();
    let options = LasOptions {
        compressed: false,
        wkt: None,
        bounds: dataset.frame().bounds,
        threads: NonZeroUsize::MIN,
    };
    let mut sink: Box<dyn Sink> = Box::new(LasSink::new(file.clone(), options));
    for tile in tiles(&dataset, &Query::new()).await {
        sink.write(tile.node.name, &tile.points).unwrap();
    }
    sink.finish().unwrap();
    let plain = file.contents();
    let number = |at: usize| u32::from_le_bytes(plain[at..at + 4].try_into().unwrap());
    // A LASzip record of compressor 0 after the other records: LAS 1.4 R15, table 3 and section 2.5.
    let (points_at, evlrs_at) = (number(96) as usize, number(235) as usize);
    let mut record = vec![0; 54 + 34];
    record[2..16].copy_from_slice(b"laszip encoded");
    record[18..20].copy_from_slice(&22204_u16.to_le_bytes());
    record[20..22].copy_from_slice(&34_u16.to_le_bytes());
    let mut odd = [&plain[..points_at], &record, &plain[points_at..]].concat();
    odd[96..100].copy_from_slice(&((points_at + record.len()) as u32).to_le_bytes());
    odd[100..104].copy_from_slice(&(number(100) + 1).to_le_bytes());
    odd[104] |= 0x80;
    if evlrs_at > 0 {
        odd[235..243].copy_from_slice(&((evlrs_at + record.len()) as u64).to_le_bytes());
    }
    let expected = tiles(&open_bytes(plain).await.unwrap(), &Query::new()).await;
    assert_eq!(
        tiles(&open_bytes(odd).await.unwrap(), &Query::new()).await,
        expected
    );
}

#[tokio::test]
async fn what_a_file_is_its_bytes_tell() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cloud.bin");
    std::fs::write(&path, copc_of("laz-pf7").await).unwrap();
    let copc = Dataset::open(path.to_str().unwrap()).await.unwrap();
    assert!(copc.frame().spacing.is_some());
    std::fs::write(&path, "<html>no such file</html>").unwrap();
    let page = Dataset::open(path.to_str().unwrap()).await.unwrap_err();
    assert!(page.to_string().contains("web page"), "{page}");
}

/// What a scene shows of everything, seen from above, once all of it is there.
async fn seen(dataset: &Dataset) -> Vec<Arc<ept_reader::CachedTile>> {
    let bounds = dataset.frame().bounds;
    let middle = [0, 1, 2].map(|i| (bounds.min()[i] + bounds.max()[i]) / 2.0);
    let eye = [middle[0], middle[1], bounds.max()[2] + 300.0];
    let camera = Camera::perspective(eye, middle, 1.2, [800.0, 600.0]).unwrap();
    let view = View::new(dataset.frame(), camera).with_max_points(15_000);
    let options = SceneOptions {
        cache: TileCache::new(64 << 20),
        ..SceneOptions::default()
    };
    let mut scene = Scene::new(dataset.clone(), options).unwrap();
    let arrivals = scene.arrivals();
    loop {
        let look = scene.look(&view);
        let is_failure = |event: &Event| matches!(event, Event::Failed { .. });
        assert!(!look.events.iter().any(is_failure), "{:?}", look.events);
        if look.is_settled() {
            return look.tiles;
        }
        if look.missing > 0 {
            arrivals.next().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scene_draws_of_copc_what_it_draws_of_the_octree_that_it_was_made_of() {
    let ept = seen(&open("terrain").await).await;
    let copc = seen(&open_bytes(copc_of("terrain").await).await.unwrap()).await;
    // COPC says its cube by middle and half its side, so nodes as far from the eye may change places.
    let names = |tiles: &[Arc<ept_reader::CachedTile>]| -> BTreeSet<_> {
        tiles.iter().map(|tile| tile.node().name).collect()
    };
    assert!(ept.len() > 3, "{} tiles", ept.len());
    assert_eq!(names(&copc), names(&ept));
    let [copc, ept] = [copc, ept].map(|tiles| places(tiles.iter().map(|tile| tile.points())));
    assert_eq!(copc, ept);
}
