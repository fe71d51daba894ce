//! Queries as text, and what selections refuse.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;

use ept_format::{Bounds, Metadata};
use ept_select::{
    Area, Core, Crs, Edge, Frame, Length, Origin, Query, SelectError, Selection, Spacing, Thin,
};
use proptest::option::of;
use proptest::prelude::*;

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![-1e7..1e7_f64, prop::num::f64::NORMAL]
}

fn length() -> impl Strategy<Value = Length> {
    (1e-6..1e6_f64).prop_map(|metres| Length::from_metres(metres).unwrap())
}

fn spacing() -> impl Strategy<Value = Spacing> {
    prop_oneof![
        (1e-6..1e6_f64).prop_map(Spacing::Units),
        length().prop_map(Spacing::Ground)
    ]
}

fn crs() -> impl Strategy<Value = Crs> {
    let texts = [
        "EPSG:4326",
        "EPSG:26912",
        "+proj=utm +zone=12 +datum=NAD83 +units=m +no_defs",
    ];
    prop::sample::select(texts.to_vec()).prop_map(|text| Crs::parse(text).unwrap())
}

fn bounds() -> impl Strategy<Value = Bounds> {
    (
        prop::array::uniform3(number()),
        prop::array::uniform3(number()),
    )
        .prop_map(|(a, b)| {
            let low = [0, 1, 2].map(|i| f64::min(a[i], b[i]));
            let high = [0, 1, 2].map(|i| f64::max(a[i], b[i]));
            Bounds::new(low, high).unwrap()
        })
}

fn footprint() -> impl Strategy<Value = Area> {
    let polygon = prop::collection::vec((number(), number()), 3..9).prop_filter_map(
        "fewer than three different places",
        |places| {
            let text: Vec<String> = places.iter().map(|(x, y)| format!("{x:?} {y:?}")).collect();
            format!("POLYGON (({}))", text.join(",")).parse().ok()
        },
    );
    let endless = bounds().prop_map(|bounds| {
        let (min, max) = (bounds.min(), bounds.max());
        let low = [f64::NEG_INFINITY, min[1], f64::NEG_INFINITY];
        Area::from(Bounds::new(low, [max[0], max[1], f64::INFINITY]).unwrap())
    });
    prop_oneof![bounds().prop_map(Area::from), endless, polygon]
}

fn area() -> impl Strategy<Value = Area> {
    (footprint(), of(crs()), of(length())).prop_map(|(mut area, crs, buffer)| {
        if let Some(crs) = crs {
            area = area.in_crs(crs);
        }
        if let Some(buffer) = buffer {
            area = area.buffered(buffer);
        }
        area
    })
}

fn origin() -> impl Strategy<Value = Origin> {
    (any::<u64>(), of(".*"), of(bounds()), any::<bool>()).prop_map(
        |(id, path, bounds, by_bounds)| Origin {
            id,
            path,
            bounds,
            by_bounds,
        },
    )
}

fn query() -> impl Strategy<Value = Query> {
    let filters = ["Classification == 2", "!(Z > 1.5) || NIR < 3"];
    let parts = (
        prop::collection::vec(area(), 0..3),
        any::<bool>(),
        of(prop_oneof![
            any::<u32>().prop_map(Ok),
            spacing().prop_map(Err)
        ]),
        of(prop::collection::vec(".{1,8}", 0..4)),
        of(prop::sample::select(filters.to_vec())),
        of(origin()),
        of(crs()),
        of((spacing(), any::<bool>())),
        of(any::<u64>()),
        (of(".{1,8}"), of((area(), of(".{1,8}")))),
    );
    parts.prop_map(
        |(areas, half, detail, names, filter, origin, crs, thin, most, (source, core))| {
            let mut query = areas.into_iter().fold(Query::new(), Query::with_area);
            if half {
                query = query.with_edge(Edge::HalfOpen);
            }
            query = match detail {
                None => query,
                Some(Ok(depth)) => query.with_depth(depth),
                Some(Err(spacing)) => query.with_resolution(spacing),
            };
            if let Some(names) = names {
                query = query.with_dimensions(names);
            }
            if let Some(filter) = filter {
                query = query.with_filter(filter.parse().unwrap());
            }
            if let Some(origin) = origin {
                query = query.with_origin(origin);
            }
            if let Some(crs) = crs {
                query = query.with_output_crs(crs);
            }
            if let Some((edge, is_flat)) = thin {
                query = query.with_thin(if is_flat {
                    Thin::squares(edge)
                } else {
                    Thin::cubes(edge)
                });
            }
            if let Some(most) = most {
                query = query.with_max_points(most);
            }
            if let Some(source) = source {
                query = query.with_source_id(&source);
            }
            if let Some((area, flag)) = core {
                let core = Core::new(area.clone());
                query = query.with_core(match flag {
                    Some(name) => core.with_halo(area, &name),
                    None => core,
                });
            }
            query
        },
    )
}

proptest! {
    #[test]
    fn a_query_is_read_back_from_its_text(query in query()) {
        let text = query.to_string();
        prop_assert_eq!(&text.parse::<Query>().unwrap(), &query, "{}", text);
        let value = serde_json::to_value(&query).unwrap();
        prop_assert_eq!(&serde_json::from_value::<Query>(value).unwrap(), &query);
    }
}

#[test]
fn a_text_that_is_not_a_query_says_why() {
    for (text, problem) in [
        ("", "not a query"),
        ("[1]", "not a query"),
        (r#"{"dept": 3}"#, "unknown field `dept`"),
        (r#"{"depth": 3, "resolution": "1"}"#, "exclude each other"),
        (r#"{"thin": "1", "thin3d": "1"}"#, "exclude each other"),
        (r#"{"resolution": "0"}"#, "greater than 0"),
        (r#"{"areas": [{}]}"#, "either a `box` or `polygons`"),
        (r#"{"areas": [{"polygons": [[]]}]}"#, "polygon 1"),
        (r#"{"where": "Z >"}"#, "condition is wrong at character 4"),
        (r#"{"outCrs": "EPSG:0"}"#, "EPSG:0"),
        (r#"{"halo": "Halo"}"#, "a halo needs all of"),
        (
            r#"{"core": {"box": [0, 0, 1, 1]}, "halo": "Halo"}"#,
            "a halo needs all of",
        ),
    ] {
        let error = text.parse::<Query>().unwrap_err().to_string();
        assert!(error.contains(problem), "{text}: {error}");
    }
}

#[test]
fn a_source_that_is_not_an_octree_has_no_depths() {
    let metadata = Metadata::from_json(
        br#"{"bounds": [0, 0, 0, 8, 8, 8], "span": 8, "dataType": "binary",
             "schema": [{"name": "X", "type": "float", "size": 8}]}"#,
    );
    let frame = Frame {
        spacing: None,
        ..Frame::from(&metadata.unwrap())
    };
    let frame = Arc::new(frame);
    for query in [
        Query::new().with_depth(1),
        Query::new().with_resolution(2.0),
    ] {
        let error = Selection::new(&query, &frame).unwrap_err();
        assert_eq!(error, SelectError::NoDepths);
        assert!(error.to_string().contains("thin its points"));
    }
    assert!(Selection::new(&Query::new(), &frame).is_ok());
}
