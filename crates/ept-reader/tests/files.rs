//! COPC and LAZ files as datasets: what is read of them, what is fetched for it, and what is refused.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::Arc;

use ept_export::{LasOptions, LasSink, Sink};
use ept_reader::{
    Bounds, Camera, Checks, Dataset, DecodeError, Engine, Error, Event, FormatError, Limits,
    LossCause, LostPart, MemoryStore, Opening, Options, PointBatch, Query, Scene, SceneOptions,
    Spacing, Thin, Tile, TileCache, View,
};
use futures::StreamExt;
use support::point_files::{File, copc_of, laz_of, tiles};
use support::server::{Response, Server, ranged};
use support::{open, testdata};

/// Where the entries of the root page start, by the info record (COPC 1.0): the fifth and sixth word.
fn root_page(file: &[u8]) -> Range<usize> {
    let word = |at: usize| u64::from_le_bytes(file[at..at + 8].try_into().unwrap()) as usize;
    let info = 375 + 54;
    let start = word(info + 40);
    start..start + word(info + 48)
}

async fn open_bytes(file: Vec<u8>) -> Result<Dataset, Error> {
    let store: MemoryStore = [("points", file)].into_iter().collect();
    let engine = Engine::new(&Options::default());
    Dataset::from_file_in(Arc::new(store), "points", &engine).await
}

/// The first error of reading everything.
async fn fault(file: Vec<u8>) -> Error {
    let dataset = match open_bytes(file).await {
        Ok(dataset) => dataset,
        Err(error) => return error,
    };
    let points = dataset.select(&Query::new()).unwrap().points();
    let errors = points.filter_map(|tile| std::future::ready(tile.err()));
    std::pin::pin!(errors).next().await.expect("a fault")
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

#[tokio::test]
async fn chunks_outside_of_the_file_are_lost_by_name() {
    let mut file = copc_of("terrain").await;
    let page = root_page(&file);
    let past = file.len() as u64 + 10;
    file[page.start + 16..page.start + 24].copy_from_slice(&past.to_le_bytes());
    let error = fault(file).await;
    let text = error.to_string();
    assert!(
        text.contains("0-0-0-0") && text.contains(&past.to_string()),
        "{text}"
    );
}

#[tokio::test]
async fn pages_that_lead_in_a_circle_are_refused() {
    let mut file = copc_of("terrain").await;
    let page = root_page(&file);
    // The second entry becomes a page where the root page is.
    let entry = page.start + 32;
    file[entry + 16..entry + 24].copy_from_slice(&(page.start as u64).to_le_bytes());
    file[entry + 24..entry + 28].copy_from_slice(&(page.len() as i32).to_le_bytes());
    file[entry + 28..entry + 32].copy_from_slice(&(-1_i32).to_le_bytes());
    let error = fault(file).await;
    let loss = error.loss().expect("a lost page");
    assert_eq!(loss.part, LostPart::Page);
    assert!(matches!(
        loss.cause,
        LossCause::Format(FormatError::Copc { .. })
    ));
    let text = error.to_string();
    assert!(text.contains("overlaps that of 0-0-0-0"), "{text}");
}

#[tokio::test]
async fn a_root_page_outside_of_the_file_is_refused() {
    let mut file = copc_of("laz-pf7").await;
    let past = file.len() as u64;
    file[375 + 54 + 40..][..8].copy_from_slice(&past.to_le_bytes());
    let text = fault(file).await.to_string();
    assert!(text.contains("root page"), "{text}");
}

#[tokio::test]
async fn a_node_of_another_count_than_its_chunk_is_lost_with_both_numbers() {
    let mut file = copc_of("terrain").await;
    let at = root_page(&file).start + 28;
    let told = i32::from_le_bytes(file[at..at + 4].try_into().unwrap());
    file[at..at + 4].copy_from_slice(&(told - 1).to_le_bytes());
    let error = fault(file).await;
    let loss = error.loss().expect("a lost node");
    let (expected, found) = (told as u64 - 1, told as u64);
    let count = DecodeError::Count { expected, found };
    assert_eq!(loss.cause, LossCause::Decode(count));
}

#[tokio::test]
async fn files_cut_off_anywhere_are_refused_and_do_not_panic() {
    for file in [copc_of("laz-pf6").await, laz_of("laz-pf3", 1).await] {
        let expected = tiles(&open_bytes(file.clone()).await.unwrap(), &Query::new()).await;
        let count = |tiles: &[Tile]| tiles.iter().map(|tile| tile.points.len()).sum::<usize>();
        // The rest after the last chunk is not needed for the points of a LAZ file that says where its table is.
        for share in 0..40 {
            let cut = file[..file.len() * share / 40].to_vec();
            let Ok(dataset) = open_bytes(cut).await else {
                continue;
            };
            let points = dataset.select(&Query::new()).unwrap().points();
            let found: Vec<_> = points.collect().await;
            let lost = found.iter().filter(|tile| tile.is_err()).count();
            let read: Vec<Tile> = found.into_iter().flatten().collect();
            assert!(
                lost > 0 || count(&read) == count(&expected),
                "{share} of 40"
            );
        }
    }
}

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

#[tokio::test]
async fn several_sources_are_one_dataset_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("a.laz"), laz_of("laz-pf3", 1).await).unwrap();
    std::fs::write(path("b.copc.laz"), copc_of("laz-pf7").await).unwrap();
    let ept = testdata().join("laz-pf6").to_str().unwrap().to_owned();
    let all = [
        path("a.laz"),
        path("b.copc.laz"),
        ept.clone(),
        path("a.laz"),
    ];
    let engine = Engine::new(&Options::default());
    let several = Dataset::open_all(&all, &engine, &Opening::default())
        .await
        .unwrap();
    assert_eq!(several.locations().len(), 3);
    let found = tiles(&several, &Query::new()).await;
    let mut expected = Vec::new();
    for location in &all[..3] {
        expected.extend(tiles(&Dataset::open(location).await.unwrap(), &Query::new()).await);
    }
    let batches = |tiles: &[Tile]| tiles.iter().map(|t| t.points.clone()).collect::<Vec<_>>();
    assert_eq!(batches(&found), batches(&expected));
    assert!(found.is_sorted_by_key(|tile| tile.node.source));
    let pattern = [path("*.laz")];
    let matched = Dataset::open_all(&pattern, &engine, &Opening::default())
        .await
        .unwrap();
    assert_eq!(matched.locations(), [path("a.laz"), path("b.copc.laz")]);
    let folder = [folder.path().to_str().unwrap().to_owned()];
    let inside = Dataset::open_all(&folder, &engine, &Opening::default())
        .await
        .unwrap();
    assert_eq!(inside.locations(), matched.locations());
}

#[tokio::test]
async fn thinning_sees_all_sources_together() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("a.copc.laz"), copc_of("laz-pf7").await).unwrap();
    std::fs::write(path("b.copc.laz"), copc_of("laz-pf6").await).unwrap();
    std::fs::write(path("c.laz"), laz_of("laz-pf6", 1).await).unwrap();
    let engine = Engine::new(&Options::default());
    let all = ["a.copc.laz", "b.copc.laz", "c.laz"].map(path);
    let dataset = Dataset::open_all(&all, &engine, &Opening::default())
        .await
        .unwrap();
    let size = 7.0;
    let cell = |x: f64, y: f64| [x, y].map(|c| (c / size).floor() as i64);
    let distance = |x: f64, y: f64| -> f64 {
        let parts = [x, y].map(|c| c / size - (c / size).floor() - 0.5);
        parts.map(|part| part * part).iter().sum()
    };
    let mut nearest: BTreeMap<[i64; 2], f64> = BTreeMap::new();
    for tile in tiles(&dataset, &Query::new()).await {
        for (x, y) in tile
            .points
            .x()
            .unwrap()
            .iter()
            .zip(tile.points.y().unwrap())
        {
            let best = nearest.entry(cell(*x, *y)).or_insert(f64::INFINITY);
            *best = best.min(distance(*x, *y));
        }
    }
    let thin = Query::new().with_thin(Thin::squares(Spacing::Units(size)));
    let mut found: BTreeMap<[i64; 2], f64> = BTreeMap::new();
    for tile in tiles(&dataset, &thin).await {
        for (x, y) in tile
            .points
            .x()
            .unwrap()
            .iter()
            .zip(tile.points.y().unwrap())
        {
            let twice = found.insert(cell(*x, *y), distance(*x, *y));
            assert_eq!(twice, None, "two points of one cell");
        }
    }
    assert_eq!(found, nearest);
}

#[tokio::test]
async fn a_source_that_cannot_be_opened_is_a_loss_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("a.laz"), laz_of("laz-pf3", 1).await).unwrap();
    std::fs::write(path("b.laz"), "not a cloud").unwrap();
    let engine = Engine::new(&Options::default());
    let all = [path("a.laz"), path("b.laz"), path("c.laz")];
    let dataset = Dataset::open_all(&all, &engine, &Opening::default())
        .await
        .unwrap();
    let found = dataset.select(&Query::new()).unwrap().points();
    let errors: Vec<Error> = found
        .filter_map(|t| std::future::ready(t.err()))
        .collect()
        .await;
    let losses: Vec<_> = errors.iter().map(|error| error.loss().unwrap()).collect();
    assert_eq!(losses.len(), 2);
    assert_eq!(losses[0].location, path("b.laz"));
    assert!(matches!(
        losses[0].cause,
        LossCause::Decode(DecodeError::NotLas(_))
    ));
    assert!(matches!(losses[1].cause, LossCause::Fetch(_)));
}

#[tokio::test]
async fn validation_names_what_is_wrong_with_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.copc.laz");
    let good = copc_of("terrain").await;
    let codes = async |file: &[u8]| -> Vec<&'static str> {
        std::fs::write(&path, file).unwrap();
        let checks = Checks {
            deep: true,
            ..Checks::default()
        };
        let location = path.to_str().unwrap();
        let options = Options::default();
        let report = ept_reader::validate(location, &options, &checks, |_| {});
        let findings = report.await.unwrap().findings;
        findings.iter().map(|finding| finding.code.id()).collect()
    };
    assert_eq!(codes(&good).await, [] as [&str; 0]);
    let page = root_page(&good);
    let damaged = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut file = good.clone();
        change(&mut file);
        file
    };
    // Point format 99.
    assert_eq!(
        codes(&damaged(&|file| file[104] = 0x80 | 99)).await,
        ["E060"]
    );
    // Spacing 0.
    let no_spacing = damaged(&|file| file[375 + 54 + 32..][..8].fill(0));
    assert_eq!(codes(&no_spacing).await, ["E062"]);
    // A negative depth.
    let bad_key = damaged(&|file| file[page.start + 3] = 0x80);
    assert_eq!(codes(&bad_key).await, ["E063"]);
    // The third node has the chunk of the second, and its own number of points.
    let shared = damaged(&|file| {
        let from = page.start + 32 + 16..page.start + 32 + 28;
        let chunk = file[from].to_vec();
        file[page.start + 64 + 16..][..12].copy_from_slice(&chunk);
    });
    assert!(codes(&shared).await.contains(&"E064"));
    // One point more in the header (LAS 1.4 R15, table 3).
    let more = damaged(&|file| file[247] = file[247].wrapping_add(1));
    assert_eq!(codes(&more).await, ["E065"]);
    // The greatest x is that of the least.
    let narrow = damaged(&|file| file.copy_within(187..195, 179));
    assert_eq!(codes(&narrow).await, ["W061"]);
    // No extent at all.
    let nowhere = damaged(&|file| file[179..227].fill(0));
    assert_eq!(codes(&nowhere).await, ["W060"]);
    // LAZ that ends within its last chunk.
    let laz = laz_of("laz-pf3", 1).await;
    assert_eq!(codes(&laz[..laz.len() * 9 / 10]).await, ["E061"]);
    // A point more of the first return.
    let returns = damaged(&|file| file[255] = file[255].wrapping_add(1));
    assert_eq!(codes(&returns).await, ["W062"]);
}

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
