//! The laws of decoding: what a decoder returns, whatever the tile.

use ept_format::{Bounds, Metadata};
use ept_points::{Column, Decoder, PointBatch, Values};

use crate::Input;

/// Decodes a tile whole, with some of its dimensions, and within a box, and compares the three.
pub fn check_tile(metadata: &Metadata, points: u64, input: &Input<'_>) {
    let decoder = Decoder::new(metadata);
    let Ok(whole) = decoder.decode(points, input.tile) else {
        return;
    };
    check_lengths(&whole, points);
    check_dimensions(&decoder, points, input, &whole);
    check_box(&decoder, points, input, whole);
}

fn check_lengths(whole: &PointBatch, points: u64) {
    assert_eq!(whole.len() as u64, points, "points of the hierarchy");
    for Column { name, values } in whole.columns() {
        assert_eq!(values.len(), whole.len(), "values of {name}");
    }
}

/// Fewer dimensions are the same columns.
fn check_dimensions(decoder: &Decoder, points: u64, input: &Input<'_>, whole: &PointBatch) {
    let is_wanted = |at: &usize| input.dimensions >> (at % 8) & 1 != 0;
    let columns = whole.columns().iter().enumerate();
    let wanted: Vec<&Column> = columns
        .filter(|(at, _)| is_wanted(at))
        .map(|(_, column)| column)
        .collect();
    let names = wanted.iter().map(|column| column.name.to_string());
    let decoder = decoder.clone().with_dimensions(names.collect());
    let some = decoder.decode(points, input.tile);
    let some = some.unwrap_or_else(|error| panic!("with fewer dimensions: {error}"));
    assert_eq!(some.len(), whole.len(), "with fewer dimensions");
    assert_same(some.columns().iter(), wanted.into_iter());
}

/// A box keeps the points whose coordinates lie within, and no others.
fn check_box(decoder: &Decoder, points: u64, input: &Input<'_>, mut whole: PointBatch) {
    let Some(area) = spanned(&whole, input.corners) else {
        return;
    };
    let decoder = decoder.clone().with_bounds(area);
    let within = decoder.decode(points, input.tile);
    let within = within.unwrap_or_else(|error| panic!("within {area:?}: {error}"));
    let mask = whole.places().map(|place| area.contains(place));
    let mask: Vec<bool> = mask.collect();
    whole.retain(&mask);
    assert_eq!(within.len(), whole.len(), "within {area:?}");
    assert_same(within.columns().iter(), whole.columns().iter());
}

/// The box between two points; none when a coordinate is NaN.
fn spanned(batch: &PointBatch, corners: [u8; 2]) -> Option<Bounds> {
    let point = |corner: u8| {
        let at = usize::from(corner).checked_rem(batch.len())?;
        batch.places().nth(at)
    };
    let (a, b) = (point(corners[0])?, point(corners[1])?);
    let each = |of: fn(f64, f64) -> f64| [0, 1, 2].map(|axis| of(a[axis], b[axis]));
    Bounds::new(each(f64::min), each(f64::max)).ok()
}

fn assert_same<'a>(
    found: impl ExactSizeIterator<Item = &'a Column>,
    expected: impl ExactSizeIterator<Item = &'a Column>,
) {
    assert_eq!(found.len(), expected.len(), "number of columns");
    for (found, expected) in found.zip(expected) {
        assert_eq!(found.name, expected.name);
        let is_same = is_same(&found.values, &expected.values);
        assert!(is_same, "{found:?} is not {expected:?}");
    }
}

/// Equality to the bit: NaN is NaN.
fn is_same(a: &Values, b: &Values) -> bool {
    match (a, b) {
        (Values::F32(a), Values::F32(b)) => {
            let bits = |values: &[f32]| values.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            bits(a) == bits(b)
        }
        (Values::F64(a), Values::F64(b)) => {
            let bits = |values: &[f64]| values.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            bits(a) == bits(b)
        }
        _ => a == b,
    }
}
