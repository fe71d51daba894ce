//! What every store must do: one suite for all of them.

use ept_reader::{Answer, Body, Store, StoreError};
use futures::TryStreamExt;

/// A file of every store under test: at [`PATH`], with [`contents`].
pub const PATH: &str = "ept-data/0-0-0-0.bin";
/// A file without bytes.
pub const EMPTY: &str = "ept-data/1-0-0-0.bin";

const MISSING: &str = "ept-data/9-0-0-0.bin";
const LENGTH: usize = 1000;
const PLENTY: usize = 1 << 20;

/// Bytes that tell their places.
pub fn contents() -> Vec<u8> {
    (0..LENGTH).map(|at| (at * 7 % 251) as u8).collect()
}

/// What a store can tell beside contents.
#[derive(Debug, Clone, Copy, Default)]
pub struct Abilities {
    pub sizes: bool,
    pub lists: bool,
    pub stamps: bool,
}

/// Panics where the store does not do what [`Store`] says.
pub async fn check(store: &dyn Store, abilities: Abilities) {
    whole_files(store).await;
    files_together(store).await;
    missing_files(store, abilities).await;
    ranges(store).await;
    ranges_past_the_end(store).await;
    starts(store, abilities).await;
    bodies(store).await;
    sizes(store, abilities).await;
    lists(store, abilities).await;
    stamps(store, abilities).await;
}

async fn whole_files(store: &dyn Store) {
    assert_eq!(store.get(PATH, PLENTY).await.unwrap(), contents());
    assert_eq!(store.get(PATH, LENGTH).await.unwrap(), contents());
    assert_eq!(store.get(PATH, usize::MAX).await.unwrap(), contents());
    assert_eq!(store.get(EMPTY, 0).await.unwrap(), b""[..]);
    assert_too_large(store.get(PATH, LENGTH - 1).await, LENGTH - 1);
    let location = store.location(PATH);
    assert!(location.ends_with(PATH), "{location}");
}

/// What is read together is what is read one by one, up to a file that can't be read or does not fit.
async fn files_together(store: &dyn Store) {
    let each = [contents(), Vec::new(), contents()];
    let paths = [PATH, EMPTY, PATH, MISSING, PATH].map(str::to_owned);
    for (room, most) in [(PLENTY, 3), (2 * LENGTH, 3), (2 * LENGTH - 1, 2), (0, 0)] {
        let files = store.get_together(&paths, room).await;
        assert!(files.len() <= most, "{} files in {room} bytes", files.len());
        assert_eq!(files, each[..files.len()]);
    }
    assert!(store.get_together(&[], PLENTY).await.is_empty());
}

async fn missing_files(store: &dyn Store, abilities: Abilities) {
    assert_not_found(store, store.get(MISSING, PLENTY).await);
    assert_not_found(store, store.range(MISSING, 0..10, PLENTY).await);
    if abilities.sizes {
        assert_not_found(store, store.size(MISSING).await);
    }
}

async fn ranges(store: &dyn Store) {
    let whole = contents();
    for range in [0..1, 0..10, 1..2, 300..700, 999..1000, 0..1000] {
        let found = store.range(PATH, range.clone(), PLENTY).await;
        let bytes = range.start as usize..range.end as usize;
        assert_eq!(found.unwrap(), whole[bytes], "{range:?} of {store:?}");
    }
    let found = store.range(PATH, 5..5, PLENTY).await;
    assert_eq!(found.unwrap(), b""[..], "an empty range of {store:?}");
    assert_too_large(store.range(PATH, 0..500, 499).await, 499);
}

async fn ranges_past_the_end(store: &dyn Store) {
    let whole = contents();
    for range in [990..1001, 0..5000, 999..5000, 10..u64::MAX] {
        let found = store.range(PATH, range.clone(), PLENTY).await;
        let start = range.start as usize;
        assert_eq!(found.unwrap(), whole[start..], "{range:?} of {store:?}");
    }
    for range in [1000..1001, 1000..5000, 5000..6000, u64::MAX - 9..u64::MAX] {
        let found = store.range(PATH, range.clone(), PLENTY).await;
        assert_eq!(found.unwrap(), b""[..], "{range:?} of {store:?}");
    }
    let found = store.range(EMPTY, 0..10, PLENTY).await;
    assert_eq!(found.unwrap(), b""[..], "of an empty file of {store:?}");
}

async fn starts(store: &dyn Store, abilities: Abilities) {
    for length in [1, 100, 1000, 5000] {
        let start = store.start(PATH, length, PLENTY).await.unwrap();
        let expected = contents();
        assert_eq!(start.bytes, expected[..expected.len().min(length as usize)]);
        let is_told = abilities.sizes || start.size.is_some();
        assert_eq!(start.size, is_told.then_some(LENGTH as u64), "{store:?}");
    }
    let empty = store.start(EMPTY, 100, PLENTY).await.unwrap();
    assert_eq!(empty.bytes, b""[..], "{store:?}");
    assert!(
        matches!(empty.size, None | Some(0)),
        "{empty:?} of {store:?}"
    );
    assert_not_found(store, store.start(MISSING, 10, PLENTY).await);
}

/// A file as it comes, and what follows a part of it.
async fn bodies(store: &dyn Store) {
    let whole = contents();
    let body = store.body(PATH, 0, None).await.unwrap();
    assert_eq!((body.start, body.size.unwrap_or(1000)), (0, 1000));
    let stamp = body.stamp.clone();
    assert_eq!(pieces(body).await, whole, "{store:?}");
    let empty = store.body(EMPTY, 0, None).await.unwrap();
    assert_eq!(pieces(empty).await, b"");
    // A store that can't tell sizes finds out by the first piece.
    let missing = match store.body(MISSING, 0, None).await {
        Ok(mut body) => body.pieces.try_next().await.map(drop),
        Err(error) => Err(error),
    };
    assert_not_found(store, missing);
    // Without a stamp, or with another one, it is the whole file.
    for other in [None, Some("\"another\"")] {
        let body = store.body(PATH, 300, other).await.unwrap();
        assert_eq!(body.start, 0, "{store:?}");
        assert_eq!(pieces(body).await, whole, "{store:?}");
    }
    for from in [1, 300, 999, 1000] {
        let body = store.body(PATH, from, stamp.as_deref()).await.unwrap();
        let start = body.start as usize;
        assert!(
            start == from as usize || start == 0,
            "{body:?} of {store:?}"
        );
        assert!(
            stamp.is_none() || start == from as usize,
            "{body:?} of {store:?}"
        );
        assert_eq!(pieces(body).await, whole[start..], "{from} of {store:?}");
    }
}

async fn pieces(body: Body<'_>) -> Vec<u8> {
    let pieces: Vec<bytes::Bytes> = body.pieces.try_collect().await.unwrap();
    pieces.concat()
}

async fn sizes(store: &dyn Store, abilities: Abilities) {
    let size = |bytes: u64| abilities.sizes.then_some(bytes);
    assert_eq!(store.size(PATH).await, Ok(size(LENGTH as u64)));
    assert_eq!(store.size(EMPTY).await, Ok(size(0)));
}

async fn lists(store: &dyn Store, abilities: Abilities) {
    let names = store.list("ept-data").await.unwrap().map(|mut names| {
        names.sort();
        names
    });
    let expected = || vec!["0-0-0-0.bin".to_owned(), "1-0-0-0.bin".to_owned()];
    assert_eq!(names, abilities.lists.then(expected), "{store:?}");
    let nowhere = store.list("nowhere").await.unwrap();
    assert_eq!(nowhere, abilities.lists.then(Vec::new), "{store:?}");
}

async fn stamps(store: &dyn Store, abilities: Abilities) {
    let first = store.get_changed(PATH, PLENTY, None).await.unwrap();
    let Answer::File { bytes, stamp } = &first else {
        panic!("{store:?} says that nothing is the same as before");
    };
    assert_eq!(*bytes, contents());
    assert_eq!(stamp.is_some(), abilities.stamps, "{store:?}");
    let again = store.get_changed(PATH, PLENTY, stamp.as_deref()).await;
    let expected = match abilities.stamps {
        true => Answer::Same,
        false => first.clone(),
    };
    assert_eq!(again.unwrap(), expected, "{store:?}");
    let other = store.get_changed(PATH, PLENTY, Some("\"another\"")).await;
    assert_eq!(other.unwrap(), first, "{store:?}");
}

fn assert_not_found<T: std::fmt::Debug>(store: &dyn Store, result: Result<T, StoreError>) {
    match result {
        Err(StoreError::NotFound { location }) => assert_eq!(location, store.location(MISSING)),
        other => panic!("{other:?} in place of \"not found\" from {store:?}"),
    }
}

fn assert_too_large<T: std::fmt::Debug>(result: Result<T, StoreError>, limit: usize) {
    let error = result.unwrap_err();
    assert!(
        error.cause().contains(&format!("limit of {limit} bytes")),
        "{error}"
    );
    assert!(!error.may_pass(), "{error}");
}
