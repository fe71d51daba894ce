//! Colours of points.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use ept_format::{Bounds, Dimension, Node, NodeName, ScalarType, Srs, Statistics};
use ept_points::{Column, PointBatch, Values};
use ept_scene::{
    CLASSES, CachedTile, Color, ColorBy, NO_VALUE, PALETTE, Paint, RAMP, class_color, class_name,
    known_limits, robust_limits,
};
use ept_select::Frame;
use proptest::prelude::*;

fn frame(schema: Vec<Dimension>) -> Frame {
    Frame {
        srs: Srs::default(),
        bounds: Bounds::new([0.0; 3], [64.0; 3]).unwrap(),
        conforming: None,
        slack: [0.0; 3],
        schema,
        spacing: Some(1.0),
    }
}

fn dimension(name: &str, statistics: Option<Statistics>) -> Dimension {
    Dimension {
        statistics,
        ..Dimension::new(name, ScalarType::U16)
    }
}

fn range(minimum: f64, maximum: f64) -> Option<Statistics> {
    Some(Statistics {
        minimum: Some(minimum),
        maximum: Some(maximum),
        ..Statistics::default()
    })
}

fn points(columns: &[(&str, &[u16])]) -> PointBatch {
    let columns = columns.iter();
    let columns = columns.map(|(name, values)| Column::new(*name, Values::U16(values.to_vec())));
    PointBatch::new(columns.collect()).unwrap()
}

/// The linear light of sRGB (IEC 61966-2-1).
fn linear(color: Color) -> [f64; 3] {
    color.map(|byte| {
        let value = f64::from(byte) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    })
}

/// CIE L* of light.
fn lightness([r, g, b]: [f64; 3]) -> f64 {
    116.0 * (0.2126 * r + 0.7152 * g + 0.0722 * b).cbrt() - 16.0
}

#[test]
fn the_ramp_gets_lighter_evenly_for_all_eyes() {
    // What people without cones for red or green see (Viénot, Brettel and Mollon 1999), in linear light.
    let protanope = |[r, g, b]: [f64; 3]| {
        let mixed = 0.11238 * r + 0.88762 * g;
        [mixed, mixed, 0.00401 * r - 0.00401 * g + b]
    };
    let deuteranope = |[r, g, b]: [f64; 3]| {
        let mixed = 0.29275 * r + 0.70725 * g;
        [mixed, mixed, -0.02234 * r + 0.02234 * g + b]
    };
    let eyes: [&dyn Fn([f64; 3]) -> [f64; 3]; 3] = [&|light| light, &protanope, &deuteranope];
    for see in eyes {
        // Steps of 17 colours, since single ones are rounded.
        let seen: Vec<f64> = RAMP
            .iter()
            .step_by(17)
            .map(|color| lightness(see(linear(*color))))
            .collect();
        let steps = seen.windows(2).map(|pair| pair[1] - pair[0]);
        let whole = seen[seen.len() - 1] - seen[0];
        assert!(whole > 65.0, "{whole}");
        let even = whole / (seen.len() - 1) as f64;
        for step in steps {
            assert!((0.6 * even..1.4 * even).contains(&step), "{step} of {even}");
        }
    }
}

#[test]
fn codes_have_distinct_colours() {
    let is_distinct = |colors: &[Color]| {
        let pairs = colors.iter().enumerate();
        pairs
            .flat_map(|(at, a)| colors[..at].iter().map(move |b| (a, b)))
            .all(|(a, b)| (0..3).map(|i| a[i].abs_diff(b[i])).max() >= Some(15))
    };
    assert!(is_distinct(&PALETTE));
    assert!(is_distinct(&CLASSES.map(|class| class.color)));
}

#[test]
fn classes_are_at_their_codes() {
    for (code, class) in CLASSES.iter().enumerate() {
        assert_eq!(usize::from(class.code), code);
    }
    // LAS 1.4 R15, table 17.
    let named = [
        (2, "Ground"),
        (6, "Building"),
        (9, "Water"),
        (17, "Bridge deck"),
    ];
    for (code, name) in named {
        assert_eq!(class_name(code), Some(name));
    }
    assert_eq!(class_name(23), None);
    assert_eq!(class_color(64), PALETTE[0]);
}

#[test]
fn names_are_read_back() {
    for by in ColorBy::ALL {
        assert_eq!(by.to_string().parse(), Ok(by));
        assert_eq!(by.name().to_uppercase().parse(), Ok(by));
    }
    let error = "red".parse::<ColorBy>().unwrap_err().to_string();
    assert!(ColorBy::ALL.iter().all(|by| error.contains(by.name())));
}

#[test]
fn dimensions_of_zeros_are_not_shown_first() {
    let rgb = ["Red", "Green", "Blue"];
    let with = |color: &Option<Statistics>, intensity: &Option<Statistics>| {
        let colors = rgb.iter().map(|name| dimension(name, color.clone()));
        let rest = ["X", "Y", "Z"].map(|name| dimension(name, None));
        let intensity = [dimension("Intensity", intensity.clone())];
        frame(colors.chain(rest).chain(intensity).collect())
    };
    let [zeros, used] = [range(0.0, 0.0), range(0.0, 200.0)];
    assert_eq!(ColorBy::default_of(&with(&used, &used), None), ColorBy::Rgb);
    let black = with(&zeros, &used);
    assert_eq!(ColorBy::default_of(&black, None), ColorBy::Intensity);
    assert!(ColorBy::Rgb.is_in(&black));
    assert_eq!(
        ColorBy::default_of(&with(&zeros, &zeros), None),
        ColorBy::Height
    );
    // Without statistics, the points decide.
    let unknown = with(&None, &None);
    assert_eq!(ColorBy::default_of(&unknown, None), ColorBy::Rgb);
    let [black, color]: [&[u16]; 2] = [&[0, 0], &[0, 7]];
    let sample = |color: &[u16], intensity: &[u16]| {
        points(&[
            ("Red", color),
            ("Green", color),
            ("Blue", color),
            ("Intensity", intensity),
        ])
    };
    let found = |color, intensity| ColorBy::default_of(&unknown, Some(&sample(color, intensity)));
    assert_eq!(found(color, black), ColorBy::Rgb);
    assert_eq!(found(black, color), ColorBy::Intensity);
    assert_eq!(found(black, black), ColorBy::Height);
    let lidar = frame(["X", "Y", "Z"].map(|name| dimension(name, None)).to_vec());
    assert_eq!(ColorBy::default_of(&lidar, None), ColorBy::Height);
    assert_eq!(ColorBy::available(&lidar), [ColorBy::Height]);
}

#[test]
fn limits_come_from_statistics() {
    let of = |statistics| known_limits(ColorBy::Height, &frame(vec![dimension("Z", statistics)]));
    assert_eq!(of(None), None);
    assert_eq!(of(range(3.0, 8.0)), Some([3.0, 8.0]));
    let mean = |minimum, maximum| {
        let known = range(minimum, maximum)?;
        Some(Statistics {
            mean: Some(100.0),
            variance: Some(25.0),
            ..known
        })
    };
    // A bird at 9000 does not take the colours of the rest.
    assert_eq!(of(mean(95.0, 9000.0)), Some([95.0, 110.0]));
    assert_eq!(of(mean(0.0, 105.0)), Some([90.0, 105.0]));
    // Claims that can't be true.
    assert_eq!(of(range(8.0, 3.0)), None);
    assert_eq!(of(range(f64::NAN, 3.0)), None);
    assert_eq!(of(mean(200.0, 300.0)), Some([200.0, 300.0]));
    let conforming = Frame {
        conforming: Some(Bounds::new([0.0, 0.0, 5.0], [9.0, 9.0, 7.0]).unwrap()),
        ..frame(Vec::new())
    };
    assert_eq!(known_limits(ColorBy::Height, &conforming), Some([5.0, 7.0]));
    for by in [ColorBy::Class, ColorBy::Return, ColorBy::Source] {
        assert_eq!(known_limits(by, &conforming), None);
    }
}

#[test]
fn colours_of_8_bits_in_16_are_bright() {
    let values: &[u16] = &[0, 128, 255];
    let points = points(&[("Red", values), ("Green", values), ("Blue", &[0, 0, 0])]);
    let schema = |statistics: Option<Statistics>| {
        frame(
            ["Red", "Green", "Blue"]
                .map(|name| dimension(name, statistics.clone()))
                .to_vec(),
        )
    };
    let bright = [[0, 0, 0], [128, 128, 0], [255, 255, 0]];
    let dark = [[0, 0, 0], [0, 0, 0], [1, 1, 0]];
    let cases = [
        (schema(range(0.0, 255.0)), bright),
        (schema(None), bright),
        (schema(range(0.0, 65535.0)), dark),
    ];
    for (frame, expected) in cases {
        let paint = Paint::of(ColorBy::Rgb, &frame, Some(&points));
        assert_eq!(paint.colors(&points), expected);
        // The tile of a viewer has the same colours.
        let node = Node {
            name: NodeName::Chunks { first: 0, count: 1 },
            points: 3,
            cell: frame.bounds,
            source: 0,
        };
        let tile = CachedTile::new(node, points.clone(), &frame);
        let colors = tile.colors().unwrap().iter();
        let colors: Vec<Color> = colors.map(|[r, g, b, _]| [*r, *g, *b]).collect();
        assert_eq!(colors, expected);
    }
}

#[test]
fn codes_and_missing_values_have_their_colours() {
    let codes = points(&[
        ("Classification", &[2, 6, 255]),
        ("ReturnNumber", &[1, 2, 17]),
    ]);
    let colors = |by| Paint::new(by, [0.0, 1.0]).colors(&codes);
    let classes = [CLASSES[2].color, CLASSES[6].color, PALETTE[15]];
    assert_eq!(colors(ColorBy::Class), classes);
    assert_eq!(
        colors(ColorBy::Return),
        [PALETTE[1], PALETTE[2], PALETTE[1]]
    );
    assert_eq!(colors(ColorBy::Rgb), [NO_VALUE; 3]);
    assert_eq!(colors(ColorBy::Time), [NO_VALUE; 3]);
    assert_eq!(
        Paint::new(ColorBy::Time, [0.0, 1.0]).color(f64::NAN),
        NO_VALUE
    );
}

proptest! {
    #[test]
    fn numbers_are_evenly_on_the_ramp(
        low in -1e6..1e6_f64,
        width in 1e-3..1e6_f64,
        share in -1.0..2.0_f64,
    ) {
        let paint = Paint::new(ColorBy::Height, [low, low + width]);
        let place = RAMP.iter().position(|c| *c == paint.color(low + share * width)).unwrap();
        let expected = share.clamp(0.0, 1.0) * 255.0;
        // Half a step, and what doubles lose of the share.
        prop_assert!((place as f64 - expected).abs() <= 0.5 + 1e-3 || RAMP[place] == RAMP[expected.round() as usize]);
    }

    #[test]
    fn robust_limits_are_percentiles(mut values in prop::collection::vec(-1e9..1e9_f64, 1..300)) {
        let found = robust_limits(values.iter().copied().chain([f64::NAN, f64::INFINITY]));
        values.sort_by(f64::total_cmp);
        let [low, high] = found.unwrap();
        let below = values.iter().filter(|v| **v < low).count() as f64;
        let above = values.iter().filter(|v| **v > high).count() as f64;
        let most = 0.02 * (values.len() - 1) as f64 + 0.5;
        prop_assert!(below <= most && above <= most);
        prop_assert!(below >= most - 1.0 && above >= most - 1.0);
        prop_assert!(values.contains(&low) && values.contains(&high));
    }
}

#[test]
fn limits_of_few_values_are_the_extremes() {
    assert_eq!(robust_limits([f64::NAN]), None);
    assert_eq!(robust_limits([4.0]), Some([4.0, 4.0]));
    let mostly = std::iter::repeat_n(0.0, 1000).chain([5.0]);
    assert_eq!(robust_limits(mostly), Some([0.0, 5.0]));
    // All the same: the middle of the ramp, whatever the number.
    assert_eq!(
        Paint::new(ColorBy::Height, [4.0, 4.0]).color(4.0),
        RAMP[128]
    );
}
