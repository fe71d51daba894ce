//! Rows of a tile index that areas meet, against every point of the tiles.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use ept_format::Bounds;
use ept_index::{Index, Row};
use ept_select::{Area, Crs, Edge, Length, SelectError, rows_in_areas};
use proptest::prelude::*;

fn row(name: &str, bounds: Option<Bounds>) -> Row {
    Row {
        location: name.into(),
        bounds,
        points: None,
        attributes: Vec::new(),
    }
}

fn flat([x0, y0, x1, y1]: [f64; 4]) -> Option<Bounds> {
    Bounds::new([x0, y0, f64::NEG_INFINITY], [x1, y1, f64::INFINITY]).ok()
}

/// Tiles of this size side by side in a square, the first at a place.
fn grid(crs: Option<&str>, [x, y]: [f64; 2], size: f64, across: u32) -> Index {
    let tile = |at: u32| {
        let [column, line] = [at % across, at / across].map(f64::from);
        let [x, y] = [x + column * size, y + line * size];
        row(&format!("{at}"), flat([x, y, x + size, y + size]))
    };
    Index {
        crs: crs.map(|crs| Crs::parse(crs).unwrap()),
        rows: (0..across * across).map(tile).collect(),
        ..Index::default()
    }
}

fn names(index: &Index, areas: &[Area]) -> Vec<String> {
    let rows = rows_in_areas(index, areas, Edge::Closed).unwrap();
    rows.iter().map(|row| row.location.clone()).collect()
}

fn area(text: &str) -> Area {
    text.parse().unwrap()
}

#[test]
fn boxes_that_only_touch_are_met() {
    let index = grid(None, [0.0, 0.0], 10.0, 3);
    for (polygon, expected) in [
        ("POLYGON ((4 4, 6 4, 6 6, 4 4))", &["0"][..]),
        ("POLYGON ((10 4, 12 4, 12 6, 10 4))", &["0", "1"]),
        (
            "POLYGON ((10 10, 12 10, 12 12, 10 10))",
            &["0", "1", "3", "4"],
        ),
        ("POLYGON ((30 30, 40 30, 40 40, 30 30))", &["8"]),
        ("POLYGON ((30.001 30, 40 30, 40 40, 30.001 30))", &[]),
        // The hypotenuse passes by the last tile, whose corner is in the triangle's box.
        (
            "POLYGON ((0 0, 39 0, 0 39, 0 0))",
            &["0", "1", "2", "3", "4", "5", "6", "7"],
        ),
        (
            "POLYGON ((0 0, 40 0, 0 40, 0 0))",
            &["0", "1", "2", "3", "4", "5", "6", "7", "8"],
        ),
        // A hole holds the tile in the middle, but for its edge.
        (
            "POLYGON ((0 0, 30 0, 30 30, 0 30, 0 0), (9 9, 21 9, 21 21, 9 21, 9 9))",
            &["0", "1", "2", "3", "5", "6", "7", "8"],
        ),
        (
            "POLYGON ((0 0, 30 0, 30 30, 0 30, 0 0), (10 10, 20 10, 20 20, 10 20, 10 10))",
            &["0", "1", "2", "3", "4", "5", "6", "7", "8"],
        ),
    ] {
        assert_eq!(names(&index, &[area(polygon)]), expected, "{polygon}");
    }
}

#[test]
fn all_areas_must_meet_a_tile_in_one_place() {
    let index = grid(None, [0.0, 0.0], 10.0, 1);
    let left = area("POLYGON ((1 1, 4 1, 4 9, 1 1))");
    let right = area("POLYGON ((6 1, 9 1, 9 9, 6 1))");
    assert_eq!(names(&index, &[left.clone(), right.clone()]), [""; 0]);
    assert_eq!(names(&index, &[left]), ["0"]);
    assert_eq!(names(&index, &[]), ["0"]);
}

#[test]
fn heights_count_where_the_index_tells_them() {
    let low = Bounds::new([0.0; 3], [10.0, 10.0, 50.0]).unwrap();
    let index = Index {
        rows: vec![
            row("low", Some(low)),
            row("flat", flat([0.0, 0.0, 10.0, 10.0])),
        ],
        ..Index::default()
    };
    let above = |z: f64| Area::from(Bounds::new([1.0, 1.0, z], [2.0, 2.0, z + 1.0]).unwrap());
    assert_eq!(names(&index, &[above(50.0)]), ["low", "flat"]);
    assert_eq!(names(&index, &[above(50.5)]), ["flat"]);
}

#[test]
fn a_tile_without_a_box_may_be_anywhere() {
    let mut index = grid(None, [0.0, 0.0], 10.0, 1);
    index.rows.push(row("nowhere", None));
    assert_eq!(
        names(&index, &[area("POLYGON ((90 0, 99 0, 99 9, 90 0))")]),
        ["nowhere"]
    );
}

#[test]
fn an_index_without_a_system_takes_areas_in_its_own_coordinates() {
    let index = grid(None, [500_000.0, 4_650_000.0], 500.0, 2);
    let own = area("POLYGON ((500100 4650100, 500200 4650100, 500200 4650200, 500100 4650100))");
    assert_eq!(names(&index, std::slice::from_ref(&own)), ["0"]);
    let metre: Length = "1m".parse().unwrap();
    for elsewhere in [
        own.clone().in_crs(Crs::wgs84().unwrap()),
        own.buffered(metre),
    ] {
        let error = rows_in_areas(&index, &[elsewhere], Edge::Closed).unwrap_err();
        assert!(matches!(error, SelectError::IndexCrs(_)), "{error}");
    }
}

#[test]
fn tiles_across_the_antimeridian_are_met_from_both_sides() {
    let crs = Crs::wgs84().unwrap();
    let index = Index {
        crs: Some(crs.clone()),
        rows: vec![row("taveuni", flat([179.5, -17.0, 180.5, -16.0]))],
        ..Index::default()
    };
    let at = |west: f64, east: f64| {
        Area::from_corners(
            [west, -16.6, f64::NEG_INFINITY],
            [east, -16.5, f64::INFINITY],
            Some(crs.clone()),
        )
    };
    for (west, east, is_met) in [
        (179.8, 179.9, true),
        (-179.9, -179.8, true),
        (179.9, -179.9, true),
        (-179.4, -179.3, false),
        (179.3, 179.4, false),
    ] {
        let found = names(&index, &[at(west, east).unwrap()]);
        assert_eq!(!found.is_empty(), is_met, "{west} {east}");
    }
    // In UTM, zone 60 south, a place at 179.7 W.
    let utm = Crs::parse("EPSG:32760").unwrap();
    let [x, y, _] = crs.to(&utm).unwrap().apply([-179.7, -16.5, 0.0]).unwrap();
    let bounds = Bounds::new([x, y, -1.0], [x + 10.0, y + 10.0, 1.0]).unwrap();
    assert_eq!(
        names(&index, &[Area::from(bounds).in_crs(utm)]),
        ["taveuni"]
    );
}

#[test]
fn tiles_are_met_exactly_through_a_transform() {
    // Tiles of 500 m in UTM 6 degrees from the central meridian, where north is turned by 4 degrees: the box of a tile's image
    // is 33 m larger than the image. The triangle in longitude and latitude misses tiles by as little as a metre.
    let utm = Crs::parse("EPSG:26915").unwrap();
    let degrees = Crs::wgs84().unwrap();
    let index = grid(Some("EPSG:26915"), [990_000.0, 4_650_000.0], 500.0, 20);
    let to_degrees = utm.to(&degrees).unwrap();
    for (at, gap, is_met) in [
        (0, 3.0, false),
        (0, -3.0, true),
        (210, 3.0, false),
        (210, -3.0, true),
    ] {
        let bounds = index.rows[at].bounds.unwrap();
        let (min, max) = (bounds.min(), bounds.max());
        // To the left of the tile, along all of its side.
        let x = min[0] - gap;
        let corners = [[x, min[1]], [x, max[1]], [x - 400.0, min[1] + 250.0]];
        let corners = corners.map(|[x, y]| to_degrees.apply([x, y, 0.0]).unwrap());
        let [a, b, c] = corners.map(|[lon, lat, _]| format!("{lon} {lat}"));
        let area = area(&format!("POLYGON (({a}, {b}, {c}, {a})) / EPSG:4326"));
        let found = names(&index, &[area]);
        assert_eq!(
            found.contains(&at.to_string()),
            is_met,
            "{at} {gap}: {found:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// A tile that has a point in the area is listed, and one that is listed without a transform meets it.
    #[test]
    fn no_tile_with_a_point_in_the_area_is_left_out(
        ring in prop::collection::vec([0.0..=1.0_f64, 0.0..=1.0], 3..9),
        zone in 10_u32..20,
        is_turned in any::<bool>(),
        places in prop::collection::vec([0.0..=1.0_f64, 0.0..=1.0], 200),
    ) {
        let utm = Crs::parse(&format!("EPSG:{}", 26_900 + zone)).unwrap();
        let index = grid(Some(utm.name()), [250_000.0, 4_000_000.0], 1_000.0, 8);
        let size = 8_000.0;
        let place = |[u, v]: [f64; 2]| [250_000.0 + u * size, 4_000_000.0 + v * size];
        let other = if is_turned { Crs::wgs84().unwrap() } else { utm.clone() };
        let transform = utm.to(&other).unwrap();
        let to_other = |at: [f64; 2]| transform.apply([at[0], at[1], 0.0]).unwrap();
        let text: Vec<String> = ring
            .iter()
            .chain(ring.first())
            .map(|at| to_other(place(*at)))
            .map(|[x, y, _]| format!("{x} {y}"))
            .collect();
        let text = format!("POLYGON (({})) / {}", text.join(", "), other.name());
        let Ok(area) = text.parse::<Area>() else { return Ok(()) };
        let found = names(&index, std::slice::from_ref(&area));
        // By the even-odd rule, side by side.
        let ring: Vec<[f64; 2]> = ring.iter().map(|at| to_other(place(*at))).map(|[x, y, _]| [x, y]).collect();
        let is_in = |[x, y]: [f64; 2]| {
            let sides = ring.iter().zip(ring.iter().cycle().skip(1));
            let crossed = sides.filter(|([x0, y0], [x1, y1])| {
                (*y0 > y) != (*y1 > y) && x < x0 + (y - y0) / (y1 - y0) * (x1 - x0)
            });
            crossed.count() % 2 == 1
        };
        for at in places {
            let [x, y] = place(at);
            let [u, v, _] = to_other([x, y]);
            if !is_in([u, v]) {
                continue;
            }
            let column = ((x - 250_000.0) / 1_000.0).min(7.0) as u32;
            let line = ((y - 4_000_000.0) / 1_000.0).min(7.0) as u32;
            let name = (line * 8 + column).to_string();
            prop_assert!(found.contains(&name), "{name} of {found:?}, {x} {y}");
        }
    }
}
