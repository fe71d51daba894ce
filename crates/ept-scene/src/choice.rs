//! What a view chooses from the loaded part of the hierarchy.

use std::sync::Arc;

use ept_format::{Bounds, FormatError, Key, Node, NodeName, Page, Policy, Step, Walk};

use crate::View;
use crate::view::Sight;

/// The nodes and pages that a view wants.
#[derive(Debug, Default)]
pub struct Choice {
    /// The nodes within the budget, best first.
    pub nodes: Vec<Node>,
    /// Pages that were visited.
    pub used: Vec<Key>,
    /// Pages that are not loaded and may contain better nodes than the last of `nodes`.
    pub missing: Vec<Key>,
    /// Invalid pages, and why.
    pub faults: Vec<(Key, FormatError)>,
    /// Nodes to which two pages give different counts. The first count is used.
    pub conflicts: Vec<(Key, FormatError)>,
}

impl Choice {
    /// Walks the loaded pages, which `find` returns.
    #[must_use]
    pub fn new(
        view: &View,
        root: &Bounds,
        mut find: impl FnMut(Key) -> Option<Arc<Page>>,
    ) -> Choice {
        let mut choice = Choice::default();
        let mut walk = Walk::new(root, Sight(view));
        let mut left = view.max_points();
        loop {
            match walk.step() {
                Ok(Step::Load(key)) => choice.load(&mut walk, key, find(key)),
                Ok(Step::Node(node)) => match left.checked_sub(node.points) {
                    Some(rest) => {
                        left = rest;
                        choice.nodes.push(node);
                    }
                    None => {
                        choice.forget_worse_than(view, root, &node);
                        return choice;
                    }
                },
                // No page is ever pending: either it is loaded, or it is ignored for now.
                Ok(Step::Wait | Step::Done) => return choice,
                Err(fault) => choice
                    .conflicts
                    .extend(fault_key(&fault).map(|key| (key, fault))),
            }
        }
    }

    fn load(&mut self, walk: &mut Walk<Sight<'_>>, key: Key, page: Option<Arc<Page>>) {
        let Some(page) = page else {
            self.missing.push(key);
            return walk.lose(key);
        };
        match walk.supply(key, &page) {
            Ok(()) => self.used.push(key),
            Err(fault) => {
                walk.lose(key);
                self.faults.push((key, fault));
            }
        }
    }

    /// Removes pages whose nodes all rank below `last`, the first node beyond the budget.
    fn forget_worse_than(&mut self, view: &View, root: &Bounds, last: &Node) {
        let worst = rank_of(view, last);
        self.missing.retain(|&key| {
            let own = rank(view, root, key);
            own > worst || own == worst && NodeName::from(key) <= last.name
        });
    }

    /// What to load, best first, pages before nodes of equal rank. Missing pages are mapped by `page`, `nodes` by
    /// `tile`.
    #[must_use]
    pub fn ranked<T>(
        &self,
        view: &View,
        root: &Bounds,
        nodes: impl Iterator<Item = Node>,
        page: impl Fn(Key) -> T,
        tile: impl Fn(Node) -> T,
    ) -> Vec<T> {
        let pages = self.missing.iter();
        let pages = pages.map(|&key| (rank(view, root, key), false, key.into(), page(key)));
        let nodes = nodes.map(|node| (rank_of(view, &node), true, node.name, tile(node)));
        let mut ranked: Vec<_> = pages.chain(nodes).collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        ranked.into_iter().map(|(.., wanted)| wanted).collect()
    }
}

fn rank(view: &View, root: &Bounds, key: Key) -> f64 {
    view.rank(key, &root.cell(key)).unwrap_or(f64::NEG_INFINITY)
}

fn rank_of(view: &View, node: &Node) -> f64 {
    let rank = node.key().and_then(|key| view.rank(key, &node.cell));
    rank.unwrap_or(f64::NEG_INFINITY)
}

fn fault_key(fault: &FormatError) -> Option<Key> {
    match fault {
        FormatError::Entry { key, .. } => Some(*key),
        _ => None,
    }
}
