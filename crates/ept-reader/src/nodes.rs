//! The nodes of a query: the walk, and the pages that it asks for.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use ept_format::{Key, Node, Page, Policy, Step, Walk};
use futures::{Stream, StreamExt};
use tokio::sync::mpsc::Sender;
use tokio::task::JoinSet;

use crate::Error;
use crate::background::{Background, task_failed};
use crate::shared::Shared;

/// The nodes that a policy selects, in its order; see [`crate::Dataset::nodes`].
#[derive(Debug)]
pub struct NodeStream {
    found: Background<Vec<Found>>,
    /// The nodes at hand.
    next: std::vec::IntoIter<Found>,
}

type Found = Result<Node, Error>;

impl Stream for NodeStream {
    type Item = Found;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Found>> {
        loop {
            if let Some(found) = self.next.next() {
                return Poll::Ready(Some(found));
            }
            match ready!(self.found.poll_next_unpin(context)) {
                Some(Ok(found)) => self.next = found.into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

/// Nodes that are handed over at once, when the walk has as many; one by one, handing over takes longer than
/// finding.
const TOGETHER: usize = 1024;

/// Such parts found ahead of those taken: enough to keep tile requests going.
const AHEAD: usize = 2;

impl NodeStream {
    pub(crate) fn new(shared: Arc<Shared>, policy: impl Policy + Send + 'static) -> NodeStream {
        let walk = Walk::new(shared.metadata.bounds(), policy);
        NodeStream {
            found: Background::spawn(AHEAD, |found| run(shared, walk, found)),
            next: Vec::new().into_iter(),
        }
    }
}

/// Walks until the end, the first fatal fault, or nobody listening.
async fn run<P: Policy>(shared: Arc<Shared>, mut walk: Walk<P>, sender: Sender<Vec<Found>>) {
    let mut loads = Loads::new(shared);
    let mut found = Vec::new();
    let mut is_over = false;
    while !is_over {
        let step = walk.step();
        let is_enough = match step {
            Ok(Step::Wait | Step::Done) => !found.is_empty(),
            _ => found.len() >= TOGETHER,
        };
        if is_enough && sender.send(std::mem::take(&mut found)).await.is_err() {
            return;
        }
        match step {
            Ok(Step::Done) => return,
            Ok(Step::Load(key)) => loads.want(key),
            Ok(Step::Node(node)) => found.push(Ok(node)),
            Ok(Step::Wait) => found.extend(loads.next(&mut walk).await.err().map(Err)),
            Err(fault) => found.push(Err(Error::Format {
                location: loads.shared.location("ept-hierarchy"),
                fault,
            })),
        }
        let last = found.last();
        is_over = last.is_some_and(|last| last.as_ref().is_err_and(|error| error.loss().is_none()));
    }
    // Whoever does not listen any more does not want to know.
    let _ = sender.send(found).await;
}

/// The pages under way.
struct Loads {
    shared: Arc<Shared>,
    /// Entries of all pages so far.
    entries: u64,
    waiting: VecDeque<Key>,
    tasks: JoinSet<(Key, Result<Page, Error>)>,
}

impl Loads {
    fn new(shared: Arc<Shared>) -> Loads {
        Loads {
            shared,
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
        while self.tasks.len() < self.shared.limits.requests.get() * 2 {
            let Some(key) = self.waiting.pop_front() else {
                return;
            };
            let shared = Arc::clone(&self.shared);
            self.tasks
                .spawn(async move { (key, shared.page(key).await) });
        }
    }

    /// Waits for a page and hands it to the walk, or takes note of its loss.
    async fn next<P: Policy>(&mut self, walk: &mut Walk<P>) -> Result<(), Error> {
        let joined = self.tasks.join_next().await;
        self.start();
        let (key, page) = match joined {
            Some(Ok(loaded)) => loaded,
            Some(Err(error)) => return Err(task_failed(&error)),
            None => return Err(Error::Internal("a walk waits for no page".into())),
        };
        self.entries += page.as_ref().map_or(0, |page| page.entries().len() as u64);
        let limit = self.shared.limits.nodes;
        if self.entries > limit {
            return Err(Error::TooLarge {
                location: self.shared.location("ept-hierarchy"),
                problem: format!("more nodes than the limit of {limit}"),
            });
        }
        let supplied = match page {
            Ok(page) => walk
                .supply(key, &page)
                .map_err(|fault| self.shared.lost_page(key, fault)),
            Err(error) => Err(error),
        };
        if supplied.is_err() {
            walk.lose(key);
        }
        supplied
    }
}
