//! The box that a picture shows.

use ept_reader::{Bounds, Node, Relation, Selection};

/// How often the dataset is quartered to find an area: to a 512th of its width.
const QUARTERINGS: u32 = 9;

/// The box of the dataset that a selection's areas are in, in its coordinates. `None` if they are outside.
pub(crate) fn extent(selection: &Selection) -> Option<Bounds> {
    let whole = selection.frame().extent();
    if !selection.query().has_areas() {
        return Some(*whole);
    }
    let envelope = selection.bound().wish().bounds;
    let within = common(whole, &envelope)?;
    let is_known = (0..2).all(|i| envelope.min()[i].is_finite() && envelope.max()[i].is_finite());
    if is_known {
        return Some(within);
    }
    // Areas in other coordinate systems: where they are is told by boxes only.
    let mut found: Option<Bounds> = None;
    let mut cells = vec![(within, 0)];
    while let Some((cell, depth)) = cells.pop() {
        if found.is_some_and(|found| found.holds(&cell)) {
            continue;
        }
        match selection.relation(&cell) {
            Relation::Outside => {}
            Relation::Edge if depth < QUARTERINGS => {
                cells.extend(quarters(&cell).map(|quarter| (quarter, depth + 1)));
            }
            _ => found = Some(found.map_or(cell, |found| found.joined(&cell))),
        }
    }
    found
}

/// The part of a box that nodes have points in, as far as their cells tell: its heights are those of the cells without
/// children. The box itself if there are no nodes.
pub(crate) fn tightened(shown: &Bounds, selection: &Selection, nodes: &[Node]) -> Bounds {
    let deepest = nodes.iter().filter_map(Node::depth).max();
    let Some(deepest) = deepest else {
        return *shown;
    };
    let mut has_children = std::collections::HashSet::new();
    for node in nodes {
        has_children.extend(
            node.key()
                .and_then(|key| Some((node.source, key.parent()?))),
        );
    }
    let is_leaf = |node: &&Node| {
        let key = node.key().map(|key| (node.source, key));
        // The root's cell is no news.
        deepest > 0 && key.is_some_and(|key| !has_children.contains(&key))
    };
    let leaves = nodes.iter().filter(is_leaf);
    let cells = leaves.map(|node| selection.node_bounds(node));
    let all = cells.reduce(|all, cell| all.joined(&cell));
    all.and_then(|all| common(&all, shown)).unwrap_or(*shown)
}

/// The part that two boxes have in common.
pub(crate) fn common(a: &Bounds, b: &Bounds) -> Option<Bounds> {
    let min = [0, 1, 2].map(|i| f64::max(a.min()[i], b.min()[i]));
    let max = [0, 1, 2].map(|i| f64::min(a.max()[i], b.max()[i]));
    (0..3)
        .all(|i| min[i] <= max[i])
        .then(|| Bounds::new(min, max).ok())
        .flatten()
}

fn quarters(cell: &Bounds) -> impl Iterator<Item = Bounds> {
    let (min, max) = (cell.min(), cell.max());
    let middle = [0, 1].map(|i| min[i] + (max[i] - min[i]) / 2.0);
    let quarters = [[0, 0], [1, 0], [0, 1], [1, 1]];
    let half = move |upper: usize, i: usize| {
        if upper == 0 {
            [min[i], middle[i]]
        } else {
            [middle[i], max[i]]
        }
    };
    quarters.into_iter().filter_map(move |[x, y]| {
        let ([west, east], [south, north]) = (half(x, 0), half(y, 1));
        Bounds::new([west, south, min[2]], [east, north, max[2]]).ok()
    })
}
