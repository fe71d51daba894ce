//! Catalogues of surveys at a path or URL.

use ept_format::Bounds;
use ept_index::{Catalog, NextPage, Survey};

use crate::page_links::{PageLinks, fetch_page};
use crate::{Engine, Error};

/// Reads a catalogue of surveys at a path or URL: an answer of OpenTopography's `otCatalog`, a GeoJSON list of EPT
/// datasets, or STAC items, see [`Catalog::from_json`]. Its size is limited by
/// [`Limits::index_bytes`](crate::Limits::index_bytes).
///
/// The pages that follow are read too, as those of an index are, see [`read_index`](crate::read_index). What is elsewhere is left
/// to the caller by [`Catalog::next`].
///
/// If there is a cache, the answer is stored in it, and read from it with
/// [`Options::is_offline`](crate::Options::is_offline). Pages that are asked for by POST are not.
///
/// # Errors
/// If it can't be fetched, or is not a catalogue.
pub async fn read_catalog(location: &str, engine: &Engine) -> Result<Catalog, Error> {
    let mut links = PageLinks::new("catalogue", location, engine);
    let mut catalog = Catalog::default();
    while let Some(request) = links.request() {
        let (page, bytes) = read_page(&request, engine).await?;
        links.follow(page.next.as_ref(), bytes)?;
        catalog.surveys.extend(page.surveys);
        catalog.next = page.next;
    }
    Ok(catalog)
}

/// One page of a catalogue, and the bytes that were fetched for it.
async fn read_page(request: &NextPage, engine: &Engine) -> Result<(Catalog, usize), Error> {
    let (fetcher, name, bytes) = fetch_page(request, engine).await?;
    let (start, size) = (request.location.clone(), bytes.len());
    let parse = move || Catalog::from_json(&bytes, &start);
    let catalog = engine.compute(0, parse).await?;
    let catalog = catalog.map_err(|fault| Error::Index {
        location: fetcher.location(&name),
        fault,
    })?;
    Ok((catalog, size))
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
