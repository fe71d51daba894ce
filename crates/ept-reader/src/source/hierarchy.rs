//! The nodes of an EPT hierarchy: the walk, and the pages that it asks for.

use std::collections::VecDeque;
use std::sync::Arc;

use ept_format::{Key, Page, Policy, Step, Walk};
use tokio::sync::mpsc::Sender;
use tokio::task::JoinSet;

use super::{Ept, Source};
use crate::engine::task_failed;
use crate::nodes::Found;
use crate::{Error, NodeStream};

/// Nodes after which the walk hands over what it has found.
const TOGETHER: usize = 1024;

pub(super) fn nodes(ept: Arc<Ept>, policy: Box<dyn Policy + Send>) -> NodeStream {
    let walk = Walk::new(ept.metadata().bounds(), policy);
    NodeStream::spawn(|sender| run(ept, walk, sender))
}

type EptWalk = Walk<Box<dyn Policy + Send>>;

/// Walks until the end, the first fatal fault, or nobody listening.
async fn run(ept: Arc<Ept>, mut walk: EptWalk, sender: Sender<Vec<Found>>) {
    let mut loads = Loads::new(Arc::clone(&ept));
    let mut arrived = None;
    loop {
        let stretch = {
            let ept = Arc::clone(&ept);
            move || Stretch::walk(&ept, walk, arrived)
        };
        let stretch = match ept.engine().compute(0, stretch).await {
            Ok(stretch) => stretch,
            Err(error) => {
                // Whoever does not listen any more does not want to know.
                let _ = sender.send(vec![Err(error)]).await;
                return;
            }
        };
        stretch.wanted.into_iter().for_each(|key| loads.want(key));
        let is_taken = stretch.found.is_empty() || sender.send(stretch.found).await.is_ok();
        if stretch.is_over || !is_taken {
            return;
        }
        walk = stretch.walk;
        arrived = match stretch.is_waiting {
            false => None,
            true => match loads.next().await {
                Ok(page) => Some(page),
                Err(error) => {
                    let _ = sender.send(vec![Err(error)]).await;
                    return;
                }
            },
        };
    }
}

/// A page that was loaded, or not.
type Loaded = (Key, Result<Page, Error>);

/// A stretch of the walk that needs no page: computing only.
struct Stretch {
    walk: EptWalk,
    found: Vec<Found>,
    wanted: Vec<Key>,
    /// Whether a page must come before the walk goes on.
    is_waiting: bool,
    is_over: bool,
}

impl Stretch {
    fn walk(ept: &Ept, walk: EptWalk, arrived: Option<Loaded>) -> Stretch {
        let mut stretch = Stretch {
            walk,
            found: Vec::new(),
            wanted: Vec::new(),
            is_waiting: false,
            is_over: false,
        };
        if let Some((key, page)) = arrived {
            stretch.supply(ept, key, page);
        }
        while !stretch.is_over && !stretch.is_waiting && stretch.found.len() < TOGETHER {
            stretch.step(ept);
        }
        stretch
    }

    /// Hands a page to the walk, or takes note of its loss.
    fn supply(&mut self, ept: &Ept, key: Key, page: Result<Page, Error>) {
        let supplied = page.and_then(|page| {
            let supplied = self.walk.supply(key, &page);
            supplied.map_err(|fault| ept.lost_page(key, fault))
        });
        if let Err(error) = supplied {
            self.walk.lose(key);
            self.fail(error);
        }
    }

    fn step(&mut self, ept: &Ept) {
        match self.walk.step() {
            Ok(Step::Done) => self.is_over = true,
            Ok(Step::Load(key)) => self.wanted.push(key),
            Ok(Step::Node(node)) => self.found.push(Ok(node)),
            Ok(Step::Wait) => self.is_waiting = true,
            Err(fault) => self.fail(Error::Format {
                location: ept.location("ept-hierarchy"),
                fault,
            }),
        }
    }

    /// The walk goes on after a loss, and after nothing else.
    fn fail(&mut self, error: Error) {
        self.is_over |= error.loss().is_none();
        self.found.push(Err(error));
    }
}

/// The pages under way.
struct Loads {
    ept: Arc<Ept>,
    /// Entries of all pages so far.
    entries: u64,
    waiting: VecDeque<Key>,
    tasks: JoinSet<Loaded>,
}

impl Loads {
    fn new(ept: Arc<Ept>) -> Loads {
        Loads {
            ept,
            entries: 0,
            waiting: VecDeque::new(),
            tasks: JoinSet::new(),
        }
    }

    fn want(&mut self, key: Key) {
        self.waiting.push_back(key);
        self.start();
    }

    /// Starts as many loads as there may be requests, and a few whose pages wait to be taken.
    fn start(&mut self) {
        while self.tasks.len() < self.ept.engine().limits().requests.get().saturating_mul(2) {
            let Some(key) = self.waiting.pop_front() else {
                return;
            };
            let ept = Arc::clone(&self.ept);
            self.tasks.spawn(async move { (key, ept.page(key).await) });
        }
    }

    /// Waits for a page.
    async fn next(&mut self) -> Result<Loaded, Error> {
        let joined = self.tasks.join_next().await;
        self.start();
        let (key, page) = match joined {
            Some(Ok(loaded)) => loaded,
            Some(Err(error)) => return Err(task_failed(&error)),
            None => return Err(Error::Internal("a walk waits for no page".into())),
        };
        self.entries += page.as_ref().map_or(0, |page| page.entries().len() as u64);
        let limit = self.ept.engine().limits().nodes;
        if self.entries > limit {
            return Err(Error::TooLarge {
                location: self.ept.location("ept-hierarchy"),
                problem: format!("more nodes than the limit of {limit}"),
            });
        }
        Ok((key, page))
    }
}
