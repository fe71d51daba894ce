//! Conditions, against what they say.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use ept_points::{Column, PointBatch, Values};
use ept_select::Filter;
use proptest::prelude::*;

fn batch() -> PointBatch {
    PointBatch::new(vec![
        Column::new("Z", Values::F64(vec![1.0, 2.5, -3.0, f64::NAN])),
        Column::new("Classification", Values::U8(vec![2, 6, 2, 9])),
        Column::new("ReturnNumber", Values::U8(vec![1, 2, 3, 1])),
        Column::new("NumberOfReturns", Values::U8(vec![1, 3, 3, 2])),
        Column::new("Pulse width", Values::I16(vec![-1, 0, 1, 2])),
        Column::new(
            "Id",
            Values::U64(vec![
                9_007_199_254_740_993,
                9_007_199_254_740_992,
                5,
                u64::MAX,
            ]),
        ),
    ])
    .unwrap()
}

#[test]
fn conditions_hold_for_the_points_that_they_describe() {
    for (text, expected) in [
        ("Classification == 2", [true, false, true, false]),
        ("classification != 2", [false, true, false, true]),
        ("2 < Classification", [false, true, false, true]),
        (
            "ReturnNumber == NumberOfReturns",
            [true, false, true, false],
        ),
        ("!(Classification == 2)", [false, true, false, true]),
        (
            "Z > 1 || Classification == 9 && Z > 100",
            [false, true, false, false],
        ),
        (
            "(Z > 1 || Classification == 9) && ReturnNumber <= 1",
            [false, false, false, true],
        ),
        ("Z * 2 + 1 >= 3", [true, true, false, false]),
        ("Z - 1 - 1 == 0.5", [false, true, false, false]),
        ("-Z == 3", [false, false, true, false]),
        ("Z == -3.0e0", [false, false, true, false]),
        ("Z < .5 && Z > -5E+0", [false, false, true, false]),
        ("\"Pulse width\" >= 1", [false, false, true, true]),
        // Above 2^53, where floats have no odd numbers.
        ("Id == 9007199254740993", [true, false, false, false]),
        ("Id == 18446744073709551615", [false, false, false, true]),
        // Not a number and absent dimensions compare with nothing.
        ("Z != 1", [false, true, true, false]),
        ("Absent != 1", [false; 4]),
        ("!(Absent == 1)", [true; 4]),
    ] {
        let filter: Filter = text.parse().unwrap();
        assert_eq!(filter.mask(&batch()), expected, "{text}");
    }
}

/// The words of SQL and Python, and the ranges of PDAL's `filters.range`, whose documentation says: an endpoint in a
/// parenthesis is not in the range, either may be left out, `!` behind the name negates, ranges of one dimension are
/// joined by OR and those of different dimensions by AND.
#[test]
fn words_and_ranges_mean_what_they_do_elsewhere() {
    for (text, expected) in [
        ("Classification = 2", [true, false, true, false]),
        (
            "Classification = 2 and ReturnNumber = 3",
            [false, false, true, false],
        ),
        (
            "Classification = 2 AND Z = 1 Or Classification=9",
            [true, false, false, true],
        ),
        ("not Classification == 2", [false, true, false, true]),
        (
            "not not Classification == 2 and not Z < 0",
            [true, false, false, false],
        ),
        ("Classification in (2, 9)", [true, false, true, true]),
        ("Classification IN [6]", [false, true, false, false]),
        ("Classification not in (2, 9)", [false, true, false, false]),
        ("Z in (-3, 2.5)", [false, true, true, false]),
        ("Id in (9007199254740993)", [true, false, false, false]),
        ("Z + 1 in (2)", [true, false, false, false]),
        ("Classification[2:2]", [true, false, true, false]),
        ("classification [2 : 6]", [true, true, true, false]),
        ("Classification(2:9)", [false, true, false, false]),
        ("Classification[2:9)", [true, true, true, false]),
        ("Classification(2:9]", [false, true, false, true]),
        ("Classification![2:2]", [false, true, false, true]),
        ("!Classification[2:2]", [false, true, false, true]),
        ("Z[-3:1]", [true, false, true, false]),
        ("Z[1:]", [true, true, false, false]),
        ("Z[:1)", [false, false, true, false]),
        ("Z[:]", [true, true, true, false]),
        (
            "Z[0:],Classification[2:2],Classification[9:9]",
            [true, false, false, false],
        ),
        (
            "Classification[2:2] && Z[0:100] || ReturnNumber(2:)",
            [true, false, true, false],
        ),
        ("(Classification[6:6])", [false, true, false, false]),
        ("\"Pulse width\"[1:1]", [false, false, true, false]),
        ("Id[:5]", [false, false, true, false]),
        ("Absent[0:1]", [false; 4]),
    ] {
        let filter = Filter::parse(text).unwrap();
        assert_eq!(filter.mask(&batch()), expected, "{text}");
        assert_eq!(Filter::parse(&filter.to_string()), Ok(filter), "{text}");
    }
}

#[test]
fn a_fault_has_an_arrow_below_it() {
    let shown = |text: &str| {
        let error = Filter::parse(text).unwrap_err().to_string();
        let lines: Vec<String> = error.lines().map(str::to_owned).collect();
        assert_eq!(lines.len(), 3, "{error}");
        (lines[1].clone(), lines[2].clone())
    };
    let (text, arrow) = shown("Classification == 2 & Z > 1");
    assert_eq!(text, "  Classification == 2 & Z > 1");
    assert_eq!(arrow, "                      ^");
    // Of a long one, what is around the place.
    let long = format!("{}Größe >> 1", "Z > 1 || ".repeat(100));
    let (text, arrow) = shown(&long);
    let at = arrow.chars().count() - 1;
    assert!(text.chars().count() < 80, "{text}");
    let before: String = text.chars().take(at).collect();
    assert!(before.ends_with("Größe >") && text.chars().nth(at) == Some('>'));
    // Of several lines, one.
    let (text, arrow) = shown("Z >\n\t1 ||\n> 2");
    assert_eq!(text.chars().nth(arrow.len() - 1), Some('>'), "{text}");
}

#[test]
fn faults_are_pointed_at() {
    for (text, at, problem) in [
        ("", 1, "is expected here"),
        ("Classification", 1, "not compared with anything"),
        ("Classification == ", 19, "where it ends"),
        ("Classification == 2 & Z > 1", 21, "write &&"),
        ("Classification == 2 | Z > 1", 21, "write ||"),
        ("(Z > 1", 7, "')'"),
        ("Z > 1)", 6, "not expected"),
        ("Z > 1 Z", 7, "not expected"),
        ("Z > 1..2", 5, "not a number"),
        ("Z > 1e999", 5, "not a number"),
        ("!Classification == 2", 2, "not compared with anything"),
        ("1 && Z > 1", 1, "not compared with anything"),
        ("Z + (Z > 1) > 2", 5, "a number is expected"),
        ("\"Z > 1", 1, "is not closed"),
        ("§ > 1", 1, "is expected here"),
        ("Classification[2]", 17, "':' is missing"),
        ("Classification[2:2", 19, "']' is missing"),
        ("Classification[a:2]", 16, "a number is expected here"),
        ("Z[0:1], 2", 9, "a comma joins only ranges"),
        (
            "Z[0:1], Classification == 2",
            9,
            "a comma joins only ranges",
        ),
        ("Classification in 2", 19, "a list such as (2, 9)"),
        ("Classification in (2, 9", 24, "',' or ')'"),
        ("Classification in ()", 20, "a number is expected here"),
        ("(Z > 1) in (2)", 1, "a number is expected"),
        ("and Z > 1", 1, "is expected before and"),
        ("Z > 1 and", 10, "is expected here"),
        ("not", 4, "is expected here"),
    ] {
        let error = text.parse::<Filter>().unwrap_err().to_string();
        assert!(
            error.contains(&format!("character {at},")),
            "{text}: {error}"
        );
        assert!(error.contains(problem), "{text}: {error}");
    }
    let deep = format!("{}Z > 1{}", "(".repeat(100_000), ")".repeat(100_000));
    let error = deep.parse::<Filter>().unwrap_err().to_string();
    assert!(error.contains("nested too deeply"), "{error}");
    let deep = format!("{}Z > 1", "not ".repeat(100_000));
    let error = deep.parse::<Filter>().unwrap_err().to_string();
    assert!(error.contains("nested too deeply"), "{error}");
}

/// Conditions on A and B.
fn condition() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        Just("A".to_owned()),
        Just("B".to_owned()),
        (-4..5_i8).prop_map(|n| n.to_string()),
        Just("A + B".to_owned()),
        Just("(A - B) * 2".to_owned()),
        Just("-A".to_owned()),
        Just("A / B".to_owned()),
    ];
    let sign = prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let leaf = (number.clone(), sign, number).prop_map(|(a, sign, b)| format!("{a} {sign} {b}"));
    leaf.prop_recursive(3, 12, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) && ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) || ({b})")),
            inner.prop_map(|a| format!("!({a})")),
        ]
    })
}

proptest! {
    /// What is ruled out by the ranges is met by no point within them.
    #[test]
    fn nothing_possible_is_ruled_out(
        text in condition(),
        values in prop::collection::vec((-4..5_i8, -4..5_i8), 1..8),
    ) {
        let filter: Filter = text.parse().unwrap();
        let (a, b): (Vec<i8>, Vec<i8>) = values.into_iter().unzip();
        let range = |values: &[i8]| {
            [*values.iter().min().unwrap(), *values.iter().max().unwrap()].map(f64::from)
        };
        let ranges = [range(&a), range(&b)];
        let batch = PointBatch::new(vec![Column::new("A", Values::I8(a)), Column::new("B", Values::I8(b))]).unwrap();
        let is_met = filter.mask(&batch).contains(&true);
        let is_possible = filter.is_possible(|name| match name {
            "A" => Some(ranges[0]),
            _ => Some(ranges[1]),
        });
        prop_assert!(is_possible || !is_met, "{}", text);
    }
}

#[test]
fn what_no_point_can_meet_is_ruled_out() {
    for (text, is_possible) in [
        ("Z > 10", false),
        ("Z >= 10", true),
        ("Z < 0 || Z == 11", false),
        ("Z > 1 && Z < 1", true),
        ("Z > 1 && Other == 7", true),
        ("Z * 2 > 20", false),
        ("!(Z > 10)", true),
    ] {
        let filter: Filter = text.parse().unwrap();
        let found = filter.is_possible(|name| (name == "Z").then_some([0.0, 10.0]));
        assert_eq!(found, is_possible, "{text}");
    }
}

#[test]
fn a_condition_of_thousands_of_terms_is_refused() {
    let terms = |count: usize, sign: &str| vec!["Z"; count].join(sign);
    for text in [
        vec!["Z > 1"; 9_400].join(" || "),
        vec!["Z > 1"; 100_000].join(" && "),
        format!("{} > 1", terms(9_400, " + ")),
        format!("{} > 1", terms(9_400, " / ")),
        vec!["Z[1:1]"; 9_400].join(","),
        format!("Z in ({})", vec!["1"; 9_400].join(",")),
    ] {
        let error = text.parse::<Filter>().unwrap_err().to_string();
        assert!(error.contains("more than 1000 operators"), "{error}");
    }
    // As many as anybody writes.
    let text = vec!["A > 1"; 900].join(" || ");
    let filter: Filter = text.parse().unwrap();
    let batch = PointBatch::new(vec![Column::new("A", Values::I8(vec![1, 2]))]).unwrap();
    assert_eq!(filter.mask(&batch), [false, true]);
    assert_eq!(filter.to_string().parse::<Filter>().unwrap(), filter);
}
