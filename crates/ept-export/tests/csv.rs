//! The text of CSV, letter by letter.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use ept_export::{CsvSink, ExportError, Sink};
use ept_format::Key;
use ept_points::{Column, PointBatch, Values};
use proptest::prelude::*;

fn batch(columns: Vec<(&str, Values)>) -> PointBatch {
    let columns = columns.into_iter();
    PointBatch::new(columns.map(|(name, v)| Column::new(name, v)).collect()).unwrap()
}

fn write(dimensions: &[&str], batches: &[PointBatch]) -> Result<String, ExportError> {
    let mut text = Vec::new();
    let dimensions = dimensions.iter().map(|name| (*name).to_owned()).collect();
    let mut sink = Box::new(CsvSink::new(&mut text, dimensions));
    for batch in batches {
        sink.write(Key::ROOT.into(), batch)?;
    }
    let points: usize = batches.iter().map(PointBatch::len).sum();
    assert_eq!(sink.finish()?, points as u64);
    Ok(String::from_utf8(text).unwrap())
}

#[test]
fn every_type_has_its_text() {
    let points = batch(vec![
        ("i8", Values::I8(vec![i8::MIN, 0])),
        ("i16", Values::I16(vec![i16::MIN, -1])),
        ("i32", Values::I32(vec![i32::MIN, 10])),
        ("i64", Values::I64(vec![i64::MIN, i64::MAX])),
        ("u8", Values::U8(vec![u8::MAX, 0])),
        ("u16", Values::U16(vec![u16::MAX, 9])),
        ("u32", Values::U32(vec![u32::MAX, 100])),
        ("u64", Values::U64(vec![u64::MAX, 1])),
        ("f32", Values::F32(vec![0.1, f32::NAN])),
        ("f64", Values::F64(vec![0.1, f64::NEG_INFINITY])),
        (
            "bytes",
            Values::Bytes {
                width: 2,
                data: vec![0, 171, 205, 15],
            },
        ),
    ]);
    let expected = "i8,i16,i32,i64,u8,u16,u32,u64,f32,f64,bytes\n\
        -128,-32768,-2147483648,-9223372036854775808,255,65535,4294967295,18446744073709551615,\
        0.1,0.1,00ab\n\
        0,-1,10,9223372036854775807,0,9,100,1,NaN,-inf,cd0f\n";
    assert_eq!(write(&[], &[points]).unwrap(), expected);
}

#[test]
fn floats_read_back_as_the_same_value() {
    let mut doubles = vec![
        0.0,
        -0.0,
        1e-5,
        9.9e-6,
        1e16,
        1e15,
        f64::MAX,
        f64::MIN_POSITIVE,
    ];
    doubles.extend([637_012.240_000_000_1, -1.0 / 3.0, 5e-324, f64::INFINITY]);
    let singles: Vec<f32> = doubles.iter().map(|value| *value as f32).collect();
    let points = batch(vec![
        ("double", Values::F64(doubles.clone())),
        ("single", Values::F32(singles.clone())),
    ]);
    let text = write(&[], &[points]).unwrap();
    for (row, (double, single)) in text.lines().skip(1).zip(doubles.iter().zip(&singles)) {
        let (first, second) = row.split_once(',').unwrap();
        assert!(row.len() < 50, "{row}");
        assert_eq!(first.parse::<f64>().unwrap().to_bits(), double.to_bits());
        assert_eq!(second.parse::<f32>().unwrap().to_bits(), single.to_bits());
    }
    assert_eq!(text.lines().count(), 1 + doubles.len());
}

/// Whether a text is the shortest of a float, without an exponent where that is shorter. The standard library is the judge, but
/// of two texts that are as short and as near, it takes another.
fn is_shortest<F: Copy + Into<f64> + std::fmt::Display + std::fmt::LowerExp>(
    text: &str,
    value: F,
) -> bool {
    let size = value.into().abs();
    let is_plain = !size.is_finite() || size == 0.0 || (1e-5..1e16).contains(&size);
    if !is_plain {
        return text == format!("{value:e}");
    }
    let known = value.to_string();
    let exact = format!("{value:.200}");
    let exact = exact.trim_end_matches('0');
    let has_two = exact.ends_with('5') && exact.len() == known.len() + 1;
    let is_other = text.len() == known.len() && exact[..text.len()] == *text;
    text == known || has_two && is_other
}

proptest! {
    #[test]
    fn floats_are_the_shortest_text(
        bits in prop::collection::vec(any::<u64>(), 1..64),
        cents in prop::collection::vec(-100_000_000_000_i64..100_000_000_000, 1..64),
    ) {
        let doubles = bits.iter().map(|bits| f64::from_bits(*bits));
        let coordinates = cents.iter().map(|cents| *cents as f64 * 0.01);
        let doubles: Vec<f64> = doubles.chain(coordinates).collect();
        let singles: Vec<f32> = doubles.iter().map(|v| f32::from_bits(v.to_bits() as u32)).collect();
        let points = batch(vec![
            ("a", Values::F64(doubles.clone())),
            ("b", Values::F32(singles.clone())),
        ]);
        let text = write(&[], &[points]).unwrap();
        prop_assert_eq!(text.lines().count(), 1 + doubles.len());
        for (row, (double, single)) in text.lines().skip(1).zip(doubles.iter().zip(&singles)) {
            let (first, second) = row.split_once(',').unwrap();
            prop_assert!(is_shortest(first, *double), "{} {}", first, double);
            prop_assert!(is_shortest(second, *single), "{} {}", second, single);
        }
    }
}

#[test]
fn precision_rounds_floats_and_nothing_else() {
    let points = batch(vec![
        ("double", Values::F64(vec![0.125, -1234.5, 1e20, f64::NAN])),
        ("single", Values::F32(vec![0.1, 2.0, -0.375, f32::INFINITY])),
        ("integer", Values::I32(vec![7, -8, 9, 10])),
    ]);
    let text = |decimals: u8| {
        let mut text = Vec::new();
        let mut sink = Box::new(CsvSink::new(&mut text, Vec::new()).with_precision(decimals));
        sink.write(Key::ROOT.into(), &points).unwrap();
        sink.finish().unwrap();
        String::from_utf8(text).unwrap()
    };
    let head = "double,single,integer\n";
    let two = "0.12,0.10,7\n-1234.50,2.00,-8\n100000000000000000000.00,-0.38,9\nNaN,inf,10\n";
    assert_eq!(text(2), format!("{head}{two}"));
    let none = "0,0,7\n-1234,2,-8\n100000000000000000000,-0,9\nNaN,inf,10\n";
    assert_eq!(text(0), format!("{head}{none}"));
}

#[test]
fn names_are_quoted_where_needed() {
    let one = || Values::U8(vec![1]);
    let points = batch(vec![
        ("plain name", one()),
        ("a,b", one()),
        ("say \"x\"", one()),
        ("two\nlines", one()),
    ]);
    let expected = "plain name,\"a,b\",\"say \"\"x\"\"\",\"two\nlines\"\n1,1,1,1\n";
    assert_eq!(write(&[], &[points]).unwrap(), expected);
}

#[test]
fn without_points_the_header_is_the_dimensions() {
    assert_eq!(write(&["X", "a,b"], &[]).unwrap(), "X,\"a,b\"\n");
    let empty = batch(vec![("Z", Values::F64(vec![]))]);
    assert_eq!(write(&["X"], &[empty]).unwrap(), "X\n");
}

#[test]
fn later_batches_have_the_columns_of_the_first() {
    let first = batch(vec![("A", Values::U8(vec![1])), ("B", Values::U8(vec![2]))]);
    let swapped = batch(vec![
        ("B", Values::U16(vec![4])),
        ("A", Values::F32(vec![0.5])),
    ]);
    let fewer = batch(vec![("B", Values::U8(vec![6]))]);
    let text = write(&["X"], &[first.clone(), swapped, fewer]).unwrap();
    assert_eq!(text, "A,B\n1,2\n0.5,4\n,6\n");

    let more = batch(vec![("Gps", Values::U8(vec![7]))]);
    let error = write(&[], &[first, more]).unwrap_err();
    assert!(matches!(&error, ExportError::NewDimension(name) if name == "Gps"));
    let text = error.to_string();
    assert!(text.contains("\"Gps\"") && text.contains("name the dimensions"));
}

#[test]
fn cuts_between_batches_leave_no_trace() {
    let numbers: Vec<u32> = (0..30_000).collect();
    let in_batches = |len: usize| {
        let batches = numbers.chunks(len);
        let batches = batches.map(|chunk| batch(vec![("n", Values::U32(chunk.to_vec()))]));
        write(&[], &batches.collect::<Vec<_>>()).unwrap()
    };
    assert_eq!(in_batches(7), in_batches(30_000));
}

#[test]
fn threads_leave_no_trace() {
    let points = batch(vec![("n", Values::U32((0..100_000).collect()))]);
    let rows: String = (0..100_000).map(|number| format!("{number}\n")).collect();
    for threads in 1..5 {
        let mut text = Vec::new();
        let sink = CsvSink::new(&mut text, Vec::new());
        let mut sink = Box::new(sink.with_threads(threads.try_into().unwrap()));
        sink.write(Key::ROOT.into(), &points).unwrap();
        sink.write(Key::ROOT.into(), &points).unwrap();
        sink.finish().unwrap();
        assert_eq!(String::from_utf8(text).unwrap(), format!("n\n{rows}{rows}"));
    }
}

#[test]
fn a_failing_output_is_an_error() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut sink = Box::new(CsvSink::new(Full, Vec::new()));
    let points = batch(vec![("A", Values::U8(vec![1]))]);
    let result = sink
        .write(Key::ROOT.into(), &points)
        .and_then(|()| sink.finish());
    assert!(matches!(result, Err(ExportError::Io(_))));
}
