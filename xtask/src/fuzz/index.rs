//! Tile indexes as seeds for fuzzing.

use anyhow::Result;
use ept_crs::Crs;
use ept_format::Bounds;
use ept_index::{Attribute, Index, Row};

/// Target, name and contents of each seed.
pub(super) fn seeds() -> Result<Vec<(&'static str, &'static str, Vec<u8>)>> {
    let index = index()?;
    let item = r#"{"type":"Feature","stac_version":"1.0.0","bbox":[5,52,6,53],"properties":{"proj:epsg":32631},"assets":{"ept":{"href":"set/ept.json","roles":["data"]}},"links":[{"rel":"next","href":"?page=2"}]}"#;
    Ok(vec![
        ("zip", "shapefile", index.to_shapefile("i.zip")?),
        ("geojson", "vpc", index.to_vpc("i.vpc")?),
        ("geojson", "geojson", index.to_geojson("i.geojson")?),
        ("geojson", "item", item.into()),
        ("pages", "search", PAGES.into()),
        ("catalog", "item", item.into()),
        ("catalog", "record", RECORD.into()),
        ("shapefile", "tile", shapefile()),
    ])
}

/// Pages of a search: a POST request for the second, changed for the third, which repeats a file.
const PAGES: &str = concat!(
    r#"{"type":"FeatureCollection","features":[{"type":"Feature","bbox":[5,52,6,53],"assets":{"a":{"href":"a.laz"}}}],"links":[{"rel":"next","href":"search","method":"POST","body":{"bbox":[5,52,6,53],"page":2}}]}"#,
    "\0",
    r#"{"type":"FeatureCollection","features":[{"type":"Feature","bbox":[6,52,7,53],"assets":{"a":{"href":"b.laz"}}}],"links":[{"rel":"next","href":"search","method":"POST","headers":{"After":"b"},"body":{"page":3},"merge":true}]}"#,
    "\0",
    r#"{"type":"FeatureCollection","features":[{"type":"Feature","assets":{}},{"type":"Feature","bbox":[7,52,8,53],"assets":{"a":{"href":"a.laz"}}}]}"#,
);

/// A record in the form of OpenTopography.
const RECORD: &str = r#"{"Datasets":[{"Dataset":{"name":"a&#363;","alternateName":"NZ15","identifier":{"propertyID":"opentopoID","value":"OT.1"},"temporalCoverage":"2015 / 2016","spatialCoverage":{"geo":{"box":"-38 175 -37 176","geojson":{"features":[{"geometry":{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,0]]]}}]}},"additionalProperty":[{"name":"EPSG (Horizontal)","value":"2193"}]},"variableMeasured":[{"name":"Area","value":"5.1 km2"}]}}]}"#;

fn index() -> Result<Index> {
    let row = |name: &str, x: f64| {
        let bounds = Bounds::new([x, 4_650_000.0, 200.0], [x + 500.0, 4_650_500.0, 300.0]);
        anyhow::Ok(Row {
            location: format!("https://example.com/{name}.laz"),
            bounds: Some(bounds?),
            points: Some(1000),
            attributes: vec![("year".into(), Attribute::Integer(2020))],
        })
    };
    Ok(Index {
        crs: Some(Crs::parse("EPSG:26915")?),
        rows: vec![row("west", 500_000.0)?, row("east", 500_500.0)?],
        ..Index::default()
    })
}

/// A shapefile in the form that the target takes: lengths, .shp, no .shx, .dbf.
fn shapefile() -> Vec<u8> {
    let mut shp = [9994_u32.to_be_bytes().as_slice(), &[0; 20]].concat();
    shp.extend(118_u32.to_be_bytes());
    shp.extend([1000_u32, 5].map(u32::to_le_bytes).concat());
    shp.extend([0; 64]);
    shp.extend([1_u32, 64].map(u32::to_be_bytes).concat());
    shp.extend(5_u32.to_le_bytes());
    shp.extend([0.0_f64, 0.0, 1.0, 1.0].map(f64::to_le_bytes).concat());
    shp.extend([1_u32, 5, 0].map(u32::to_le_bytes).concat());
    let ring = [0.0_f64, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0];
    shp.extend(ring.map(f64::to_le_bytes).concat());

    let fields = [("URL", b'C', 6), ("count", b'N', 4)];
    let mut dbf = vec![3, 126, 1, 1, 1, 0, 0, 0, 97, 0, 11, 0];
    dbf.extend([0; 20]);
    for (name, kind, size) in fields {
        let mut field = [0; 32];
        field[..name.len()].copy_from_slice(name.as_bytes());
        (field[11], field[16]) = (kind, size);
        dbf.extend(field);
    }
    dbf.extend(b"\r a.laz   12");
    let lengths = [shp.len() as u16, 0].map(u16::to_le_bytes).concat();
    [lengths, shp, dbf].concat()
}
