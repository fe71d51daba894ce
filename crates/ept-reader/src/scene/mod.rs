//! Scenes: what a viewer draws, frame by frame.

mod inbox;
mod loader;
mod look;
mod pick;
mod tile_cache;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use ept_format::{Key, Node, NodeName, Page};
use ept_scene::{CachedTile, Choice, View};
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::engine::Task;
use crate::{Dataset, Error};

pub use inbox::Arrivals;
pub use look::{Event, Look};
pub use tile_cache::TileCache;

use inbox::{Arrival, Inbox};
use loader::{LoadCounts, Loader, Wants};
use tile_cache::{Name, Resident, Wanted};

/// How a scene loads tiles.
#[derive(Debug, Clone)]
pub struct SceneOptions {
    /// The cache for its tiles. Scenes with clones of the same cache share its memory and requests. By default a new
    /// cache of 512 MiB.
    pub cache: TileCache,
    /// Maximum concurrent loads, including decoding, 16 by default. The dataset's [`crate::Limits`] apply too.
    pub loads: usize,
    /// Number of looks for which tiles that went out of view are still drawn, within a quarter of the view's points,
    /// and their loads continue, so that a shaking camera neither loads nor drops anything. 8 by default.
    pub linger: u32,
    /// Wait before the first retry of a failed load, a quarter of a second by default. It doubles with each retry.
    pub first_wait: Duration,
    /// Maximum wait before a retry, 30 seconds by default.
    pub longest_wait: Duration,
}

impl Default for SceneOptions {
    fn default() -> SceneOptions {
        SceneOptions {
            cache: TileCache::new(512 << 20),
            loads: 16,
            linger: 8,
            first_wait: Duration::from_millis(250),
            longest_wait: Duration::from_secs(30),
        }
    }
}

/// What a viewer draws of a dataset, frame by frame.
///
/// [`Scene::look`] immediately returns what is in memory of a [`View`], and the rest is loaded in the background, best
/// first. [`Scene::arrivals`] tells when there is more. Dropping the scene ends its requests.
#[derive(Debug)]
pub struct Scene {
    dataset: Dataset,
    options: SceneOptions,
    wants: watch::Sender<Arc<Wants>>,
    inbox: Arc<Inbox>,
    counters: Arc<LoadCounts>,
    pages: HashMap<Key, Arc<Page>>,
    /// Tiles that were returned to the caller and not dropped since.
    drawn: HashMap<NodeName, Arc<CachedTile>>,
    /// Number of looks since a tile or page was last wanted, for those wanted recently.
    ages: HashMap<Name, u32>,
    /// Loads that failed and have not succeeded since.
    failing: HashSet<Name>,
    /// Pages that are invalid, permanently.
    broken: HashSet<Key>,
    /// Nodes with conflicting counts that were already reported.
    told: HashSet<Key>,
    _loader: Task<()>,
}

/// Counts of a scene's loads since it was created.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SceneTraffic {
    /// Loads started, of tiles and hierarchy pages.
    pub started: u64,
    /// Loads that succeeded.
    pub arrived: u64,
    /// Loads that failed.
    pub failed: u64,
    /// Loads that were cancelled because nobody wanted them any more.
    pub cancelled: u64,
}

impl Scene {
    /// A scene of a dataset. Its work runs on the tokio runtime of the caller: call this in a task, or within
    /// `Handle::enter`. [`crate::Blocking`] provides a runtime.
    ///
    /// # Errors
    /// If there is no runtime.
    pub fn new(dataset: Dataset, options: SceneOptions) -> Result<Scene, Error> {
        Handle::try_current().map_err(|_| Error::NoRuntime)?;
        let (wants, changes) = watch::channel(Arc::default());
        let (inbox, counters) = (Arc::<Inbox>::default(), Arc::<LoadCounts>::default());
        let loader = Loader {
            dataset: dataset.clone(),
            cache: options.cache.clone(),
            inbox: Arc::clone(&inbox),
            counters: Arc::clone(&counters),
            most: options.loads.max(1),
            waits: [options.first_wait, options.longest_wait],
        };
        Ok(Scene {
            _loader: Task::spawn(loader.run(changes)),
            dataset,
            options,
            wants,
            inbox,
            counters,
            pages: HashMap::new(),
            drawn: HashMap::new(),
            ages: HashMap::new(),
            failing: HashSet::new(),
            broken: HashSet::new(),
            told: HashSet::new(),
        })
    }

    /// The dataset.
    #[must_use]
    pub fn dataset(&self) -> &Dataset {
        &self.dataset
    }

    /// Tells when the next look has something new. It can be sent to another thread or task, which wakes the one that
    /// draws.
    #[must_use]
    pub fn arrivals(&self) -> Arrivals {
        Arrivals(Arc::clone(&self.inbox))
    }

    /// Counts of the loads so far.
    #[must_use]
    pub fn traffic(&self) -> SceneTraffic {
        let LoadCounts {
            started,
            arrived,
            failed,
            cancelled,
        } = &*self.counters;
        SceneTraffic {
            started: started.load(Ordering::Relaxed),
            arrived: arrived.load(Ordering::Relaxed),
            failed: failed.load(Ordering::Relaxed),
            cancelled: cancelled.load(Ordering::Relaxed),
        }
    }

    /// Returns what is in memory of the view immediately, without waiting for the store or decoding. The rest is loaded
    /// in the order of the view, and loads that are no longer wanted are cancelled.
    ///
    /// Call it for every frame. While a scene is incomplete, look again whenever [`Scene::arrivals`] tells, even with
    /// the same view.
    pub fn look(&mut self, view: &View) -> Look {
        let mut look = Look::default();
        for arrival in self.inbox.take() {
            self.receive(arrival, &mut look);
        }
        let root = self.dataset.frame().bounds;
        let mut choice = Choice::new(view, &root, |key| self.page(key));
        self.report_faults(&mut choice, &mut look);
        let missing = self.find_tiles(&choice.nodes, &mut look);
        // What arrived and is not wanted any more stays in the cache.
        look.fresh.clear();
        self.grow_older(&choice);
        self.drop_old(view, &mut look);
        let missing = missing.into_iter();
        let order = choice.ranked(view, &root, missing, Wanted::Page, Wanted::Tile);
        look.missing = order.len();
        look.failing = order
            .iter()
            .filter(|wanted| self.failing.contains(&wanted.name()))
            .count();
        let tolerated = self.ages.iter().filter(|(_, age)| **age > 0);
        self.wants.send_replace(Arc::new(Wants {
            tolerated: tolerated.map(|(name, _)| *name).collect(),
            order,
        }));
        look
    }

    /// Processes the result of a load.
    fn receive(&mut self, arrival: Arrival, look: &mut Look) {
        look.events.push(match arrival {
            Arrival::Resident(name, part) => {
                self.failing.remove(&name);
                match (name, part) {
                    (Name::Page(key), Resident::Page(page)) => {
                        self.pages.insert(key, page);
                        Event::Page(key)
                    }
                    (_, Resident::Tile(tile)) => {
                        let node = tile.node().name;
                        look.fresh.insert(node, tile);
                        Event::Tile(node)
                    }
                    // A load returns what was requested.
                    (Name::Tile(_), Resident::Page(_)) => return,
                }
            }
            Arrival::Failure(name, error, again) => {
                self.failing.insert(name);
                Event::Failed { error, again }
            }
        });
    }

    /// A page that is in memory. An invalid one counts as empty.
    fn page(&mut self, key: Key) -> Option<Arc<Page>> {
        if self.broken.contains(&key) {
            return Some(Arc::default());
        }
        if let Some(page) = self.pages.get(&key) {
            return Some(Arc::clone(page));
        }
        let Resident::Page(page) = self.options.cache.find(&self.dataset, Name::Page(key))? else {
            return None;
        };
        self.pages.insert(key, Arc::clone(&page));
        Some(page)
    }

    /// Reports each fault of the hierarchy once, since it is permanent.
    fn report_faults(&mut self, choice: &mut Choice, look: &mut Look) {
        let (broken, told) = (&mut self.broken, &mut self.told);
        let faults = choice
            .faults
            .drain(..)
            .filter(|(key, _)| broken.insert(*key));
        let conflicts = choice.conflicts.drain(..);
        let conflicts = conflicts.filter(|(key, _)| told.insert(*key));
        for (key, fault) in faults.chain(conflicts) {
            let error = match self.dataset.octree() {
                Ok(octree) => octree.lost_page(key, fault),
                Err(error) => error,
            };
            let again = Duration::MAX;
            look.events.push(Event::Failed { error, again });
        }
    }

    /// Adds the tiles in memory to the look. Returns the nodes of the others.
    fn find_tiles(&mut self, nodes: &[Node], look: &mut Look) -> Vec<Node> {
        let mut missing = Vec::new();
        for node in nodes {
            if let Some(tile) = self.drawn.get(&node.name) {
                look.tiles.push(Arc::clone(tile));
            } else if let Some(tile) = self.tile(node.name, look) {
                self.drawn.insert(node.name, Arc::clone(&tile));
                look.added.push(Arc::clone(&tile));
                look.tiles.push(tile);
            } else {
                missing.push(*node);
            }
        }
        missing
    }

    fn tile(&self, name: NodeName, look: &mut Look) -> Option<Arc<CachedTile>> {
        let fresh = look.fresh.remove(&name);
        fresh.or_else(|| self.options.cache.resident(&self.dataset, name))
    }

    /// Counts the looks since each part was last wanted.
    fn grow_older(&mut self, choice: &Choice) {
        for age in self.ages.values_mut() {
            *age = age.saturating_add(1);
        }
        let nodes = choice.nodes.iter().map(|node| Name::Tile(node.name));
        let pages = choice.used.iter().chain(&choice.missing);
        let wanted = nodes.chain(pages.map(|key| Name::Page(*key)));
        self.ages.extend(wanted.map(|name| (name, 0)));
        let most = self.options.linger;
        self.ages.retain(|_, age| *age <= most);
    }

    /// Drops what has been out of view for long, or has too many points. Everything else out of view lingers.
    fn drop_old(&mut self, view: &View, look: &mut Look) {
        let ages = &self.ages;
        let age = |name: &NodeName| ages.get(&Name::Tile(*name)).copied();
        let mut lingering: Vec<(Option<u32>, NodeName)> =
            self.drawn.keys().map(|key| (age(key), *key)).collect();
        lingering.retain(|(age, _)| *age != Some(0));
        // The latest to go out of view stays longest. Whatever has no age is too old.
        lingering.sort_by_key(|(age, key)| (age.unwrap_or(u32::MAX), *key));
        let mut left = view.max_points() / 4;
        for (age, key) in lingering {
            let Some(tile) = self.drawn.get(&key) else {
                continue;
            };
            let points = tile.node().points;
            if age.is_some() && points <= left {
                left -= points;
                look.lingering += 1;
                look.tiles.push(Arc::clone(tile));
            } else {
                look.dropped.push(key);
            }
        }
        for key in &look.dropped {
            if let Some(tile) = self.drawn.remove(key) {
                self.give_back(Name::Tile(*key), Resident::Tile(tile));
            }
        }
        let is_old = |key: &Key, _: &mut Arc<Page>| !self.ages.contains_key(&Name::Page(*key));
        let old: Vec<_> = self.pages.extract_if(is_old).collect();
        for (key, page) in old {
            self.give_back(Name::Page(key), Resident::Page(page));
        }
    }

    fn give_back(&self, name: Name, part: Resident) {
        self.options.cache.keep(&self.dataset, name, part);
    }
}
