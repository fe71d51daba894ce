//! From what a user types to a store.

use std::path::Path;
use std::sync::Arc;

use crate::store::{FileStore, HttpStore, Store};
use crate::{Error, Options};

const METADATA_FILE: &str = "ept.json";

/// URLs of object stores.
const CLOUD_SCHEMES: [&str; 8] = ["s3", "s3a", "gs", "gcs", "az", "azure", "abfs", "abfss"];

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
