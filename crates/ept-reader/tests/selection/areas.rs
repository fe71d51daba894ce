//! Areas, resolutions and coordinate systems.

use crate::support;

use ept_reader::{Area, Bounds, Crs, Edge, Length, Query};

use support::{open, tiles};

use super::{count, datasets, places};

#[tokio::test]
async fn what_cells_rule_out_is_not_fetched() {
    let dataset = open("terrain").await;
    let query = Query::new().with_filter("Z > 1000".parse().unwrap());
    assert_eq!(count(&tiles(&dataset, &query).await), 0);
    assert_eq!(dataset.traffic().requests, 1, "ept.json alone");
}

#[tokio::test]
async fn half_open_tiles_part_a_dataset() {
    for (name, dataset) in datasets().await {
        let total = count(&tiles(&dataset, &Query::new()).await);
        for extent in [
            *dataset.ept().unwrap().metadata().bounds(),
            *dataset
                .ept()
                .unwrap()
                .metadata()
                .bounds_conforming()
                .unwrap(),
        ] {
            let mut found = 0;
            let edge = |axis: usize, at: usize| match at {
                3 => extent.max()[axis],
                at => {
                    extent.min()[axis]
                        + (extent.max()[axis] - extent.min()[axis]) * [0.0, 0.31, 0.5][at]
                }
            };
            for x in 0..3 {
                for y in 0..3 {
                    let (min, max) = (
                        [edge(0, x), edge(1, y), f64::NEG_INFINITY],
                        [edge(0, x + 1), edge(1, y + 1), f64::INFINITY],
                    );
                    let query = Query::new()
                        .with_bounds(Bounds::new(min, max).unwrap())
                        .with_edge(Edge::HalfOpen);
                    found += count(&tiles(&dataset, &query).await);
                }
            }
            let outside = places(&tiles(&dataset, &Query::new()).await)
                .iter()
                .filter(|place| {
                    (0..2).any(|i| place[i] < extent.min()[i] || place[i] > extent.max()[i])
                })
                .count();
            assert_eq!(found + outside, total, "{name}");
        }
    }
}

#[tokio::test]
async fn areas_in_degrees_select_by_their_own_edges() {
    let (utm, degrees) = (
        Crs::parse("EPSG:26915").unwrap(),
        Crs::parse("EPSG:4326").unwrap(),
    );
    for name in ["terrain", "binary"] {
        let dataset = open(name).await;
        let extent = dataset.ept().unwrap().metadata().bounds();
        let at = |share: f64| {
            [0, 1, 2].map(|i| extent.min()[i] + share * (extent.max()[i] - extent.min()[i]))
        };
        let [low, high] =
            [0.3, 0.6].map(|share| utm.to(&degrees).unwrap().apply(at(share)).unwrap());
        let area = Area::from_corners(
            [low[0], low[1], f64::NEG_INFINITY],
            [high[0], high[1], f64::INFINITY],
            Some(degrees.clone()),
        )
        .unwrap();
        let found = places(&tiles(&dataset, &Query::new().with_area(area)).await);
        let to_degrees = utm.to(&degrees).unwrap();
        let is_in = |place: &&[f64; 3]| {
            let [lon, lat, _] = to_degrees.apply(**place).unwrap();
            (low[0]..=high[0]).contains(&lon) && (low[1]..=high[1]).contains(&lat)
        };
        let all = places(&tiles(&dataset, &Query::new()).await);
        let expected: Vec<[f64; 3]> = all.iter().filter(is_in).copied().collect();
        assert!(!expected.is_empty() && expected.len() < all.len());
        assert_eq!(found, expected, "{name}");
    }
}

#[tokio::test]
async fn a_resolution_on_the_ground_counts_in_metres() {
    // Metres, with a scale of 0.9996 there: 1 m on the ground is 0.9996 units.
    let dataset = open("terrain").await;
    let metadata = dataset.ept().unwrap().metadata();
    let spacing = metadata.spacing(1);
    let depth = |metres: f64| {
        let query = Query::new().with_resolution(Length::from_metres(metres).unwrap());
        dataset.select(&query).unwrap().bound().depth()
    };
    assert_eq!(depth(spacing * 1.001), Some(1));
    assert_eq!(depth(spacing), Some(2));
    let unknown = open("float64").await;
    let query = Query::new().with_resolution(Length::from_metres(1.0).unwrap());
    assert!(unknown.select(&query).is_err());
}

#[tokio::test]
async fn coordinates_come_out_in_another_system() {
    let dataset = open("terrain").await;
    let (utm, degrees) = (
        Crs::parse("EPSG:26915").unwrap(),
        Crs::parse("EPSG:4326").unwrap(),
    );
    let found = tiles(&dataset, &Query::new().with_output_crs(degrees.clone())).await;
    let transform = utm.to(&degrees).unwrap();
    let expected: Vec<[f64; 3]> = places(&tiles(&dataset, &Query::new()).await)
        .into_iter()
        .map(|place| transform.apply(place).unwrap())
        .collect();
    assert_eq!(places(&found), expected);
    // A hundredth of a metre is about 1e-7 degrees; the step is no coarser.
    let scaling = found[0].points.scaling().unwrap();
    assert!(
        scaling.scale[0] <= 1.3e-7 && scaling.scale[0] >= 1e-9,
        "{scaling:?}"
    );
    for tile in &found {
        assert_eq!(tile.points.scaling(), Some(scaling));
        for (axis, values) in [tile.points.x().unwrap(), tile.points.y().unwrap()]
            .into_iter()
            .enumerate()
        {
            let steps = |value: &f64| ((value - scaling.offset[axis]) / scaling.scale[axis]).abs();
            assert!(
                values
                    .iter()
                    .all(|value| steps(value) < f64::from(i32::MAX))
            );
        }
    }
    let only = Query::new()
        .with_output_crs(degrees)
        .with_dimensions(["Y", "Intensity"]);
    let names: Vec<String> = tiles(&dataset, &only).await[0]
        .points
        .columns()
        .iter()
        .map(|c| c.name.to_string())
        .collect();
    assert_eq!(names, ["Y", "Intensity"]);
}
