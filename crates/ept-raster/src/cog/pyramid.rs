//! Tiles of overviews that wait for the tiles below them.

use std::collections::BTreeMap;

use super::level::TILE;
use super::{CogLayout, EncodedTile};

/// A tile of an overview whose cells are complete: to be encoded by [`CogLayout::encode_overview`].
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    pub(super) level: usize,
    pub(super) column: u32,
    pub(super) row: u32,
    /// `None` if all cells are void.
    pub(super) pixels: Option<Vec<u8>>,
}

/// Tiles of overviews that wait for the tiles below them, by level, row and column.
#[derive(Debug, Default)]
pub(super) struct Pyramid {
    waiting: BTreeMap<(usize, u32, u32), Waiting>,
}

#[derive(Debug)]
struct Waiting {
    /// Number of tiles below that did not come yet.
    missing: u8,
    pixels: Option<Vec<u8>>,
}

impl Pyramid {
    /// Adds a tile to the one above it. Returns that when it is complete.
    pub(super) fn add(&mut self, layout: &CogLayout, tile: &EncodedTile) -> Option<Overview> {
        let level = tile.level + 1;
        if level == layout.levels().len() {
            return None;
        }
        let (column, row) = (tile.column / 2, tile.row / 2);
        let key = (level, row, column);
        let waiting = self.waiting.entry(key).or_insert_with(|| {
            let below = layout.level(tile.level);
            let across = (below.across() - column * 2).min(2);
            let down = (below.down() - row * 2).min(2);
            Waiting {
                missing: (across * down) as u8,
                pixels: None,
            }
        });
        waiting.missing -= 1;
        if let Some(quarter) = &tile.quarter {
            let pixels = waiting.pixels.get_or_insert_with(|| {
                let mut pixels = Vec::new();
                layout.fill(&mut pixels);
                pixels
            });
            place(
                pixels,
                quarter,
                layout.pixel(),
                [tile.column % 2, tile.row % 2],
            );
        }
        if waiting.missing > 0 {
            return None;
        }
        let pixels = self.waiting.remove(&key)?.pixels;
        Some(Overview {
            level,
            column,
            row,
            pixels,
        })
    }

    /// The first of the tiles that still wait: the tiles below it that did not come are void.
    pub(super) fn next(&mut self) -> Option<Overview> {
        let ((level, row, column), waiting) = self.waiting.pop_first()?;
        Some(Overview {
            level,
            column,
            row,
            pixels: waiting.pixels,
        })
    }
}

/// Copies a quarter to its place in a tile.
fn place(pixels: &mut [u8], quarter: &[u8], pixel: usize, [east, south]: [u32; 2]) {
    let line = TILE as usize * pixel;
    let half = line / 2;
    let first = south as usize * (TILE / 2) as usize;
    let lines = pixels.chunks_mut(line).skip(first);
    for (to, from) in lines.zip(quarter.chunks(half)) {
        to[east as usize * half..][..half].copy_from_slice(from);
    }
}
