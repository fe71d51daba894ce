//! The point under a pixel.

use std::convert::Infallible;
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
    let all = |_: &CachedTile| Ok::<_, Infallible>(None);
    match pick_where(tiles, slack, ray, [0.0, pixels], all) {
        Ok(found) => found,
        Err(never) => match never {},
    }
}

/// As [`pick`], among the points whose entry in their tile's mask is true; `None` stands for all. Masks are made only for
/// tiles that the ray may meet. Points at most `size` pixels away count as equally near, since one that is drawn that
/// large covers those behind it.
///
/// # Errors
/// If a mask can't be made.
pub fn pick_where<'a, E>(
    tiles: impl IntoIterator<Item = &'a Arc<CachedTile>>,
    slack: [f64; 3],
    ray: &Ray,
    [size, pixels]: [f64; 2],
    mut mask: impl FnMut(&CachedTile) -> Result<Option<Vec<bool>>, E>,
) -> Result<Option<Picked>, E> {
    let mut tiles: Vec<_> = tiles.into_iter().collect();
    tiles.retain(|tile| ray.can_meet(&tile.node().cell.grown(slack), pixels));
    tiles.sort_by_key(|tile| tile.node().name);
    let mut best: Option<Picked> = None;
    for tile in tiles {
        let mask = mask(tile)?;
        let found = nearest(tile, mask.as_deref(), ray, [size, pixels]);
        let is_nearer = |found: &Picked| {
            let order = |picked: &Picked| (picked.pixels.max(size), picked.distance);
            best.as_ref().is_none_or(|best| order(found) < order(best))
        };
        if let Some(found) = found.filter(is_nearer) {
            best = Some(found);
        }
    }
    Ok(best)
}

/// The point of a tile nearest to a ray.
fn nearest(
    tile: &Arc<CachedTile>,
    mask: Option<&[bool]>,
    ray: &Ray,
    [size, most]: [f64; 2],
) -> Option<Picked> {
    let places = tile.points().places();
    let mut best: Option<(usize, [f64; 2])> = None;
    for (index, place) in places.enumerate() {
        let Some([along, pixels]) = ray.locate(place) else {
            continue;
        };
        let order = |[along, pixels]: [f64; 2]| (pixels.max(size), along);
        let is_nearer = |(_, other)| order([along, pixels]) < order(other);
        let is_kept = || mask.is_none_or(|mask| mask.get(index) == Some(&true));
        if pixels <= most && best.is_none_or(is_nearer) && is_kept() {
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
