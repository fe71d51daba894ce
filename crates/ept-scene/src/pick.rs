//! The point under a pixel.

use std::sync::Arc;

use crate::{CachedTile, Ray};

/// A point close to a ray.
#[derive(Debug, Clone, PartialEq)]
pub struct Picked {
    /// The tile that contains it.
    pub tile: Arc<CachedTile>,
    /// Its index in the tile.
    pub index: usize,
    /// Its position, in the dataset's coordinates.
    pub position: [f64; 3],
    /// Distance along the ray, in units of the dataset.
    pub distance: f64,
    /// Distance from the ray, in pixels.
    pub pixels: f64,
}

/// The point nearest to a ray in pixels, at most `pixels` away. Of equally near ones, the nearest to the ray's origin.
/// Cells are grown by `slack` on each axis, since rounding can move points out of them.
#[must_use]
pub fn pick<'a>(
    tiles: impl IntoIterator<Item = &'a Arc<CachedTile>>,
    slack: [f64; 3],
    ray: &Ray,
    pixels: f64,
) -> Option<Picked> {
    let mut tiles: Vec<_> = tiles.into_iter().collect();
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

/// The point of a tile nearest to a ray.
fn nearest(tile: &Arc<CachedTile>, ray: &Ray, most: f64) -> Option<Picked> {
    let places = tile.points().places();
    let mut best: Option<(usize, [f64; 2])> = None;
    for (index, place) in places.enumerate() {
        let Some([along, pixels]) = ray.locate(place) else {
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
