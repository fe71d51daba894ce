//! Checks the hierarchy: every page and node.

use std::collections::HashSet;
use std::sync::Arc;

use ept_format::{Bounds, Entry, FormatError, Key, Node, Page};
use futures::{StreamExt, stream};

use super::findings::Findings;
use super::{Checked, Code, Place};
use crate::Ept;
use crate::engine::Task;
use crate::source::Source;
use crate::{Error, LossCause};

/// Number of entries of a page above which viewers are slow. Entwine keeps to 32,768.
const MANY_ENTRIES: usize = 100_000;

/// The contents of the hierarchy.
pub(super) struct Hierarchy {
    /// Nodes with their counts, including 0, in order.
    pub(super) nodes: Vec<(Key, u64)>,
    /// Root keys of pages that another page points to, and of the root page.
    pub(super) pages: HashSet<Key>,
    /// Pages that could not be read, in order.
    lost: Vec<Key>,
}

/// Reads all pages, level by level, so that findings are in the same order on every run.
pub(super) async fn check(
    ept: &Arc<Ept>,
    findings: &mut Findings,
    checked: &mut Checked,
    mut watch: impl FnMut(u64, u64),
) -> Result<Hierarchy, Error> {
    let mut reading = Reading {
        ept,
        findings,
        found: Hierarchy {
            nodes: Vec::new(),
            pages: HashSet::from([Key::ROOT]),
            lost: Vec::new(),
        },
        wanted: vec![Key::ROOT],
    };
    while !reading.wanted.is_empty() {
        let mut level = std::mem::take(&mut reading.wanted);
        level.sort_unstable();
        let load = |key| {
            let ept = Arc::clone(ept);
            Task::spawn(async move { (key, ept.page(key).await) })
        };
        let ahead = ept.engine().limits().requests.get() * 2;
        let mut loads = stream::iter(level).map(load).buffered(ahead);
        while let Some(loaded) = loads.next().await {
            let (key, page) = loaded?;
            match page {
                Ok(page) => {
                    checked.pages += 1;
                    reading.page(key, &page);
                }
                Err(error) => reading.lost(key, &error),
            }
            watch(checked.pages, reading.found.pages.len() as u64);
            if reading.is_too_large() {
                return Ok(reading.finish());
            }
        }
    }
    Ok(reading.finish())
}

struct Reading<'a> {
    ept: &'a Arc<Ept>,
    findings: &'a mut Findings,
    found: Hierarchy,
    wanted: Vec<Key>,
}

impl Reading<'_> {
    fn place(&self, page: Key) -> Place {
        Place::file(self.ept.location(&self.ept.metadata().page_path(page)))
    }

    fn add(&mut self, code: Code, page: Key, key: Key, problem: impl Into<String>) {
        let place = self.place(page).with_node(key);
        self.findings.add(code, place, problem);
    }

    fn page(&mut self, root: Key, page: &Page) {
        let entries = page.entries();
        if entries.len() > MANY_ENTRIES {
            let problem = format!("has {} nodes", entries.len());
            self.findings
                .add(Code::PageLarge, self.place(root), problem);
        }
        if root != Key::ROOT && !entries.iter().any(|(key, _)| *key == root) {
            self.add(
                Code::PageRoot,
                root,
                root,
                "the page does not list its root",
            );
        }
        for (key, entry) in entries {
            if root.holds(*key) {
                self.entry(root, *key, *entry);
            } else {
                let problem = format!("is not below {root}, the root of its page");
                self.add(Code::PageForeign, root, *key, problem);
            }
        }
    }

    fn entry(&mut self, page: Key, key: Key, entry: Entry) {
        match entry {
            Entry::Points(points) => {
                if points == 0 {
                    self.add(Code::ZeroCount, page, key, "has 0 points");
                }
                self.found.nodes.push((key, points));
            }
            Entry::Page if key == page => {
                self.add(Code::PageLoop, page, key, "the page points to itself");
            }
            Entry::Page => {
                if self.found.pages.insert(key) {
                    self.wanted.push(key);
                }
            }
        }
    }

    fn lost(&mut self, page: Key, error: &Error) {
        self.found.lost.push(page);
        let (code, key) = match error.loss().map(|loss| &loss.cause) {
            Some(LossCause::Format(FormatError::Key { .. })) => (Code::PageKey, page),
            Some(LossCause::Format(FormatError::Entry { key, .. })) => (Code::PageCount, *key),
            Some(LossCause::Format(_)) => (Code::PageText, page),
            _ => (Code::PageMissing, page),
        };
        let problem = error
            .loss()
            .map_or_else(|| error.to_string(), |loss| loss.cause.to_string());
        self.add(code, page, key, problem);
    }

    fn is_too_large(&mut self) -> bool {
        let limit = self.ept.engine().limits().nodes;
        let is_too_large = self.found.nodes.len() as u64 > limit;
        if is_too_large {
            let place = Place::file(self.ept.location("ept-hierarchy"));
            let problem = format!("more nodes than the limit of {limit}; the rest was not checked");
            self.findings.add(Code::TooManyNodes, place, problem);
        }
        is_too_large
    }

    /// Checks that need the whole hierarchy.
    fn finish(mut self) -> Hierarchy {
        self.found.nodes.sort_unstable();
        self.found.lost.sort_unstable();
        let nodes = std::mem::take(&mut self.found.nodes);
        let folder = Place::file(self.ept.location("ept-hierarchy"));
        for pair in nodes.windows(2) {
            if let [(key, one), (other, two)] = pair
                && key == other
                && one != two
            {
                let problem = format!("has {one} points in one page, but {two} in another");
                let place = folder.clone().with_node(*key);
                self.findings.add(Code::CountsDiffer, place, problem);
            }
        }
        self.found.nodes = nodes;
        self.found.nodes.dedup_by_key(|(key, _)| *key);
        self.parents(&folder);
        self.sum(&folder);
        self.found
    }

    fn parents(&mut self, folder: &Place) {
        for (key, _) in &self.found.nodes {
            let Some(parent) = key.parent() else { continue };
            if !self.found.has(parent) && !self.found.pages.contains(&parent) {
                let problem = format!("its parent {parent} is not listed");
                let place = folder.clone().with_node(*key);
                self.findings.add(Code::ParentMissing, place, problem);
            }
        }
        // The page of the root always exists, so its node is checked separately.
        if !self.found.nodes.is_empty() && !self.found.has(Key::ROOT) {
            let place = folder.clone().with_node(Key::ROOT);
            let problem = "the root is not listed";
            self.findings.add(Code::ParentMissing, place, problem);
        }
    }

    fn sum(&mut self, folder: &Place) {
        let sum = self.found.points();
        if let Some(points) = self.ept.metadata().points()
            && points != sum
        {
            let problem = format!("the nodes have {sum} points, but `ept.json` says {points}");
            self.findings.add(Code::PointSum, folder.clone(), problem);
        }
    }
}

impl Hierarchy {
    pub(super) fn has(&self, key: Key) -> bool {
        self.nodes
            .binary_search_by_key(&key, |(key, _)| *key)
            .is_ok()
    }

    /// Whether a node may be in a page that could not be read.
    pub(super) fn may_be_lost(&self, key: Key) -> bool {
        let mut ancestors = (0..=key.depth()).map(|depth| key.ancestor(depth));
        ancestors.any(|ancestor| self.lost.binary_search(&ancestor).is_ok())
    }

    /// Number of points of all nodes. Saturates, since counts of a broken page may be anything.
    pub(super) fn points(&self) -> u64 {
        let counts = self.nodes.iter().map(|(_, points)| *points);
        counts.fold(0, u64::saturating_add)
    }

    /// Number of nodes that have tiles.
    pub(super) fn tiles(&self) -> u64 {
        let nodes = self.nodes.iter();
        nodes.filter(|(_, points)| *points > 0).count() as u64
    }

    /// The nodes that have tiles, in order.
    pub(super) fn into_nodes(self, root: Bounds) -> impl Iterator<Item = Node> + use<> {
        let nodes = self.nodes.into_iter();
        let nodes = nodes.filter(|(_, points)| *points > 0);
        nodes.map(move |(key, points)| Node {
            source: 0,
            name: key.into(),
            points,
            cell: root.cell(key),
        })
    }
}
