//! What a page is told of a dataset.

use ept_reader::{Area, Bounds, Crs, Query};
use ept_view::{ColorBy, ViewOptions, Words};
use serde_json::{Value, json};

use crate::support::{Page, fixture, open, samples};

fn truth(name: &str) -> Value {
    let text = std::fs::read(fixture(name).join("truth.json")).unwrap();
    serde_json::from_slice(&text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_description_is_that_of_the_dataset() {
    let dataset = open(&fixture("terrain")).await;
    let words = Words {
        locations: vec!["a terrain".into()],
        flags: vec![
            ("--depth".into(), Some("3".into())),
            ("--offset".into(), Some("-1".into())),
        ],
        ..Words::default()
    };
    let options = ViewOptions {
        words,
        selection: Some("Depths".into()),
        ..ViewOptions::default()
    };
    let page = Page::with(&dataset, &Query::new().with_depth(3), options).await;
    let description = page.description().await;
    let text = std::fs::read(fixture("terrain").join("ept.json")).unwrap();
    let metadata: Value = serde_json::from_slice(&text).unwrap();
    let numbers = |value: &Value| {
        value
            .as_array()
            .unwrap()
            .iter()
            .map(|n| n.as_f64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        numbers(&description["bounds"]),
        numbers(&metadata["bounds"])
    );
    assert_eq!(
        numbers(&description["conforming"]),
        numbers(&metadata["boundsConforming"])
    );
    assert_eq!(description["points"], metadata["points"]);
    assert_eq!(description["name"], "terrain");
    assert_eq!(description["maxDepth"], 3);
    assert_eq!(description["selection"], "Depths");
    assert_eq!(
        description["command"],
        json!(["ept", "query", "a terrain", "--depth", "3", "--offset=-1"])
    );
    assert_eq!(description["srs"]["code"], "EPSG:26915");
    assert_eq!(
        (&description["srs"]["unit"], &description["srs"]["metres"]),
        (&json!("m"), &json!(1.0))
    );
    assert_eq!(description["srs"]["isGeographic"], false);
    assert_eq!(description["outline"], Value::Null);
    for (list, length) in [("ramp", 256), ("palette", 16)] {
        assert_eq!(description[list].as_array().unwrap().len(), length);
    }
    // The dimensions of the points, as the generator lists them, those of the schema at least.
    let truth = truth("terrain");
    for dimension in description["dimensions"].as_array().unwrap() {
        let name = dimension["name"].as_str().unwrap();
        assert_eq!(
            dimension["type"], truth["dimensions"][name]["type"],
            "{name}"
        );
    }
    for (color, name) in [
        ("height", "Z"),
        ("intensity", "Intensity"),
        ("time", "GpsTime"),
    ] {
        let [low, high] = [0, 1].map(|i| description["limits"][color][i].as_f64().unwrap());
        let [min, max] = ["min", "max"].map(|end| {
            let end = &truth["dimensions"][name][end];
            end.as_f64()
                .unwrap_or_else(|| end.as_str().unwrap().parse().unwrap())
        });
        assert!(
            min <= low && low < high && high <= max,
            "{color}: {low} {high}, {min} {max}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn colours_are_those_that_the_points_have() {
    let all = [
        "rgb",
        "height",
        "intensity",
        "class",
        "return",
        "source",
        "time",
    ];
    for (name, lacks, first) in [
        ("terrain", &[][..], "rgb"),
        ("laz-pf0", &["rgb", "time"][..], "intensity"),
        ("laz-pf2", &["time"][..], "rgb"),
    ] {
        let dataset = open(&fixture(name)).await;
        let page = Page::open(&dataset, &Query::new()).await;
        let description = page.description().await;
        let expected: Vec<&str> = all
            .into_iter()
            .filter(|color| !lacks.contains(color))
            .collect();
        assert_eq!(description["colors"], json!(expected), "{name}");
        assert_eq!(description["color"], first, "{name}");
        for (color, start) in [
            (ColorBy::Class, "class"),
            (
                ColorBy::Time,
                if lacks.contains(&"time") {
                    first
                } else {
                    "time"
                },
            ),
        ] {
            let options = ViewOptions {
                color: Some(color),
                ..ViewOptions::default()
            };
            let page = Page::with(&dataset, &Query::new(), options).await;
            assert_eq!(page.description().await["color"], start, "{name} {color}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn areas_have_outlines_and_narrow_what_is_aimed_at() {
    let dataset = open(&fixture("terrain")).await;
    let part = Bounds::from_2d([500_100.0, 4_650_100.0], [500_200.0, 4_650_250.0]).unwrap();
    let page = Page::open(&dataset, &Query::new().with_bounds(part)).await;
    let description = page.description().await;
    let whole = dataset.frame().extent();
    let corners = [
        500_100.0,
        4_650_100.0,
        whole.min()[2],
        500_200.0,
        4_650_250.0,
        whole.max()[2],
    ];
    assert_eq!(description["conforming"], json!(corners));
    let ring = [
        [500_100.0, 4_650_100.0],
        [500_200.0, 4_650_100.0],
        [500_200.0, 4_650_250.0],
        [500_100.0, 4_650_250.0],
    ];
    assert_eq!(
        description["outline"],
        json!([[ring[0], ring[1], ring[2], ring[3], ring[0]]])
    );

    let area = Area::from(part).buffered("10m".parse().unwrap());
    let page = Page::open(&dataset, &Query::new().with_area(area)).await;
    let lines = page.description().await["outline"].clone();
    let lines: Vec<Vec<[f64; 2]>> = serde_json::from_value(lines).unwrap();
    let west = lines.iter().flatten().map(|[x, _]| *x);
    assert!((west.fold(f64::MAX, f64::min) - 500_090.0).abs() < 0.01);

    let degrees = [[-92.999, 42.003], [-92.996, 42.003], [-92.997, 42.005]];
    let text: Vec<String> = degrees
        .iter()
        .chain(&degrees[..1])
        .map(|[x, y]| format!("{x} {y}"))
        .collect();
    let crs = Crs::parse("EPSG:4326").unwrap();
    let area = Area::from_text(&format!("POLYGON (({}))", text.join(", ")), Some(&crs)).unwrap();
    let page = Page::open(&dataset, &Query::new().with_area(area)).await;
    let outline = page.description().await["outline"].clone();
    let ring: Vec<[f64; 2]> = serde_json::from_value(outline[0].clone()).unwrap();
    assert_eq!(ring.first(), ring.last());
    let transform = crs.to(&dataset.frame().crs().unwrap()).unwrap();
    for [lon, lat] in degrees {
        let [x, y, _] = transform.apply([lon, lat, 0.0]).unwrap();
        let nearest = ring
            .iter()
            .map(|place| (place[0] - x).hypot(place[1] - y))
            .fold(f64::MAX, f64::min);
        assert!(nearest < 1e-6, "{nearest}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn heights_in_feet_say_so() {
    let Some(samples) = samples() else { return };
    let folder = samples.join("../bench/autzen-laz");
    if !folder.is_dir() {
        println!("no dataset in feet at {}: skipped", folder.display());
        return;
    }
    let description = Page::open(&open(&folder).await, &Query::new())
        .await
        .description()
        .await;
    assert_eq!(description["srs"]["unit"], "ft");
    assert_eq!(description["srs"]["metres"], 0.3048);
}
