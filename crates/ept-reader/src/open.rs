//! Opens one or several locations as a dataset.

use std::collections::HashSet;
use std::sync::Arc;

use ept_points::DecodeError;
use futures::{StreamExt, TryStreamExt, stream};

use crate::credit::Credits;
use crate::engine::Fetcher;
use crate::location::{self, DatasetPlace};
use crate::members::{Member, Members};
use crate::opening::{Listed, Opening};
use crate::source::{self, Ept};
use crate::store::Store;
use crate::{Dataset, Engine, Error, LossCause, Options, StoreError};

impl Dataset {
    /// Opens a folder with an `ept.json`, an `ept.json`, a COPC, LAZ or LAS file, or a URL of any of these: `http(s)`,
    /// whose query string is repeated on every request, or with the feature `cloud` `s3`, `gs` and `az`.
    ///
    /// The kind of a file is determined by its first bytes. Of a COPC, LAZ or LAS file, only the header and VLRs are
    /// fetched.
    ///
    /// # Errors
    /// If the location does not contain a dataset, or an invalid one, see [`ept_format::Metadata::from_json`].
    pub async fn open(location: &str) -> Result<Dataset, Error> {
        Dataset::open_with(location, &Options::default()).await
    }

    /// As [`Dataset::open`], with options.
    ///
    /// # Errors
    /// As for [`Dataset::open`].
    pub async fn open_with(location: &str, options: &Options) -> Result<Dataset, Error> {
        Dataset::open_in(location, &Engine::new(options)).await
    }

    /// As [`Dataset::open`], with an engine shared with other datasets.
    ///
    /// # Errors
    /// As for [`Dataset::open`].
    pub async fn open_in(location: &str, engine: &Engine) -> Result<Dataset, Error> {
        Dataset::open_by(location, engine, engine.options()).await
    }

    /// As [`Dataset::open_in`], of a location that the index at `index` lists: it may lead to servers that are not to know
    /// the headers of the options.
    pub(crate) async fn open_listed(
        location: &str,
        index: &str,
        engine: &Engine,
    ) -> Result<Dataset, Error> {
        let options = location::options_within(index, location, engine.options());
        Dataset::open_by(location, engine, &options).await
    }

    /// Opens a location with an engine, and a store by other options than those of the engine.
    async fn open_by(location: &str, engine: &Engine, options: &Options) -> Result<Dataset, Error> {
        match location::place(location, options)? {
            DatasetPlace::File(store, name) => Dataset::from_file_in(store, &name, engine).await,
            DatasetPlace::Folder(store) => {
                Dataset::from_folder(location, store, engine, options).await
            }
        }
    }

    /// Opens a folder, or a file whose name does not tell that it is one.
    async fn from_folder(
        location: &str,
        store: Arc<dyn Store>,
        engine: &Engine,
        options: &Options,
    ) -> Result<Dataset, Error> {
        let missing = match Dataset::from_store_in(store, engine).await {
            Err(error @ Error::Location { .. }) => error,
            opened => return opened,
        };
        let Ok((store, name)) = location::open_file(location, options) else {
            return Err(missing);
        };
        let opened = Dataset::from_file_in(store, &name, engine).await;
        match opened {
            Err(Error::Store(_) | Error::Location { .. }) => Err(missing),
            Err(Error::File {
                fault: DecodeError::NotLas(_) | DecodeError::Empty,
                ..
            }) => Err(missing),
            opened => opened,
        }
    }

    /// Opens the COPC, LAZ or LAS file at a path in a store, with an engine shared with other datasets.
    ///
    /// # Errors
    /// If the file can't be fetched, or is none of these.
    pub async fn from_file_in(
        store: Arc<dyn Store>,
        path: &str,
        engine: &Engine,
    ) -> Result<Dataset, Error> {
        Dataset::from_fetcher(Fetcher::new(store, engine), path).await
    }

    pub(crate) async fn from_fetcher(fetcher: Fetcher, path: &str) -> Result<Dataset, Error> {
        let source = source::open_file(fetcher, path.to_owned()).await?;
        Ok(Dataset::from(Members::one(source)))
    }

    /// Opens the EPT dataset in a store.
    ///
    /// # Errors
    /// As for [`Dataset::open`].
    pub async fn from_store(store: Arc<dyn Store>, options: &Options) -> Result<Dataset, Error> {
        Dataset::from_store_in(store, &Engine::new(options)).await
    }

    /// Opens the EPT dataset in a store, with an engine shared with other datasets.
    ///
    /// # Errors
    /// As for [`Dataset::open`].
    pub async fn from_store_in(store: Arc<dyn Store>, engine: &Engine) -> Result<Dataset, Error> {
        Ok(Dataset::from(Ept::open(store, engine).await?))
    }

    /// Opens several locations as one dataset, whose points come in the order given. Each is a location as for
    /// [`Dataset::open`], a folder of LAS and LAZ files, or a pattern of file names such as `tiles/*.laz`. A repeated
    /// location is read once. A tile index stands for the files that it lists, see [`read_index`](crate::read_index);
    /// those whose boxes miss [`Opening::areas`] are not opened.
    ///
    /// Points are in the coordinate system of the first source, to which those of others are transformed. A location
    /// that can't be opened is an [`Error::Lost`] item in its place among the nodes.
    ///
    /// # Errors
    /// If no location can be opened, a pattern or folder matches no file, or the sources can't be combined.
    pub async fn open_all(
        locations: &[String],
        engine: &Engine,
        opening: &Opening,
    ) -> Result<Dataset, Error> {
        let dataset = Dataset::open_members(locations, engine, opening).await?;
        Ok(dataset.with_credits(Credits::of(locations)))
    }

    async fn open_members(
        locations: &[String],
        engine: &Engine,
        opening: &Opening,
    ) -> Result<Dataset, Error> {
        let ahead = engine.limits().requests.get().saturating_mul(2);
        let expanded = location::expanded_locations(locations)?;
        let listing = stream::iter(expanded).map(|location| opening.listed(location, engine));
        let listing: Vec<Vec<Listed>> = listing.buffered(ahead).try_collect().await?;
        let mut listed: Vec<Listed> = listing.into_iter().flatten().collect();
        let mut known = HashSet::new();
        listed.retain(|listed| match listed {
            Listed::Location { location, .. } | Listed::Opened { location, .. } => {
                known.insert(location::identity(location))
            }
            Listed::Lost(_) => true,
        });
        if listed.len() == 1 {
            return listed.swap_remove(0).open(engine).await;
        }
        let open = async |listed: Listed| {
            let place = listed.place().cloned();
            Ok::<_, Error>(member(listed.open(engine).await)?.listed_at(place))
        };
        let members = stream::iter(listed).map(open).buffered(ahead);
        let members = members.try_collect().await?;
        let heights = opening.heights;
        Ok(Dataset::from(Members::several(members, engine, heights)?))
    }

    /// Opens several locations, each as a dataset of its own. Folders and patterns are expanded as in
    /// [`Dataset::open_all`].
    ///
    /// # Errors
    /// If a pattern or folder matches no file. A location that can't be opened is an error in its place.
    pub async fn open_each(
        locations: &[String],
        engine: &Engine,
    ) -> Result<Vec<(String, Result<Dataset, Error>)>, Error> {
        let ahead = engine.limits().requests.get().saturating_mul(2);
        let open = async |location: String| {
            let opened = Dataset::open_in(&location, engine).await;
            (location, opened)
        };
        let locations = location::expanded_locations(locations)?;
        let opened = stream::iter(locations).map(open).buffered(ahead);
        Ok(opened.collect().await)
    }
}

/// A location as an open or lost member.
fn member(opened: Result<Dataset, Error>) -> Result<Member, Error> {
    let error = match opened {
        Ok(dataset) => {
            let source = dataset.members().only().cloned();
            let none = || Error::Internal("a location has several sources".into());
            return source.map(Member::Open).ok_or_else(none);
        }
        Err(error) => error,
    };
    Ok(match error {
        Error::Lost(loss) => Member::Lost(loss, None),
        Error::Store(error) => Member::lost(error),
        Error::File { location, fault } => Member::lost_by(location, LossCause::Decode(fault)),
        Error::Format { location, fault } => Member::lost_by(location, LossCause::Format(fault)),
        Error::Location { location, problem } => Member::lost(StoreError::Failed {
            location,
            cause: problem,
        }),
        error => return Err(error),
    })
}
