//! The walk over the octree: pure logic that asks for pages and yields nodes.

use std::cmp::Ordering;
use std::collections::{BTreeSet, BinaryHeap, HashMap};
use std::sync::Arc;

use crate::runs::Runs;
use crate::{Bounds, Entry, FormatError, Key, Node, Page};

/// Decides which cells a walk visits, and in which order.
pub trait Policy {
    /// The rank of a cell: higher ranks come first, equal ones in the order of their keys. `None` leaves out the node
    /// and its descendants.
    ///
    /// The rank depends on nothing but the arguments, and a cell ranks no higher than its parent. Otherwise nodes of a
    /// page that arrives late are out of order.
    fn rank(&self, key: Key, cell: &Bounds) -> Option<f64>;
}

impl<P: Policy + ?Sized> Policy for Arc<P> {
    fn rank(&self, key: Key, cell: &Bounds) -> Option<f64> {
        (**self).rank(key, cell)
    }
}

/// What a walk needs or found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step {
    /// The next node, in the order of the policy.
    Node(Node),
    /// The page rooted at this key is needed: fetch it and pass it to [`Walk::supply`]. Several may be asked for before
    /// the first is supplied.
    Load(Key),
    /// No node is certain before a page that was asked for arrives.
    Wait,
    /// All nodes were returned.
    Done,
}

/// A walk over the octree of one dataset.
///
/// It does no I/O: [`Walk::step`] asks for pages, the caller fetches and supplies them. Every page that is known to be
/// needed is asked for before the nodes that wait for it, so pages can be fetched concurrently. Nodes come in the order
/// of the policy nevertheless. No page is asked for twice. Nodes with 0 points are visited but not returned.
#[derive(Debug)]
pub struct Walk<P> {
    policy: P,
    root: Bounds,
    nodes: Runs<Candidate>,
    wanted: BinaryHeap<Candidate>,
    loading: BTreeSet<Candidate>,
    /// Rank of every page that was asked for.
    asked: HashMap<Key, f64>,
    last: Option<Candidate>,
}

impl<P: Policy> Walk<P> {
    /// A walk over the tree whose root cell is `bounds`.
    pub fn new(bounds: &Bounds, policy: P) -> Walk<P> {
        let mut walk = Walk {
            policy,
            root: *bounds,
            nodes: Runs::new(),
            wanted: BinaryHeap::new(),
            loading: BTreeSet::new(),
            asked: HashMap::new(),
            last: None,
        };
        if let Some(rank) = walk.rank(Key::ROOT) {
            walk.want(Key::ROOT, rank);
        }
        walk
    }

    /// The next step.
    ///
    /// # Errors
    /// If two pages list the same node with different counts.
    pub fn step(&mut self) -> Result<Step, FormatError> {
        if let Some(page) = self.wanted.pop() {
            self.loading.insert(page);
            return Ok(Step::Load(page.key));
        }
        // Nothing in a page ranks above the page's root, so nodes that rank above it are certain.
        while let Some(next) = self.nodes.peek().copied() {
            if self.loading.last().is_some_and(|page| *page > next) {
                return Ok(Step::Wait);
            }
            self.nodes.pop();
            match self.last.replace(next) {
                Some(last) if last.key == next.key && last.points == next.points => {}
                Some(last) if last.key == next.key => {
                    let problem = format!(
                        "is listed in two pages, with {} and {} points",
                        last.points, next.points
                    );
                    return Err(FormatError::entry(next.key, problem));
                }
                _ => {
                    return Ok(Step::Node(Node {
                        source: 0,
                        name: next.key.into(),
                        points: next.points,
                        cell: self.root.cell(next.key),
                    }));
                }
            }
        }
        if self.loading.is_empty() {
            Ok(Step::Done)
        } else {
            Ok(Step::Wait)
        }
    }

    /// Supplies a page that [`Step::Load`] asked for. The page may lack its own root, or be empty.
    ///
    /// # Errors
    /// If the page lists a node that is not below its root, or points to itself.
    pub fn supply(&mut self, key: Key, page: &Page) -> Result<(), FormatError> {
        self.lose(key);
        let entries = page.entries();
        if let Some((other, _)) = entries.iter().find(|(other, _)| !key.holds(*other)) {
            let problem = format!("is not below {key}, the root of its page");
            return Err(FormatError::entry(*other, problem));
        }
        if entries.first() == Some(&(key, Entry::Page)) {
            return Err(FormatError::entry(key, "its page points to itself"));
        }
        let mut found = Vec::with_capacity(entries.len());
        self.visit(key, entries, &mut found);
        self.nodes.push(found);
        Ok(())
    }

    /// Gives up a page that [`Step::Load`] asked for: its subtree will not be visited.
    pub fn lose(&mut self, key: Key) {
        if let Some(&rank) = self.asked.get(&key) {
            self.loading.remove(&Candidate::page(key, rank));
        }
    }

    /// Visits the entries at and below `key`, which is all that `entries` contains, and adds the nodes to `found`.
    fn visit(&mut self, key: Key, entries: &[(Key, Entry)], found: &mut Vec<Candidate>) {
        let Some(rank) = self.rank(key) else {
            return;
        };
        let mut below = entries;
        if let [(first, entry), rest @ ..] = entries
            && *first == key
        {
            below = rest;
            match *entry {
                Entry::Points(0) => {}
                Entry::Points(points) => found.push(Candidate { rank, key, points }),
                Entry::Page => self.want(key, rank),
            }
        }
        while let Some((next, _)) = below.first() {
            let child = next.ancestor(key.depth() + 1);
            let end = below.partition_point(|(other, _)| child.holds(*other));
            self.visit(child, &below[..end], found);
            below = &below[end..];
        }
    }

    /// The rank of a node's cell. -0 becomes 0, since the total order of candidates would tell them apart.
    fn rank(&self, key: Key) -> Option<f64> {
        let rank = self.policy.rank(key, &self.root.cell(key));
        rank.map(|rank| rank + 0.0)
    }

    fn want(&mut self, key: Key, rank: f64) {
        if self.asked.insert(key, rank).is_none() {
            self.wanted.push(Candidate::page(key, rank));
        }
    }
}

/// A node or page, ordered by the policy: the greatest comes first.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    rank: f64,
    key: Key,
    points: u64,
}

impl Candidate {
    fn page(key: Key, rank: f64) -> Candidate {
        Candidate {
            rank,
            key,
            points: 0,
        }
    }
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_rank = self.rank.total_cmp(&other.rank);
        by_rank.then_with(|| other.key.cmp(&self.key))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Candidate {}
