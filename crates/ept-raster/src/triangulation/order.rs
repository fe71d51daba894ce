//! The order in which points are inserted.

use std::ops::Range;

/// Bits of a coordinate in the curve.
const BITS: u32 = 29;

/// Places in a cell that are left in any order.
const FEW: usize = 16;

/// Indices of places in an order in which a triangulation grows fast: a random sixteenth and so on first, each such round
/// along a Hilbert curve, so that a point is inserted close to the one before (Amenta, Choi and Rote, "Incremental
/// constructions con BRIO"). The order has no influence on the triangulation.
pub(crate) fn insertion_order(places: &[[f64; 2]]) -> Vec<u32> {
    let rounds = (0..places.len() as u32).map(|index| (round(index), index));
    let mut keys: Vec<(u64, u32)> = rounds.collect();
    keys.sort_unstable();
    let mut same: Vec<Range<usize>> = runs(&keys, 0);
    // Dense clusters in a large area may be in one cell of the curve, which then has a curve of its own.
    while let Some(range) = same.pop() {
        let start = range.start;
        let keys = &mut keys[range];
        if sort_along_curve(keys, places) {
            same.extend(runs(keys, start));
        }
    }
    keys.into_iter().map(|(_, index)| index).collect()
}

/// Sorts places along a curve through the square around them. Returns whether there are different ones.
fn sort_along_curve(keys: &mut [(u64, u32)], places: &[[f64; 2]]) -> bool {
    let mut min = [f64::INFINITY; 2];
    let mut max = [f64::NEG_INFINITY; 2];
    for (_, index) in &*keys {
        let place = places[*index as usize];
        for axis in 0..2 {
            min[axis] = min[axis].min(place[axis]);
            max[axis] = max[axis].max(place[axis]);
        }
    }
    let side = (max[0] - min[0]).max(max[1] - min[1]);
    if side <= 0.0 {
        return false;
    }
    let cells = f64::from((1_u32 << BITS) - 1);
    for (key, index) in &mut *keys {
        let place = places[*index as usize];
        // The ends of the longer side are in different cells, so that no cell has all places.
        *key = hilbert([0, 1].map(|axis| ((place[axis] - min[axis]) / side * cells) as u32));
    }
    keys.sort_unstable();
    true
}

/// Where more than a few keys are equal.
fn runs(keys: &[(u64, u32)], offset: usize) -> Vec<Range<usize>> {
    let mut start = offset;
    let runs = keys.chunk_by(|a, b| a.0 == b.0).map(|run| {
        let range = start..start + run.len();
        start = range.end;
        range
    });
    runs.filter(|run| run.len() > FEW).collect()
}

/// The round of a point, less the later: three quarters are in the last, of the others three quarters in the one before.
fn round(index: u32) -> u64 {
    // Steele, Lea and Flood's SplitMix64.
    let mut hash = (u64::from(index) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    31 - u64::from((hash ^ (hash >> 31)).trailing_zeros() / 2).min(31)
}

/// Position of a cell along the Hilbert curve.
fn hilbert([mut x, mut y]: [u32; 2]) -> u64 {
    let mut position = 0;
    for bit in (0..BITS).rev() {
        let (right, upper) = ((x >> bit) & 1, (y >> bit) & 1);
        position = position << 2 | u64::from((3 * right) ^ upper);
        if upper == 0 {
            if right == 1 {
                (x, y) = (!x, !y);
            }
            (x, y) = (y, x);
        }
    }
    position
}
