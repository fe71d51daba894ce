//! Conditions on dimensions, and origins.

use crate::support;

use ept_reader::{Error, Filter, Query, SelectError, TileCache};
use futures::TryStreamExt;

use support::{open, tiles};

use super::{count, datasets, float, places};

#[tokio::test]
async fn conditions_select_what_they_say() {
    for (name, dataset) in datasets().await {
        let all = tiles(&dataset, &Query::new()).await;
        let middle = dataset
            .ept()
            .unwrap()
            .metadata()
            .bounds_conforming()
            .unwrap();
        let z = middle.min()[2] + (middle.max()[2] - middle.min()[2]) / 3.0;
        let above = format!("Z > {z}");
        // Intensity, Classification and Z.
        type Holds<'a> = &'a dyn Fn([f64; 3]) -> bool;
        let cases: [(&str, Holds); 4] = [
            ("Intensity >= 100 && Intensity < 700", &|[intensity, ..]| {
                (100.0..700.0).contains(&intensity)
            }),
            (&above, &|[.., height]| height > z),
            (
                "!(Classification == 2 || Intensity > 500)",
                &|[intensity, class, _]| class != 2.0 && intensity <= 500.0,
            ),
            ("Intensity > 70000", &|_| false),
        ];
        for (text, holds) in cases {
            let mut expected = Vec::new();
            for tile in &all {
                let columns = ["Intensity", "Classification", "Z"].map(|name| float(tile, name));
                let points = places(std::slice::from_ref(tile)).into_iter().enumerate();
                let rows = points.filter(|(i, _)| holds([0, 1, 2].map(|c| columns[c][*i])));
                expected.extend(rows.map(|(_, place)| place));
            }
            let filter: Filter = text.parse().unwrap();
            let query = Query::new()
                .with_filter(filter)
                .with_dimensions(["X", "Y", "Z"]);
            let found = tiles(&dataset, &query).await;
            assert!(found.iter().all(|tile| tile.points.columns().len() == 3));
            assert_eq!(places(&found), expected, "{name}: {text}");
        }
    }
}

#[tokio::test]
async fn an_unknown_dimension_of_a_condition_is_no_silence() {
    let dataset = open("laz-pf1").await;
    let query = Query::new().with_filter("Classificatio == 2".parse().unwrap());
    let error = dataset
        .select(&query)
        .unwrap()
        .points()
        .try_collect::<Vec<_>>()
        .await
        .unwrap_err();
    assert!(
        matches!(&error, Error::Select(SelectError::NoDimension { name, .. }) if name == "Classificatio"),
        "{error}"
    );
}

#[tokio::test]
async fn origins_are_found_by_number_path_name_or_part() {
    let dataset = open("terrain").await;
    let sources = dataset.ept().unwrap().source_files().await.unwrap();
    let path = sources[1].path.clone().unwrap();
    let file_name = path.rsplit('/').next().unwrap().to_owned();
    let stem = file_name.split('.').next().unwrap().to_owned();
    for text in ["1", &path, &file_name, &stem, &stem[stem.len() - 2..]] {
        assert_eq!(dataset.origin(text).await.unwrap().id, 1, "{text}");
    }
    let error = dataset.origin("flight").await.unwrap_err().to_string();
    assert!(
        error.contains("several sources match") && error.contains(&path),
        "{error}"
    );
    let error = dataset.origin("nothing").await.unwrap_err().to_string();
    assert!(
        error.contains("no source matches") && error.contains(&path),
        "{error}"
    );
    let error = open("float64")
        .await
        .origin("0")
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("does not list its sources"), "{error}");

    let all = tiles(&dataset, &Query::new()).await;
    for (id, source) in sources.iter().enumerate() {
        let origin = dataset.origin(&id.to_string()).await.unwrap();
        let found = tiles(&dataset, &Query::new().with_origin(origin.clone())).await;
        let expected: usize = all
            .iter()
            .map(|tile| {
                float(tile, "OriginId")
                    .iter()
                    .filter(|own| **own == id as f64)
                    .count()
            })
            .sum();
        assert_eq!(count(&found), expected);
        assert_eq!(source.points, Some(expected as u64));

        let mut by_bounds = origin;
        by_bounds.by_bounds = true;
        assert!(count(&tiles(&dataset, &Query::new().with_origin(by_bounds)).await) >= expected);
    }
}

#[tokio::test]
async fn a_dimension_is_found_by_any_of_its_names() {
    let dataset = open("laz-pf8").await;
    let schema = dataset.frame().dimension("Infrared").unwrap();
    let mean = schema.statistics.as_ref().unwrap().mean.unwrap();
    let mut counts = Vec::new();
    for name in ["Infrared", "infrared", "NIR", "nir"] {
        let filter: Filter = format!("{name} > {mean}").parse().unwrap();
        for query in [Query::new(), Query::new().with_dimensions([name, "X"])] {
            let found = tiles(&dataset, &query.with_filter(filter.clone())).await;
            counts.push(count(&found));
        }
    }
    let all = count(&tiles(&dataset, &Query::new()).await);
    assert!(counts[0] > 0 && counts[0] < all);
    assert!(counts.iter().all(|other| *other == counts[0]), "{counts:?}");

    let cache = TileCache::with_dimensions(1 << 26, ["classification", "nir"]);
    let mut nodes = dataset.select(&Query::new()).unwrap().nodes();
    let root = nodes.try_next().await.unwrap().unwrap();
    let tile = cache.tile(&dataset, &root).await.unwrap();
    for name in ["Classification", "Infrared"] {
        assert!(tile.points().values(name).is_some(), "{name}");
    }
}
