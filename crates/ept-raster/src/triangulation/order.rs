//! The order in which points are inserted.

use std::ops::Range;

/// Bits of a coordinate in the curve: as many cells as there are points in most windows. Where more are in a cell, it is
/// divided again.
const BITS: u32 = 11;

/// Places in a cell that are left in any order.
const FEW: usize = 16;

/// Number of rounds.
const ROUNDS: usize = 32;

/// Indices of places in an order in which a triangulation grows fast: a random sixteenth and so on first, each such round
/// along a Hilbert curve, so that a point is inserted close to the one before (Amenta, Choi and Rote, "Incremental
/// constructions con BRIO"). The order has no influence on the triangulation.
pub(crate) fn insertion_order(places: &[[f64; 2]]) -> Vec<u32> {
    // The cell of the curve, then the index: half as large as a pair, which is faster to sort.
    let mut keys = Vec::with_capacity(places.len());
    let mut parts: Vec<Range<usize>> = Vec::new();
    for round in by_round(places.len() as u32) {
        let start = keys.len();
        keys.extend(round.into_iter().map(u64::from));
        parts.push(start..keys.len());
    }
    // Dense clusters in a large area may be in one cell of the curve, which then has a curve of its own.
    while let Some(range) = parts.pop() {
        let start = range.start;
        let keys = &mut keys[range];
        if keys.len() > FEW && sort_along_curve(keys, places) {
            parts.extend(runs(keys, start));
        }
    }
    keys.into_iter().map(index).collect()
}

/// The index in a key.
fn index(key: u64) -> u32 {
    key as u32
}

/// Indices by round, in ascending order.
fn by_round(count: u32) -> [Vec<u32>; ROUNDS] {
    let mut rounds = [const { Vec::new() }; ROUNDS];
    for index in 0..count {
        rounds[round(index)].push(index);
    }
    rounds
}

/// Sorts places along a curve through the square around them. Returns whether there are different ones.
fn sort_along_curve(keys: &mut [u64], places: &[[f64; 2]]) -> bool {
    let mut min = [f64::INFINITY; 2];
    let mut max = [f64::NEG_INFINITY; 2];
    for key in &*keys {
        let place = places[index(*key) as usize];
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
    for key in &mut *keys {
        let place = places[index(*key) as usize];
        // The ends of the longer side are in different cells, so that no cell has all places.
        let cell = [0, 1].map(|axis| ((place[axis] - min[axis]) / side * cells) as u32);
        *key = hilbert(cell) << 32 | u64::from(index(*key));
    }
    keys.sort_unstable();
    true
}

/// Where more than a few places are in a cell of the curve.
fn runs(keys: &[u64], offset: usize) -> Vec<Range<usize>> {
    let mut start = offset;
    let runs = keys.chunk_by(|a, b| a >> 32 == b >> 32).map(|run| {
        let range = start..start + run.len();
        start = range.end;
        range
    });
    runs.filter(|run| run.len() > FEW).collect()
}

/// The round of a point, less the later: three quarters are in the last, of the others three quarters in the one before.
fn round(index: u32) -> usize {
    // Steele, Lea and Flood's SplitMix64.
    let mut hash = (u64::from(index) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let last = ROUNDS - 1;
    last - ((hash ^ (hash >> 31)).trailing_zeros() as usize / 2).min(last)
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
