//! What stays in memory.

use crate::support;

use std::collections::HashSet;
use std::sync::Arc;

use ept_reader::TileCache;

use support::stores::Watched;

use super::{Numbers, above, all_nodes, cache, keys, scene, settled, until, watched};

#[tokio::test]
async fn nothing_is_fetched_twice_while_it_is_cached() {
    let store = Watched::new("terrain");
    let dataset = watched(&store).await;
    let (cache, mut numbers) = (cache(), Numbers::new(10));
    let (mut one, mut other) = (scene(&dataset, &cache), scene(&dataset, &cache));
    for _ in 0..20 {
        let view = numbers.view(&dataset);
        // Both at once: one request does for two.
        let (left, right) = (settled(&mut one, &view), settled(&mut other, &view));
        let (left, right) = futures::join!(left, right);
        assert_eq!(keys(&left), keys(&right));
    }
    let asked = store.asked();
    let distinct: HashSet<&String> = asked.iter().collect();
    assert_eq!(asked.len(), distinct.len());
}

#[tokio::test]
async fn memory_is_the_limit_and_what_is_borrowed() {
    let store = Watched::new("terrain");
    let dataset = watched(&store).await;
    let limit = 100 << 10;
    let (cache, mut numbers) = (TileCache::new(limit), Numbers::new(11));
    let mut scene = scene(&dataset, &cache);
    for _ in 0..30 {
        let view = numbers.view(&dataset);
        let look = until(&mut scene, &view, |look| {
            assert!(cache.bytes() <= limit);
            look.is_settled()
        })
        .await;
        // What is shown stays although the cache has no room for it.
        let shown: usize = look.tiles.iter().map(|tile| tile.bytes()).sum();
        assert!(shown == 0 || keys(&scene.look(&view)) == keys(&look));
    }
    let all: usize = {
        let look = settled(&mut scene, &above(&dataset)).await;
        look.tiles.iter().map(|tile| tile.bytes()).sum()
    };
    assert!(all > 5 * limit, "the limit was never felt: {all}");
    assert!(cache.bytes() > 0 && cache.bytes() <= limit);
}

#[tokio::test]
async fn what_is_borrowed_is_found_again_without_a_request() {
    let store = Watched::new("terrain");
    let dataset = watched(&store).await;
    let nodes = all_nodes(&dataset).await;
    let cache = TileCache::new(0);
    let tile = cache.tile(&dataset, &nodes[0]).await.unwrap();
    let again = cache.tile(&dataset, &nodes[0]).await.unwrap();
    assert!(Arc::ptr_eq(&tile, &again));
    assert_eq!((store.tiles_asked(), cache.bytes()), (1, 0));
    drop((tile, again));
    cache.tile(&dataset, &nodes[0]).await.unwrap();
    assert_eq!(store.tiles_asked(), 2);
}
