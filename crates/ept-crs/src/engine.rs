//! What the library behind the transforms keeps for the whole process.

use std::path::Path;
use std::sync::Once;

/// Names the folder with the grids of datum shifts (`NTv2` or GeoTIFF, as PROJ distributes them); `None` for no grids, as
/// it is at the start.
///
/// The setting is global to the process. It holds for transforms made afterwards, so call it before the first one.
/// Neither environment variables nor folders of the user are searched, and nothing is downloaded.
pub fn set_grids(folder: Option<&Path>) {
    prepare();
    let folders = folder.map(Path::to_path_buf).into_iter().collect();
    terrio_crs::set_grid_search_paths(Some(folders));
}

/// Keeps grids from being found by chance. Every use of the library comes after it.
pub(crate) fn prepare() {
    static START: Once = Once::new();
    START.call_once(|| {
        terrio_crs::set_grid_search_paths(Some(Vec::new()));
        terrio_crs::set_network_enabled(Some(false));
    });
}
