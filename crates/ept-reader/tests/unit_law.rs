//! The law of work units: for any query, number of units, kind and halo, they are disjoint and together the query.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::HashMap;

use ept_reader::{
    Area, Bounds, Crs, Cut, Dataset, Edge, Engine, Opening, Options, PointBatch, Query, Selection,
    Spacing, Thin, Unit, Values,
};
use futures::TryStreamExt;
use proptest::prelude::*;
use tokio::runtime::Runtime;

use crate::support::fixture;

/// A point as the bits of its numbers.
type Row = [u64; 4];

const NAMES: [&str; 4] = ["X", "Y", "Z", "Intensity"];

/// The points of a selection, and whether each is in a halo.
async fn rows(selection: &Selection) -> Vec<(Row, bool)> {
    let tiles: Vec<_> = selection.points().try_collect().await.unwrap();
    let rows = tiles.iter().flat_map(|tile| rows_of(&tile.points));
    rows.collect()
}

fn rows_of(points: &PointBatch) -> Vec<(Row, bool)> {
    let columns = NAMES.map(|name| points.find(name).unwrap());
    let flags = points.find(Unit::HALO);
    let bits = |values: &Values, row: usize| match values {
        Values::F64(values) => values[row].to_bits(),
        Values::U16(values) => values[row].into(),
        other => panic!("{other:?}"),
    };
    let row = |row: usize| {
        let is_halo = match flags {
            Some(Values::U8(flags)) => flags[row] == 1,
            None => false,
            Some(other) => panic!("{other:?}"),
        };
        (columns.map(|values| bits(values, row)), is_halo)
    };
    (0..points.len()).map(row).collect()
}

fn counted(rows: impl Iterator<Item = Row>) -> HashMap<Row, u32> {
    let mut counts = HashMap::new();
    rows.for_each(|row| *counts.entry(row).or_default() += 1);
    counts
}

fn spacing(least: f64, most: f64) -> impl Strategy<Value = Spacing> {
    (least..most, any::<bool>()).prop_map(|(edge, is_on_ground)| {
        let text = if is_on_ground {
            format!("{edge}m")
        } else {
            edge.to_string()
        };
        text.parse().unwrap()
    })
}

fn area() -> impl Strategy<Value = Area> {
    let corner = || (500_000.0..500_400.0_f64, 4_650_000.0..4_650_400.0_f64);
    let size = || (1.0..400.0_f64, 1.0..400.0_f64);
    let polygon = (corner(), size()).prop_map(|((x, y), (width, height))| {
        let (east, north) = (x + width, y + height);
        format!(
            "POLYGON (({x} {y}, {east} {}, {} {north}, {x} {y}))",
            y + height / 3.0,
            x + width / 4.0
        )
    });
    let rectangle = (corner(), size()).prop_map(|((x, y), (width, height))| {
        Area::from(Bounds::from_2d([x, y], [x + width, y + height]).unwrap())
    });
    prop_oneof![rectangle, polygon.prop_map(|text| text.parse().unwrap())]
}

/// How deep to read and how much to keep.
#[derive(Debug, Clone)]
enum Part {
    Depth(u32),
    Resolution(Spacing),
    MaxPoints(u64),
}

fn part() -> impl Strategy<Value = Part> {
    prop_oneof![
        (0..4_u32).prop_map(Part::Depth),
        spacing(1.0, 20.0).prop_map(Part::Resolution),
        (2_000..20_000_u64).prop_map(Part::MaxPoints),
    ]
}

fn query() -> impl Strategy<Value = Query> {
    let thin = (spacing(0.8, 60.0), any::<bool>());
    let thin = thin.prop_map(|(edge, is_flat)| Thin { edge, is_flat });
    let filter = prop::sample::select(vec!["Intensity > 100", "Classification == 2", "Z < 305"]);
    (
        prop::collection::vec(area(), 0..3),
        any::<bool>(),
        prop::option::of(part()),
        prop::option::of(filter),
        prop::option::of(thin),
        prop::option::weighted(0.2, Just("EPSG:4326")),
    )
        .prop_map(|(areas, is_half_open, part, filter, thin, crs)| {
            let mut query = Query::new().with_areas(areas).with_dimensions(NAMES);
            if is_half_open {
                query = query.with_edge(Edge::HalfOpen);
            }
            query = match part {
                None => query,
                Some(Part::Depth(depth)) => query.with_depth(depth),
                Some(Part::Resolution(resolution)) => query.with_resolution(resolution),
                Some(Part::MaxPoints(points)) => query.with_max_points(points),
            };
            if let Some(filter) = filter {
                query = query.with_filter(filter.parse().unwrap());
            }
            if let Some(thin) = thin {
                query = query.with_thin(thin);
            }
            if let Some(crs) = crs {
                query = query.with_output_crs(Crs::parse(crs).unwrap());
            }
            query
        })
}

fn cut() -> impl Strategy<Value = Cut> {
    let units = (1..30_usize).prop_map(|units| units.try_into().unwrap());
    let halo = prop::option::of(prop::option::of(spacing(0.1, 40.0)));
    (units, halo).prop_map(|(units, halo)| match halo {
        None => Cut::by_nodes(units),
        Some(halo) => Cut::by_area(units, halo),
    })
}

/// One dataset, and two whose extents are different.
fn datasets(runtime: &Runtime) -> Vec<Dataset> {
    let engine = Engine::new(&Options::default());
    let location = |name: &str| fixture(name).to_str().unwrap().to_owned();
    let lists = [
        vec![location("terrain")],
        vec![location("laz-pf7"), location("terrain")],
    ];
    let open = |list: &Vec<String>| {
        let opened = runtime.block_on(Dataset::open_all(list, &engine, &Opening::default()));
        opened.unwrap()
    };
    lists.iter().map(open).collect()
}

async fn check(dataset: &Dataset, query: &Query, cut: &Cut) -> Result<(), TestCaseError> {
    let selection = dataset.select(query).unwrap();
    let divided = selection.units(cut).await;
    if selection.nodes().try_collect::<Vec<_>>().await.is_err() {
        // The coarsest depth has more points than allowed.
        prop_assert!(divided.is_err());
        return Ok(());
    }
    let expected = counted(rows(&selection).await.into_iter().map(|(row, _)| row));
    let units = divided.unwrap();
    prop_assert!(units.len() <= cut.units.get());
    let mut own = Vec::new();
    for (index, unit) in units.iter().enumerate() {
        prop_assert_eq!(
            (unit.index() as usize, unit.of() as usize),
            (index, units.len())
        );
        let sent: Unit = unit.to_string().parse().unwrap();
        prop_assert_eq!(&sent, unit);
        let selection = sent.select(&Engine::new(&Options::default())).unwrap();
        for (row, is_halo) in rows(&selection).await {
            if is_halo {
                // As in the whole result.
                prop_assert!(expected.contains_key(&row));
            } else {
                own.push(row);
            }
        }
    }
    prop_assert_eq!(counted(own.into_iter()), expected);
    Ok(())
}

#[test]
fn units_of_any_query_are_disjoint_and_together_the_query() {
    let runtime = Runtime::new().unwrap();
    let datasets = datasets(&runtime);
    let cases = (0..datasets.len(), query(), cut());
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(96));
    let result = runner.run(&cases, |(dataset, query, cut)| {
        runtime.block_on(check(&datasets[dataset], &query, &cut))
    });
    result.unwrap();
}

/// The points around a part that are kept of cells of a grid are those of the whole result, all of them.
#[tokio::test]
async fn the_halo_of_thinned_points_is_complete() {
    const HALO: f64 = 15.0;
    let location = fixture("terrain");
    let dataset = Dataset::open(location.to_str().unwrap()).await.unwrap();
    let query = Query::new()
        .with_dimensions(NAMES)
        .with_thin(Thin::squares(4.0));
    let selection = dataset.select(&query).unwrap();
    let place = |row: &Row| [f64::from_bits(row[0]), f64::from_bits(row[1])];
    let all = rows(&selection).await;
    let halo = Some(Spacing::Units(HALO));
    let units = selection
        .units(&Cut::by_area(9.try_into().unwrap(), halo))
        .await
        .unwrap();
    assert!(units.len() > 3);
    for unit in units {
        let read = rows(&unit.select(&Engine::new(&Options::default())).unwrap()).await;
        let own: Vec<[f64; 2]> = read
            .iter()
            .filter(|(_, is_halo)| !is_halo)
            .map(|(row, _)| place(row))
            .collect();
        let found = counted(read.iter().map(|(row, _)| *row));
        let is_near = |a: [f64; 2]| {
            own.iter()
                .any(|own| (0..2).all(|i| (a[i] - own[i]).abs() < HALO))
        };
        let near = all.iter().filter(|(row, _)| is_near(place(row)));
        assert!(near.clone().count() > own.len());
        for (row, _) in near {
            assert!(found.contains_key(row), "{:?}", place(row));
        }
    }
}
