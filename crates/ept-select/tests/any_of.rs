//! Many areas in one pass against each of them alone, and features of GeoJSON as areas with names.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use ept_format::Bounds;
use ept_points::{Column, PointBatch, Values};
use ept_select::{Area, Cover, Crs, Edge, Frame, Length, NamedArea, Query, Relation};
use geo_types::{MultiPolygon, polygon};
use proptest::prelude::*;

const UTM: &str = "EPSG:32633";

/// A source whose cube has this corner and edge.
fn frame(crs: Option<&str>, min: [f64; 3], edge: f64) -> Frame {
    let srs = crs.map_or("{}".into(), |crs| format!("{{\"wkt\": {crs:?}}}"));
    let [x0, y0, z0] = min;
    let [x1, y1, z1] = min.map(|low| low + edge);
    let text = format!(
        "{{\"bounds\": [{x0}, {y0}, {z0}, {x1}, {y1}, {z1}], \"span\": 64, \"dataType\": \"binary\", \"srs\": {srs},
           \"schema\": [{{\"name\": \"X\", \"type\": \"float\", \"size\": 8}},
                        {{\"name\": \"Y\", \"type\": \"float\", \"size\": 8}},
                        {{\"name\": \"Z\", \"type\": \"float\", \"size\": 8}}]}}"
    );
    Frame::from(&ept_format::Metadata::from_json(text.as_bytes()).unwrap())
}

fn batch(points: &[[f64; 3]]) -> PointBatch {
    let column = |name: &str, i: usize| {
        let values = points.iter().map(|point| point[i]).collect();
        Column::new(name, Values::F64(values))
    };
    PointBatch::new(vec![column("X", 0), column("Y", 1), column("Z", 2)]).unwrap()
}

/// Each area alone, and all of them in one pass, say the same of a cell and of its points.
fn check(areas: &[Area], edge: Edge, frame: &Frame, cell: &Bounds, points: &[[f64; 3]]) {
    let batch = batch(points);
    let together = Cover::new(&[], edge, frame).unwrap();
    let together = together.with_any_of(areas, edge, frame).unwrap();
    let found = together.rows_of_each(cell, &batch);
    let mut expected = Vec::new();
    let mut is_held = vec![false; points.len()];
    let mut relation = Relation::Outside;
    for (number, area) in areas.iter().enumerate() {
        let alone = Cover::new(std::slice::from_ref(area), edge, frame).unwrap();
        relation = relation.max(alone.relation(cell));
        if alone.relation(cell) == Relation::Outside {
            continue;
        }
        let mask = alone
            .mask(cell, &batch)
            .unwrap_or_else(|| vec![true; points.len()]);
        let rows: Vec<usize> = (0..points.len()).filter(|row| mask[*row]).collect();
        rows.iter().for_each(|row| is_held[*row] = true);
        expected.push((number, rows));
    }
    assert_eq!(found, expected);
    assert_eq!(together.relation(cell), relation);
    let mask = together
        .mask(cell, &batch)
        .unwrap_or_else(|| vec![true; points.len()]);
    assert_eq!(mask, is_held);
}

/// A triangle of about `size` around a place.
fn triangle([x, y]: [f64; 2], size: f64) -> Area {
    let ring =
        polygon![(x: x - size, y: y - size), (x: x + size, y: y - size / 2.0), (x: x, y: y + size)];
    Area::new(MultiPolygon::new(vec![ring])).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn many_areas_hold_the_points_that_each_holds_alone(
        places in prop::collection::vec(([0.0..1.0, 0.0..1.0], 0.001..0.6_f64), 1..60),
        points in prop::collection::vec([0.0..1.0, 0.0..1.0, 0.0..1.0], 1..600),
        edge in prop::sample::select(vec![Edge::Closed, Edge::HalfOpen]),
    ) {
        // On whole numbers, so that points lie on edges and corners.
        let at = |place: f64| (place * 64.0).round();
        let areas: Vec<Area> = places
            .iter()
            .map(|([x, y], size)| triangle([at(*x), at(*y)], (size * 20.0).ceil()))
            .collect();
        let frame = frame(None, [0.0; 3], 64.0);
        let points: Vec<[f64; 3]> = points.iter().map(|point| point.map(at)).collect();
        let cell = Bounds::new([0.0; 3], [64.0; 3]).unwrap();
        check(&areas, edge, &frame, &cell, &points);
        let cell = Bounds::new([0.0; 3], [16.0; 3]).unwrap();
        let points: Vec<[f64; 3]> = points.iter().map(|point| point.map(|v| v / 4.0)).collect();
        check(&areas, edge, &frame, &cell, &points);
    }

    #[test]
    fn many_areas_in_degrees_hold_the_points_that_each_holds_alone(
        places in prop::collection::vec(([0.0..1.0, 0.0..1.0], 0.00001..0.003_f64), 1..40),
        points in prop::collection::vec([0.0..1.0, 0.0..1.0, 0.0..1.0], 1..400),
        has_buffer in any::<bool>(),
    ) {
        let frame = frame(Some(&wkt(UTM)), [500_000.0, 5_000_000.0, 0.0], 1000.0);
        let areas: Vec<Area> = places
            .iter()
            .map(|([x, y], size)| {
                let area = triangle([15.0 + x * 0.0127, 45.153 + y * 0.009], *size);
                let area = area.in_crs(Crs::wgs84().unwrap());
                match has_buffer {
                    true => area.buffered("7m".parse::<Length>().unwrap()),
                    false => area,
                }
            })
            .collect();
        let min = [500_000.0, 5_000_000.0, 0.0];
        let place = |point: &[f64; 3]| [0, 1, 2].map(|i| min[i] + point[i] * 1000.0);
        let points: Vec<[f64; 3]> = points.iter().map(place).collect();
        let cell = Bounds::new(min, min.map(|low| low + 1000.0)).unwrap();
        check(&areas, Edge::Closed, &frame, &cell, &points);
    }
}

fn wkt(code: &str) -> String {
    Crs::parse(code)
        .unwrap()
        .well_known_text()
        .unwrap_or(code)
        .to_owned()
}

#[test]
fn areas_on_both_sides_of_the_antimeridian_hold_their_points() {
    let frame = frame(Some(&wkt("EPSG:4326")), [-180.0, -90.0, 0.0], 360.0);
    let in_degrees =
        |x: f64, size: f64| triangle([x, 0.0], size).in_crs(Crs::parse("EPSG:4258").unwrap());
    let areas = [
        in_degrees(179.5, 1.0),
        in_degrees(-179.5, 0.2),
        in_degrees(180.3, 0.5),
        in_degrees(-180.0, 0.25),
        in_degrees(10.0, 1.0),
    ];
    let points: Vec<[f64; 3]> = (0..2000)
        .map(|i| [f64::from(i) * 0.18 - 180.0, 0.0, 0.0])
        .collect();
    let near: Vec<[f64; 3]> = (0..1000)
        .flat_map(|i| [180.0 - f64::from(i) * 0.001, f64::from(i) * 0.001 - 180.0])
        .map(|x| [x, 0.0, 1.0])
        .collect();
    let cell = Bounds::new([-180.0, -90.0, 0.0], [180.0, 270.0, 360.0]).unwrap();
    check(&areas, Edge::Closed, &frame, &cell, &points);
    check(&areas, Edge::Closed, &frame, &cell, &near);
}

#[test]
fn points_outside_of_their_cell_or_without_a_place_are_told_as_by_one_area() {
    let areas: Vec<Area> = (0..30)
        .map(|i| triangle([f64::from(i) * 2.0, f64::from(i % 7) * 8.0], 3.0))
        .collect();
    let frame = frame(None, [0.0; 3], 64.0);
    let mut points: Vec<[f64; 3]> = (0..5000_u32)
        .map(|i| {
            [
                f64::from(i * 7919 % 640) / 10.0,
                f64::from(i * 104_729 % 640) / 10.0,
                1.0,
            ]
        })
        .collect();
    points[17] = [f64::NAN, 3.0, 1.0];
    points[18] = [3.0, f64::INFINITY, 1.0];
    points[19] = [20.0, 24.0, -500.0];
    let cell = Bounds::new([16.0, 16.0, 0.0], [32.0, 32.0, 16.0]).unwrap();
    check(&areas, Edge::Closed, &frame, &cell, &points);
}

#[test]
fn a_query_of_many_areas_is_read_back_from_its_text() {
    let query =
        Query::new().with_any_of(vec![triangle([1.0, 2.0], 1.0), triangle([5.0, 2.0], 1.0)]);
    assert_eq!(query.to_string().parse::<Query>().unwrap(), query);
}

fn plots(features: &[(&str, &str)]) -> String {
    let features = features.iter().map(|(properties, geometry)| {
        format!(r#"{{"type": "Feature", "properties": {properties}, "geometry": {geometry}}}"#)
    });
    let features = features.collect::<Vec<_>>().join(",");
    format!(r#"{{"type": "FeatureCollection", "features": [{features}]}}"#)
}

const SQUARE: &str =
    r#"{"type": "Polygon", "coordinates": [[[5, 52], [6, 52], [6, 53], [5, 53], [5, 52]]]}"#;

#[test]
fn features_are_areas_with_the_names_of_their_property() {
    let text = plots(&[
        (r#"{"plot": "north", "id": 1}"#, SQUARE),
        (r#"{"plot": " a/b ", "id": 2.5}"#, SQUARE),
    ]);
    let names = |property: &str| {
        let areas = NamedArea::from_geojson(&text, property, None).unwrap();
        areas.into_iter().map(|area| area.name).collect::<Vec<_>>()
    };
    assert_eq!(names("plot"), ["north", " a/b "]);
    assert_eq!(names("id"), ["1", "2.5"]);
    let areas = NamedArea::from_geojson(&text, "id", None).unwrap();
    assert_eq!(areas[0].area, SQUARE.parse::<Area>().unwrap());
}

#[test]
fn features_without_a_name_or_an_area_are_refused_by_number() {
    let good = (r#"{"plot": "a"}"#, SQUARE);
    for (feature, problem) in [
        (("{}", SQUARE), "feature 2 has no property plot"),
        (("null", SQUARE), "feature 2 has no property plot"),
        ((r#"{"plot": null}"#, SQUARE), "feature 2: its plot is null"),
        ((r#"{"plot": ""}"#, SQUARE), "feature 2: its plot is \"\""),
        (
            (r#"{"plot": ["b"]}"#, SQUARE),
            "feature 2: its plot is [\"b\"]",
        ),
        ((r#"{"plot": "b"}"#, "null"), "feature 2: it has no area"),
        (
            (
                r#"{"plot": "b"}"#,
                r#"{"type": "Polygon", "coordinates": []}"#,
            ),
            "feature 2: ",
        ),
        (
            (
                r#"{"plot": "b"}"#,
                r#"{"type": "MultiPolygon", "coordinates": []}"#,
            ),
            "feature 2: ",
        ),
        (
            (
                r#"{"plot": "b"}"#,
                r#"{"type": "GeometryCollection", "geometries": []}"#,
            ),
            "feature 2: ",
        ),
        (
            (
                r#"{"plot": "b"}"#,
                r#"{"type": "Polygon", "coordinates": [[[5000, 5], [6000, 5], [5000, 6]]]}"#,
            ),
            "feature 2: ",
        ),
        (
            (r#"{"plot": "a"}"#, SQUARE),
            "features 1 and 2 both have the plot \"a\"",
        ),
    ] {
        let error = NamedArea::from_geojson(&plots(&[good, feature]), "plot", None).unwrap_err();
        assert!(error.to_string().contains(problem), "{error}");
    }
    for text in [
        SQUARE,
        &plots(&[]),
        "POLYGON ((0 0, 1 0, 1 1, 0 0))",
        "{",
        "{}",
    ] {
        assert!(
            NamedArea::from_geojson(text, "plot", None).is_err(),
            "{text}"
        );
    }
}

#[test]
fn an_area_without_an_inside_is_refused_by_number_unless_it_has_a_buffer() {
    let text = plots(&[
        (r#"{"plot": "a"}"#, SQUARE),
        (
            r#"{"plot": "b"}"#,
            r#"{"type": "Point", "coordinates": [5, 52]}"#,
        ),
    ]);
    let areas = NamedArea::from_geojson(&text, "plot", None).unwrap();
    let areas: Vec<Area> = areas.into_iter().map(|named| named.area).collect();
    let frame = frame(Some(&wkt(UTM)), [500_000.0, 5_000_000.0, 0.0], 1000.0);
    let cover = |areas: &[Area]| {
        Cover::new(&[], Edge::Closed, &frame)
            .unwrap()
            .with_any_of(areas, Edge::Closed, &frame)
    };
    let error = cover(&areas).unwrap_err().to_string();
    assert!(error.contains("area 2: it has lines or points"), "{error}");
    let buffered: Vec<Area> = areas
        .into_iter()
        .map(|area| area.buffered("5m".parse().unwrap()))
        .collect();
    cover(&buffered).unwrap();
}
