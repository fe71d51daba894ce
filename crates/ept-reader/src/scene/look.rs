//! What a look at a scene gives.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use ept_format::{Key, NodeName};

use crate::{CachedTile, Error};

/// What a scene has of a view; see [`crate::Scene::look`].
#[derive(Debug, Clone, Default)]
pub struct Look {
    /// What to draw: of the tiles that the view wants those in memory, the best first, then those that linger.
    pub tiles: Vec<Arc<CachedTile>>,
    /// Those of `tiles` that the last look did not have.
    pub added: Vec<Arc<CachedTile>>,
    /// Tiles that the last look had and this one has not.
    pub dropped: Vec<NodeName>,
    /// What became of loads since the last look.
    pub events: Vec<Event>,
    /// Tiles and pages that the view wants and that are not in memory.
    pub missing: usize,
    /// How many of them failed the last time; they are tried again.
    pub failing: usize,
    /// How many of `tiles` went out of view lately.
    pub lingering: usize,
    /// Tiles that came since the last look and were not asked after yet.
    pub(crate) fresh: HashMap<NodeName, Arc<CachedTile>>,
}

/// What a load came to.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A tile came.
    Tile(NodeName),
    /// A page of the hierarchy came.
    Page(Key),
    /// A tile or page could not be read.
    Failed {
        /// What is lost for now, and why.
        error: Error,
        /// After what time it is asked for again, if it is wanted then; the longest there is for never.
        again: Duration,
    },
}

impl Look {
    /// Whether all that the view wants is there and nothing else is: another look at the same view gives the same.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.missing == 0 && self.lingering == 0
    }

    /// Number of points in the tiles.
    #[must_use]
    pub fn points(&self) -> u64 {
        self.tiles.iter().map(|tile| tile.node().points).sum()
    }
}
