//! Batches of columns and their summaries, held against plain loops.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::common;

use common::bytes;
use ept_format::ScalarType;
use ept_points::{Column, DecodeError, PointBatch, Scalar, Summary, Values};
use proptest::prelude::*;

/// Values of any type, `len` of them; floats are numbers, infinities or NaN.
fn any_values(len: usize) -> BoxedStrategy<Values> {
    fn list<T: Arbitrary + 'static>(len: usize) -> impl Strategy<Value = Vec<T>> {
        prop::collection::vec(any::<T>(), len)
    }
    let width = 1..9_u16;
    let data = width.prop_flat_map(move |width| {
        list(len * usize::from(width)).prop_map(move |data| Values::Bytes { width, data })
    });
    let floats = prop::num::f64::ANY;
    let small_floats = prop::num::f32::ANY;
    prop_oneof![
        list(len).prop_map(Values::I8),
        list(len).prop_map(Values::I16),
        list(len).prop_map(Values::I32),
        list(len).prop_map(Values::I64),
        list(len).prop_map(Values::U8),
        list(len).prop_map(Values::U16),
        list(len).prop_map(Values::U32),
        list(len).prop_map(Values::U64),
        prop::collection::vec(small_floats, len).prop_map(Values::F32),
        prop::collection::vec(floats, len).prop_map(Values::F64),
        data,
    ]
    .boxed()
}

fn batch(values: Values) -> PointBatch {
    PointBatch::new(vec![Column::new("A", values)]).unwrap()
}

/// The values of a column as integers, or as floats without those that are NaN.
enum Numbers {
    Integers(Vec<i128>),
    Floats(Vec<f64>),
    None,
}

fn numbers(values: &Values) -> Numbers {
    fn integers<T: Copy + Into<i128>>(values: &[T]) -> Numbers {
        Numbers::Integers(values.iter().map(|&value| value.into()).collect())
    }
    fn floats<T: Copy + Into<f64>>(values: &[T]) -> Numbers {
        let values = values.iter().map(|&value| value.into());
        Numbers::Floats(values.filter(|value: &f64| !value.is_nan()).collect())
    }
    match values {
        Values::I8(v) => integers(v),
        Values::I16(v) => integers(v),
        Values::I32(v) => integers(v),
        Values::I64(v) => integers(v),
        Values::U8(v) => integers(v),
        Values::U16(v) => integers(v),
        Values::U32(v) => integers(v),
        Values::U64(v) => integers(v),
        Values::F32(v) => floats(v),
        Values::F64(v) => floats(v),
        Values::Bytes { .. } => Numbers::None,
    }
}

proptest! {
    #[test]
    fn retain_keeps_what_the_mask_marks(
        (values, mask) in (0..50_usize).prop_flat_map(|len| {
            (any_values(len), prop::collection::vec(any::<bool>(), len))
        }),
    ) {
        let mut batch = batch(values.clone());
        batch.retain(&mask);
        let size = values.scalar().size();
        let each = bytes(&values);
        let kept = each.chunks(size).zip(&mask).filter(|(_, keep)| **keep);
        let expected: Vec<u8> = kept.flat_map(|(value, _)| value.to_vec()).collect();
        let found = batch.values("A").unwrap();
        prop_assert_eq!(bytes(found), expected);
        prop_assert_eq!(found.scalar(), values.scalar());
        prop_assert_eq!(batch.len(), mask.iter().filter(|keep| **keep).count());
        prop_assert_eq!(found.len(), batch.len());
    }

    #[test]
    fn a_summary_is_that_of_a_plain_loop(values in (0..100_usize).prop_flat_map(any_values)) {
        let summary = Summary::of(&batch(values.clone()));
        prop_assert_eq!(summary.points(), values.len() as u64);
        let (name, dimension) = summary.dimensions().next().unwrap();
        prop_assert_eq!(name, "A");
        match numbers(&values) {
            Numbers::Integers(list) => {
                prop_assert_eq!(dimension.count(), list.len() as u64);
                prop_assert_eq!(dimension.min(), list.iter().min().map(|n| Scalar::Integer(*n)));
                prop_assert_eq!(dimension.max(), list.iter().max().map(|n| Scalar::Integer(*n)));
                let sum: i128 = list.iter().sum();
                let mean = (!list.is_empty()).then(|| sum as f64 / list.len() as f64);
                prop_assert_eq!(dimension.mean(), mean);
            }
            Numbers::Floats(list) => {
                prop_assert_eq!(dimension.count(), list.len() as u64);
                let min = list.iter().copied().reduce(f64::min).map(Scalar::Float);
                let max = list.iter().copied().reduce(f64::max).map(Scalar::Float);
                prop_assert_eq!((dimension.min(), dimension.max()), (min, max));
                prop_assert_eq!(dimension.mean().is_some(), !list.is_empty());
            }
            Numbers::None => {
                prop_assert_eq!(dimension.count(), values.len() as u64);
                prop_assert_eq!((dimension.min(), dimension.max()), (None, None));
                prop_assert_eq!(dimension.mean(), None);
            }
        }
    }

    #[test]
    fn the_mean_of_floats_is_right(values in prop::collection::vec(-1e6..1e6_f64, 1..200)) {
        let exact = values.iter().sum::<f64>() / values.len() as f64;
        let summary = Summary::of(&batch(Values::F64(values)));
        let mean = summary.dimensions().next().unwrap().1.mean().unwrap();
        prop_assert!((mean - exact).abs() < 1e-6, "{mean} for {exact}");
    }

    #[test]
    fn the_deviation_of_parts_is_that_of_a_plain_loop(
        values in prop::collection::vec(-1e6..1e6_f64, 0..200),
        cut in 0..200_usize,
    ) {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let expected = (values.len() > 1).then(|| (squares / (count - 1.0)).sqrt());
        let (first, second) = values.split_at(cut.min(values.len()));
        let mut summary = Summary::of(&batch(Values::F64(first.to_vec())));
        summary.merge(Summary::of(&batch(Values::F64(second.to_vec()))));
        let found = summary.dimensions().next().unwrap().1.deviation();
        prop_assert_eq!(found.is_some(), expected.is_some());
        let difference = found.zip(expected).map_or(0.0, |(a, b)| (a - b).abs());
        prop_assert!(difference < 1e-6, "{found:?} for {expected:?}");
    }

    #[test]
    fn summaries_of_parts_merge_into_that_of_the_whole(
        (values, cuts) in (0..60_usize).prop_flat_map(|len| {
            (any_values(len), prop::collection::vec(0..=len, 0..5))
        }),
    ) {
        let whole = Summary::of(&batch(values.clone()));
        let mut cuts = cuts;
        cuts.extend([0, values.len()]);
        cuts.sort_unstable();
        let mut merged = Summary::default();
        for cut in cuts.windows(2) {
            let mask: Vec<bool> = (0..values.len()).map(|at| cut[0] <= at && at < cut[1]).collect();
            let mut part = batch(values.clone());
            part.retain(&mask);
            merged.merge(Summary::of(&part));
        }
        prop_assert_eq!(merged.points(), whole.points());
        let (of_parts, of_whole) = (merged.dimensions().next(), whole.dimensions().next());
        let (of_parts, of_whole) = (of_parts.unwrap().1, of_whole.unwrap().1);
        prop_assert_eq!(of_parts.count(), of_whole.count());
        prop_assert_eq!(of_parts.min(), of_whole.min());
        prop_assert_eq!(of_parts.max(), of_whole.max());
        if values.scalar().is_integer() {
            prop_assert_eq!(of_parts.mean(), of_whole.mean());
        }
        let deviations = of_parts.deviation().zip(of_whole.deviation());
        prop_assert_eq!(of_parts.deviation().is_some(), of_whole.deviation().is_some());
        if let Some((a, b)) = deviations.filter(|(a, b)| a.is_finite() && b.is_finite()) {
            prop_assert!((a - b).abs() <= 1e-9 * a.abs().max(b.abs()), "{a} for {b}");
        }
    }

    #[test]
    fn values_as_floats_are_those_values(values in (0..30_usize).prop_flat_map(any_values)) {
        match (values.to_f64(), numbers(&values)) {
            (Some(found), Numbers::Integers(list)) => {
                let expected: Vec<f64> = list.iter().map(|n| *n as f64).collect();
                prop_assert_eq!(found, expected);
            }
            (Some(mut found), Numbers::Floats(list)) => {
                prop_assert_eq!(found.len(), values.len());
                found.retain(|value| !value.is_nan());
                prop_assert_eq!(found, list);
            }
            (found, _) => prop_assert_eq!((found, values.scalar().is_integer()), (None, false)),
        }
    }
}

#[test]
fn the_extremes_of_64_bits_are_exact() {
    let summary = Summary::of(&batch(Values::U64(vec![u64::MAX, u64::MAX - 1, 1])));
    let (_, dimension) = summary.dimensions().next().unwrap();
    assert_eq!(dimension.max().unwrap().to_string(), "18446744073709551615");
    assert_eq!(dimension.min().unwrap().to_string(), "1");
    // The sum is 2^65 - 2, beyond 64 bits.
    assert_eq!(dimension.mean(), Some((2_f64.powi(65) - 2.0) / 3.0));

    let summary = Summary::of(&batch(Values::I64(vec![i64::MIN; 3])));
    let (_, dimension) = summary.dimensions().next().unwrap();
    assert_eq!(dimension.min(), Some(Scalar::Integer(-(1 << 63))));
    assert_eq!(dimension.mean(), Some(-(2_f64.powi(63))));
}

#[test]
fn sums_of_many_small_integers_do_not_overflow() {
    let len = 200_000;
    let summary = Summary::of(&batch(Values::U32(vec![u32::MAX; len])));
    let (_, dimension) = summary.dimensions().next().unwrap();
    assert_eq!(dimension.mean(), Some(f64::from(u32::MAX)));
    assert_eq!(dimension.count(), len as u64);
}

#[test]
fn values_that_are_no_numbers_are_skipped() {
    let nan = f64::NAN;
    let summary = Summary::of(&batch(Values::F64(vec![nan, 4.0, nan, -2.0, nan])));
    let (_, dimension) = summary.dimensions().next().unwrap();
    assert_eq!((summary.points(), dimension.count()), (5, 2));
    assert_eq!(dimension.min(), Some(Scalar::Float(-2.0)));
    assert_eq!(dimension.max(), Some(Scalar::Float(4.0)));
    assert_eq!(dimension.mean(), Some(1.0));

    let mut nothing = Summary::of(&batch(Values::F32(vec![f32::NAN; 3])));
    let (_, dimension) = nothing.dimensions().next().unwrap();
    assert_eq!(
        (dimension.count(), dimension.min(), dimension.mean()),
        (0, None, None)
    );
    nothing.merge(Summary::of(&batch(Values::F32(vec![7.0]))));
    let (_, dimension) = nothing.dimensions().next().unwrap();
    assert_eq!((dimension.count(), dimension.mean()), (1, Some(7.0)));
    assert_eq!(nothing.points(), 4);
}

#[test]
fn parts_may_differ_in_their_dimensions_and_types() {
    let column = |name: &str, values| Column::new(name, values);
    let mut summary = Summary::of(
        &PointBatch::new(vec![
            column("A", Values::U8(vec![1, 2])),
            column("B", Values::F64(vec![0.5, 1.5])),
        ])
        .unwrap(),
    );
    summary.merge(Summary::of(
        &PointBatch::new(vec![
            column("C", Values::I16(vec![-1])),
            column("A", Values::F32(vec![9.5])),
        ])
        .unwrap(),
    ));
    let names: Vec<&str> = summary.dimensions().map(|(name, _)| name).collect();
    assert_eq!(names, ["A", "B", "C"]);
    assert_eq!(summary.points(), 3);
    let of = |name: &str| {
        summary
            .dimensions()
            .find(|(own, _)| *own == name)
            .unwrap()
            .1
    };
    assert_eq!(
        (of("A").count(), of("B").count(), of("C").count()),
        (3, 2, 1)
    );
    assert_eq!(of("A").max(), Some(Scalar::Float(9.5)));
    assert_eq!(of("A").min(), Some(Scalar::Float(1.0)));
    assert_eq!(of("A").mean(), Some(12.5 / 3.0));
}

#[test]
fn a_summary_of_nothing_is_empty() {
    let nothing = Summary::of(&PointBatch::new(Vec::new()).unwrap());
    assert_eq!(nothing, Summary::default());
    let empty = Summary::of(&batch(Values::I32(Vec::new())));
    let (_, dimension) = empty.dimensions().next().unwrap();
    assert_eq!(
        (dimension.count(), dimension.min(), dimension.max()),
        (0, None, None)
    );
}

#[test]
fn columns_that_do_not_fit_together_are_refused() {
    for columns in [
        vec![("A", Values::U8(vec![1])), ("B", Values::U8(vec![1, 2]))],
        vec![("A", Values::U8(vec![1])), ("A", Values::U16(vec![1]))],
        vec![("X", Values::F32(vec![1.0]))],
        vec![("Z", Values::I32(vec![1]))],
        vec![
            ("A", Values::U8(vec![1, 2])),
            (
                "B",
                Values::Bytes {
                    width: 3,
                    data: vec![0; 3],
                },
            ),
        ],
    ] {
        let columns = columns
            .into_iter()
            .map(|(name, values)| Column::new(name, values));
        let error = PointBatch::new(columns.collect()).unwrap_err();
        assert!(matches!(error, DecodeError::Columns(_)), "{error}");
    }
}

#[test]
fn a_mask_that_is_too_short_drops_the_rest() {
    let mut batch = PointBatch::new(vec![
        Column::new("A", Values::U8(vec![1, 2, 3, 4])),
        Column::new(
            "B",
            Values::Bytes {
                width: 2,
                data: b"aabbccdd".to_vec(),
            },
        ),
    ])
    .unwrap();
    batch.retain(&[false, true]);
    assert_eq!(batch.values("A"), Some(&Values::U8(vec![2])));
    assert_eq!(
        batch.values("B"),
        Some(&Values::Bytes {
            width: 2,
            data: b"bb".to_vec()
        })
    );
    batch.retain(&[true, true, true]);
    assert_eq!(batch.len(), 1);
}

#[test]
fn columns_are_found_by_their_exact_name() {
    let columns = vec![
        Column::new("X", Values::F64(vec![1.5])),
        Column::new("Red", Values::U16(vec![7])),
    ];
    let batch = PointBatch::new(columns.clone()).unwrap();
    assert_eq!((batch.x(), batch.y()), (Some(&[1.5][..]), None));
    assert_eq!(batch.places().next(), None);
    assert_eq!(batch.values("Red"), Some(&Values::U16(vec![7])));
    assert_eq!(batch.values("red"), None);
    assert_eq!(batch.columns(), columns);
    assert_eq!(batch.into_columns(), columns);
}

#[test]
fn values_know_their_type_from_the_start() {
    use ScalarType::{Bytes, F32, F64, I8, I16, I32, I64, U8, U16, U32, U64};
    for scalar in [I8, I16, I32, I64, U8, U16, U32, U64, F32, F64, Bytes(7)] {
        let values = Values::with_capacity(scalar, 10);
        assert_eq!(values.scalar(), scalar);
        assert!(values.is_empty());
    }
}
