//! The result of a look at a scene.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use ept_format::{Key, NodeName};

use crate::{CachedTile, Error};

/// What a scene has in memory for a view, see [`crate::Scene::look`].
#[derive(Debug, Clone, Default)]
pub struct Look {
    /// What to draw: the tiles that the view wants and that are in memory, best first, then those that linger.
    pub tiles: Vec<Arc<CachedTile>>,
    /// Those of `tiles` that the last look did not have.
    pub added: Vec<Arc<CachedTile>>,
    /// Tiles that the last look had and this one does not have.
    pub dropped: Vec<NodeName>,
    /// Results of loads since the last look.
    pub events: Vec<Event>,
    /// Number of tiles and pages that the view wants and that are not in memory.
    pub missing: usize,
    /// Number of these whose last load failed. They are retried.
    pub failing: usize,
    /// Number of `tiles` that went out of view recently.
    pub lingering: usize,
    /// Tiles that arrived since the last look and were not requested by it yet.
    pub(crate) fresh: HashMap<NodeName, Arc<CachedTile>>,
}

/// The result of a load.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A tile arrived.
    Tile(NodeName),
    /// A page of the hierarchy arrived.
    Page(Key),
    /// A tile or page could not be read.
    Failed {
        /// What is lost for now, and why.
        error: Error,
        /// Wait before it is retried, if it is then wanted. `Duration::MAX` if it never is.
        again: Duration,
    },
}

impl Look {
    /// Whether everything that the view wants is in memory and nothing else is: another look with the same view would
    /// be equal.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.missing == 0 && self.lingering == 0
    }

    /// Total number of points in the tiles.
    #[must_use]
    pub fn points(&self) -> u64 {
        self.tiles.iter().map(|tile| tile.node().points).sum()
    }
}
