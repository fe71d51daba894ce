//! Finds points in memory of a scene by a ray or along a line.

use std::sync::Arc;

use ept_select::Swath;

use crate::{CachedTile, Error, Picked, Ray, Scene, Tile};

impl Scene {
    /// The point of the last look that is nearest to a ray in pixels, at most `pixels` away. Of equally near points,
    /// the nearest to the ray's origin. Nothing is fetched.
    #[must_use]
    pub fn pick(&self, ray: &Ray, pixels: f64) -> Option<Picked> {
        let slack = self.dataset.frame().slack;
        ept_scene::pick(self.drawn.values(), slack, ray, pixels)
    }

    /// The points of the last look inside a swath, by node in ascending order, with columns `Distance` and `Offset`,
    /// see [`Swath::profile`]. Nothing is fetched. Use [`crate::TileCache::tile`] for nodes that are not drawn; it
    /// fetches only what is not in memory.
    ///
    /// # Errors
    /// If the dataset has dimensions with these names.
    pub fn profile(&self, swath: &Swath) -> Result<Vec<Tile>, Error> {
        let slack = self.dataset.frame().slack;
        let mut tiles: Vec<_> = self.drawn.values().collect();
        tiles.retain(|tile| swath.can_meet(&tile.node().cell.grown(slack)));
        tiles.sort_by_key(|tile| tile.node().name);
        let profile = |tile: &Arc<CachedTile>| {
            let points = swath.profile(tile.points().clone());
            let points = points.map_err(Error::Decode)?;
            Ok((!points.is_empty()).then(|| Tile {
                node: *tile.node(),
                points,
            }))
        };
        tiles
            .into_iter()
            .filter_map(|tile| profile(tile).transpose())
            .collect()
    }
}
