//! Locations, as users type them.

use std::borrow::Cow;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::services::OPENTOPOGRAPHY;
pub use crate::store::without_secrets;
use crate::store::{FileStore, HttpStore, Store};
use crate::{Error, Options, foreign};

const METADATA_FILE: &str = "ept.json";

/// URL schemes of object stores.
const CLOUD_SCHEMES: [&str; 8] = ["s3", "s3a", "gs", "gcs", "az", "azure", "abfs", "abfss"];

/// How to access a location.
enum Kind<'a> {
    Path(&'a str),
    Web,
    Cloud,
}

impl Kind<'_> {
    fn of(location: &str) -> Result<Kind<'_>, Error> {
        match location.split_once("://") {
            Some(("file", path)) => Ok(Kind::Path(path)),
            Some((scheme, _)) if is_one_of(&["http", "https"], scheme) => Ok(Kind::Web),
            Some((scheme, _)) if is_one_of(&CLOUD_SCHEMES, scheme) => Ok(Kind::Cloud),
            Some((scheme, _)) if scheme.bytes().all(|b| b.is_ascii_alphanumeric()) => {
                Err(Error::Location {
                    location: without_secrets(location),
                    problem: format!(
                        "{scheme}:// is not supported; give a folder or an http(s) URL"
                    ),
                })
            }
            _ => Ok(Kind::Path(location)),
        }
    }
}

/// Whether two locations are URLs of one server, which a secret for the one may be told.
pub(crate) fn is_same_server(one: &str, other: &str) -> bool {
    let origin = |location: &str| {
        let url = reqwest::Url::parse(location).ok()?;
        matches!(url.scheme(), "http" | "https").then(|| url.origin())
    };
    origin(one).is_some_and(|one| Some(one) == origin(other))
}

/// The options for a location that stands in the file at `from`: headers are for the server of that, if it is on one.
pub(crate) fn options_within<'a>(
    from: &str,
    location: &str,
    options: &'a Options,
) -> Cow<'a, Options> {
    let is_local = !from.contains("://") || from.starts_with("file://");
    if is_local || options.http.headers.is_empty() || is_same_server(from, location) {
        return Cow::Borrowed(options);
    }
    let mut options = options.clone();
    options.http.headers.clear();
    Cow::Owned(options)
}

/// The location of a dataset.
pub(crate) enum DatasetPlace {
    /// A folder with an `ept.json`.
    Folder(Arc<dyn Store>),
    /// A file, given by the store of its folder and its name.
    File(Arc<dyn Store>, String),
}

/// The place of a location: a folder as for [`open`], or a file other than `ept.json`.
pub(crate) fn place(location: &str, options: &Options) -> Result<DatasetPlace, Error> {
    let location = &options.services.location(location)?;
    let location = location.strip_prefix("ept://").unwrap_or(location);
    if let Some(error) = foreign::by_name(location)
        && !matches!(Kind::of(location)?, Kind::Path(path) if !Path::new(path).is_file())
    {
        return Err(error);
    }
    let is_file = match Kind::of(location)? {
        Kind::Path(path) => {
            let path = Path::new(path);
            !is_metadata(path) && (path.is_file() || is_point_file(path) && !path.is_dir())
        }
        Kind::Web | Kind::Cloud => is_point_file(Path::new(without_query(location).0)),
    };
    if is_file {
        let (store, name) = open_file(location, options)?;
        return Ok(DatasetPlace::File(store, name));
    }
    Ok(DatasetPlace::Folder(open(location, options)?))
}

/// Whether a name is that of the file that every EPT dataset has.
fn is_metadata(path: &Path) -> bool {
    let name = path.file_name();
    name.is_some_and(|name| name.eq_ignore_ascii_case(METADATA_FILE))
}

/// Whether a name is that of a LAS, LAZ or COPC file.
fn is_point_file(path: &Path) -> bool {
    let extension = path.extension();
    extension.is_some_and(|e| e.eq_ignore_ascii_case("laz") || e.eq_ignore_ascii_case("las"))
}

/// The store for a location: a folder, an `ept.json`, or a URL of either, with or without a trailing slash or query
/// string. PDAL's prefix `ept://` is removed.
pub(crate) fn open(location: &str, options: &Options) -> Result<Arc<dyn Store>, Error> {
    let location = &options.services.location(location)?;
    let location = location.strip_prefix("ept://").unwrap_or(location);
    match Kind::of(location)? {
        Kind::Path(path) => open_path(path),
        Kind::Web => open_web(&root_url(location), options),
        Kind::Cloud => open_cloud(&root_url(location), options),
    }
}

/// The store for the folder of a file, and the name of the file in it. A query string belongs to the store.
pub(crate) fn open_file(
    location: &str,
    options: &Options,
) -> Result<(Arc<dyn Store>, String), Error> {
    let location = location.strip_prefix("ept://").unwrap_or(location);
    let location = &*options.services.location(location)?;
    let kind = Kind::of(location)?;
    if let Kind::Path(path) = kind {
        let path = Path::new(path);
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| not_a_file(location))?;
        let store = FileStore::new(folder.unwrap_or(Path::new(".")));
        return Ok((Arc::new(store), name.to_owned()));
    }
    let (folder, name) = split_url(location)?;
    let store = match kind {
        Kind::Cloud => open_cloud(&folder, options)?,
        _ => open_web(&folder, options)?,
    };
    Ok((store, name.to_owned()))
}

/// The store for the folder of a file on a web server, and the name of the file in it.
pub(crate) fn open_web_file<'a>(
    location: &'a str,
    options: &Options,
) -> Result<(Arc<HttpStore>, &'a str), Error> {
    let (folder, name) = split_url(location)?;
    Ok((Arc::new(HttpStore::new(&folder, &options.http)?), name))
}

/// The URL of the folder of a file, with the query string, and the name of the file.
fn split_url(location: &str) -> Result<(String, &str), Error> {
    let (path, query) = without_query(location);
    let (folder, name) = path.rsplit_once('/').ok_or_else(|| not_a_file(location))?;
    if name.is_empty() || folder.ends_with('/') {
        return Err(not_a_file(location));
    }
    Ok((format!("{folder}{query}"), name))
}

fn not_a_file(location: &str) -> Error {
    Error::Location {
        location: without_secrets(location),
        problem: "does not name a file".into(),
    }
}

fn open_web(root: &str, options: &Options) -> Result<Arc<dyn Store>, Error> {
    Ok(Arc::new(HttpStore::new(root, &options.http)?))
}

fn is_one_of(schemes: &[&str], scheme: &str) -> bool {
    schemes
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
}

#[cfg(feature = "cloud")]
fn open_cloud(root: &str, options: &Options) -> Result<Arc<dyn Store>, Error> {
    let store = crate::CloudStore::new(root, &options.cloud, &options.http)?;
    Ok(Arc::new(store))
}

#[cfg(not(feature = "cloud"))]
fn open_cloud(root: &str, _options: &Options) -> Result<Arc<dyn Store>, Error> {
    Err(Error::Location {
        location: without_secrets(root),
        problem: "this build cannot read object stores; build it with the feature `cloud`".into(),
    })
}

/// The URL without a final `ept.json`, but with its query string.
fn root_url(url: &str) -> String {
    let (path, query) = without_query(url);
    let path = path.trim_end_matches('/');
    let folder = match path.rsplit_once('/') {
        Some((folder, file)) if file.eq_ignore_ascii_case(METADATA_FILE) => folder,
        _ => path,
    };
    format!("{folder}{query}")
}

/// Splits a URL without its fragment before the query string, which includes the question mark.
pub(crate) fn without_query(url: &str) -> (&str, &str) {
    let url = url.split('#').next().unwrap_or(url);
    url.split_at(url.find('?').unwrap_or(url.len()))
}

fn open_path(text: &str) -> Result<Arc<dyn Store>, Error> {
    let path = Path::new(text);
    let root = match path.parent() {
        Some(folder) if is_metadata(path) && folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) if is_metadata(path) => folder,
        _ => path,
    };
    if matches!(root.try_exists(), Ok(false)) {
        return Err(Error::Location {
            location: root.display().to_string(),
            problem: "no such file or folder".into(),
        });
    }
    if root.is_file() {
        return Err(Error::Location {
            location: text.to_owned(),
            problem: "is a file, not an EPT dataset; give the folder that holds ept.json".into(),
        });
    }
    Ok(Arc::new(FileStore::new(root)))
}

/// The locations with folders of LAS and LAZ files and patterns of file names, such as `tiles/*.laz`, replaced by the files,
/// in the order of their names.
///
/// # Errors
/// When a folder can't be listed, or a pattern has no file.
pub fn expanded_locations(locations: &[String]) -> Result<Vec<String>, Error> {
    let files = locations.iter().map(|location| files_of(location));
    let files: Vec<Vec<String>> = files.collect::<Result<_, _>>()?;
    Ok(files.concat())
}

/// Identifies a location: two paths to the same file are equal.
pub(crate) fn identity(location: &str) -> OsString {
    let path = std::fs::canonicalize(location);
    path.map_or_else(|_| location.into(), PathBuf::into_os_string)
}

/// Extensions of tile indexes.
const INDEXES: [&str; 8] = ["zip", "shp", "geojson", "json", "vpc", "csv", "txt", "gpkg"];

/// Whether a location is a tile index, judging by its name: it has the extension of a shapefile, GeoJSON, VPC, list or
/// zip, or is the short name of one, see [`Services`](crate::Services).
#[must_use]
pub fn is_index(location: &str) -> bool {
    if location.starts_with(OPENTOPOGRAPHY) {
        return true;
    }
    let path = Path::new(without_query(location).0);
    let extension = path.extension().and_then(|extension| extension.to_str());
    let is_known = |extension: &str| is_one_of(&INDEXES, extension);
    extension.is_some_and(is_known) && !is_metadata(path) && !path.is_dir()
}

fn files_of(location: &str) -> Result<Vec<String>, Error> {
    let path = Path::new(location.strip_prefix("file://").unwrap_or(location));
    let failed = |problem: String| Error::Location {
        location: location.to_owned(),
        problem,
    };
    if path.is_dir() && !path.join(METADATA_FILE).is_file() {
        let entries = path.read_dir().map_err(|error| failed(error.to_string()))?;
        let paths =
            entries.filter_map(|entry| entry.ok()?.path().into_os_string().into_string().ok());
        let mut files: Vec<String> = paths
            .filter(|path| is_point_file(Path::new(path)))
            .collect();
        files.sort();
        // A folder without point files is reported as one without `ept.json`.
        return Ok(if files.is_empty() {
            vec![location.to_owned()]
        } else {
            files
        });
    }
    let is_pattern = location.contains(['*', '?', '[']) && !location.contains("://");
    if !is_pattern || path.exists() {
        return Ok(vec![location.to_owned()]);
    }
    let paths = glob::glob(location).map_err(|error| failed(format!("not a pattern: {error}")))?;
    let mut files = Vec::new();
    for path in paths {
        let path = path.map_err(|error| failed(error.to_string()))?;
        files.push(path.display().to_string());
    }
    if files.is_empty() {
        Err(failed("no file matches".into()))
    } else {
        Ok(files)
    }
}
