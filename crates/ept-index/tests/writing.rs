//! What is written: by the demands of those that read it, and read back.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use ept_crs::Crs;
use ept_format::Bounds;
use ept_index::{Attribute, Index, IndexFile, Reading, Row};
use proptest::prelude::*;
use serde_json::Value;

fn row(location: &str, bounds: Option<Bounds>, points: Option<u64>) -> Row {
    Row {
        location: location.into(),
        bounds,
        points,
        attributes: Vec::new(),
    }
}

/// Two tiles in UTM, zone 15.
fn index() -> Index {
    let bounds = |x: f64| {
        let min = [x, 4_650_000.0, 210.25];
        Bounds::new(min, [x + 499.99, 4_650_499.99, 301.5]).unwrap()
    };
    let mut west = row("/survey/tiles/west.laz", Some(bounds(500_000.0)), Some(11));
    west.attributes = vec![
        (
            "pc:statistics".into(),
            Attribute::Json("[{\"name\":\"Z\"}]".into()),
        ),
        (
            "datetime".into(),
            Attribute::Text("2021-04-07T00:00:00Z".into()),
        ),
    ];
    Index {
        crs: Some(Crs::parse("EPSG:26915").unwrap()),
        rows: vec![
            west,
            row("https://h/east.copc.laz", Some(bounds(500_500.0)), Some(22)),
        ],
        ..Index::default()
    }
}

fn read_at(location: &str, bytes: &[u8]) -> Index {
    Reading::new()
        .read(&IndexFile::new(location, bytes))
        .unwrap()
}

#[test]
fn a_vpc_has_what_wrench_and_qgis_demand() {
    let vpc = index().to_vpc("/survey/index.vpc").unwrap();
    let json: Value = serde_json::from_slice(&vpc).unwrap();
    assert_eq!(json["type"], "FeatureCollection");
    let items = json["features"].as_array().unwrap();
    let west = [-93.0, 42.002_015_469_396_24];
    let east = [-92.993_962_447_006_17, 42.002_015_310_625_6];
    for (item, (id, href, count, x, [lon, lat])) in items.iter().zip([
        ("west", "./tiles/west.laz", 11, 500_000.0, west),
        ("east", "https://h/east.copc.laz", 22, 500_500.0, east),
    ]) {
        assert_eq!(
            (&item["type"], &item["stac_version"]),
            (&"Feature".into(), &"1.0.0".into())
        );
        assert_eq!(item["id"], id);
        // wrench takes the first asset by name, QGIS the first that has a location.
        let assets: Vec<_> = item["assets"].as_object().unwrap().values().collect();
        assert_eq!(assets.len(), 1);
        assert_eq!(assets[0]["href"], href);
        let properties = &item["properties"];
        assert_eq!(properties["pc:count"], count);
        assert!(properties["pc:schemas"].is_array() && properties["proj:wkt2"].is_string());
        let bbox: Vec<f64> = serde_json::from_value(properties["proj:bbox"].clone()).unwrap();
        let expected = [x, 4_650_000.0, 210.25, x + 499.99, 4_650_499.99, 301.5];
        assert_eq!(bbox, expected);
        let ring = |geometry: &Value| -> Vec<[f64; 2]> {
            assert_eq!(geometry["type"], "Polygon");
            serde_json::from_value(geometry["coordinates"][0].clone()).unwrap()
        };
        let native = ring(&properties["proj:geometry"]);
        assert_eq!(native.len(), 5);
        assert!(native.contains(&[x, 4_650_000.0]) && native.first() == native.last());
        // The lower left corner, as pyproj 3.7 has it.
        let world = ring(&item["geometry"]);
        assert!(world.first() == world.last());
        assert!(world.iter().any(|[lon_of, lat_of]| {
            (lon_of - lon).abs() < 1e-9 && (lat_of - lat).abs() < 1e-9
        }));
        let bbox: Vec<f64> = serde_json::from_value(item["bbox"].clone()).unwrap();
        assert!(world.iter().all(|[lon, lat]| {
            (bbox[0]..=bbox[3]).contains(lon) && (bbox[1]..=bbox[4]).contains(lat)
        }));
    }
    let properties = &items[0]["properties"];
    assert_eq!(properties["datetime"], "2021-04-07T00:00:00Z");
    assert_eq!(properties["pc:statistics"][0]["name"], "Z");
    let again = read_at("/survey/index.vpc", &vpc);
    assert_eq!(again.crs, index().crs);
    for (found, expected) in again.rows.iter().zip(index().rows) {
        assert_eq!(found.location, expected.location);
        assert_eq!(
            (found.bounds, found.points),
            (expected.bounds, expected.points)
        );
    }
}

#[test]
fn items_have_ids_of_their_own() {
    let bounds = Bounds::new([0.0; 3], [1.0; 3]).unwrap();
    let paths = ["a/x.laz", "b/x.laz", "x-2.laz", "https://h/set/ept.json"];
    let rows = paths.map(|path| row(path, Some(bounds), Some(1)));
    let index = Index {
        rows: rows.to_vec(),
        ..Index::default()
    };
    let json: Value = serde_json::from_slice(&index.to_vpc("i.vpc").unwrap()).unwrap();
    let items = json["features"].as_array().unwrap();
    let mut ids: Vec<&str> = items
        .iter()
        .map(|item| item["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids[3], "set");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 4);
    // Without a system boxes stay what they are, and are read as such.
    assert_eq!(items[0]["properties"]["proj:wkt2"], "");
    let again = read_at("i.vpc", json.to_string().as_bytes());
    assert_eq!((again.crs, again.rows[0].bounds), (None, Some(bounds)));
}

#[test]
fn what_a_format_needs_is_named_where_it_is_missing() {
    let flat = Bounds::new([0.0, 0.0, f64::NEG_INFINITY], [1.0, 1.0, f64::INFINITY]).unwrap();
    let tall = Bounds::new([0.0; 3], [1.0; 3]).unwrap();
    let of = |row: Row| Index {
        rows: vec![row],
        ..Index::default()
    };
    let degrees = Some(Crs::parse("EPSG:4326").unwrap());
    for (index, problem) in [
        (
            of(row("a.laz", None, Some(1))),
            "a.laz: a VPC requires its box",
        ),
        (
            of(row("a.laz", Some(flat), Some(1))),
            "a.laz: a VPC requires the heights",
        ),
        (
            of(row("a.laz", Some(tall), None)),
            "a.laz: a VPC requires its number",
        ),
    ] {
        let text = index.to_vpc("i.vpc").unwrap_err().to_string();
        assert!(text.contains(problem), "{text}");
    }
    let text = of(row("a.laz", Some(flat), None))
        .to_geojson("i.json")
        .unwrap_err();
    assert!(
        text.to_string().contains("a.laz: the coordinate system"),
        "{text}"
    );
    let long = format!("https://h/{}.laz", "x".repeat(250));
    let text = of(row(&long, Some(flat), None))
        .to_shapefile("i.zip")
        .unwrap_err();
    assert!(text.to_string().contains("254 bytes"), "{text}");
    // Without a box there is nothing to say of places.
    let mut list = of(row("a.laz", None, None));
    list.crs = degrees;
    let json: Value = serde_json::from_slice(&list.to_geojson("i.json").unwrap()).unwrap();
    assert!(json["features"][0]["geometry"].is_null());
}

#[test]
fn a_shapefile_says_the_same_when_it_is_read() {
    let zip = index().to_shapefile("/survey/S_TileIndex.zip").unwrap();
    let again = read_at("/survey/S_TileIndex.zip", &zip);
    assert_eq!(again.crs, index().crs);
    for (found, expected) in again.rows.iter().zip(index().rows) {
        assert_eq!(found.location, expected.location);
        let (bounds, box_of) = (expected.bounds.unwrap(), found.bounds.unwrap());
        for axis in 0..2 {
            assert_eq!(box_of.min()[axis].to_bits(), bounds.min()[axis].to_bits());
            assert_eq!(box_of.max()[axis].to_bits(), bounds.max()[axis].to_bits());
        }
        let names: Vec<&str> = found.attributes.iter().map(|(name, _)| &**name).collect();
        assert_eq!(names, ["Filename", "MinX", "MinY", "MaxX", "MaxY", "URL"]);
        assert_eq!(
            found.attribute("MaxX"),
            Some(&Attribute::Float(bounds.max()[0]))
        );
    }
    assert_eq!(
        zip,
        index().to_shapefile("/survey/S_TileIndex.zip").unwrap()
    );
}

#[test]
fn geojson_is_in_degrees_and_keeps_the_fields() {
    let text = index().to_geojson("/survey/index.geojson").unwrap();
    let again = read_at("/survey/index.geojson", &text);
    assert_eq!(again.crs.unwrap().name(), "EPSG:4326");
    assert_eq!(again.rows[0].location, "/survey/tiles/west.laz");
    assert_eq!(again.rows[0].points, Some(11));
    assert!(again.rows[0].attribute("pc:statistics").is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Every place of a box is inside the box of its image, which is what is read.
    #[test]
    fn no_place_of_a_tile_is_outside_of_its_box_in_degrees(
        zone in 1_u32..=60,
        south in any::<bool>(),
        x in 200_000.0..800_000.0_f64,
        y in 100_000.0..9_000_000.0_f64,
        size in 1.0..20_000.0_f64,
        places in prop::collection::vec([0.0..=1.0_f64, 0.0..=1.0], 20),
    ) {
        let code = 32_600 + if south { 100 } else { 0 } + zone;
        let crs = Crs::parse(&format!("EPSG:{code}")).unwrap();
        let flat = |min: [f64; 2], max: [f64; 2]| {
            Bounds::new([min[0], min[1], 0.0], [max[0], max[1], 1.0]).unwrap()
        };
        let index = Index {
            crs: Some(crs.clone()),
            rows: vec![row("a.laz", Some(flat([x, y], [x + size, y + size])), Some(1))],
            ..Index::default()
        };
        let found = read_at("i.json", &index.to_geojson("i.json").unwrap());
        let bounds = found.rows[0].bounds.unwrap();
        let transform = crs.to(&Crs::wgs84().unwrap()).unwrap();
        for [u, v] in places {
            let [lon, lat, _] = transform.apply([x + u * size, y + v * size, 0.5]).unwrap();
            // Across the antimeridian the box goes on beyond 180.
            let is_in = [lon, lon + 360.0, lon - 360.0].iter().any(|lon| {
                bounds.contains([*lon, lat, 0.5])
            });
            prop_assert!(is_in, "{lon} {lat} {bounds:?}");
        }
    }

    /// Whatever is done to an index, it is read or refused.
    #[test]
    fn damaged_indexes_are_read_or_refused(
        kind in 0..4_usize,
        at in any::<prop::sample::Index>(),
        bytes in prop::collection::vec(any::<u8>(), 0..9),
        cut in any::<Option<prop::sample::Index>>(),
    ) {
        let [shp, shx, dbf, prj] = support::two_tiles();
        let mut index = match kind {
            0 => support::zip(&[("a.shp", &shp), ("a.shx", &shx), ("a.dbf", &dbf), ("a.prj", &prj)]),
            1 => shp.clone(),
            2 => index().to_vpc("i.vpc").unwrap(),
            _ => index().to_shapefile("i.zip").unwrap(),
        };
        let start = at.index(index.len());
        for (to, from) in index[start..].iter_mut().zip(&bytes) {
            *to = *from;
        }
        if let Some(cut) = cut {
            let end = cut.index(index.len());
            index.truncate(end);
        }
        let beside: [(&str, &[u8]); 2] = [("dbf", &dbf), ("prj", &prj)];
        let file = IndexFile::new("/survey/i", &index).with_beside(&beside);
        if let Ok(index) = Reading::new().read(&file) {
            prop_assert!(index.rows.iter().all(|row| !row.location.is_empty()));
        }
    }
}
