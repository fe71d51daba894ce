//! Tile indexes at a path or URL.

use ept_index::{Index, IndexFile, NextPage, Reading, companions};

use crate::page_links::{PageLinks, fetch_page, get};
use crate::{Engine, Error, StoreError, foreign};

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
    let mut links = PageLinks::new("index", location, engine);
    let mut pages = Vec::new();
    while let Some(request) = links.request() {
        let (page, bytes) = read_page(&request, reading, engine).await?;
        links.follow(page.next.as_ref(), bytes)?;
        pages.push(page);
    }
    Ok(Index::of_pages(pages))
}

/// One page of an index, and the bytes that were fetched for it.
async fn read_page(
    request: &NextPage,
    reading: &Reading,
    engine: &Engine,
) -> Result<(Index, usize), Error> {
    let location = &*request.location;
    let limits = engine.limits();
    let most = limits.text_bytes(limits.index_bytes);
    let (fetcher, name, bytes) = fetch_page(request, engine).await?;
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

/// The name with another extension, in the same case.
fn sibling(name: &str, extension: &str) -> String {
    let (stem, own) = name.rsplit_once('.').unwrap_or((name, ""));
    if own.bytes().any(|byte| byte.is_ascii_uppercase()) {
        format!("{stem}.{}", extension.to_ascii_uppercase())
    } else {
        format!("{stem}.{extension}")
    }
}
