//! As much detail as a number of points allows.

use ept_format::{Bounds, Metadata, Node};
use ept_select::{Cover, Relation};

use crate::{Error, Query};

/// Parts of a cell, on each axis, whose place decides how much of it an area covers.
const PARTS: u32 = 4;

/// The nodes that a number of points allows: whole depths from the root down, then of the next depth those that the
/// areas cover most, as far as they fit. Points are counted as the hierarchy gives them, so the result has no more.
pub(crate) fn within(
    most: u64,
    mut nodes: Vec<Node>,
    query: &Query,
    metadata: &Metadata,
) -> Result<Vec<Node>, Error> {
    nodes.sort_by_key(|node| node.key);
    let mut left = most;
    let mut kept = Vec::with_capacity(nodes.len());
    for depth in nodes.chunk_by(|a, b| a.key.depth() == b.key.depth()) {
        let points: u64 = depth.iter().map(|node| node.points).sum();
        if points <= left {
            left -= points;
            kept.extend_from_slice(depth);
            continue;
        }
        if kept.is_empty() {
            return Err(Error::Query(format!(
                "the coarsest depth of the selection alone has {points} points, more than {most}"
            )));
        }
        let cover = Cover::new(query.selected_areas(), query.selected_edge(), metadata)?;
        let mut partial: Vec<(u32, &Node)> = depth
            .iter()
            .map(|node| (covered(&cover, &node.cell), node))
            .collect();
        partial.sort_by_key(|(covered, node)| (std::cmp::Reverse(*covered), node.key));
        for (_, node) in partial {
            if node.points <= left {
                left -= node.points;
                kept.push(*node);
            }
        }
        break;
    }
    kept.sort_by_key(|node| node.key);
    Ok(kept)
}

/// How much of a cell is in the areas, in half parts of its ground.
fn covered(cover: &Cover, cell: &Bounds) -> u32 {
    let edge = |axis: usize, part: u32| {
        let (min, max) = (cell.min()[axis], cell.max()[axis]);
        min + (max - min) * f64::from(part) / f64::from(PARTS)
    };
    let parts = (0..PARTS).flat_map(|x| (0..PARTS).map(move |y| (x, y)));
    let shares = parts.map(|(x, y)| {
        let min = [edge(0, x), edge(1, y), cell.min()[2]];
        let max = [edge(0, x + 1), edge(1, y + 1), cell.max()[2]];
        match Bounds::new(min, max).map(|part| cover.relation(&part)) {
            Ok(Relation::Outside) => 0,
            Ok(Relation::Edge) | Err(_) => 1,
            Ok(Relation::Inside) => 2,
        }
    });
    shares.sum()
}
