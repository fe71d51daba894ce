//! Looks for files that the hierarchy does not list, if the store can list files.

use std::sync::Arc;

use ept_format::{HierarchyType, Key};

use super::findings::Findings;
use super::hierarchy::Hierarchy;
use super::{Code, Place};
use crate::Ept;

/// Looks for orphaned pages and tiles.
pub(super) async fn check(ept: &Arc<Ept>, hierarchy: &Hierarchy, findings: &mut Findings) {
    let page = match ept.metadata().hierarchy_type() {
        HierarchyType::Json => ".json",
        HierarchyType::Gzip => ".json.gz",
    };
    let is_page = |key| hierarchy.pages.contains(&key) || hierarchy.may_be_lost(key);
    orphans(
        ept,
        ("ept-hierarchy", page),
        Code::PageOrphan,
        is_page,
        findings,
    )
    .await;
    let tile = format!(".{}", ept.metadata().data_type().extension());
    let is_tile = |key| hierarchy.has(key) || hierarchy.may_be_lost(key);
    orphans(
        ept,
        ("ept-data", &tile),
        Code::TileOrphan,
        is_tile,
        findings,
    )
    .await;
}

async fn orphans(
    ept: &Arc<Ept>,
    (folder, extension): (&str, &str),
    code: Code,
    is_known: impl Fn(Key) -> bool,
    findings: &mut Findings,
) {
    // If files can't be listed, only those in the hierarchy are checked, by name.
    let Ok(Some(mut names)) = ept.fetcher().list(folder).await else {
        return;
    };
    names.sort_unstable();
    for name in names {
        let Some(stem) = name.strip_suffix(extension) else {
            continue;
        };
        let place = Place::file(ept.location(&format!("{folder}/{name}")));
        match stem.parse() {
            Ok(key) if is_known(key) => {}
            Ok(key) => findings.add(code, place.with_node(key), "nothing points to it"),
            Err(_) if is_part(stem) => {
                findings.add(Code::Unmerged, place, "belongs to a partial build");
            }
            Err(_) => {}
        }
    }
}

/// `D-X-Y-Z-N`: Entwine's name for files of part N of a build.
fn is_part(stem: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    stem.split('-').count() == 5 && stem.split('-').all(is_number)
}
