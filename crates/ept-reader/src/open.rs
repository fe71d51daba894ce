//! Opening datasets: what lies at a location, and what several locations are together.

use std::collections::HashSet;
use std::sync::Arc;

use ept_points::DecodeError;
use futures::{StreamExt, TryStreamExt, stream};

use crate::engine::Fetcher;
use crate::location::{self, Place};
use crate::members::{Member, Members};
use crate::opening::{Listed, Opening};
use crate::source::{self, Ept};
use crate::store::Store;
use crate::{Dataset, Engine, Error, LossCause, Options, StoreError, credit};

impl Dataset {
    /// Opens the dataset at a folder that holds an `ept.json`, an `ept.json`, a COPC, LAZ or LAS file, or a URL of any:
    /// `http(s)`, whose query string is repeated on every request, or with the feature `cloud` `s3`, `gs` and `az`.
    ///
    /// What a file is, its first bytes tell. Of a COPC, LAZ or LAS file, no more is fetched than its header and records.
    ///
    /// # Errors
    /// When there is nothing of the kind, or it is not valid; see [`ept_format::Metadata::from_json`].
    pub async fn open(location: &str) -> Result<Dataset, Error> {
        Dataset::open_with(location, &Options::default()).await
    }

    /// As [`Dataset::open`], with other options than the default ones.
    ///
    /// # Errors
    /// As [`Dataset::open`].
    pub async fn open_with(location: &str, options: &Options) -> Result<Dataset, Error> {
        Dataset::open_in(location, &Engine::new(options)).await
    }

    /// As [`Dataset::open`], with an engine that other datasets share.
    ///
    /// # Errors
    /// As [`Dataset::open`].
    pub async fn open_in(location: &str, engine: &Engine) -> Result<Dataset, Error> {
        match location::place(location, engine.options())? {
            Place::File(store, name) => Dataset::from_file_in(store, &name, engine).await,
            Place::Folder(store) => Dataset::from_folder(location, store, engine).await,
        }
    }

    /// A folder, or a file whose name does not say so.
    async fn from_folder(
        location: &str,
        store: Arc<dyn Store>,
        engine: &Engine,
    ) -> Result<Dataset, Error> {
        let missing = match Dataset::from_store_in(store, engine).await {
            Err(error @ Error::Location { .. }) => error,
            opened => return opened,
        };
        let Ok((store, name)) = location::open_file(location, engine.options()) else {
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

    /// Opens the COPC, LAZ or LAS file of that path in a store, with an engine that other datasets share.
    ///
    /// # Errors
    /// When the file cannot be fetched, or is none of these.
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

    /// Opens the dataset in a store.
    ///
    /// # Errors
    /// As [`Dataset::open`].
    pub async fn from_store(store: Arc<dyn Store>, options: &Options) -> Result<Dataset, Error> {
        Dataset::from_store_in(store, &Engine::new(options)).await
    }

    /// Opens the dataset in a store, with an engine that other datasets share.
    ///
    /// # Errors
    /// As [`Dataset::open`].
    pub async fn from_store_in(store: Arc<dyn Store>, engine: &Engine) -> Result<Dataset, Error> {
        Ok(Dataset::from(Ept::open(store, engine).await?))
    }

    /// Opens several locations as one dataset, whose points come in the order given: each a location as
    /// [`Dataset::open`] takes it, a folder of LAS and LAZ files, or a pattern of file names such as `tiles/*.laz`. What
    /// stands twice is read once. A tile index stands for the files that it lists, see [`read_index`](crate::read_index);
    /// those whose boxes miss the areas of the opening are not opened.
    ///
    /// The points are in the coordinate system of the first source, to which others are brought. What cannot be opened is
    /// an [`Error::Lost`] among the nodes, in its place.
    ///
    /// # Errors
    /// When no location can be opened, a pattern or folder has no file, or the sources do not fit together.
    pub async fn open_all(
        locations: &[String],
        engine: &Engine,
        opening: &Opening,
    ) -> Result<Dataset, Error> {
        let dataset = Dataset::open_members(locations, engine, opening).await?;
        let credits = credit::credits(locations, &dataset, engine).await;
        Ok(dataset.with_credits(credits))
    }

    async fn open_members(
        locations: &[String],
        engine: &Engine,
        opening: &Opening,
    ) -> Result<Dataset, Error> {
        let mut listed = Vec::new();
        for location in location::expanded(locations)? {
            listed.extend(opening.listed(&location, engine).await?);
        }
        let mut known = HashSet::new();
        listed.retain(|listed| match listed {
            Listed::Location(location) => known.insert(location::identity(location)),
            Listed::Lost(_) => true,
        });
        if let [Listed::Location(location)] = &listed[..] {
            return Dataset::open_in(location, engine).await;
        }
        let ahead = engine.limits().requests.get().saturating_mul(2);
        let open = async |listed| match listed {
            Listed::Location(location) => member(Dataset::open_in(&location, engine).await),
            Listed::Lost(member) => Ok(member),
        };
        let members = stream::iter(listed).map(open).buffered(ahead);
        let members = members.try_collect().await?;
        let heights = opening.heights;
        Ok(Dataset::from(Members::several(members, engine, heights)?))
    }

    /// Opens several locations, each as a dataset of its own, with folders and patterns as [`Dataset::open_all`] takes them.
    ///
    /// # Errors
    /// When a pattern or folder has no file; what can't be opened is an error in its place.
    pub async fn open_each(
        locations: &[String],
        engine: &Engine,
    ) -> Result<Vec<(String, Result<Dataset, Error>)>, Error> {
        let ahead = engine.limits().requests.get().saturating_mul(2);
        let open = async |location: String| {
            let opened = Dataset::open_in(&location, engine).await;
            (location, opened)
        };
        let locations = location::expanded(locations)?;
        let opened = stream::iter(locations).map(open).buffered(ahead);
        Ok(opened.collect().await)
    }
}

/// A location that was opened, or is lost.
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
