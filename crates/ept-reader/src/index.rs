//! Tile indexes at a path or URL.

use std::collections::HashSet;

use bytes::Bytes;
use ept_index::{Index, IndexFile, NextPage, Reading, companions};

use crate::engine::Fetcher;
use crate::{Engine, Error, StoreError, foreign, location};

/// Reads the tile index at a path or URL: `http(s)`, or with the feature `cloud` `s3`, `gs` and `az`. Its kind is
/// determined by its contents, see [`Reading::read`]. Its size is limited by
/// [`Limits::index_bytes`](crate::Limits::index_bytes).
///
/// Of one that comes in pages, as a STAC API gives them, the pages that follow are read too if they are on the same server.
/// What is elsewhere, or beyond 10,000 pages, is left to the caller by [`Index::next`]. Links that ask for a POST request, or for
/// headers, are followed likewise; those pages are not cached.
///
/// # Errors
/// If it can't be fetched, or is not an index.
///
/// ```no_run
/// use ept_index::Reading;
/// use ept_reader::{Area, Edge, Engine, Options, read_index, rows_in_areas};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let engine = Engine::new(&Options::default());
/// let index = read_index("https://example.com/survey/survey_TileIndex.zip", &Reading::new(), &engine).await?;
/// let area: Area = std::fs::read_to_string("catchment.geojson")?.parse()?;
/// for row in rows_in_areas(&index, &[area], Edge::Closed)? {
///     println!("{}", row.location);
/// }
/// # Ok(()) }
/// ```
pub async fn read_index(
    location: &str,
    reading: &Reading,
    engine: &Engine,
) -> Result<Index, Error> {
    // Relative locations in the index start at its full location.
    let location = &*engine.options().services.location(location)?;
    let most = engine.limits().index_bytes.get();
    let mut request = NextPage::of_location(location);
    let (first, mut bytes) = read_page(&request, reading, engine).await?;
    let mut known = HashSet::from([request.clone()]);
    let mut pages = vec![first];
    while pages.len() < MOST_PAGES
        && let Some(next) = pages.last().and_then(|page| page.next.clone())
        && location::is_same_server(location, &next.location)
    {
        let failed = |problem: &str| Error::Location {
            location: location::without_secrets(&next.location),
            problem: problem.to_owned(),
        };
        request = next.clone().after(&request).map_err(|fault| Error::Index {
            location: location::without_secrets(&next.location),
            fault,
        })?;
        if !known.insert(request.clone()) {
            return Err(failed(
                "the pages of the index lead back to this one; download them one by one",
            ));
        }
        let (page, more) = read_page(&request, reading, engine).await?;
        bytes += more;
        if bytes > most {
            return Err(failed(
                "the pages of the index are larger together than the limit",
            ));
        }
        pages.push(page);
    }
    Ok(Index::of_pages(pages))
}

/// Pages of an index beyond which whoever serves them is taken to have no end of them.
const MOST_PAGES: usize = 10_000;

/// One page of an index, and the bytes that were fetched for it.
async fn read_page(
    request: &NextPage,
    reading: &Reading,
    engine: &Engine,
) -> Result<(Index, usize), Error> {
    let location = &*request.location;
    let limits = engine.limits();
    let most = limits.text_bytes(limits.index_bytes);
    let (fetcher, name, bytes) = fetch_page(request, most, engine).await?;
    let mut beside = Vec::new();
    for extension in companions(&bytes) {
        let bytes = match get(&fetcher, &sibling(&name, extension), most).await {
            Ok(bytes) => bytes,
            // Object stores deny access to missing files. The parser knows which files are required.
            Err(StoreError::NotFound { .. } | StoreError::Denied { .. }) => continue,
            Err(error) => return Err(error.into()),
        };
        beside.push((*extension, bytes));
    }
    let size = bytes.len();
    let reading = reading.clone().with_max_unpacked(most);
    let start = location.to_owned();
    let parse = move || {
        let beside: Vec<(&str, &[u8])> = beside
            .iter()
            .map(|(extension, bytes)| (*extension, &bytes[..]))
            .collect();
        reading.read(&IndexFile::new(&start, &bytes).with_beside(&beside))
    };
    let index = engine.compute(0, parse).await?;
    let index = index.map_err(|fault| {
        let unreadable = Error::Index {
            location: fetcher.location(&name),
            fault,
        };
        foreign::by_name(location).unwrap_or(unreadable)
    })?;
    Ok((index, size))
}

/// The bytes of a page, and where files beside it are.
async fn fetch_page(
    request: &NextPage,
    most: usize,
    engine: &Engine,
) -> Result<(Fetcher, String, Bytes), Error> {
    if request.is_plain() {
        let (store, name) = location::open_file(&request.location, engine.options())?;
        let fetcher = Fetcher::new(store, engine);
        let bytes = get(&fetcher, &name, most).await?;
        return Ok((fetcher, name, bytes));
    }
    let (store, name) = location::open_web_file(&request.location, engine.options())?;
    let fetcher = Fetcher::new(store.clone(), engine);
    let bytes = fetcher.page(store, name, request, most).await?;
    Ok((fetcher, name.to_owned(), bytes))
}

async fn get(fetcher: &Fetcher, name: &str, most: usize) -> Result<Bytes, StoreError> {
    let retry = &fetcher.engine().options().retry;
    fetcher.get_with(name, most, retry).await
}

/// The name with another extension, in the same case.
fn sibling(name: &str, extension: &str) -> String {
    let (stem, own) = name.rsplit_once('.').unwrap_or((name, ""));
    if own.bytes().any(|byte| byte.is_ascii_uppercase()) {
        format!("{stem}.{}", extension.to_ascii_uppercase())
    } else {
        format!("{stem}.{extension}")
    }
}
