//! `cargo xtask gen-hierarchy`: a hierarchy of any size, like that of a large survey.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use ept_reader::Key;

/// Points of a full node: a grid of 128 cells per axis, of which a survey of ground fills a surface.
const FULL: u64 = 128 * 128;
/// Number of depths in a page.
const STEP: u32 = 6;
/// Edge of the cube, in metres.
const EDGE: f64 = 102_400.0;

/// Writes `ept.json` and the pages of a hierarchy of about `nodes` nodes, without tiles.
pub(crate) fn generate(folder: &Path, nodes: usize) -> Result<()> {
    let tree = tree(nodes);
    let points: u64 = tree.values().sum();
    let pages = folder.join("ept-hierarchy");
    std::fs::create_dir_all(&pages).with_context(|| pages.display().to_string())?;
    std::fs::write(folder.join("ept.json"), metadata(points))?;
    let mut written = 0;
    for root in tree.keys().filter(|key| key.depth() % STEP == 0) {
        let name = pages.join(format!("{root}.json"));
        std::fs::write(name, page(&tree, *root))?;
        written += 1;
    }
    println!(
        "{}: {} nodes, {points} points, {written} pages",
        folder.display(),
        tree.len()
    );
    Ok(())
}

/// A surface: each node has those children that the ground passes through, until there are enough nodes.
fn tree(nodes: usize) -> BTreeMap<Key, u64> {
    let mut tree = BTreeMap::new();
    let mut level = vec![Key::ROOT];
    while !level.is_empty() && tree.len() < nodes {
        let mut next = Vec::new();
        for key in level {
            let children: Vec<Key> = key.children().filter(|child| has_ground(*child)).collect();
            let is_leaf = tree.len() + next.len() >= nodes;
            let points = if is_leaf {
                1 + scramble(key) % (3 * FULL)
            } else {
                FULL + scramble(key) % FULL
            };
            tree.insert(key, points);
            if !is_leaf {
                next.extend(children);
            }
        }
        level = next;
    }
    tree
}

/// Whether the ground, a gentle hill, passes through the cell.
fn has_ground(key: Key) -> bool {
    let cells = 2_f64.powi(key.depth() as i32);
    let [x, y, z] = [key.x(), key.y(), key.z()].map(|index| f64::from(index) / cells);
    let height = |x: f64, y: f64| 0.5 + 0.01 * (9.0 * x).sin() * (7.0 * y).cos();
    let corners = [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)];
    let heights = corners.map(|(dx, dy)| height(x + dx / cells, y + dy / cells));
    let low = heights.into_iter().fold(f64::INFINITY, f64::min);
    let high = heights.into_iter().fold(f64::NEG_INFINITY, f64::max);
    low <= z + 1.0 / cells && z < high
}

/// A pseudorandom number for a key, the same on every run.
fn scramble(key: Key) -> u64 {
    let mut number = u64::from(key.depth()) << 58 ^ u64::from(key.x()) << 38;
    number ^= u64::from(key.y()) << 18 ^ u64::from(key.z());
    number = (number ^ number >> 31).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    number ^ number >> 29
}

/// The page rooted at a node: its subtree down to the next pages.
fn page(tree: &BTreeMap<Key, u64>, root: Key) -> String {
    let mut text = String::from("{");
    let mut open = vec![root];
    while let Some(key) = open.pop() {
        let Some(points) = tree.get(&key) else {
            continue;
        };
        let separator = if text.len() > 1 { "," } else { "" };
        let is_page = key != root && key.depth() % STEP == 0;
        let count = if is_page { -1 } else { *points as i64 };
        let _ = write!(text, "{separator}\n\"{key}\": {count}");
        if !is_page {
            open.extend(key.children());
        }
    }
    text + "\n}\n"
}

fn metadata(points: u64) -> String {
    format!(
        r#"{{
  "bounds": [0, 0, -{half}, {EDGE}, {EDGE}, {half}],
  "boundsConforming": [0, 0, -1024, {EDGE}, {EDGE}, 1024],
  "dataType": "laszip",
  "hierarchyType": "json",
  "points": {points},
  "schema": [
    {{"name": "X", "type": "signed", "size": 4, "scale": 0.01}},
    {{"name": "Y", "type": "signed", "size": 4, "scale": 0.01}},
    {{"name": "Z", "type": "signed", "size": 4, "scale": 0.01}}
  ],
  "span": 128,
  "srs": {{"authority": "EPSG", "horizontal": "26915"}},
  "version": "1.1.0"
}}
"#,
        half = EDGE / 2.0
    )
}
