//! Addons in the place of dimensions.

use crate::support;

use std::path::Path;

use ept_reader::{Bounds, Dataset, Node, Query, Values};
use futures::TryStreamExt;

use support::{fixture, open, tiles};

use super::places;

/// An addon for some nodes of a dataset: for each point its number, in 8 bytes; pages of one depth each.
async fn addon(dataset: &Dataset, folder: &Path) {
    let nodes: Vec<Node> = dataset
        .select(&Query::new())
        .unwrap()
        .nodes()
        .try_collect()
        .await
        .unwrap();
    for sub in ["ept-data", "ept-hierarchy"] {
        std::fs::create_dir_all(folder.join(sub)).unwrap();
    }
    std::fs::write(
        folder.join("ept-addon.json"),
        r#"{"type": "unsigned", "size": 8, "version": "1.0.0", "dataType": "binary"}"#,
    )
    .unwrap();
    for node in &nodes {
        let mut entries = vec![format!("\"{}\": {}", node.name, node.points)];
        let children = nodes
            .iter()
            .filter(|other| other.key().unwrap().parent() == node.key());
        entries.extend(
            children
                .filter(|child| child.key().unwrap().x() % 2 == 0)
                .map(|child| format!("\"{}\": -1", child.name)),
        );
        std::fs::write(
            folder.join(format!("ept-hierarchy/{}.json", node.name)),
            format!("{{{}}}", entries.join(",")),
        )
        .unwrap();
        let values: Vec<u8> = (0..node.points)
            .flat_map(|i| (u64::MAX - i).to_le_bytes())
            .collect();
        std::fs::write(folder.join(format!("ept-data/{}.bin", node.name)), values).unwrap();
    }
}

#[tokio::test]
async fn addons_take_the_place_of_dimensions() {
    let folder = tempfile::tempdir().unwrap();
    let plain = open("laz-pf1").await;
    addon(&plain, folder.path()).await;
    let place = folder.path().to_str().unwrap();
    let dataset = plain.clone().with_addon("Intensity", place).await.unwrap();
    let extent = plain.ept().unwrap().metadata().bounds();
    let middle = [0, 1].map(|i| extent.min()[i] + (extent.max()[i] - extent.min()[i]) / 2.0);
    let half = Bounds::new(
        [extent.min()[0], extent.min()[1], f64::NEG_INFINITY],
        [middle[0], middle[1], f64::INFINITY],
    )
    .unwrap();
    let whole = tiles(&plain, &Query::new()).await;
    for query in [
        Query::new(),
        Query::new().with_bounds(half),
        Query::new().with_dimensions(["Intensity", "X", "Y", "Z"]),
    ] {
        let expected = tiles(&plain, &query).await;
        let found = tiles(&dataset, &query).await;
        assert_eq!(places(&found), places(&expected));
        let mut both = [0, 0];
        for tile in &found {
            let key = tile.node.key().unwrap();
            let plain = whole.iter().find(|tile| tile.node.name == key).unwrap();
            // Nodes are reached by even x at each depth.
            let has = (1..=key.depth()).all(|depth| key.ancestor(depth).x() % 2 == 0);
            both[usize::from(has)] += 1;
            match tile.points.values("Intensity").unwrap() {
                Values::U64(values) if has => {
                    let all = &plain.points;
                    for (i, value) in values.iter().enumerate() {
                        let row = (u64::MAX - value) as usize;
                        assert_eq!(
                            (tile.points.x().unwrap()[i], tile.points.y().unwrap()[i]),
                            (all.x().unwrap()[row], all.y().unwrap()[row])
                        );
                    }
                }
                values => assert!(
                    !has && values.scalar() != ept_reader::ScalarType::U64,
                    "{key}"
                ),
            }
        }
        assert!(both.iter().all(|count| *count > 0));
    }

    std::fs::write(
        folder.path().join("ept-hierarchy/0-0-0-0.json"),
        "{\"0-0-0-0\": 1}",
    )
    .unwrap();
    let dataset = plain.clone().with_addon("Intensity", place).await.unwrap();
    let mut tiles = dataset.select(&Query::new()).unwrap().points();
    let error = tiles.try_next().await.unwrap_err();
    assert!(
        error.loss().is_some() && error.to_string().contains("0-0-0-0"),
        "{error}"
    );

    let missing = fixture("terrain");
    let error = plain
        .with_addon("Intensity", missing.to_str().unwrap())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("ept-addon.json"), "{error}");
}

#[tokio::test]
async fn a_single_tile_has_its_addons() {
    let folder = tempfile::tempdir().unwrap();
    let plain = open("laz-pf1").await;
    addon(&plain, folder.path()).await;
    let place = folder.path().to_str().unwrap();
    let dataset = plain.with_addon("Intensity", place).await.unwrap();
    let mut nodes = dataset.select(&Query::new()).unwrap().nodes();
    let root = nodes.try_next().await.unwrap().unwrap();
    let tile = dataset.tile(&root).await.unwrap();
    let values = (0..root.points).map(|i| u64::MAX - i).collect();
    assert_eq!(tile.values("Intensity"), Some(&Values::U64(values)));
}

#[tokio::test]
async fn addons_are_in_the_account_and_read_only_the_pages_on_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let plain = open("laz-pf1").await;
    addon(&plain, folder.path()).await;
    let place = folder.path().to_str().unwrap();
    let before = plain.traffic().requests;
    let dataset = plain.with_addon("Intensity", place).await.unwrap();
    let opened = dataset.traffic().requests;
    assert_eq!(opened - before, 2, "ept-addon.json and the root page");
    tiles(&dataset, &Query::new().with_depth(0)).await;
    let read = dataset.traffic().requests;
    assert_eq!(
        read - opened,
        3,
        "a page and a tile, and the tile of the addon"
    );
    tiles(&dataset, &Query::new()).await;
    let mut pages = std::fs::read_dir(folder.path().join("ept-hierarchy")).unwrap();
    assert!(pages.by_ref().count() > 3, "the addon has pages below");
    assert!(dataset.traffic().requests > read + 3);
}
