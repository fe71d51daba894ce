//! From what a user types to a store.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::store::{FileStore, HttpStore, Store};
use crate::{Error, Options};

const METADATA_FILE: &str = "ept.json";

/// URLs of object stores.
const CLOUD_SCHEMES: [&str; 8] = ["s3", "s3a", "gs", "gcs", "az", "azure", "abfs", "abfss"];

/// Where points lie.
pub(crate) enum Place {
    /// A folder with an `ept.json`.
    Folder(Arc<dyn Store>),
    /// A file, by the store of its folder and its name.
    File(Arc<dyn Store>, String),
}

/// The place of a location: as [`open`] has it, or a file of another name than `ept.json`.
pub(crate) fn place(location: &str, options: &Options) -> Result<Place, Error> {
    let is_file = match location.split_once("://") {
        Some(("file", path)) => is_point_file(path) || Path::new(path).is_file(),
        Some(_) => is_point_file(url_path(location)),
        None => {
            is_point_file(location) && !Path::new(location).is_dir()
                || Path::new(location).is_file()
        }
    };
    if is_file && let Some((store, name)) = file(location, options)? {
        return Ok(Place::File(store, name));
    }
    Ok(Place::Folder(open(location, options)?))
}

/// The store of the folder that holds a file, and the name of the file. `None` if the location names no file, or
/// `ept.json`.
pub(crate) fn file(
    location: &str,
    options: &Options,
) -> Result<Option<(Arc<dyn Store>, String)>, Error> {
    let location = location.strip_prefix("file://").unwrap_or(location);
    if location.contains("://") {
        let (url, query) = match location.split_once('?') {
            Some((url, query)) => (url, format!("?{query}")),
            None => (location, String::new()),
        };
        let Some((folder, name)) = url.rsplit_once('/') else {
            return Ok(None);
        };
        if name.is_empty() || folder.ends_with('/') || name.eq_ignore_ascii_case(METADATA_FILE) {
            return Ok(None);
        }
        let store = open(&format!("{folder}/{query}"), options)?;
        return Ok(Some((store, name.to_owned())));
    }
    let path = Path::new(location);
    let name = path.file_name().and_then(|name| name.to_str());
    let Some(name) = name.filter(|name| !name.eq_ignore_ascii_case(METADATA_FILE)) else {
        return Ok(None);
    };
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let store = FileStore::new(folder.unwrap_or_else(|| Path::new(".")));
    Ok(Some((Arc::new(store), name.to_owned())))
}

/// Whether a name is that of a LAS or LAZ file, which COPC files are too.
fn is_point_file(path: &str) -> bool {
    let extension = Path::new(path).extension();
    extension.is_some_and(|e| e.eq_ignore_ascii_case("laz") || e.eq_ignore_ascii_case("las"))
}

/// A URL without its query string and fragment.
fn url_path(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}

/// The store of a location: a folder, an `ept.json`, or a URL of either, with a trailing slash or a
/// query string. PDAL's prefix `ept://` is taken off.
pub(crate) fn open(location: &str, options: &Options) -> Result<Arc<dyn Store>, Error> {
    let location = location.strip_prefix("ept://").unwrap_or(location);
    match location.split_once("://") {
        Some(("file", path)) => open_path(path),
        Some((scheme, _)) if is_one_of(&["http", "https"], scheme) => Ok(Arc::new(HttpStore::new(
            &root_url(location),
            &options.http,
        )?)),
        Some((scheme, _)) if is_one_of(&CLOUD_SCHEMES, scheme) => {
            open_cloud(&root_url(location), options)
        }
        Some((scheme, _)) if scheme.bytes().all(|b| b.is_ascii_alphanumeric()) => {
            Err(Error::Location {
                location: crate::store::without_secrets(location),
                problem: format!("{scheme}:// is not supported; give a folder or an http(s) URL"),
            })
        }
        _ => open_path(location),
    }
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
        location: crate::store::without_secrets(root),
        problem: "this build cannot read object stores; build it with the feature `cloud`".into(),
    })
}

/// The URL without a final `ept.json`, its query string kept.
fn root_url(url: &str) -> String {
    let url = url.split('#').next().unwrap_or(url);
    let (path, query) = match url.split_once('?') {
        Some((path, query)) => (path, format!("?{query}")),
        None => (url, String::new()),
    };
    let path = path.trim_end_matches('/');
    let folder = match path.rsplit_once('/') {
        Some((folder, file)) if file.eq_ignore_ascii_case(METADATA_FILE) => folder,
        _ => path,
    };
    format!("{folder}{query}")
}

fn open_path(text: &str) -> Result<Arc<dyn Store>, Error> {
    let path = Path::new(text);
    let is_metadata = path
        .file_name()
        .is_some_and(|name| name.eq_ignore_ascii_case(METADATA_FILE));
    let root = match path.parent() {
        Some(folder) if is_metadata && folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) if is_metadata => folder,
        _ => path,
    };
    if root.is_file() {
        return Err(Error::Location {
            location: text.to_owned(),
            problem: "is a file, not an EPT dataset; give the folder that holds ept.json".into(),
        });
    }
    Ok(Arc::new(FileStore::new(root)))
}

/// The locations with folders of LAS and LAZ files and patterns of file names replaced by the files, in the order of
/// their names, each once.
pub(crate) fn expanded(locations: &[String]) -> Result<Vec<String>, Error> {
    let (mut known, mut all) = (HashSet::new(), Vec::new());
    for location in locations {
        for each in files_of(location)? {
            let path = std::fs::canonicalize(&each);
            let identity = path.map_or_else(|_| each.clone().into(), PathBuf::into_os_string);
            if known.insert(identity) {
                all.push(each);
            }
        }
    }
    Ok(all)
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
        let mut files: Vec<String> = paths.filter(|path| is_point_file(path)).collect();
        files.sort();
        // A folder without any is told as one without `ept.json`.
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
    match files.is_empty() {
        true => Err(failed("no file matches".into())),
        false => Ok(files),
    }
}
