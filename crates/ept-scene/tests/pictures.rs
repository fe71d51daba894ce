//! Pictures of points.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::Cursor;

use ept_format::{Bounds, Key, Node, NodeName, Srs};
use ept_points::{Column, PointBatch, Values};
use ept_scene::{
    Camera, Canvas, Color, ColorBy, Drawing, Legend, MapWindow, Notes, PAPER, Paint, Picture, RAMP,
    RED, Sheet, Viewpoint, draw_area, draw_cell, draw_loss, shade,
};
use ept_select::{Frame, Relation};
use proptest::prelude::*;

type Place = [f64; 3];

const SIZE: [u32; 2] = [60, 40];

fn frame(spacing: Option<f64>) -> Frame {
    Frame {
        srs: Srs::default(),
        bounds: shown(),
        conforming: None,
        slack: [0.0; 3],
        schema: Vec::new(),
        spacing,
    }
}

fn shown() -> Bounds {
    Bounds::new([1000.0, 2000.0, 0.0], [1060.0, 2040.0, 30.0]).unwrap()
}

fn camera(from: &str) -> Camera {
    let from: Viewpoint = from.parse().unwrap();
    from.camera(&shown(), [1.0; 3], SIZE.map(f64::from))
        .unwrap()
        .0
}

fn batch(places: &[Place]) -> PointBatch {
    let axis = |i: usize| Values::F64(places.iter().map(|place| place[i]).collect());
    let columns = ["X", "Y", "Z"].into_iter().enumerate();
    let columns = columns.map(|(i, name)| Column::new(name, axis(i)));
    PointBatch::new(columns.collect()).unwrap()
}

/// The places as points with a class each.
fn classified(places: &[(Place, u8)]) -> PointBatch {
    let points = batch(&places.iter().map(|(place, _)| *place).collect::<Vec<_>>());
    let classes = Values::U8(places.iter().map(|(_, class)| *class).collect());
    points
        .with_column(Column::new("Classification", classes))
        .unwrap()
}

fn node(key: &str, cell: Bounds, points: u64) -> Node {
    let key: Key = key.parse().unwrap();
    Node {
        name: NodeName::from(key),
        points,
        cell,
        source: 0,
    }
}

fn root() -> Node {
    node("0-0-0-0", shown(), 1)
}

/// Points as single pixels: nothing is known of the distances between them.
fn dots(from: &str, by: ColorBy) -> Drawing {
    Drawing::new(camera(from), by, &frame(None), &[])
}

fn drawn(from: &str, by: ColorBy, points: &PointBatch) -> Canvas {
    let drawing = dots(from, by);
    let mut canvas = drawing.canvas();
    drawing.draw(&mut canvas, &root(), points);
    canvas
}

fn places() -> impl Strategy<Value = Vec<Place>> {
    let place = (1000.0..1060.0_f64, 2000.0..2040.0_f64, 0.0..30.0_f64);
    prop::collection::vec(place.prop_map(|(x, y, z)| [x, y, z]), 1..400)
}

/// Right, up and towards the eye, by the formulas of a compass and a protractor.
fn axes(azimuth: f64, altitude: f64) -> [Place; 3] {
    let (a, h) = (azimuth.to_radians(), altitude.to_radians());
    let eye = [a.sin() * h.cos(), a.cos() * h.cos(), h.sin()];
    // The eye goes to the right clockwise, as azimuths do not.
    let right = [-a.cos(), a.sin(), 0.0];
    let up = [-a.sin() * h.sin(), -a.cos() * h.sin(), h.cos()];
    [right, up, eye]
}

fn along(axis: Place, place: Place) -> f64 {
    (0..3).map(|i| axis[i] * place[i]).sum()
}

/// The first pixel in which two pictures differ.
fn difference(a: &Picture, b: &Picture) -> Option<(usize, Color, Color)> {
    assert_eq!(a.size(), b.size());
    let pixels = a.pixels().iter().zip(b.pixels()).enumerate();
    let mut pixels = pixels.map(|(at, (a, b))| (at, *a, *b));
    pixels.find(|(_, a, b)| a != b)
}

/// The highest place in each pixel, as a picture by height.
fn expected(places: &[Place], [right, up, eye]: [Place; 3], paint: &Paint) -> Picture {
    let middle = [1030.0, 2020.0, 15.0];
    let corners =
        (0..8).map(|n| [0, 1, 2].map(|i| [-30.0, -20.0, -15.0][i] * [1.0, -1.0][n >> i & 1]));
    let reach = |axis: Place| corners.clone().map(|c| along(axis, c)).fold(0.0, f64::max);
    let pixels = f64::min(30.0 / reach(right), 20.0 / reach(up));
    let mut best = vec![None::<(f64, f64)>; 60 * 40];
    for place in places {
        let from = [0, 1, 2].map(|i| place[i] - middle[i]);
        let x = (30.0 + pixels * along(right, from)).floor();
        let y = (20.0 - pixels * along(up, from)).floor();
        let near = along(eye, from);
        if (0.0..60.0).contains(&x) && (0.0..40.0).contains(&y) {
            let pixel = &mut best[y as usize * 60 + x as usize];
            if pixel.is_none_or(|(other, _)| near > other) {
                *pixel = Some((near, place[2]));
            }
        }
    }
    let mut canvas = Picture::new(SIZE, PAPER);
    let window = MapWindow {
        size: SIZE,
        middle: [30.0, 20.0],
        pixel: [1.0; 2],
    };
    for (at, found) in best.iter().enumerate() {
        if let Some((_, height)) = found {
            let [x, y] = [(at % 60) as f64, (39 - at / 60) as f64];
            let cell = Bounds::from_2d([x, y], [x + 1.0, y + 1.0]).unwrap();
            draw_cell(&mut canvas, &window, &cell, paint.color(*height));
        }
    }
    canvas
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_pixel_shows_the_nearest_point(
        places in places(),
        azimuth in 0.0..360.0_f64,
        altitude in 5.0..85.0_f64,
        is_top: bool,
    ) {
        let paint = Paint::new(ColorBy::Height, [0.0, 30.0]);
        let text = if is_top { "top".into() } else { format!("{azimuth},{altitude}") };
        let found = drawn(&text, ColorBy::Height, &batch(&places)).picture(&paint, PAPER);
        let axes = if is_top {
            [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
        } else {
            axes(azimuth, altitude)
        };
        prop_assert_eq!(difference(&found, &expected(&places, axes, &paint)), None);
    }

    #[test]
    fn parts_and_their_order_do_not_matter(
        places in places(),
        parts in prop::collection::vec((0..3_usize, 0..400_usize), 6),
    ) {
        // Heights are rounded, so that points are equally near.
        let places: Vec<Place> = places.into_iter().map(|[x, y, z]| [x, y, (z / 15.0).floor()]).collect();
        let nodes: Vec<Node> = (0..6).map(|x| node(&format!("3-{x}-0-0"), shown(), 1)).collect();
        let drawing = Drawing::new(camera("top"), ColorBy::Class, &frame(Some(64.0)), &nodes);
        let cut = |n: usize| n * places.len() / 6;
        let points: Vec<PointBatch> = (0..6).map(|n| {
            let own = &places[cut(n)..cut(n + 1)];
            classified(&own.iter().zip(0_u8..).map(|(p, i)| (*p, i.wrapping_mul(31))).collect::<Vec<_>>())
        }).collect();
        let mut whole = drawing.canvas();
        for (node, points) in nodes.iter().zip(&points) {
            drawing.draw(&mut whole, node, points);
        }
        let mut canvases = [drawing.canvas(), drawing.canvas(), drawing.canvas()];
        let mut order: Vec<usize> = (0..6).collect();
        order.sort_by_key(|n| parts[*n].1);
        for n in order {
            drawing.draw(&mut canvases[parts[n].0], &nodes[n], &points[n]);
        }
        let [mut a, b, c] = canvases;
        a.merge(&c);
        a.merge(&b);
        let paint = Paint::new(ColorBy::Class, [0.0, 1.0]);
        let [found, expected] = [&a, &whole].map(|canvas| canvas.picture(&paint, PAPER));
        prop_assert_eq!(difference(&found, &expected), None);
        prop_assert!(a == whole);
    }

    #[test]
    fn holes_are_closed_where_points_are_around(
        places in prop::collection::vec((0..24_u32, 0..16_u32), 0..90),
    ) {
        // Squares of 2.5 pixels and points 3.75 pixels around at most, so three steps or two diagonal ones.
        let size = [24.0, 16.0];
        let shown = Bounds::new([0.0; 3], [24.0, 16.0, 1.0]).unwrap();
        let (camera, _) = Viewpoint::Top.camera(&shown, [1.0; 3], size).unwrap();
        let density = 1.5 * 1.5 / (2.5 * 2.5);
        let node = node("0-0-0-0", shown, (density * 24.0 * 16.0_f64).round() as u64);
        let width = 1.5 * (24.0 * 16.0 / node.points as f64).sqrt();
        let file = Node { name: NodeName::Chunks { first: 0, count: 1 }, ..node };
        let drawing = Drawing::new(camera, ColorBy::Class, &frame(None), &[file]);
        let mut canvas = drawing.canvas();
        let points: Vec<(Place, u8)> = places.iter().map(|(x, y)| {
            ([f64::from(*x) + 0.5, f64::from(*y) + 0.5, 0.0], 2)
        }).collect();
        drawing.draw(&mut canvas, &file, &classified(&points));
        let paint = Paint::new(ColorBy::Class, [0.0, 1.0]);
        let before = canvas.picture(&paint, PAPER);
        canvas.close_holes();
        let after = canvas.picture(&paint, PAPER);
        let is_drawn = |x: i64, y: i64| {
            let inside = (0..24).contains(&x) && (0..16).contains(&y);
            inside && before.pixel([x as u32, y as u32]) != Some(PAPER)
        };
        for y in 0..16_i64 {
            for x in 0..24_i64 {
                let directions = [[1, 0], [1, 1], [0, 1], [-1, 1], [-1, 0], [-1, -1], [0, -1], [1, -1]];
                let hits = directions.iter().filter(|[dx, dy]| {
                    let length = f64::from((dx * dx + dy * dy) as i32).sqrt();
                    (1..=10_i64)
                        .take_while(|n| *n as f64 * length <= 1.5 * width)
                        .any(|n| is_drawn(x + n * dx, y + n * dy))
                });
                let expected = is_drawn(x, y) || hits.count() >= 5;
                let found = after.pixel([x as u32, y as u32]) != Some(PAPER);
                prop_assert_eq!(found, expected, "{}, {}", x, y);
            }
        }
    }

    #[test]
    fn pictures_are_read_back_from_png(width in 1..50_u32, height in 1..50_u32) {
        let mut picture = Picture::new([width, height], [1, 2, 3]);
        let shown = Bounds::new([0.0; 3], [1.0; 3]).unwrap();
        let side: Viewpoint = "3d".parse().unwrap();
        let (camera, _) = side.camera(&shown, [1.0; 3], [width, height].map(f64::from)).unwrap();
        draw_loss(&mut picture, &camera, &shown);
        let mut file = Vec::new();
        picture.write_png(&mut file).unwrap();
        let mut reader = png::Decoder::new(Cursor::new(file)).read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut bytes).unwrap();
        prop_assert_eq!((reader.info().width, reader.info().height), (width, height));
        prop_assert!(bytes == picture.pixels().as_flattened());
    }
}

/// The middle of the pixels with the colour of a class.
fn middle_of(picture: &Picture, class: u8) -> [f64; 2] {
    let color = ept_scene::class_color(class);
    let [width, _] = picture.size();
    let pixels = picture.pixels().iter().enumerate();
    let found = pixels.filter(|(_, c)| **c == color);
    let found: Vec<[f64; 2]> = found
        .map(|(at, _)| [at as u32 % width, at as u32 / width].map(f64::from))
        .collect();
    assert!(!found.is_empty(), "class {class}");
    [0, 1].map(|i| found.iter().map(|p| p[i]).sum::<f64>() / found.len() as f64)
}

#[test]
fn north_is_up_and_east_is_right() {
    // East, north, west, south, and high above the middle.
    let points = classified(&[
        ([1055.0, 2020.0, 10.0], 2),
        ([1030.0, 2038.0, 10.0], 3),
        ([1005.0, 2020.0, 10.0], 4),
        ([1030.0, 2002.0, 10.0], 5),
        ([1030.0, 2020.0, 29.0], 6),
    ]);
    let paint = Paint::new(ColorBy::Class, [0.0, 1.0]);
    let seen = |from: &str| {
        let picture = drawn(from, ColorBy::Class, &points).picture(&paint, PAPER);
        [2, 3, 4, 5, 6].map(|class| middle_of(&picture, class))
    };
    let [east, north, west, south, high] = seen("top");
    assert_eq!(high, [30.0, 20.0]);
    assert!(west[0] < 10.0 && east[0] > 50.0 && north[1] < 4.0 && south[1] > 36.0);
    // From the south: as on a map, the far north higher than the near south, what is high higher still.
    let [east, north, west, south, high] = seen("180,30");
    assert!(west[0] + 20.0 < high[0] && high[0] + 20.0 < east[0]);
    assert!(north[1] < south[1] && high[1] < north[1]);
    // From the east, north is to the right, and west is far away.
    let [east, north, west, south, _] = seen("90,30");
    assert!(south[0] + 10.0 < north[0]);
    assert!(west[1] < east[1]);
    // From the north, east is to the left.
    let [east, _, west, ..] = seen("0,30");
    assert!(east[0] < west[0]);
    // From the horizon, height alone is up.
    let [east, north, west, south, high] = seen("200,0");
    assert!([north, west, south].iter().all(|place| place[1] == east[1]));
    assert!(high[1] < south[1]);
}

#[test]
fn points_beyond_a_smaller_canvas_are_left_out() {
    // So far beyond that their pixels have no numbers.
    let from: Viewpoint = "top".parse().unwrap();
    let (camera, _) = from.camera(&shown(), [1.0; 3], [6e10, 4e10]).unwrap();
    let drawing = Drawing::new(camera, ColorBy::Height, &frame(None), &[]);
    for size in [[0, 0], [1, 1], SIZE] {
        let mut canvas = Canvas::new(size);
        let points = batch(&[[1059.0, 2001.0, 1.0], [1030.0, 2020.0, 1.0]]);
        drawing.draw(&mut canvas, &root(), &points);
        canvas.close_holes();
        assert_eq!(canvas.drawn(), 0, "{size:?}");
    }
}

#[test]
fn points_on_a_lattice_leave_no_holes() {
    // The nodes of a tree down to depth 2, each with its share of the points, in one quarter down to depth 3.
    let side = 64.0;
    let cube = |low: [f64; 2], side: f64| {
        Bounds::new([low[0], low[1], 0.0], [low[0] + side, low[1] + side, side]).unwrap()
    };
    let bounds = cube([0.0; 2], side);
    let mut nodes = vec![(node("0-0-0-0", bounds, 64), Vec::new())];
    let mut spread = |key: String, low: [f64; 2], width: f64| {
        let step = width / 8.0;
        let places = (0..64).map(|n| {
            let [x, y] = [n % 8, n / 8].map(|n| (f64::from(n) + 0.5) * step);
            [low[0] + x, low[1] + y, 0.5]
        });
        nodes.push((
            node(&key, cube(low, width), 64),
            places.collect::<Vec<Place>>(),
        ));
    };
    for x in 0..4 {
        for y in 0..4 {
            spread(
                format!("2-{x}-{y}-0"),
                [x, y].map(|n| f64::from(n) * 16.0),
                16.0,
            );
        }
    }
    for x in 0..4 {
        for y in 0..4 {
            spread(
                format!("3-{x}-{y}-0"),
                [x, y].map(|n| f64::from(n) * 8.0),
                8.0,
            );
        }
    }
    let all: Vec<Node> = nodes.iter().map(|(node, _)| *node).collect();
    let (camera, _) = Viewpoint::Top
        .camera(&bounds, [1.0; 3], [320.0, 320.0])
        .unwrap();
    let drawing = Drawing::new(camera, ColorBy::Height, &frame(Some(8.0)), &all);
    let mut canvas = drawing.canvas();
    for (node, places) in &nodes {
        drawing.draw(&mut canvas, node, &batch(places));
    }
    canvas.close_holes();
    assert_eq!(canvas.drawn(), 320 * 320);
}

#[test]
fn colours_of_8_bits_in_16_are_bright_in_pictures_too() {
    let points = batch(&[[1010.5, 2020.5, 1.0], [1020.5, 2020.5, 1.0]]);
    let channel = |values: [u16; 2]| Values::U16(values.to_vec());
    let with = |most: u16| {
        let names = ["Red", "Green", "Blue"].into_iter();
        names.fold(points.clone(), |points, name| {
            points
                .with_column(Column::new(name, channel([0, most])))
                .unwrap()
        })
    };
    for most in [255, 65535] {
        let canvas = drawn("top", ColorBy::Rgb, &with(most));
        let limits = canvas.limits(ColorBy::Rgb).unwrap();
        let picture = canvas.picture(&Paint::new(ColorBy::Rgb, limits), [9, 9, 9]);
        assert_eq!(picture.pixel([10, 19]), Some([0; 3]));
        assert_eq!(picture.pixel([20, 19]), Some([255; 3]));
        assert_eq!(picture.pixel([30, 19]), Some([9; 3]));
    }
}

#[test]
fn edges_of_what_is_nearer_are_dark() {
    // A plate at 20 over a floor at 0.
    let mut places = Vec::new();
    for x in 0..60 {
        for y in 0..40 {
            let is_plate = (20..40).contains(&x) && (10..30).contains(&y);
            let [px, py] = [1000.5 + f64::from(x), 2000.5 + f64::from(y)];
            places.push([px, py, if is_plate { 20.0 } else { 0.0 }]);
        }
    }
    let canvas = drawn("top", ColorBy::Class, &batch(&places));
    let mut picture = Picture::new(SIZE, [200; 3]);
    shade(&mut picture, &canvas, &camera("top"));
    let light = |x: u32, y: u32| picture.pixel([x, y]).unwrap()[0];
    // The floor beside the plate is in its shadow, away from it and on it there is none.
    assert!(light(19, 20) < 190);
    assert_eq!([light(5, 5), light(30, 20), light(20, 20)], [200; 3]);
}

#[test]
fn losses_are_red() {
    let mut picture = Picture::new(SIZE, PAPER);
    let lost = Bounds::new([1010.0, 2010.0, 0.0], [1020.0, 2030.0, 30.0]).unwrap();
    draw_loss(&mut picture, &camera("top"), &lost);
    // The western edge, from y = 10 to y = 30, is at column 10 (lines are two pixels wide).
    let column = |x: u32| {
        (0..40)
            .filter(|y| picture.pixel([x, *y]) == Some(RED))
            .count()
    };
    assert!((20..=22).contains(&column(10).max(column(9))));
    assert!(column(5) == 0 && column(15) <= 4 && column(30) == 0);
    // Boxes far beyond the picture end, and change nothing.
    let before = picture.clone();
    let far = Bounds::new([1e12, 1e12, 0.0], [2e12, 2e12, 1.0]).unwrap();
    draw_loss(&mut picture, &camera("3d"), &far);
    assert_eq!(difference(&picture, &before), None);
}

#[test]
fn the_edge_of_an_area_is_where_pixels_are_undecided() {
    let area = Bounds::from_2d([10.5, 10.5], [40.5, 20.5]).unwrap();
    let window = MapWindow {
        size: SIZE,
        middle: [30.0, 20.0],
        pixel: [1.0; 2],
    };
    let mut picture = Picture::new(SIZE, PAPER);
    draw_area(&mut picture, &window, |cell| {
        if area.holds(cell) {
            Relation::Inside
        } else if area.intersects(cell) {
            Relation::Edge
        } else {
            Relation::Outside
        }
    });
    for y in 0..40 {
        for x in 0..60 {
            let is_drawn = picture.pixel([x, 39 - y]) != Some(PAPER);
            let on_side = (x == 10 || x == 40) && (10..=20).contains(&y);
            let on_end = (y == 10 || y == 20) && (10..=40).contains(&x);
            assert_eq!(is_drawn, on_side || on_end, "{x}, {y}");
        }
    }
}

#[test]
fn the_scale_bar_has_its_length() {
    for pixel in [0.013, 0.25, 1.0, 3.7, 42.0, 777.0] {
        let sheet = Sheet::new([600, 400], false, false);
        let window = sheet.window();
        let notes = Notes {
            ruler: Some((pixel, "m".into())),
            ..Notes::default()
        };
        let points = Picture::new(window, PAPER);
        let bare = sheet.compose(&points, &Notes::default());
        let picture = sheet.compose(&points, &notes);
        // The longest row of pixels that the bar adds.
        let longest = (0..400).map(|y| {
            let is_new = |x: &u32| picture.pixel([*x, y]) != bare.pixel([*x, y]);
            let start = (0..600).find(is_new).unwrap_or(600);
            (start..600).take_while(is_new).count()
        });
        let length = longest.max().unwrap() as f64;
        let round = (-4..6).flat_map(|n| [1.0, 2.0, 5.0].map(|d| d * 10_f64.powi(n)));
        let is_round = |metres: f64| round.clone().any(|r| (metres - r).abs() <= 0.5 * pixel);
        assert!((45.0..=131.0).contains(&length), "{length}");
        assert!(is_round(length * pixel), "{length} pixels of {pixel}");
    }
}

#[test]
fn small_sheets_have_points_only() {
    for size in [[1, 1], [1, 500], [130, 90], [2000, 20]] {
        let sheet = Sheet::new(size, true, true);
        assert_eq!(sheet.window(), size);
        let points = Picture::new(size, [7, 8, 9]);
        let notes = Notes {
            ruler: Some((1.0, "m".into())),
            message: Some("nothing".into()),
            ..Notes::default()
        };
        assert_eq!(difference(&sheet.compose(&points, &notes), &points), None);
    }
}

#[test]
fn legends_have_the_colours() {
    let sheet = Sheet::new([600, 400], true, true);
    let has = |legend: Legend| {
        let notes = Notes {
            legend: Some(legend),
            ..Notes::default()
        };
        sheet.compose(&Picture::new(sheet.window(), PAPER), &notes)
    };
    let all: Vec<(Color, String)> = (0..200).map(|n| ([n, 1, 2], n.to_string())).collect();
    let named = |names: &[(Color, String)]| Legend::Names {
        title: "Class".into(),
        names: names.to_vec(),
    };
    let shown = |picture: &Picture, color: Color| picture.pixels().contains(&color);
    let few = has(named(&all[..3]));
    assert!((0..3).all(|n| shown(&few, [n, 1, 2])) && !shown(&few, [3, 1, 2]));
    // More than fit: the first ones.
    let many = has(named(&all));
    assert!(shown(&many, [15, 1, 2]) && !shown(&many, [199, 1, 2]));
    let ramp = has(Legend::Ramp {
        title: "Height (m)".into(),
        limits: [1.0, 2.0],
    });
    assert!(RAMP.iter().filter(|c| shown(&ramp, **c)).count() > 250);
}

#[test]
fn viewpoints_that_mean_nothing_are_refused() {
    for text in [
        "", "side", "1", "1,2,3", "nan,3", "3,nan", "0,91", "0,-1", "1e9,3",
    ] {
        assert!(text.parse::<Viewpoint>().is_err(), "{text}");
    }
    for text in ["top", "3d", "-90,0", "360,90"] {
        let from: Viewpoint = text.parse().unwrap();
        assert_eq!(from.to_string().parse(), Ok(from));
    }
    let everything = Bounds::EVERYTHING;
    assert!(
        Viewpoint::Top
            .camera(&everything, [1.0; 3], [10.0; 2])
            .is_err()
    );
    // A single place is a box too.
    let place = Bounds::new([5.0; 3], [5.0; 3]).unwrap();
    let (camera, _) = Viewpoint::Top.camera(&place, [1.0; 3], [10.0; 2]).unwrap();
    assert_eq!(
        camera.project([5.0; 3]).map(|p| [p[0], p[1]]),
        Some([5.0, 5.0])
    );
}
