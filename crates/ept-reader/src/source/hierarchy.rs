//! The nodes of an octree: runs the walk and loads the pages that it asks for.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ept_format::{Key, Page, Step, Walk};
use futures::future::join_all;
use tokio::sync::mpsc::Sender;
use tokio::task::JoinSet;

use super::{Octree, SharedPolicy};
use crate::engine::task_failed;
use crate::nodes::Found;
use crate::{Error, NodeStream};

/// Maximum number of nodes sent at a time.
const TOGETHER: usize = 1024;

pub(super) fn nodes(octree: Arc<dyn Octree>, policy: SharedPolicy) -> NodeStream {
    let walk = Walk::new(octree.cube(), policy);
    NodeStream::spawn(|sender| run(octree, walk, sender))
}

type OctreeWalk = Walk<SharedPolicy>;

/// Walks until the end, the first fatal error, or the receiver is gone.
async fn run(octree: Arc<dyn Octree>, mut walk: OctreeWalk, sender: Sender<Vec<Found>>) {
    let mut loads = Loads::new(Arc::clone(&octree));
    let mut arrived = Vec::new();
    loop {
        let stretch = {
            let octree = Arc::clone(&octree);
            move || Stretch::walk(&*octree, walk, arrived)
        };
        let stretch = match octree.engine().compute(0, stretch).await {
            Ok(stretch) => stretch,
            Err(error) => {
                // The receiver may be gone.
                let _ = sender.send(vec![Err(error)]).await;
                return;
            }
        };
        loads.want(stretch.wanted);
        let is_taken = stretch.found.is_empty() || sender.send(stretch.found).await.is_ok();
        if stretch.is_over || !is_taken {
            return;
        }
        walk = stretch.walk;
        arrived = if stretch.is_waiting {
            match loads.next().await {
                Ok(pages) => pages,
                Err(error) => {
                    let _ = sender.send(vec![Err(error)]).await;
                    return;
                }
            }
        } else {
            Vec::new()
        };
    }
}

/// A page, or why it could not be loaded.
type Loaded = (Key, Result<Arc<Page>, Error>);

/// A part of the walk that needs no further page: computing only.
struct Stretch {
    walk: OctreeWalk,
    found: Vec<Found>,
    wanted: Vec<Key>,
    /// Whether the walk has to wait for a page.
    is_waiting: bool,
    is_over: bool,
}

impl Stretch {
    fn walk(octree: &dyn Octree, walk: OctreeWalk, arrived: Vec<Loaded>) -> Stretch {
        let mut stretch = Stretch {
            walk,
            found: Vec::new(),
            wanted: Vec::new(),
            is_waiting: false,
            is_over: false,
        };
        for (key, page) in arrived {
            stretch.supply(octree, key, page);
        }
        while !stretch.is_over && !stretch.is_waiting && stretch.found.len() < TOGETHER {
            stretch.step(octree);
        }
        stretch
    }

    /// Supplies a page to the walk, or records its loss.
    fn supply(&mut self, octree: &dyn Octree, key: Key, page: Result<Arc<Page>, Error>) {
        let supplied = page.and_then(|page| {
            let supplied = self.walk.supply(key, &page);
            supplied.map_err(|fault| octree.lost_page(key, fault))
        });
        if let Err(error) = supplied {
            self.walk.lose(key);
            self.fail(error);
        }
    }

    fn step(&mut self, octree: &dyn Octree) {
        match self.walk.step() {
            Ok(Step::Done) => self.is_over = true,
            Ok(Step::Load(key)) => self.wanted.push(key),
            Ok(Step::Node(node)) => self.found.push(Ok(node)),
            Ok(Step::Wait) => self.is_waiting = true,
            Err(fault) => self.fail(Error::Format {
                location: octree.hierarchy_location(),
                fault,
            }),
        }
    }

    /// Adds an error. The walk continues only after a loss.
    fn fail(&mut self, error: Error) {
        self.is_over |= error.loss().is_none();
        self.found.push(Err(error));
    }
}

/// The pages being loaded.
struct Loads {
    octree: Arc<dyn Octree>,
    /// Number of entries of all pages so far, including those that were not taken yet.
    entries: Arc<AtomicU64>,
    waiting: VecDeque<Key>,
    tasks: JoinSet<Vec<Loaded>>,
    /// Number of pages of these tasks.
    loading: usize,
}

impl Loads {
    fn new(octree: Arc<dyn Octree>) -> Loads {
        Loads {
            octree,
            entries: Arc::default(),
            waiting: VecDeque::new(),
            tasks: JoinSet::new(),
            loading: 0,
        }
    }

    fn want(&mut self, keys: Vec<Key>) {
        self.waiting.extend(keys);
        self.start();
    }

    /// Starts as many loads as there may be requests, plus a few whose pages wait to be taken. Pages are read together only
    /// where many wait, and fewer at a time then, so that what waits to be taken does not fill the memory.
    fn start(&mut self) {
        let requests = self.octree.engine().limits().requests.get();
        let most = requests.saturating_mul(2);
        while self.loading < most && !self.waiting.is_empty() {
            let share = self.waiting.len().div_ceil(most);
            let together = share.min(self.octree.pages_together());
            let keys: Vec<Key> = self.waiting.drain(..together).collect();
            self.loading += keys.len();
            let (octree, entries) = (Arc::clone(&self.octree), Arc::clone(&self.entries));
            self.tasks.spawn(load(octree, keys, entries));
        }
    }

    /// Waits for pages.
    async fn next(&mut self) -> Result<Vec<Loaded>, Error> {
        let Some(joined) = self.tasks.join_next().await else {
            return Err(Error::Internal("a walk waits for no page".into()));
        };
        let mut loaded = joined.map_err(|error| task_failed(&error))?;
        while let Some(joined) = self.tasks.try_join_next() {
            loaded.extend(joined.map_err(|error| task_failed(&error))?);
        }
        self.loading = self.loading.saturating_sub(loaded.len());
        self.start();
        Ok(loaded)
    }
}

/// Loads the pages rooted at these keys: together as far as that goes, the others at the same time.
async fn load(octree: Arc<dyn Octree>, keys: Vec<Key>, entries: Arc<AtomicU64>) -> Vec<Loaded> {
    let (octree, entries) = (&*octree, &*entries);
    let retry = octree.engine().options().retry;
    let mut first = Vec::new();
    if keys.len() > 1 {
        first = octree.first_pages(&keys).await;
    }
    first.resize(keys.len(), None);
    let loads = keys.into_iter().zip(first).map(async |(key, first)| {
        let page = match first {
            Some(page) => Ok(page),
            None => octree.page(key, &retry).await,
        };
        (key, page.and_then(|page| counted(octree, page, entries)))
    });
    join_all(loads).await
}

/// The page, unless there are too many entries with it.
fn counted(octree: &dyn Octree, page: Arc<Page>, entries: &AtomicU64) -> Result<Arc<Page>, Error> {
    let own = page.entries().len() as u64;
    let limit = octree.engine().limits().nodes;
    if entries
        .fetch_add(own, Ordering::Relaxed)
        .saturating_add(own)
        <= limit
    {
        return Ok(page);
    }
    Err(Error::TooLarge {
        location: octree.hierarchy_location(),
        problem: format!("more nodes than the limit of {limit}"),
    })
}
