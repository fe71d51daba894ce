//! Recognises what is found in place of a dataset, and says what to do.

use ept_format::FormatError;

use crate::engine::Fetcher;
use crate::store::StoreError;
use crate::{Error, location};

/// A kind of point cloud that is not supported.
struct Foreign {
    /// Name of its main file.
    name: &'static str,
    /// A file beside it that only this kind has.
    mark: &'static str,
    kind: &'static str,
}

const FOREIGN: [Foreign; 3] = [
    Foreign {
        name: "cloud.js",
        mark: "cloud.js",
        kind: "an octree of Potree 1",
    },
    Foreign {
        name: "metadata.json",
        mark: "hierarchy.bin",
        kind: "an octree of Potree 2",
    },
    Foreign {
        name: "tileset.json",
        mark: "tileset.json",
        kind: "a tileset of 3D Tiles",
    },
];

/// The metadata of Entwine before EPT.
const PRE_EPT: &str = "entwine.json";

const WAY_OUT: &str = "which is not supported; give the LAZ or LAS files that it was made from, or EPT or COPC made from \
                       them (untwine makes COPC)";

/// Maximum names in a folder that a message repeats.
const SHOWN: usize = 5;
/// Maximum subfolders searched.
const LOOKED_INTO: usize = 100;

/// The error for a location that is another kind of point cloud, judging by its name.
pub(crate) fn by_name(location: &str) -> Option<Error> {
    let (path, _) = location::without_query(location);
    let name = path.rsplit(['/', '\\']).next()?;
    let known = FOREIGN
        .iter()
        .find(|foreign| name.eq_ignore_ascii_case(foreign.name));
    let problem = match known {
        Some(foreign) => format!("this is {}, {WAY_OUT}", foreign.kind),
        None if name.eq_ignore_ascii_case(PRE_EPT) => FormatError::PreEpt.to_string(),
        None => return None,
    };
    Some(Error::Location {
        location: location::without_secrets(location),
        problem,
    })
}

/// The error for a location whose `ept.json` can't be fetched, depending on what is there instead.
pub(crate) async fn instead(fetcher: &Fetcher, error: StoreError) -> Error {
    let is_local = !fetcher.is_remote();
    let problem = match &error {
        StoreError::NotFound { .. } => None,
        StoreError::Denied { .. } if is_local => return error.into(),
        StoreError::Denied { cause, .. } => Some(format!(
            "{cause}: it does not exist, or reading it requires credentials"
        )),
        error if error.is_web_page() => Some(format!("{}; is the address right?", error.cause())),
        _ => return error.into(),
    };
    let place = fetcher.location("");
    let found = match kind_of(fetcher).await {
        None if is_local => contents(fetcher).await,
        kind => kind,
    };
    let (location, problem) = match (found, problem) {
        (Some(found), _) => (place, found),
        (None, Some(problem)) => (error.location().to_owned(), problem),
        (None, None) => (
            error.location().to_owned(),
            "not found; give the folder or URL that holds ept.json, or ept.json itself".into(),
        ),
    };
    Error::Location { location, problem }
}

/// The kind of point cloud in a folder, or a note that the folder is a web page.
async fn kind_of(fetcher: &Fetcher) -> Option<String> {
    let is_there = async |name: &str| fetcher.start(name, 1).await.is_ok();
    for foreign in &FOREIGN {
        if is_there(foreign.mark).await {
            return Some(format!("this is {}, {WAY_OUT}", foreign.kind));
        }
    }
    if is_there(PRE_EPT).await {
        return Some(format!(
            "there is an entwine.json instead of ept.json: {}",
            FormatError::PreEpt
        ));
    }
    let page = fetcher.start("", 1).await.err();
    let is_page = fetcher.is_remote() && page.is_some_and(|error| error.is_web_page());
    is_page.then(|| {
        "this is a web page, such as a listing of files, and there is no ept.json below it; give the URL of a dataset or \
         file that it links to, or a file with many such URLs (--list)"
            .into()
    })
}

/// What a folder on disk contains instead of a dataset.
async fn contents(fetcher: &Fetcher) -> Option<String> {
    let mut names = fetcher.list("").await.ok()??;
    names.sort();
    for name in names.iter().take(LOOKED_INTO) {
        if fetcher.size(&format!("{name}/ept.json")).await.is_ok() {
            return Some(format!(
                "there is no ept.json in this folder, but there is one in its subfolder {name}; give that"
            ));
        }
    }
    let more = names.len().saturating_sub(SHOWN);
    let shown = names[..names.len() - more].join(", ");
    Some(match (names.len(), more) {
        (0, _) => "there is nothing in this folder".into(),
        (_, 0) => format!("there is no ept.json, LAZ or LAS file in this folder, only {shown}"),
        _ => format!(
            "there is no ept.json, LAZ or LAS file in this folder, only {shown} and {more} more"
        ),
    })
}
