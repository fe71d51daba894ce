//! Runs of chunks: the nodes of files without an octree.

use std::ops::Range;

use ept_format::{Bounds, Key, Node, NodeName, Policy as _};
use ept_las::Chunk;

use super::SharedPolicy;

/// Target number of points of a node if chunks are smaller: as many as in a chunk of LASzip.
const NODE_POINTS: u64 = 50_000;

/// Runs of consecutive chunks that contain some of the points. `None` for all points.
pub(super) fn runs(chunks: &[Chunk], points: Option<&[Range<u64>]>, cell: Bounds) -> Vec<Node> {
    let mut runs: Vec<Node> = Vec::new();
    let (mut first, mut end) = (0_u32, 0);
    let mut is_after_gap = true;
    for (number, chunk) in (0_u32..).zip(chunks) {
        let start = end;
        end += chunk.points;
        if points.is_some_and(|points| !has_some(points, start..end)) {
            is_after_gap = true;
            continue;
        }
        let is_new = std::mem::take(&mut is_after_gap);
        match runs.last_mut() {
            Some(run) if !is_new && run.points + chunk.points <= NODE_POINTS => {
                run.points += chunk.points;
                let count = number - first + 1;
                run.name = NodeName::Chunks { first, count };
            }
            _ => {
                first = number;
                runs.push(Node {
                    source: 0,
                    name: NodeName::Chunks { first, count: 1 },
                    points: chunk.points,
                    cell,
                });
            }
        }
    }
    runs
}

/// Whether any of the ascending runs contains some of these points.
fn has_some(runs: &[Range<u64>], points: Range<u64>) -> bool {
    let next = runs.partition_point(|run| run.end <= points.start);
    runs.get(next).is_some_and(|run| run.start < points.end)
}

/// Parts per axis of a box that are tested to find out whether a policy wants all of it.
const PARTS: u32 = 4;

/// Whether a policy wants every part of a box.
pub(super) fn wants_all(policy: &SharedPolicy, cell: &Bounds) -> bool {
    let (min, max) = (cell.min(), cell.max());
    let edge = |axis: usize, part: u32| {
        min[axis] + (max[axis] - min[axis]) * f64::from(part) / f64::from(PARTS)
    };
    let mut parts = (0..PARTS).flat_map(|x| (0..PARTS).map(move |y| (x, y)));
    parts.all(|(x, y)| {
        let least = [edge(0, x), edge(1, y), min[2]];
        let most = [edge(0, x + 1), edge(1, y + 1), max[2]];
        let part = Bounds::new(least, most);
        part.map_or(true, |part| policy.rank(Key::ROOT, &part).is_some())
    })
}
