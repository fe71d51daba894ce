//! Areas against a brute-force test of every point.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use ept_format::{Bounds, Key, Metadata};
use ept_points::{Column, PointBatch, Values};
use ept_select::{Area, Cover, Crs, Edge, Frame, Length, Relation};
use proptest::prelude::*;

/// A dataset whose cube has this corner and edge.
fn dataset(crs: Option<&str>, min: [f64; 3], edge: f64) -> Metadata {
    let max = min.map(|low| low + edge);
    let srs = crs.map_or("{}".into(), |crs| format!("{{\"wkt\": {crs:?}}}"));
    let [x0, y0, z0] = min;
    let [x1, y1, z1] = max;
    let text = format!(
        "{{\"bounds\": [{x0}, {y0}, {z0}, {x1}, {y1}, {z1}], \"span\": 64, \"dataType\": \"binary\", \"srs\": {srs},
           \"schema\": [{{\"name\": \"X\", \"type\": \"float\", \"size\": 8}},
                        {{\"name\": \"Y\", \"type\": \"float\", \"size\": 8}},
                        {{\"name\": \"Z\", \"type\": \"float\", \"size\": 8}}]}}"
    );
    Metadata::from_json(text.as_bytes()).unwrap()
}

fn batch(points: &[[f64; 3]]) -> PointBatch {
    let column = |name: &str, i: usize| {
        Column::new(
            name,
            Values::F64(points.iter().map(|point| point[i]).collect()),
        )
    };
    PointBatch::new(vec![column("X", 0), column("Y", 1), column("Z", 2)]).unwrap()
}

fn points_of(cell: &Bounds, places: &[[f64; 3]]) -> Vec<[f64; 3]> {
    let (min, max) = (cell.min(), cell.max());
    let within = |place: &[f64; 3]| [0, 1, 2].map(|i| min[i] + place[i] * (max[i] - min[i]));
    places.iter().map(within).collect()
}

/// Cells on the way from the root to somewhere, and their neighbours there.
fn cells(metadata: &Metadata, path: [u32; 3]) -> Vec<Bounds> {
    let mut cells = Vec::new();
    for depth in 0..6 {
        let place = path.map(|index| index & ((1 << depth) - 1));
        for dx in 0..2 {
            for dy in 0..2 {
                let index = |i: usize, by: u32| (place[i] + by).min((1 << depth) - 1);
                let key = Key::new(depth, index(0, dx), index(1, dy), place[2]).unwrap();
                cells.push(metadata.bounds().cell(key));
            }
        }
    }
    cells
}

/// A cell that is left out has no point in the area, one that is inside has all, and points are told apart.
fn check(
    metadata: &Metadata,
    area: &Area,
    path: [u32; 3],
    places: &[[f64; 3]],
    is_in: impl Fn([f64; 3]) -> bool,
) -> Result<(), TestCaseError> {
    let cover = Cover::new(
        std::slice::from_ref(area),
        Edge::Closed,
        &Frame::from(metadata),
    )
    .unwrap();
    for cell in cells(metadata, path) {
        let points = points_of(&cell, places);
        let expected: Vec<bool> = points.iter().map(|&point| is_in(point)).collect();
        match cover.relation(&cell) {
            Relation::Outside => prop_assert!(!expected.contains(&true), "pruned {cell:?}"),
            Relation::Inside => prop_assert!(!expected.contains(&false), "taken whole {cell:?}"),
            Relation::Edge => {}
        }
        let mask = cover.mask(&cell, &batch(&points));
        prop_assert_eq!(mask.unwrap_or_else(|| vec![true; points.len()]), expected);
    }
    Ok(())
}

/// By the definition: how often a line to the left crosses the ring.
fn is_in_ring(ring: &[[f64; 2]], [x, y]: [f64; 2]) -> bool {
    let next = ring.iter().cycle().skip(1);
    let crossings = ring.iter().zip(next).filter(|([ax, ay], [bx, by])| {
        let spans = (*ay <= y) != (*by <= y);
        spans && ax + (y - ay) / (by - ay) * (bx - ax) < x
    });
    crossings.count() % 2 == 1
}

/// Coordinate systems with a longitude and latitude where they are at home.
const SYSTEMS: [(&str, f64, f64); 14] = [
    ("EPSG:26915", -93.0, 42.0),
    ("EPSG:32733", 15.0, -30.0),
    ("EPSG:2992", -123.0, 44.0),
    ("EPSG:3857", 8.0, 50.0),
    ("EPSG:3857", 179.99, -16.0),
    ("EPSG:3031", 30.0, -89.9),
    ("EPSG:3413", -45.0, 89.99),
    ("EPSG:4978", -110.8, 44.4),
    ("EPSG:4978", 100.0, -89.999),
    ("EPSG:4326", 12.0, 42.0),
    ("EPSG:27700", -2.5, 53.0),
    ("EPSG:2154", 3.0, 46.0),
    ("EPSG:3035", 10.0, 52.0),
    ("EPSG:5070", -96.0, 38.0),
];

fn places() -> impl Strategy<Value = Vec<[f64; 3]>> {
    prop::collection::vec(prop::array::uniform3(0.0..=1.0), 40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn areas_in_degrees_lose_and_invent_no_point(
        system in 0..SYSTEMS.len(),
        size in 1.0..6.5_f64,
        shift in prop::array::uniform2(-1.0..1.0_f64),
        extent in prop::array::uniform2(0.01..2.0_f64),
        path in prop::array::uniform3(0..32_u32),
        is_box in any::<bool>(),
        places in places(),
    ) {
        let (code, lon, lat) = SYSTEMS[system];
        let (crs, degrees) = (Crs::parse(code).unwrap(), Crs::parse("EPSG:4326").unwrap());
        // Ten metres to about two thousand kilometres.
        let metres = 10_f64.powf(size);
        let centre = degrees.to(&crs).unwrap().apply([lon, lat, 0.0]).unwrap();
        let [unit, _] = crs.metres_per_unit(centre).unwrap();
        let edge = if crs.is_geographic() { (metres / unit).min(20.0) } else { metres / unit };
        let metadata = dataset(Some(code), centre.map(|middle| middle - edge / 2.0), edge);
        // An area somewhere around the middle, of about the dataset's size or smaller.
        let per_degree = Crs::parse("EPSG:4326").unwrap().metres_per_unit([lon, lat.clamp(-80.0, 80.0), 0.0]).unwrap();
        let reach = [0, 1].map(|i| (metres / per_degree[i]).min(40.0));
        let middle = [lon + shift[0] * reach[0] / 2.0, (lat + shift[1] * reach[1] / 2.0).clamp(-90.0, 90.0)];
        let half = [0, 1].map(|i| reach[i] * extent[i] / 2.0);
        let (low, high) = ([middle[0] - half[0], (middle[1] - half[1]).max(-90.0)], [middle[0] + half[0], (middle[1] + half[1]).min(90.0)]);
        let ring = vec![low, [high[0], low[1]], [middle[0], high[1]], [low[0], high[1]]];
        let area = match is_box {
            true => Area::from_corners([low[0], low[1], f64::NEG_INFINITY], [high[0], high[1], f64::INFINITY], Some(degrees.clone())).unwrap(),
            false => {
                let text: Vec<String> = ring.iter().chain(&ring[..1]).map(|[x, y]| format!("{x:?} {y:?}")).collect();
                let area: Area = format!("POLYGON(({}))", text.join(",")).parse().unwrap();
                area.in_crs(degrees.clone())
            }
        };
        let transform = crs.to(&degrees).unwrap();
        check(&metadata, &area, path, &places, |point| {
            let Some([x, y, _]) = transform.apply(point) else { return false };
            [-360.0, 0.0, 360.0].iter().any(|turn| {
                let place = [x + turn, y];
                match is_box {
                    true => (0..2).all(|i| low[i] <= place[i] && place[i] <= high[i]),
                    false => is_in_ring(&ring, place),
                }
            })
        })?;
    }

    #[test]
    fn polygons_of_many_sides_are_what_their_crossings_say(
        radii in prop::collection::vec(0.2..1.0_f64, 3..300),
        path in prop::array::uniform3(0..32_u32),
        places in places(),
    ) {
        let metadata = dataset(None, [0.0; 3], 100.0);
        let count = radii.len() as f64;
        let ring: Vec<[f64; 2]> = radii.iter().enumerate().map(|(i, radius)| {
            let (sin, cos) = (i as f64 / count * std::f64::consts::TAU).sin_cos();
            [50.0 + 60.0 * radius * cos, 50.0 + 60.0 * radius * sin]
        }).collect();
        let text: Vec<String> = ring.iter().map(|[x, y]| format!("{x:?} {y:?}")).collect();
        let area: Area = format!("POLYGON(({},{}))", text.join(","), text[0]).parse().unwrap();
        check(&metadata, &area, path, &places, |[x, y, _]| is_in_ring(&ring, [x, y]))?;
    }

    #[test]
    fn a_polygon_equal_to_a_box_holds_what_the_box_holds(
        corner in prop::array::uniform2(0..50_u32),
        size in prop::array::uniform2(1..50_u32),
        points in prop::collection::vec(prop::array::uniform3(0..100_u32), 60),
    ) {
        // Whole numbers, so that many points lie on the edge.
        let [x0, y0] = corner.map(f64::from);
        let [x1, y1] = [x0 + f64::from(size[0]), y0 + f64::from(size[1])];
        let polygon: Area =
            format!("POLYGON(({x0} {y0},{x1} {y0},{x1} {y1},{x0} {y1},{x0} {y0}))").parse().unwrap();
        let all = Bounds::new([x0, y0, f64::NEG_INFINITY], [x1, y1, f64::INFINITY]).unwrap();
        let metadata = dataset(None, [0.0; 3], 100.0);
        let points: Vec<[f64; 3]> = points.iter().map(|point| point.map(f64::from)).collect();
        for edge in [Edge::Closed, Edge::HalfOpen] {
            let mask = |area: &Area| {
                let cover = Cover::new(std::slice::from_ref(area), edge, &Frame::from(&metadata)).unwrap();
                let mask = cover.mask(metadata.bounds(), &batch(&points));
                mask.unwrap_or_else(|| vec![true; points.len()])
            };
            if edge == Edge::Closed {
                let expected: Vec<bool> = points.iter().map(|&point| all.contains(point)).collect();
                prop_assert_eq!(mask(&Area::from(all)), expected);
            }
            // The outer edge is known to boxes only.
            let is_inner = x1 < 100.0 && y1 < 100.0;
            if edge == Edge::Closed || is_inner {
                prop_assert_eq!(mask(&polygon), mask(&Area::from(all)), "{:?}", edge);
            }
        }
    }

    #[test]
    fn half_open_tiles_part_the_whole(
        mut cuts in prop::array::uniform2(prop::collection::btree_set(1..100_u32, 0..6)),
        points in prop::collection::vec(prop::array::uniform3(0..=100_u32), 60),
    ) {
        let metadata = dataset(None, [0.0; 3], 100.0);
        let points: Vec<[f64; 3]> = points.iter().map(|point| point.map(f64::from)).collect();
        for cuts in &mut cuts {
            cuts.extend([0, 100]);
        }
        let mut count = vec![0; points.len()];
        let edges = cuts.map(|cuts| cuts.into_iter().map(f64::from).collect::<Vec<_>>());
        for x in edges[0].windows(2) {
            for y in edges[1].windows(2) {
                let area = Bounds::new([x[0], y[0], f64::NEG_INFINITY], [x[1], y[1], f64::INFINITY]).unwrap();
                let cover = Cover::new(&[Area::from(area)], Edge::HalfOpen, &Frame::from(&metadata)).unwrap();
                let mask = cover.mask(metadata.bounds(), &batch(&points));
                for (count, keep) in count.iter_mut().zip(mask.unwrap_or_else(|| vec![true; points.len()])) {
                    *count += u32::from(keep);
                }
            }
        }
        prop_assert_eq!(count, vec![1; points.len()]);
    }

    #[test]
    fn a_buffer_holds_what_is_near_on_the_ground(
        reach in 1.0..30.0_f64,
        path in prop::array::uniform3(0..32_u32),
        places in places(),
    ) {
        // In metres, where the scale is 0.9996 at the central meridian.
        let metadata = dataset(Some("EPSG:32615"), [499_950.0, 4_650_000.0, 0.0], 100.0);
        let square = Bounds::new([499_990.0, 4_650_040.0, f64::NEG_INFINITY], [500_010.0, 4_650_060.0, f64::INFINITY]).unwrap();
        let area = Area::from(square).buffered(Length::from_metres(reach).unwrap());
        let cover = Cover::new(&[area], Edge::Closed, &Frame::from(&metadata)).unwrap();
        for cell in cells(&metadata, path) {
            let points = points_of(&cell, &places);
            let relation = cover.relation(&cell);
            // To the left of the square, nearer than the buffer is wide.
            let range = |i: usize| (cell.min()[i] - square.min()[i], cell.max()[i] - square.min()[i]);
            let ((west, east), (south, north)) = (range(0), range(1));
            if west > -0.9 * reach && east < 0.0 && south > 0.0 && north < 20.0 {
                prop_assert_eq!(relation, Relation::Inside);
            }
            let mask = cover.mask(&cell, &batch(&points)).unwrap_or_else(|| vec![true; points.len()]);
            for (point, found) in points.iter().zip(mask) {
                let beyond = |i: usize| (square.min()[i] - point[i]).max(point[i] - square.max()[i]).max(0.0);
                let distance = beyond(0).hypot(beyond(1)) / 0.9996;
                // The scale is known to a hundredth of a percent.
                if (distance - reach).abs() > reach * 3e-4 {
                    prop_assert_eq!(found, distance < reach, "{} of {}", distance, reach);
                    prop_assert!(relation != Relation::Outside || distance > reach);
                }
            }
        }
    }
}

#[test]
fn a_box_across_the_antimeridian_has_both_sides() {
    let degrees = Crs::parse("EPSG:4326").unwrap();
    let (low, high) = (
        [179.0, -20.0, f64::NEG_INFINITY],
        [-179.0, -10.0, f64::INFINITY],
    );
    let area = Area::from_corners(low, high, Some(degrees)).unwrap();
    let metadata = dataset(Some("EPSG:32760"), [300_000.0, 8_000_000.0, 0.0], 500_000.0);
    let cover = Cover::new(&[area], Edge::Closed, &Frame::from(&metadata)).unwrap();
    let utm = Crs::parse("EPSG:32760").unwrap();
    let from = Crs::parse("EPSG:4326").unwrap().to(&utm).unwrap();
    let points = [179.5, -179.5, 178.5, -178.5].map(|lon| from.apply([lon, -15.0, 0.0]).unwrap());
    let mask = cover.mask(metadata.bounds(), &batch(&points));
    assert_eq!(mask.unwrap(), [true, true, false, false]);
}

#[test]
fn a_box_across_the_antimeridian_has_both_sides_of_a_dataset_in_degrees() {
    let degrees = Crs::parse("EPSG:4326").unwrap();
    let (low, high) = (
        [179.0, -20.0, f64::NEG_INFINITY],
        [-179.0, -10.0, f64::INFINITY],
    );
    let area = Area::from_corners(low, high, Some(degrees)).unwrap();
    let metadata = dataset(Some("EPSG:4326"), [-180.0, -180.0, -180.0], 360.0);
    let cover = Cover::new(&[area], Edge::Closed, &Frame::from(&metadata)).unwrap();
    let points = [179.5, -179.5, 178.5, -178.5, 0.0].map(|lon| [lon, -15.0, 0.0]);
    let mask = cover.mask(metadata.bounds(), &batch(&points)).unwrap();
    assert_eq!(mask, [true, true, false, false, false]);
    for (lon, expected) in [(179.2, true), (-179.2, true), (10.0, false), (170.0, false)] {
        let cell = Bounds::new([lon, -15.0, 0.0], [lon + 0.1, -14.9, 1.0]).unwrap();
        let found = cover.relation(&cell) != Relation::Outside;
        assert_eq!(found, expected, "{lon}");
    }
}

#[test]
fn an_area_of_another_system_needs_a_dataset_with_one() {
    let metadata = dataset(None, [0.0; 3], 1.0);
    let area = Area::from(Bounds::EVERYTHING).in_crs(Crs::parse("EPSG:4326").unwrap());
    let error = Cover::new(&[area], Edge::Closed, &Frame::from(&metadata)).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("does not name its coordinate system"),
        "{error}"
    );
}

/// `ept.json` may claim any bounds; bringing longitudes of 10^18 degrees into one turn must end.
#[test]
fn longitudes_beyond_all_turns_end() {
    for far in [1e18, -1e18, 1e300] {
        let metadata = dataset(Some("EPSG:4326"), [far; 3], far.abs());
        let across = Area::from_corners(
            [170.0, -10.0, f64::NEG_INFINITY],
            [-170.0, 10.0, f64::INFINITY],
            Some(Crs::wgs84().unwrap()),
        );
        let cover = Cover::new(&[across.unwrap()], Edge::Closed, &Frame::from(&metadata)).unwrap();
        for cell in cells(&metadata, [1, 2, 3]) {
            assert_ne!(cover.relation(&cell), Relation::Inside);
            assert!(
                cover
                    .mask(&cell, &batch(&[cell.min(), cell.max()]))
                    .is_some()
            );
        }
    }
}

proptest! {
    /// A box is found at its longitudes and nowhere else, however often they go around.
    #[test]
    fn whole_turns_change_nothing(turns in -50_i32..50, x in 182.0..530.0_f64, y in -80.0..80.0_f64) {
        let metadata = dataset(Some("EPSG:4326"), [-20_000.0; 3], 40_000.0);
        let heights = [f64::NEG_INFINITY, f64::INFINITY];
        let area = Area::from_corners(
            [x - 1.0, y - 1.0, heights[0]],
            [x + 1.0, y + 1.0, heights[1]],
            Some(Crs::wgs84().unwrap()),
        );
        let cover = Cover::new(&[area.unwrap()], Edge::Closed, &Frame::from(&metadata)).unwrap();
        let is_in = |place: [f64; 3]| {
            let cell = Bounds::new(place, place).unwrap();
            cover.mask(&cell, &batch(&[place])).is_none_or(|mask| mask[0])
        };
        let turned = x + f64::from(turns) * 360.0;
        prop_assert!(is_in([turned, y, 0.0]));
        prop_assert!(!is_in([turned + 180.0, y, 0.0]));
    }
}

#[test]
fn cells_beside_a_slanting_side_are_outside() {
    let metadata = dataset(Some("EPSG:26915"), [500_000.0, 4_650_000.0, 0.0], 64.0);
    let sliver = "POLYGON ((500000 4650000, 500064 4650064, 500063 4650064, 500000 4650000))";
    let area: Area = sliver.parse().unwrap();
    let buffered = area.clone().buffered("2m".parse::<Length>().unwrap());
    for area in [area, buffered] {
        let frame = Frame::from(&metadata);
        let cover = Cover::new(std::slice::from_ref(&area), Edge::Closed, &frame).unwrap();
        let relation = |x: u32, y: u32| {
            let cell = metadata.bounds().cell(Key::new(3, x, y, 0).unwrap());
            cover.relation(&cell)
        };
        // Cells of 8 m: those on the diagonal are met, those two away on both sides are not.
        for (x, y) in (0..8_u32).flat_map(|x| (0..8_u32).map(move |y| (x, y))) {
            let away = x.abs_diff(y);
            if away == 0 {
                assert_eq!(relation(x, y), Relation::Edge, "{x} {y}");
            }
            if away >= 2 {
                assert_eq!(relation(x, y), Relation::Outside, "{x} {y} {area:?}");
            }
        }
    }
}

/// Distance of a place from a line.
fn distance([x, y]: [f64; 2], line: [[f64; 2]; 2]) -> f64 {
    let [[ax, ay], [bx, by]] = line;
    let (dx, dy) = (bx - ax, by - ay);
    let share = ((x - ax) * dx + (y - ay) * dy) / f64::max(dx * dx + dy * dy, f64::MIN_POSITIVE);
    let share = share.clamp(0.0, 1.0);
    (ax + share * dx - x).hypot(ay + share * dy - y)
}

/// The edge of a buffer is as far from the sides as the buffer is wide, and no piece of it is left out.
#[test]
fn a_buffer_has_an_outline() {
    // Between zones, where the scale is 1 within a few parts in 10,000.
    let metadata = dataset(Some("EPSG:32615"), [319_900.0, 4_650_000.0, 0.0], 200.0);
    let frame = Frame::from(&metadata);
    let corner = [
        [0.0, 0.0],
        [40.0, 0.0],
        [40.0, 10.0],
        [10.0, 10.0],
        [10.0, 40.0],
        [0.0, 40.0],
    ];
    let corner = corner.map(|[x, y]| [319_950.0 + x, 4_650_050.0 + y]);
    let text = |places: &[[f64; 2]]| {
        let places: Vec<String> = places.iter().map(|[x, y]| format!("{x} {y}")).collect();
        places.join(", ")
    };
    let ring = [&corner[..], &corner[..1]].concat();
    let turn = std::f64::consts::TAU;
    // In the notch, the buffers of two sides meet at a corner. A line has both sides, and a half circle at each end.
    for (area, places, length) in [
        (
            format!("POLYGON (({}))", text(&ring)),
            &ring[..],
            160.0 - 2.0 * 5.0 + 5.0 * turn * 5.0 / 4.0,
        ),
        (
            format!("LINESTRING ({})", text(&corner[..2])),
            &corner[..2],
            80.0 + 5.0 * turn,
        ),
        (
            format!("POINT ({})", text(&corner[..1])),
            &corner[..1],
            5.0 * turn,
        ),
    ] {
        let area: Area = area.parse().unwrap();
        assert!(places.len() > 3 || area.outline(&frame).is_none());
        let lines = area
            .buffered("5m".parse().unwrap())
            .outline(&frame)
            .unwrap();
        let mut found = 0.0;
        for line in &lines {
            for [x, y] in line {
                assert!(x.is_finite() && y.is_finite());
                let sides = places.windows(2).map(|side| [side[0], side[1]]);
                let sides = sides.chain([[places[0]; 2]]);
                let nearest = sides
                    .map(|side| distance([*x, *y], side))
                    .fold(f64::MAX, f64::min);
                assert!((nearest - 5.0).abs() < 0.005, "{nearest}");
            }
            found += line
                .windows(2)
                .map(|ends| (ends[0][0] - ends[1][0]).hypot(ends[0][1] - ends[1][1]))
                .sum::<f64>();
        }
        assert!((found / length - 1.0).abs() < 0.01, "{found} of {length}");
    }
}
