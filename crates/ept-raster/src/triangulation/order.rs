//! The order in which points are inserted.

/// Bits of a coordinate in the curve.
const BITS: u32 = 29;

/// Indices of places in an order in which a triangulation grows fast: a random sixteenth and so on first, each such round
/// along a Hilbert curve, so that a point is inserted close to the one before (Amenta, Choi and Rote, "Incremental
/// constructions con BRIO"). The order has no influence on the triangulation.
pub(crate) fn insertion_order(places: &[[f64; 2]]) -> Vec<u32> {
    let mut min = [f64::INFINITY; 2];
    let mut max = [f64::NEG_INFINITY; 2];
    for place in places {
        for axis in 0..2 {
            min[axis] = min[axis].min(place[axis]);
            max[axis] = max[axis].max(place[axis]);
        }
    }
    let side = (max[0] - min[0]).max(max[1] - min[1]);
    let factor = f64::from((1_u32 << BITS) - 1) / if side > 0.0 { side } else { 1.0 };
    let mut keys: Vec<(u64, u32)> = places
        .iter()
        .zip(0..)
        .map(|(place, index)| {
            let cell = [0, 1].map(|axis| ((place[axis] - min[axis]) * factor) as u32);
            (round(index) << (2 * BITS) | hilbert(cell), index)
        })
        .collect();
    keys.sort_unstable();
    keys.into_iter().map(|(_, index)| index).collect()
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
