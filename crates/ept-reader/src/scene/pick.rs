//! Points of a scene by a ray or along a line, of what is in memory.

use std::sync::Arc;

use ept_select::Swath;

use crate::{CachedTile, Error, Picked, Ray, Scene, Tile};

impl Scene {
    /// Of the points that the last look had, the one nearest to a ray, in pixels and not more than `pixels` from it; of
    /// equal ones the nearest to its origin. Nothing is fetched.
    #[must_use]
    pub fn pick(&self, ray: &Ray, pixels: f64) -> Option<Picked> {
        let slack = self.dataset.frame().slack;
        ept_scene::pick(self.drawn.values(), slack, ray, pixels)
    }

    /// Of the points that the last look had, those in a swath, node by node in ascending order, with their columns
    /// `Distance` and `Offset`; see [`Swath::profile`]. Nothing is fetched. Nodes beyond what is drawn can be had of
    /// [`crate::TileCache::tile`], which fetches only what is not in memory.
    ///
    /// # Errors
    /// When the dataset has dimensions of these names.
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
