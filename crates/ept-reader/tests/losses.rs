//! What cannot be read is told with its place and cause, and the rest still comes.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use std::sync::Arc;

use ept_reader::{Dataset, Error, LossCause, LostPart, Options, Query, Tile};
use futures::StreamExt;

use support::stores::Watched;
use support::{open, tiles};

/// Everything that can be read, and what cannot.
async fn salvage(store: &Arc<Watched>) -> (Vec<Tile>, Vec<ept_reader::Loss>) {
    let dataset = Dataset::from_store(Arc::clone(store) as _, &Options::default())
        .await
        .unwrap();
    let mut stream = dataset.select(&Query::new()).unwrap().points();
    let (mut found, mut lost) = (Vec::new(), Vec::new());
    while let Some(tile) = stream.next().await {
        match tile {
            Ok(tile) => found.push(tile),
            Err(Error::Lost(loss)) => lost.push(*loss),
            Err(error) => panic!("{error}"),
        }
    }
    (found, lost)
}

#[tokio::test]
async fn a_lost_tile_is_told_and_nothing_else_is_missing() {
    let mut expected = tiles(&open("laz-pf1").await, &Query::new()).await;
    let gone = expected.remove(3);
    let path = format!("ept-data/{}.laz", gone.node.name);
    let whole = std::fs::read(support::fixture("laz-pf1").join(&path)).unwrap();
    let mut other = whole.clone();
    // The legacy point count of LAS 1.2.
    other[107..111].copy_from_slice(&7_u32.to_le_bytes());
    for (bytes, cause) in [
        (None, "not found"),
        (Some(&whole[..whole.len() / 2]), "corrupt"),
        (Some(&b""[..]), "empty"),
        (Some(&b"<!DOCTYPE html>"[..]), "web page"),
        (Some(&other[..]), "its tile has 7"),
    ] {
        let store = Watched::new("laz-pf1");
        store.replace(&path, bytes);
        let (found, lost) = salvage(&store).await;
        assert_eq!(found, expected, "{cause}");
        let [loss] = &lost[..] else {
            panic!("{lost:?}")
        };
        assert_eq!(loss.node, gone.node.name);
        assert_eq!(loss.cell, gone.node.cell);
        let points = gone.node.points;
        assert_eq!(loss.part, LostPart::Tile { points });
        let text = loss.to_string();
        assert!(
            text.contains(cause) && text.contains(&format!("watched:{path}")),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_lost_page_loses_its_subtree_and_no_more() {
    let dataset = open("terrain").await;
    let all = tiles(&dataset, &Query::new()).await;
    let pages = support::fixture("terrain").join("ept-hierarchy");
    let page = pages
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_str().unwrap().to_owned())
        .filter(|name| name.starts_with("2-"))
        .min()
        .unwrap();
    let root: ept_reader::Key = page.trim_end_matches(".json").parse().unwrap();
    let expected: Vec<_> = all
        .into_iter()
        .filter(|tile| !root.holds(tile.node.key().unwrap()))
        .collect();
    let path = format!("ept-hierarchy/{page}");
    let itself = format!("{{\"{root}\": -1}}");
    for (bytes, cause) in [
        (None, "not found"),
        (Some(&b"{\"0-0-0-0\": 1}"[..]), "not below"),
        (Some(itself.as_bytes()), "points to itself"),
        (Some(&b"<html>"[..]), "web page"),
        (Some(&b"{\"9-0-0-0\": "[..]), "JSON"),
        (Some(&[0x1f, 0x8b, 8, 0][..]), "gzip"),
    ] {
        let store = Watched::new("terrain");
        store.replace(&path, bytes);
        let (found, lost) = salvage(&store).await;
        assert_eq!(found, expected, "{cause}");
        let [loss] = &lost[..] else {
            panic!("{lost:?}")
        };
        assert_eq!((loss.node, loss.part), (root.into(), LostPart::Page));
        let text = loss.to_string();
        assert!(text.contains(cause) && text.contains(&path), "{text}");
    }
}

#[tokio::test]
async fn a_lost_root_page_loses_everything_and_says_so() {
    let store = Watched::new("terrain");
    store.replace("ept-hierarchy/0-0-0-0.json", None);
    let (found, lost) = salvage(&store).await;
    assert!(found.is_empty());
    assert!(matches!(&lost[..], [loss] if matches!(loss.cause, LossCause::Fetch(_))));
}

#[tokio::test]
async fn counts_that_contradict_each_other_end_the_walk() {
    let store = Watched::new("terrain");
    let root =
        std::fs::read(support::fixture("terrain").join("ept-hierarchy/0-0-0-0.json")).unwrap();
    let text = String::from_utf8(root).unwrap();
    // A node of another page, but not that page's root, which the root page lists as -1.
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    let entries = json(&text);
    let pages = entries
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, count)| count.as_i64() == Some(-1));
    let below = pages.flat_map(|(page, _)| {
        let path = support::fixture("terrain").join(format!("ept-hierarchy/{page}.json"));
        let entries = json(&std::fs::read_to_string(path).unwrap());
        let keys = entries
            .as_object()
            .unwrap()
            .keys()
            .filter(|key| *key != page);
        keys.cloned().collect::<Vec<_>>()
    });
    let below = below.min().unwrap();
    let both = text.replacen('{', &format!("{{\"{below}\": 123456789,"), 1);
    store.replace("ept-hierarchy/0-0-0-0.json", Some(both.as_bytes()));
    let dataset = Dataset::from_store(Arc::clone(&store) as _, &Options::default())
        .await
        .unwrap();
    let nodes: Vec<_> = dataset
        .select(&Query::new())
        .unwrap()
        .nodes()
        .collect()
        .await;
    let error = nodes.last().unwrap().as_ref().unwrap_err();
    assert!(matches!(error, Error::Format { .. }), "{error}");
    let text = error.to_string();
    assert!(
        text.contains(&below) && text.contains("123456789"),
        "{text}"
    );
}

#[tokio::test]
async fn a_dimension_that_nobody_has_is_no_loss_but_an_error() {
    let dataset = open("laz-pf0").await;
    let mut stream = dataset
        .select(&Query::new().with_dimensions(["X", "Colour"]))
        .unwrap()
        .points();
    let error = stream.next().await.unwrap().unwrap_err();
    assert!(error.loss().is_none());
    let text = error.to_string();
    assert!(
        text.contains("\"Colour\"") && text.contains("Intensity"),
        "{text}"
    );
}

/// A folder with a hierarchy of a root and 64 pages of one node each, of which three can't be used.
fn folder_of_pages() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("ept-hierarchy");
    std::fs::create_dir_all(&pages).unwrap();
    let metadata = support::fixture("terrain").join("ept.json");
    std::fs::copy(metadata, folder.path().join("ept.json")).unwrap();
    let cells = (0..64).map(|at| format!("2-{}-{}-{}", at / 16, at / 4 % 4, at % 4));
    let mut root = vec!["\"0-0-0-0\": 1".to_owned()];
    for (at, key) in cells.enumerate() {
        root.push(format!("\"{key}\": -1"));
        let text = match at {
            7 => continue,
            8 => "{".to_owned(),
            30 => "{\"2-0-0-0\": 1}".to_owned(),
            // More text than is read together.
            40 => format!("{{\"{key}\": 10}}{}", " ".repeat(300 << 10)),
            _ => format!("{{\"{key}\": 10}}"),
        };
        std::fs::write(pages.join(format!("{key}.json")), text).unwrap();
    }
    let root = format!("{{{}}}", root.join(","));
    std::fs::write(pages.join("0-0-0-0.json"), root).unwrap();
    folder
}

#[tokio::test]
async fn pages_of_a_folder_are_lost_one_by_one_though_read_together() {
    let folder = folder_of_pages();
    let mut options = Options::default();
    // So few that there are more pages than loads.
    options.limits.requests = std::num::NonZeroUsize::MIN;
    let dataset = Dataset::open_with(folder.path().to_str().unwrap(), &options)
        .await
        .unwrap();
    let mut nodes = dataset.select(&Query::new()).unwrap().nodes();
    let (mut found, mut lost) = (0, Vec::new());
    while let Some(node) = nodes.next().await {
        match node {
            Ok(_) => found += 1,
            Err(Error::Lost(loss)) => lost.push((loss.node.to_string(), loss.cause.to_string())),
            Err(error) => panic!("{error}"),
        }
    }
    lost.sort();
    assert_eq!(found, 1 + 64 - 3);
    let expected = [
        ("2-0-1-3", "not found"),
        ("2-0-2-0", "JSON"),
        ("2-1-3-2", "not below"),
    ];
    assert_eq!(lost.len(), expected.len(), "{lost:?}");
    for ((node, cause), (expected, part)) in lost.iter().zip(expected) {
        assert!(node == expected && cause.contains(part), "{node}: {cause}");
    }
    // ept.json, the root page and the other 64. The page that is not JSON may be read a second time, for its error.
    let traffic = dataset.traffic();
    assert_eq!(traffic.retries, 0);
    assert!((66..=67).contains(&traffic.requests), "{traffic:?}");
}
