//! Global settings of the library behind the transforms.

use std::path::Path;
use std::sync::Once;

/// Sets the folder with the grids of datum shifts (`NTv2` or GeoTIFF, as PROJ distributes them). `None`, the default,
/// means no grids.
///
/// The setting is global to the process and applies to transforms made afterwards, so call it before the first one.
/// Environment variables and the user's folders are not searched, and nothing is downloaded.
pub fn set_grids(folder: Option<&Path>) {
    prepare();
    let folders = folder.map(Path::to_path_buf).into_iter().collect();
    terrio_crs::set_grid_search_paths(Some(folders));
}

/// Prevents the library from finding grids by itself. Called before any use of it.
pub(crate) fn prepare() {
    static START: Once = Once::new();
    START.call_once(|| {
        terrio_crs::set_grid_search_paths(Some(Vec::new()));
        terrio_crs::set_network_enabled(Some(false));
    });
}
