//! What a dataset is opened with.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::time::Duration;

use ept_index::{IndexError, Reading};
use ept_reader::{
    Cache, CloudOptions, Crs, Engine, Heights, HttpOptions, Opening, Options, Retry, Services, Srs,
    is_index, parse_timeout, without_secrets,
};
use pyo3::prelude::*;
use serde::{Deserialize, Serialize};

use crate::errors;
use crate::runtime::runtime;
use crate::text::Text;

/// The arguments of `pyept.open`. As JSON, secrets are left out.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Settings {
    pub(crate) locations: Vec<String>,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) storage_options: BTreeMap<String, String>,
    pub(crate) addons: BTreeMap<String, String>,
    pub(crate) vertical_as_is: bool,
    pub(crate) override_crs: Option<String>,
    pub(crate) threads: Option<NonZeroUsize>,
    pub(crate) requests: Option<NonZeroUsize>,
    pub(crate) memory: Option<NonZeroUsize>,
    pub(crate) retries: Option<u32>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) cache: Option<String>,
    pub(crate) cache_size: Option<u64>,
    pub(crate) offline: bool,
    pub(crate) url_field: Option<String>,
    pub(crate) url_template: Option<String>,
    pub(crate) base: Option<String>,
    pub(crate) index_crs: Option<String>,
    /// What a pickle left out.
    pub(crate) withheld: Vec<String>,
}

/// Size of a cache in bytes, as that of the command.
const CACHE_SIZE: u64 = 10_000_000_000;

/// How what a pickle left out is called.
const HEADER: &str = "the header ";
const STORAGE_OPTION: &str = "the storage option ";

/// Storage options that are no secrets. What their names contain.
const PUBLIC_OPTIONS: [&str; 6] = [
    "requester_pays",
    "endpoint",
    "region",
    "account_name",
    "skip_signature",
    "profile",
];

impl Settings {
    /// The settings without secrets. A text that names an environment variable, as `${NAME}`, is none.
    pub(crate) fn without_secrets(&self) -> Settings {
        let mut public = self.clone();
        let withheld = &mut public.withheld;
        for location in &mut public.locations {
            let shown = shown(location);
            if shown != *location {
                withheld.push(format!("the user or query string of {shown}"));
                *location = shown;
            }
        }
        public
            .headers
            .retain(|name, value| keep(value, withheld, || format!("{HEADER}{name}")));
        public.storage_options.retain(|name, value| {
            is_public(name) || keep(value, withheld, || format!("{STORAGE_OPTION}{name}"))
        });
        public
    }

    /// Whether a location is an index, of which a query opens only files in its area.
    pub(crate) fn has_index(&self) -> bool {
        self.locations.iter().any(|location| is_index(location))
    }

    /// Refuses to go on without what a pickle left out.
    pub(crate) fn check_secrets(&self, py: Python<'_>, location: &str) -> PyResult<()> {
        let missing = self.withheld.join(" and ");
        if missing.is_empty() {
            return Ok(());
        }
        let message = format!(
            "{} was opened with {missing}, which a pickle leaves out: open it again here, or write the secret as \
             ${{NAME}}, the name of an environment variable",
            shown(location),
        );
        Err(errors::credentials(py, &message))
    }

    /// The settings for work units of a dataset: they know their sources, and one tile of each is decoded at a time, since several
    /// usually run on a machine.
    pub(crate) fn of_units(&self) -> Settings {
        Settings {
            headers: self.headers.clone(),
            storage_options: self.storage_options.clone(),
            threads: Some(NonZeroUsize::MIN),
            requests: self.requests,
            memory: self.memory,
            retries: self.retries,
            timeout: self.timeout,
            cache: self.cache.clone(),
            cache_size: self.cache_size,
            offline: self.offline,
            withheld: self.withheld.clone(),
            ..Settings::default()
        }
    }

    /// Replaces the headers, also those that a pickle left out.
    pub(crate) fn set_headers(&mut self, headers: BTreeMap<String, String>) {
        self.headers = headers;
        self.withheld.retain(|what| !what.starts_with(HEADER));
    }

    /// Replaces the storage options, also those that a pickle left out.
    pub(crate) fn set_storage_options(&mut self, options: BTreeMap<String, String>) {
        self.storage_options = options;
        self.withheld
            .retain(|what| !what.starts_with(STORAGE_OPTION));
    }

    /// Whether a location is the value of an environment variable, or has it as a part.
    pub(crate) fn has_named_location(&self) -> bool {
        self.locations.iter().any(|location| is_named(location))
    }

    /// The locations, with the values of environment variables.
    pub(crate) fn resolved_locations(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        self.check_secrets(py, self.locations.first().map_or("", String::as_str))?;
        let locations = self.locations.iter().map(|location| resolved(py, location));
        locations.collect()
    }

    /// How datasets are opened and read.
    pub(crate) fn options(&self, py: Python<'_>) -> PyResult<Options> {
        let mut options = Options {
            srs: self
                .override_crs
                .as_deref()
                .map(|text| srs(py, text))
                .transpose()?,
            is_offline: self.offline,
            timeout: self.timeout,
            services: Services::from_env(),
            cache: self
                .cache
                .as_ref()
                .map(|folder| Cache::new(folder, self.cache_size.unwrap_or(CACHE_SIZE))),
            http: HttpOptions {
                headers: resolved_all(py, &self.headers)?,
                ..HttpOptions::default()
            },
            cloud: self.cloud(py)?,
            ..Options::default()
        };
        if let Some(retries) = self.retries {
            options.retry = Retry {
                attempts: retries.saturating_add(1),
                is_brief_at_first: false,
                ..Retry::default()
            };
        }
        let limits = &mut options.limits;
        limits.threads = self.threads.unwrap_or(limits.threads);
        limits.requests = self.requests.unwrap_or(limits.requests);
        limits.memory = self.memory.unwrap_or(limits.memory);
        Ok(options)
    }

    /// Names of storage options are those of the environment variables of each cloud, in any case.
    fn cloud(&self, py: Python<'_>) -> PyResult<CloudOptions> {
        let mut cloud = CloudOptions::default();
        for (name, value) in resolved_all(py, &self.storage_options)? {
            match name.to_ascii_lowercase().as_str() {
                "requester_pays" => cloud.requester_pays = value.eq_ignore_ascii_case("true"),
                "endpoint" | "endpoint_url" => cloud.endpoint = Some(value),
                _ => cloud.variables.push((name.to_ascii_uppercase(), value)),
            }
        }
        Ok(cloud)
    }

    /// How several locations are opened together.
    pub(crate) fn opening(&self, py: Python<'_>) -> PyResult<Opening> {
        let heights = if self.vertical_as_is {
            Heights::AsIs
        } else {
            Heights::Same
        };
        Ok(Opening {
            heights,
            reading: self.reading(py)?,
            ..Opening::default()
        })
    }

    /// How tile indexes are read.
    pub(crate) fn reading(&self, py: Python<'_>) -> PyResult<Reading> {
        let mut reading = Reading::new();
        if let Some(name) = &self.url_field {
            reading = reading.with_url_field(name);
        }
        if let Some(template) = &self.url_template {
            let wrong = |error: IndexError| errors::argument(py, error.to_string());
            reading = reading.with_url_template(template).map_err(wrong)?;
        }
        if let Some(base) = &self.base {
            reading = reading.with_base(base);
        }
        if let Some(crs) = &self.index_crs {
            reading = reading.with_crs(self::crs(py, "index_crs", crs)?);
        }
        Ok(reading)
    }
}

/// An engine for a job without a dataset.
pub(crate) fn engine(py: Python<'_>, settings: &Settings) -> PyResult<Engine> {
    let _guard = runtime(py)?.enter();
    Ok(Engine::new(&settings.options(py)?))
}

/// The time of an argument `timeout`.
pub(crate) fn timeout(py: Python<'_>, given: Option<Text>) -> PyResult<Option<Duration>> {
    let parsed = given.map(|text| parse_timeout(&text.as_text())).transpose();
    parsed.map_err(|problem| errors::argument(py, format!("timeout: {problem}")))
}

/// A location as text: a path object is one too.
pub(crate) fn location(path: &Bound<'_, PyAny>) -> PyResult<String> {
    path.py()
        .import("os")?
        .call_method1("fspath", (path,))?
        .extract()
}

/// The location without secrets, but with the names of environment variables.
pub(crate) fn shown(location: &str) -> String {
    if is_named(location) || !location.contains("://") {
        return location.to_owned();
    }
    without_secrets(location)
}

fn is_public(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    PUBLIC_OPTIONS.iter().any(|public| name.contains(public))
}

/// Whether a value stays; if not, notes what is withheld.
fn keep(value: &str, withheld: &mut Vec<String>, what: impl Fn() -> String) -> bool {
    let stays = is_named(value);
    withheld.extend((!stays).then(what));
    stays
}

/// Whether a text names an environment variable.
fn is_named(text: &str) -> bool {
    text.split_once("${")
        .is_some_and(|(_, rest)| rest.contains('}'))
}

fn resolved_all(
    py: Python<'_>,
    texts: &BTreeMap<String, String>,
) -> PyResult<Vec<(String, String)>> {
    let texts = texts.iter();
    texts
        .map(|(name, text)| Ok((name.clone(), resolved(py, text)?)))
        .collect()
}

/// The text with the values of environment variables for `${NAME}`.
fn resolved(py: Python<'_>, text: &str) -> PyResult<String> {
    let mut parts = text.split("${");
    let mut all = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let Some((name, rest)) = part.split_once('}') else {
            all += "${";
            all += part;
            continue;
        };
        let value = std::env::var(name);
        all += &value.map_err(|_| {
            errors::credentials(py, &format!("the environment variable {name} is not set"))
        })?;
        all += rest;
    }
    Ok(all)
}

fn srs(py: Python<'_>, text: &str) -> PyResult<Srs> {
    let srs = Srs::from_text(text);
    let known = Crs::of(&srs);
    known
        .map(|_| srs)
        .map_err(|error| errors::argument(py, format!("override_crs: {error}")))
}

/// A coordinate system. `name` is that of the argument.
pub(crate) fn crs(py: Python<'_>, name: &str, text: &str) -> PyResult<Crs> {
    Crs::parse(text).map_err(|error| errors::argument(py, format!("{name}: {error}")))
}

/// The text for a coordinate system: itself, or what pyproj's objects say.
pub(crate) fn crs_text(crs: &Bound<'_, PyAny>) -> PyResult<String> {
    if let Ok(code) = crs.extract::<u32>() {
        return Ok(format!("EPSG:{code}"));
    }
    if crs.hasattr("to_wkt")? {
        return crs.call_method0("to_wkt")?.extract();
    }
    crs.extract()
}
