//! What is refused or lost.

use crate::support;

use std::ops::Range;

use ept_reader::{
    Checks, DecodeError, Error, FormatError, LossCause, LostPart, Options, Query, Tile,
};
use futures::StreamExt;

use support::point_files::{copc_of, laz_of, tiles};

use super::open_bytes;

/// Where the entries of the root page start, by the info record (COPC 1.0): the fifth and sixth word.
fn root_page(file: &[u8]) -> Range<usize> {
    let word = |at: usize| u64::from_le_bytes(file[at..at + 8].try_into().unwrap()) as usize;
    let info = 375 + 54;
    let start = word(info + 40);
    start..start + word(info + 48)
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
