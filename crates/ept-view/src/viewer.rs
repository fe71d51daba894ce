//! One page: its scene, and what it was told last.

use std::sync::Arc;
use std::time::Instant;

use ept_reader::{CachedTile, Look, Scene, View};

use crate::losses::Losses;

/// One page.
#[derive(Debug)]
pub(crate) struct Viewer {
    scene: Scene,
    pub(crate) losses: Losses,
    /// What the page draws.
    pub(crate) tiles: Vec<Arc<CachedTile>>,
}

impl Viewer {
    pub(crate) fn new(scene: Scene) -> Viewer {
        Viewer {
            scene,
            losses: Losses::default(),
            tiles: Vec::new(),
        }
    }

    /// Looks, and remembers what is drawn and lost.
    pub(crate) fn look(&mut self, view: &View, now: Instant) -> Look {
        let mut look = self.scene.look(view);
        for event in look.events.drain(..) {
            self.losses.note(&event, now);
        }
        self.losses.forget_drawn(&look.tiles);
        self.tiles.clone_from(&look.tiles);
        look
    }
}
