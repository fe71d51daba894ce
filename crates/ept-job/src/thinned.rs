//! About how many points a thinning leaves, before a tile is read.

use std::collections::BTreeMap;

use ept_reader::{Bounds, Plan, Selection};

/// Depths that tell where there are points: below, cells are so small that gaps between points count as places without.
const DEPTHS: u32 = 4;

/// Cells of cubes with points for each square with points: walls and trees stand above the ground.
const CUBES: f64 = 1.5;

/// Points that are left by the thinning of a selection, about; seldom more. `None` if it does not thin.
///
/// As many points as are in the area, thrown over it evenly, hit this many of its cells. Real points lie in strips and
/// clusters, so that they hit fewer: half as many in bad cases.
pub(crate) fn thinned(selection: &Selection, plan: &Plan) -> Option<f64> {
    let [x, y, z] = selection.bound().grid()?.size();
    let squares = area(plan, selection.frame().extent()) / (x * y);
    let cells = if z.is_finite() {
        squares * CUBES
    } else {
        squares
    };
    let points = plan.estimate;
    let hit = if cells > 0.0 {
        cells * -(-points / cells).exp_m1()
    } else {
        0.0
    };
    Some(hit.min(points))
}

/// The area that has points which are read, in square units: the least of what the first depths tell, down to the one with
/// most points. Below it nodes are missing where points are few.
fn area(plan: &Plan, extent: &Bounds) -> f64 {
    let fullest = plan
        .depths
        .iter()
        .max_by(|a, b| a.estimate.total_cmp(&b.estimate));
    let deepest = fullest.map_or(0, |depth| depth.depth).min(DEPTHS - 1);
    let mut depths: BTreeMap<u32, Columns> = BTreeMap::new();
    for (node, estimate) in plan.nodes.iter().zip(&plan.estimates) {
        let depth = node.depth().unwrap_or(0);
        if depth <= deepest {
            let columns = depths.entry(depth).or_default();
            let (min, max) = (node.cell.min(), node.cell.max());
            let place = [min[0], min[1], max[0], max[1]].map(f64::to_bits);
            let sums = columns.entry((node.source, place)).or_insert([0.0; 2]);
            *sums = [sums[0] + estimate, sums[1] + node.points as f64];
        }
    }
    let areas = depths.values().map(|columns| {
        let areas = columns.iter().map(|((_, place), [estimate, points])| {
            let [x0, y0, x1, y1] = place.map(f64::from_bits);
            let side = |axis: usize, from: f64, to: f64| {
                (to.min(extent.max()[axis]) - from.max(extent.min()[axis])).max(0.0)
            };
            side(0, x0, x1) * side(1, y0, y1) * estimate / points.max(1.0)
        });
        areas.sum::<f64>()
    });
    areas.fold(f64::INFINITY, f64::min).min(f64::MAX)
}

/// Cells of nodes that are above each other, by source and ends in x and y: points in the areas, and all points.
type Columns = BTreeMap<(u32, [u64; 4]), [f64; 2]>;
