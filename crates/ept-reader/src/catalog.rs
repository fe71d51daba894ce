//! Catalogues of surveys at a path or URL.

use ept_format::Bounds;
use ept_index::{Catalog, Survey};

use crate::engine::Fetcher;
use crate::{Engine, Error, location};

/// Reads a catalogue of surveys at a path or URL: an answer of OpenTopography's `otCatalog`, a GeoJSON list of EPT
/// datasets, or STAC items, see [`Catalog::from_json`]. Its size is limited by
/// [`Limits::index_bytes`](crate::Limits::index_bytes).
///
/// If there is a cache, the answer is stored in it, and read from it with
/// [`Options::is_offline`](crate::Options::is_offline).
///
/// # Errors
/// If it can't be fetched, or is not a catalogue.
pub async fn read_catalog(location: &str, engine: &Engine) -> Result<Catalog, Error> {
    let (store, name) = location::open_file(location, engine.options())?;
    let fetcher = Fetcher::new(store, engine);
    let limits = engine.limits();
    let most = limits.text_bytes(limits.index_bytes);
    let retry = &engine.options().retry;
    let bytes = fetcher.get_with(&name, most, retry).await?;
    let start = location.to_owned();
    let parse = move || Catalog::from_json(&bytes, &start);
    let catalog = engine.compute(0, parse).await?;
    catalog.map_err(|fault| Error::Index {
        location: fetcher.location(&name),
        fault,
    })
}

/// OpenTopography's surveys that intersect a box in longitude and latitude, according to the service; see
/// [`Services::opentopography_catalog`](crate::Services::opentopography_catalog).
///
/// # Errors
/// As for [`read_catalog`].
pub async fn opentopography_surveys(
    degrees: &Bounds,
    engine: &Engine,
) -> Result<Vec<Survey>, Error> {
    let mut surveys = Vec::new();
    for url in engine.options().services.opentopography_catalog(degrees) {
        surveys.extend(read_catalog(&url, engine).await?.surveys);
    }
    Ok(surveys)
}
