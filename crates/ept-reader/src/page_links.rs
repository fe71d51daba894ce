//! Texts that come in pages, each of which links to the next one.

use std::collections::HashSet;

use bytes::Bytes;
use ept_index::NextPage;

use crate::engine::Fetcher;
use crate::{Engine, Error, StoreError, location};

/// Pages beyond which whoever serves them is taken to have no end of them.
const MOST_PAGES: usize = 10_000;

/// The way along the pages of a text, as far as they are on the server of the first.
#[derive(Debug)]
pub(crate) struct PageLinks {
    /// What comes in pages, for messages.
    what: &'static str,
    start: String,
    /// The page to be read next.
    request: Option<NextPage>,
    known: HashSet<NextPage>,
    /// Bytes of all pages so far, and their maximum.
    bytes: usize,
    most: usize,
}

impl PageLinks {
    pub(crate) fn new(what: &'static str, location: &str, engine: &Engine) -> PageLinks {
        let first = NextPage::of_location(location);
        PageLinks {
            what,
            start: location.to_owned(),
            known: HashSet::from([first.clone()]),
            request: Some(first),
            bytes: 0,
            most: engine.limits().index_bytes.get(),
        }
    }

    /// The request for the page to be read next. `None` if there is none, or it is not to be followed.
    pub(crate) fn request(&self) -> Option<NextPage> {
        self.request.clone()
    }

    /// Takes the link of the page that was read, and the bytes that were fetched for it.
    ///
    /// # Errors
    /// If the pages have too many bytes together, or the link leads back to one of them or does not say how to follow it.
    pub(crate) fn follow(&mut self, next: Option<&NextPage>, bytes: usize) -> Result<(), Error> {
        let last = self.request.take();
        self.bytes += bytes;
        if self.bytes > self.most
            && self.known.len() > 1
            && let Some(last) = &last
        {
            return Err(self.failed(last, "are larger together than the limit"));
        }
        let (Some(last), Some(next)) = (last, next) else {
            return Ok(());
        };
        let is_beyond = self.known.len() >= MOST_PAGES;
        if is_beyond || !location::is_same_server(&self.start, &next.location) {
            return Ok(());
        }
        let request = next.clone().after(&last).map_err(|fault| Error::Index {
            location: location::without_secrets(&next.location),
            fault,
        })?;
        if !self.known.insert(request.clone()) {
            let problem = "lead back to this one; download them one by one";
            return Err(self.failed(next, problem));
        }
        self.request = Some(request);
        Ok(())
    }

    fn failed(&self, page: &NextPage, problem: &str) -> Error {
        Error::Location {
            location: location::without_secrets(&page.location),
            problem: format!("the pages of the {} {problem}", self.what),
        }
    }
}

/// The bytes of a page, and where files beside it are.
pub(crate) async fn fetch_page(
    request: &NextPage,
    engine: &Engine,
) -> Result<(Fetcher, String, Bytes), Error> {
    let limits = engine.limits();
    let most = limits.text_bytes(limits.index_bytes);
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

/// The bytes of a file at a fetcher's store.
pub(crate) async fn get(fetcher: &Fetcher, name: &str, most: usize) -> Result<Bytes, StoreError> {
    let retry = &fetcher.engine().options().retry;
    fetcher.get_with(name, most, retry).await
}
