//! Tile indexes at a path or URL.

use bytes::Bytes;
use ept_index::{Index, IndexFile, Reading, companions};

use crate::engine::Fetcher;
use crate::{Engine, Error, StoreError, foreign, location};

/// Reads the tile index at a path or URL: `http(s)`, or with the feature `cloud` `s3`, `gs` and `az`. Its kind is
/// determined by its contents, see [`Reading::read`]. Its size is limited by
/// [`Limits::index_bytes`](crate::Limits::index_bytes).
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
    let (store, name) = location::open_file(location, engine.options())?;
    let fetcher = Fetcher::new(store, engine);
    let limits = engine.limits();
    let most = limits.text_bytes(limits.index_bytes);
    let bytes = get(&fetcher, &name, most).await?;
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
    index.map_err(|fault| {
        let unreadable = Error::Index {
            location: fetcher.location(&name),
            fault,
        };
        foreign::by_name(location).unwrap_or(unreadable)
    })
}

/// The size in bytes of the file at a path or URL, without fetching it. `None` if the store can't tell it.
///
/// # Errors
/// If there is no such file, or its size can't be requested.
pub async fn file_size(location: &str, engine: &Engine) -> Result<Option<u64>, Error> {
    let (store, name) = location::open_file(location, engine.options())?;
    Ok(Fetcher::new(store, engine).size(&name).await?)
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
