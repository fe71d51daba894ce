//! Points of a scene by a ray or along a line, of what is in memory.

use std::sync::Arc;

use ept_select::Swath;

use crate::{CachedTile, Error, Ray, Scene, Tile};

/// A point that a ray meets.
#[derive(Debug, Clone, PartialEq)]
pub struct Picked {
    /// The tile that has it.
    pub tile: Arc<CachedTile>,
    /// Its place among the points of the tile.
    pub index: usize,
    /// Its coordinates, in those of the dataset.
    pub position: [f64; 3],
    /// How far it is along the ray, in units of the dataset.
    pub distance: f64,
    /// How far it is beside the ray, in pixels.
    pub pixels: f64,
}

impl Scene {
    /// Of the points that the last look had, the one nearest to a ray, in pixels and not more than `pixels` from it; of
    /// equal ones the nearest to its origin. Nothing is fetched.
    #[must_use]
    pub fn pick(&self, ray: &Ray, pixels: f64) -> Option<Picked> {
        let slack = self.dataset.frame().slack;
        let mut tiles: Vec<_> = self.drawn.values().collect();
        tiles.retain(|tile| ray.can_meet(&tile.node().cell.grown(slack), pixels));
        tiles.sort_by_key(|tile| tile.node().name);
        let found = tiles
            .into_iter()
            .filter_map(|tile| nearest(tile, ray, pixels));
        found.reduce(|best, other| {
            if is_nearer(&other, &best) {
                other
            } else {
                best
            }
        })
    }
}

impl Scene {
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

/// The point of a tile that is nearest to a ray.
fn nearest(tile: &Arc<CachedTile>, ray: &Ray, most: f64) -> Option<Picked> {
    let points = tile.points();
    let places = points.x().iter().zip(points.y()).zip(points.z());
    let mut best: Option<(usize, [f64; 2])> = None;
    for (index, ((&x, &y), &z)) in places.enumerate() {
        let Some([along, pixels]) = ray.locate([x, y, z]) else {
            continue;
        };
        let is_nearer = |(_, [far, beside]): (usize, [f64; 2])| {
            pixels < beside || pixels == beside && along < far
        };
        if pixels <= most && best.is_none_or(is_nearer) {
            best = Some((index, [along, pixels]));
        }
    }
    let (index, [distance, pixels]) = best?;
    Some(Picked {
        tile: Arc::clone(tile),
        index,
        position: tile.position(index)?,
        distance,
        pixels,
    })
}

fn is_nearer(a: &Picked, b: &Picked) -> bool {
    a.pixels < b.pixels || a.pixels == b.pixels && a.distance < b.distance
}
