//! What is fetched of a remote file.

use crate::support;

use std::num::NonZeroUsize;

use ept_reader::{Bounds, Dataset, Limits, Options, Query};

use support::point_files::{copc_of, laz_of, tiles};
use support::server::{Response, Server, ranged};

use super::open_bytes;

/// A server of one file, which takes ranges.
fn server(file: Vec<u8>) -> Server {
    Server::start(move |request| match request.method.as_str() {
        "HEAD" => Response::new(200, file.clone()),
        _ => ranged(request, Response::new(200, file.clone())),
    })
}

#[tokio::test]
async fn header_and_records_come_in_one_request_and_a_miss_costs_no_more() {
    let server = server(laz_of("terrain", 1).await);
    let dataset = Dataset::open(&server.url("/a.laz?token=1")).await.unwrap();
    assert_eq!(server.requests().len(), 1, "{:?}", server.requests());
    let elsewhere = Bounds::new([0.0; 3], [1.0; 3]).unwrap();
    let found = tiles(&dataset, &Query::new().with_bounds(elsewhere)).await;
    assert!(found.is_empty());
    assert_eq!(server.requests().len(), 1);
    assert!(
        server
            .requests()
            .iter()
            .all(|request| request.query == "token=1")
    );
}

#[tokio::test]
async fn no_more_of_a_remote_file_is_fetched_than_the_chunks_of_the_area() {
    let file = copc_of("terrain").await;
    let whole = file.len() as u64;
    let local = open_bytes(file.clone()).await.unwrap();
    let server = server(file);
    let remote = Dataset::open(&server.url("/x.copc.laz")).await.unwrap();
    let extent = *local.frame().extent();
    let corner = Bounds::new(
        [extent.min()[0], extent.min()[1], f64::NEG_INFINITY],
        [
            extent.min()[0] + 20.0,
            extent.min()[1] + 20.0,
            f64::INFINITY,
        ],
    );
    let query = Query::new().with_bounds(corner.unwrap());
    let expected = tiles(&local, &query).await;
    let before = remote.traffic();
    let found = tiles(&remote, &query).await;
    assert_eq!(found, expected);
    let nodes: Vec<_> = found.iter().map(|tile| tile.node).collect();
    let chunks = local.tile_sizes(&nodes).await.unwrap().bytes as u64;
    let limits = Limits::default();
    let gaps = limits.gap_bytes * (found.len() as u64 - 1);
    let fetched = remote.traffic().bytes - before.bytes;
    assert!(chunks < whole / 2, "the area touches too much to tell");
    // The page of the hierarchy has 32 bytes a node.
    assert!(
        fetched <= chunks + gaps + 32 * 200,
        "{fetched} bytes for chunks of {chunks}"
    );
}

#[tokio::test]
async fn one_request_fetches_what_lies_side_by_side() {
    let file = laz_of("terrain", 4).await;
    let expected = tiles(&open_bytes(file.clone()).await.unwrap(), &Query::new()).await;
    let server = server(file);
    let mut options = Options::default();
    options.limits.requests = NonZeroUsize::MIN;
    let remote = Dataset::open_with(&server.url("/x.laz"), &options)
        .await
        .unwrap();
    let before = server.requests().len();
    let found = tiles(&remote, &Query::new()).await;
    assert_eq!(found, expected);
    let requests = server.requests().len() - before;
    // The place of the table, the table, and the chunks, of which the first goes alone.
    assert!(
        requests < 2 + found.len(),
        "{requests} requests for {} nodes",
        found.len()
    );
}
