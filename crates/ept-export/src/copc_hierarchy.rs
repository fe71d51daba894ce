//! The hierarchy of a COPC file to be written: nodes with their chunks (COPC 1.0, "hierarchy VLR").

use std::collections::BTreeSet;

use ept_format::{CopcPage, Key};
use ept_las::Chunk;

use crate::ExportError;

/// Size of an entry in bytes.
const ENTRY_SIZE: usize = CopcPage::ENTRY_SIZE;
/// Maximum entries for a single page: 128 KiB, small enough for one request.
const PAGE_ENTRIES: usize = 4096;
/// If there are more, each subtree with more than this many has its own page. A page then has at most eight times as
/// many plus one.
const SUBTREE_ENTRIES: usize = PAGE_ENTRIES / 8;

/// The entries of all nodes and of their ancestors, in ascending order of keys.
#[derive(Debug)]
pub(crate) struct CopcHierarchy {
    entries: Vec<Entry>,
}

/// The chunk of a node. All 0 if it has no points.
#[derive(Debug, Clone, Copy)]
struct Entry {
    key: Key,
    /// Offset in the file.
    offset: u64,
    size: i32,
    points: i32,
}

/// A line of a page.
#[derive(Debug, Clone, Copy)]
enum Line {
    /// An entry, by index.
    Node(usize),
    /// Another page, by index.
    Page(usize),
}

impl CopcHierarchy {
    /// The hierarchy for nodes, each with its chunk.
    pub(crate) fn new(keys: &[Key], chunks: &[Chunk]) -> Result<CopcHierarchy, ExportError> {
        let mut entries = Vec::with_capacity(keys.len() + 1);
        for (key, chunk) in keys.iter().zip(chunks) {
            let fits = |number: u64| {
                i32::try_from(number).map_err(|_| ExportError::Node {
                    node: (*key).into(),
                    problem: "COPC has 31 bits for the points and the bytes of a node",
                })
            };
            entries.push(Entry {
                key: *key,
                offset: chunk.at,
                size: fits(chunk.size)?,
                points: fits(chunk.points)?,
            });
        }
        entries.sort_unstable_by_key(|entry| entry.key);
        let missing = missing_ancestors(&entries);
        entries.extend(missing.into_iter().map(Entry::without_points));
        entries.sort_unstable_by_key(|entry| entry.key);
        Ok(CopcHierarchy { entries })
    }

    /// All pages as bytes, the root page first, to be written at offset `at`. Also returns the size of the root page.
    pub(crate) fn to_bytes(&self, at: u64) -> (Vec<u8>, u64) {
        let pages = self.pages();
        let size = |page: &Vec<Line>| page.len() * ENTRY_SIZE;
        let offsets: Vec<u64> = pages
            .iter()
            .scan(at, |end, page| {
                let start = *end;
                *end += size(page) as u64;
                Some(start)
            })
            .collect();
        let mut bytes = Vec::with_capacity(pages.iter().map(size).sum());
        for line in pages.iter().flatten() {
            let entry = match *line {
                Line::Node(node) => self.entries[node],
                Line::Page(page) => Entry {
                    key: self.root_of(&pages[page]),
                    offset: offsets[page],
                    // A page has at most 8 times SUBTREE_ENTRIES plus one.
                    size: size(&pages[page]) as i32,
                    points: -1,
                },
            };
            bytes.extend_from_slice(&entry.to_bytes());
        }
        (bytes, size(&pages[0]) as u64)
    }

    /// The pages, parents before children.
    fn pages(&self) -> Vec<Vec<Line>> {
        let parents = self.parents();
        let loads = self.loads(&parents);
        let mut pages = vec![Vec::new()];
        let mut page_of = vec![0; self.entries.len()];
        for node in 0..self.entries.len() {
            // The root is its own parent.
            let above = page_of[parents[node]];
            page_of[node] = above;
            if node > 0 && self.is_page(loads[node]) {
                let page = pages.len();
                page_of[node] = page;
                pages[above].push(Line::Page(page));
                pages.push(Vec::new());
            }
            pages[page_of[node]].push(Line::Node(node));
        }
        pages
    }

    /// The index of each entry's parent.
    fn parents(&self) -> Vec<usize> {
        let number = |key: Key| self.entries.binary_search_by_key(&key, |entry| entry.key);
        let keys = self.entries.iter().map(|entry| entry.key);
        keys.map(|key| number(key.ancestor(key.depth().saturating_sub(1))).unwrap_or(0))
            .collect()
    }

    /// Number of entries of each subtree, where one with its own page counts as one.
    fn loads(&self, parents: &[usize]) -> Vec<usize> {
        let mut loads = vec![1; parents.len()];
        for node in (1..parents.len()).rev() {
            loads[parents[node]] += if self.is_page(loads[node]) {
                1
            } else {
                loads[node]
            };
        }
        loads
    }

    fn is_page(&self, load: usize) -> bool {
        self.entries.len() > PAGE_ENTRIES && load > SUBTREE_ENTRIES
    }

    /// The root node of a page: that of its first entry.
    fn root_of(&self, page: &[Line]) -> Key {
        match page.first() {
            Some(Line::Node(node)) => self.entries[*node].key,
            _ => Key::ROOT,
        }
    }
}

impl Entry {
    fn without_points(key: Key) -> Entry {
        Entry {
            key,
            offset: 0,
            size: 0,
            points: 0,
        }
    }

    fn to_bytes(self) -> [u8; ENTRY_SIZE] {
        let key = self.key;
        let mut bytes = [0; ENTRY_SIZE];
        let numbers = [key.depth(), key.x(), key.y(), key.z()].map(u32::to_le_bytes);
        bytes[..16].copy_from_slice(numbers.as_flattened());
        bytes[16..24].copy_from_slice(&self.offset.to_le_bytes());
        bytes[24..28].copy_from_slice(&self.size.to_le_bytes());
        bytes[28..].copy_from_slice(&self.points.to_le_bytes());
        bytes
    }
}

/// The ancestors that are not among the entries, which are in ascending order. Includes the root if it is missing.
fn missing_ancestors(entries: &[Entry]) -> BTreeSet<Key> {
    let mut missing = BTreeSet::new();
    let is_there = |key: &Key| {
        let found = entries.binary_search_by_key(key, |entry| entry.key);
        found.is_ok()
    };
    if !is_there(&Key::ROOT) {
        missing.insert(Key::ROOT);
    }
    for entry in entries {
        let mut key = entry.key;
        while let Some(parent) = key.parent() {
            if is_there(&parent) || !missing.insert(parent) {
                break;
            }
            key = parent;
        }
    }
    missing
}
