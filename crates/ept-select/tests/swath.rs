//! Swaths against a search along the line.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use ept_format::{Bounds, Metadata};
use ept_points::{Column, PointBatch, Values};
use ept_select::{Cover, Crs, Edge, Frame, Length, Line, Relation, Swath};
use geo_types::{Coord, LineString};
use proptest::prelude::*;

/// The coordinate system of the dataset, and a place in it.
const DATASET: &str = "EPSG:26912";
const ORIGIN: [f64; 2] = [412_000.0, 4_400_000.0];
/// Metres from a comparison's edge within which rounding may decide.
const ROUNDING: f64 = 1e-3;

fn dataset() -> Metadata {
    let axis = |name: &str| format!(r#"{{"name": "{name}", "type": "float", "size": 8}}"#);
    let [x, y] = ORIGIN;
    let text = format!(
        r#"{{"bounds": [{}, {}, -4096, {}, {}, 4096], "span": 64, "dataType": "binary",
            "schema": [{}, {}, {}], "srs": {{"authority": "EPSG", "horizontal": "26912"}}}}"#,
        x - 4096.0,
        y - 4096.0,
        x + 4096.0,
        y + 4096.0,
        axis("X"),
        axis("Y"),
        axis("Z")
    );
    Metadata::from_json(text.as_bytes()).unwrap()
}

/// The swath of a line in `crs`, in the dataset.
fn swath(line: &Line, crs: &Crs, width: Length) -> Swath {
    Swath::new(line, Some(crs), width, &Frame::from(&dataset())).unwrap()
}

/// The areas of a swath, in the dataset.
fn cover(swath: &Swath) -> Cover {
    Cover::new(
        &[swath.area().unwrap()],
        Edge::Closed,
        &Frame::from(&dataset()),
    )
    .unwrap()
}

/// A segment of the line, in metres from its start.
struct Segment {
    start: [f64; 2],
    scale: [f64; 2],
    /// The end, in metres from the start.
    end: [f64; 2],
    /// Metres of the line before it.
    from: f64,
}

impl Segment {
    fn length(&self) -> f64 {
        self.end[0].hypot(self.end[1])
    }

    fn metres(&self, place: [f64; 2]) -> [f64; 2] {
        [0, 1].map(|i| (place[i] - self.start[i]) * self.scale[i])
    }
}

/// The line in segments, which are short enough for the scale at their middle.
fn segments(line: &[[f64; 2]], crs: &Crs) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    for pair in line.windows(2) {
        let middle = [0, 1].map(|i| (pair[0][i] + pair[1][i]) / 2.0);
        let scale = crs.metres_per_unit([middle[0], middle[1], 0.0]).unwrap();
        let from = segments
            .last()
            .map_or(0.0, |last| last.from + last.length());
        segments.push(Segment {
            start: pair[0],
            scale,
            end: [0, 1].map(|i| (pair[1][i] - pair[0][i]) * scale[i]),
            from,
        });
    }
    segments
}

/// Where the segment is nearest to a point: the distance, and the part of the segment before that place. By ternary
/// search, as the distance along a segment first falls and then rises.
fn nearest(segment: &Segment, point: [f64; 2]) -> (f64, f64) {
    let distance = |part: f64| {
        let [x, y] = segment.metres(point);
        (x - segment.end[0] * part).hypot(y - segment.end[1] * part)
    };
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..200 {
        let third = (high - low) / 3.0;
        if distance(low + third) <= distance(high - third) {
            high -= third;
        } else {
            low += third;
        }
    }
    (distance(low), low)
}

/// What a search finds for a point.
#[derive(Debug)]
enum Found {
    /// In the swath, at this distance along the line and offset to the left.
    Inside([f64; 2]),
    Outside,
    /// On the edge or between two places of the line, where rounding decides.
    Unclear,
}

fn find(segments: &[Segment], point: [f64; 2], reach: f64) -> Found {
    let all: Vec<(f64, f64)> = segments
        .iter()
        .map(|segment| nearest(segment, point))
        .collect();
    let least = all
        .iter()
        .map(|(distance, _)| *distance)
        .fold(f64::INFINITY, f64::min);
    if (least - reach).abs() < ROUNDING {
        return Found::Unclear;
    }
    if least > reach {
        return Found::Outside;
    }
    let mut places = Vec::new();
    for (at, (segment, (distance, part))) in segments.iter().zip(&all).enumerate() {
        if *distance > least + ROUNDING {
            continue;
        }
        let [x, y] = segment.metres(point);
        let [ahead, across] = segment.end;
        let along = (x * ahead + y * across) / segment.length();
        let before = at == 0 && along < ROUNDING;
        let beyond = at + 1 == segments.len() && along > segment.length() - ROUNDING;
        if before && along > -ROUNDING || beyond && along < segment.length() + ROUNDING {
            return Found::Unclear;
        }
        let left = ahead * y - across * x;
        let place = [
            segment.from + part * segment.length(),
            distance.copysign(left),
        ];
        places.push((!before && !beyond).then_some(place));
    }
    let is_same = |a: &Option<[f64; 2]>, b: &Option<[f64; 2]>| match (a, b) {
        (Some(a), Some(b)) => (0..2).all(|i| (a[i] - b[i]).abs() < 3.0 * ROUNDING),
        (None, None) => true,
        _ => false,
    };
    match places[0] {
        _ if !places.iter().all(|place| is_same(place, &places[0])) => Found::Unclear,
        Some(place) => Found::Inside(place),
        None => Found::Outside,
    }
}

/// Places within a few hundred metres, as metres from the origin. A segment between two of them is shorter than a
/// kilometre, so the swath has one scale for it, as the search.
fn places(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<[f64; 2]>> {
    prop::collection::vec(prop::array::uniform2(-350.0..350.0_f64), count)
}

/// The lines' coordinate systems: the dataset's, degrees, another zone, and one whose metres are stretched.
const SYSTEMS: [&str; 4] = [DATASET, "EPSG:4326", "EPSG:26913", "EPSG:3857"];

fn batch(points: &[[f64; 2]]) -> PointBatch {
    let axis = |i: usize| Values::F64(points.iter().map(|point| point[i]).collect());
    let count = points.len();
    PointBatch::new(vec![
        Column::new("X", axis(0)),
        Column::new("Y", axis(1)),
        Column::new("Z", Values::F64(vec![7.0; count])),
        Column::new("Row", Values::U32((0..count as u32).collect())),
    ])
    .unwrap()
}

fn numbers(batch: &PointBatch, name: &str) -> Vec<f64> {
    match batch.values(name) {
        Some(Values::F64(values)) => values.clone(),
        Some(Values::U32(values)) => values.iter().map(|value| f64::from(*value)).collect(),
        other => panic!("{name}: {other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn points_are_where_a_search_finds_them(
        line in places(2..6),
        points in places(60..61),
        width in 1.0..300.0_f64,
        system in 0..SYSTEMS.len(),
    ) {
        let crs = Crs::parse(SYSTEMS[system]).unwrap();
        let to_line = Crs::parse(DATASET).unwrap().to(&crs).unwrap();
        let place = |metres: &[f64; 2]| [0, 1].map(|i| ORIGIN[i] + metres[i]);
        let moved = |[x, y]: [f64; 2]| {
            let [x, y, _] = to_line.apply([x, y, 0.0]).unwrap();
            [x, y]
        };
        let line: Vec<[f64; 2]> = line.iter().map(|metres| moved(place(metres))).collect();
        let points: Vec<[f64; 2]> = points.iter().map(place).collect();
        let coordinates = line.iter().map(|[x, y]| Coord { x: *x, y: *y });
        let swath = swath(
            &Line::new(LineString::new(coordinates.collect())).unwrap(),
            &crs,
            Length::from_metres(width).unwrap(),
        );
        let segments = segments(&line, &crs);
        let length: f64 = segments.iter().map(Segment::length).sum();
        let tolerance = 4.0 * ROUNDING;
        prop_assert!((swath.length() - length).abs() < tolerance);
        for point in &points {
            let located = swath.locate([point[0], point[1], 7.0]);
            match find(&segments, moved(*point), width / 2.0) {
                Found::Unclear => {}
                Found::Outside => prop_assert_eq!(located, None, "{:?}", point),
                Found::Inside(expected) => {
                    let located = located.unwrap_or([f64::NAN; 2]);
                    let is_near = (0..2).all(|i| (located[i] - expected[i]).abs() < tolerance);
                    prop_assert!(is_near, "{point:?}: {located:?}, not {expected:?}");
                }
            }
        }
        check_profile(&swath, &points)?;
    }
}

/// A profile is the points of the swath, as they are located, in their order; the area of the swath and its cells contain
/// them all.
fn check_profile(swath: &Swath, points: &[[f64; 2]]) -> Result<(), TestCaseError> {
    let located: Vec<Option<[f64; 2]>> = points
        .iter()
        .map(|[x, y]| swath.locate([*x, *y, 7.0]))
        .collect();
    let profile = swath.profile(batch(points)).unwrap();
    let expected: Vec<[f64; 3]> = located
        .iter()
        .enumerate()
        .filter_map(|(row, place)| place.map(|[along, beside]| [row as f64, along, beside]))
        .collect();
    for (i, name) in ["Row", "Distance", "Offset"].into_iter().enumerate() {
        let column: Vec<f64> = expected.iter().map(|row| row[i]).collect();
        prop_assert_eq!(numbers(&profile, name), column);
    }
    let cover = cover(swath);
    for (place, [x, y]) in located.iter().zip(points) {
        let cell = Bounds::new([x - 8.0, y - 8.0, 0.0], [x + 8.0, y + 8.0, 16.0]).unwrap();
        if place.is_some() {
            prop_assert!(swath.can_meet(&cell));
            prop_assert!(cover.relation(&cell) != Relation::Outside);
            let mask = cover.mask(&cell, &batch(&[[*x, *y]]));
            prop_assert_eq!(mask.unwrap_or_else(|| vec![true]), [true]);
        }
    }
    Ok(())
}
