//! Seeds for fuzzing: parts of the fixtures.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use ept_format::CopcInfo;
use serde_json::Value;

use super::index;

/// Datasets whose schemas the targets `binary` and `zstandard` have, in the same order.
const BINARY: [&str; 3] = ["binary", "float64", "wide-integers"];
const ZSTANDARD: [&str; 1] = ["zstandard"];
/// Datasets without extra bytes, by their point format.
const CHUNK: [&str; 9] = [
    "laz-pf0", "", "laz-pf2", "laz-pf3", "", "", "laz-pf6", "", "laz-pf8",
];
/// Number of points to decode: the first chunk may not have all points of the tile.
const CHUNK_POINTS: u16 = 100;

/// Texts in forms that people write.
const TEXTS: [(&str, &str, &str); 13] = [
    (
        "addon",
        "byte",
        r#"{"type":"unsigned","size":1,"version":"1.0.0","dataType":"binary"}"#,
    ),
    (
        "area",
        "polygon",
        "POLYGON ((0 0, 4 0, 4 4, 0 0), (1 1, 2 1, 2 2, 1 1))",
    ),
    (
        "area",
        "multipolygon",
        "MULTIPOLYGON Z (((0 0 1, 4 0 1, 4 4 1, 0 0 1)))",
    ),
    (
        "area",
        "geojson",
        r#"{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,0]]]}}"#,
    ),
    ("area", "corners", "([0,1],[2,3],[4,5])/EPSG:4326"),
    (
        "condition",
        "ground",
        "Classification == 2 && ReturnNumber == NumberOfReturns",
    ),
    (
        "condition",
        "sum",
        "!(Z - 1.5e2 * Intensity > -3) || (Red + Green / 2 <= Blue)",
    ),
    ("crs", "compound", "EPSG:26915+5703"),
    (
        "csv",
        "template",
        "{Sheet}/{Name}.laz\0Name,Sheet,count\n\"a \"\"1\"\"\",BB32,5\r\n2;3,,\n",
    ),
    (
        "csv",
        "list",
        "\0# tiles\nhttps://example.com/a b.laz\n../c.las\n",
    ),
    (
        "crs",
        "proj",
        "+proj=utm +zone=15 +datum=NAD83 +units=m +no_defs",
    ),
    (
        "crs",
        "wkt",
        r#"PROJCS["a",GEOGCS["b",DATUM["c",SPHEROID["d",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["central_meridian",-93],PARAMETER["scale_factor",0.9996],PARAMETER["false_easting",500000],UNIT["metre",1],AUTHORITY["EPSG","26915"]]"#,
    ),
    (
        "crs",
        "wkt2",
        r#"GEOGCRS["a",DATUM["b",ELLIPSOID["c",6378137,298.257223563,LENGTHUNIT["metre",1]]],CS[ellipsoidal,2],AXIS["latitude",north],AXIS["longitude",east],ANGLEUNIT["degree",0.0174532925199433],ID["EPSG",4326]]"#,
    ),
];

/// Writes a folder of seeds for each target.
pub(crate) fn write(testdata: &Path, seeds: &Path) -> Result<()> {
    let seeds = Seeds { folder: seeds };
    seeds.add("key", "root", b"0-0-0-0")?;
    seeds.add("key", "deepest", b"31-2147483647-0-1073741824")?;
    for (target, name, text) in TEXTS {
        seeds.add(target, name, text.as_bytes())?;
    }
    for (target, name, bytes) in index::seeds()? {
        seeds.add(target, name, &bytes)?;
    }
    seeds.add("copc", "page", &copc_seed())?;
    seeds.add("lax", "tree", &lax_seed())?;
    for format in 0..=10 {
        seeds.add("encode", &format!("format-{format}"), &records_seed(format))?;
    }
    seeds.add("geotiff", "strips", &geotiff_seed())?;
    for dataset in files(testdata)? {
        if dataset.is_dir() {
            seeds.add_dataset(&dataset)?;
        }
    }
    Ok(())
}

/// An info record, and a page with a node and a pointer to a page.
fn copc_seed() -> Vec<u8> {
    let info = CopcInfo {
        center: [500.0, 500.0, 100.0],
        halfsize: 512.0,
        spacing: 8.0,
        root_page: 5000..5064,
        times: (0.0, 1.0),
    };
    let entry = |key: [i32; 4], at: u64, size: i32, points: i32| {
        let numbers = [size, points].map(i32::to_le_bytes);
        let key = key.map(i32::to_le_bytes);
        [
            key.as_flattened(),
            &at.to_le_bytes(),
            numbers.as_flattened(),
        ]
        .concat()
    };
    let page = [
        entry([0, 0, 0, 0], 2000, 900, 60),
        entry([1, 0, 1, 0], 6000, 32, -1),
    ];
    [info.to_bytes(), page.concat()].concat()
}

/// A tree of one level with two cells.
fn lax_seed() -> Vec<u8> {
    let numbers = |numbers: &[u32]| -> Vec<u8> {
        numbers
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect()
    };
    let extent = [0.0_f32, 8.0, 0.0, 8.0].map(f32::to_le_bytes);
    [
        b"LASX".to_vec(),
        numbers(&[0]),
        b"LASS".to_vec(),
        numbers(&[0]),
        b"LASQ".to_vec(),
        numbers(&[0, 1, 0, 0]),
        extent.concat(),
        b"LASV".to_vec(),
        numbers(&[0, 2, 1, 1, 50, 0, 49, 4, 2, 30, 50, 59, 70, 89]),
    ]
    .concat()
}

/// A GeoTIFF of 4 x 3 cells of 16 bits in two strips, without compression: tag, type, count and value of each tag, then the
/// values that are not in the directory.
fn geotiff_seed() -> Vec<u8> {
    const TAGS: [[u32; 4]; 13] = [
        [256, 3, 1, 4],
        [257, 3, 1, 3],
        [258, 3, 1, 16],
        [259, 3, 1, 1],
        [273, 4, 2, 170],
        [277, 3, 1, 1],
        [278, 3, 1, 2],
        [279, 4, 2, 178],
        [317, 3, 1, 2],
        [339, 3, 1, 1],
        [33550, 12, 3, 186],
        [33922, 12, 6, 210],
        [42113, 2, 2, 55],
    ];
    let entries = TAGS.iter().flat_map(|[tag, kind, count, value]| {
        let halves = [*tag as u16, *kind as u16].map(u16::to_le_bytes);
        let words = [*count, *value].map(u32::to_le_bytes);
        [halves.as_flattened(), words.as_flattened()].concat()
    });
    let count = (TAGS.len() as u16).to_le_bytes();
    let mut file = [&b"II\x2a\0\x08\0\0\0"[..], &count].concat();
    file.extend(entries);
    file.extend([0; 4]);
    file.extend([258_u32, 274, 16, 8].map(u32::to_le_bytes).as_flattened());
    let place = [2.0_f64, 2.0, 0.0, 0.0, 0.0, 0.0, 1000.0, 2000.0, 0.0];
    file.extend(place.map(f64::to_le_bytes).as_flattened());
    let values = [7_u16, 1, 1, 1, 9, 0, 0, 2, 5, 0, 0, 1];
    file.extend(values.map(u16::to_le_bytes).as_flattened());
    file
}

struct Seeds<'a> {
    folder: &'a Path,
}

/// A point format and records of it whose bytes change slowly.
fn records_seed(format: u8) -> Vec<u8> {
    let bytes = (0..2000_u32).map(|at| (at * at / 300) as u8);
    [format].into_iter().chain(bytes).collect()
}

impl Seeds<'_> {
    fn add(&self, target: &str, name: &str, bytes: &[u8]) -> Result<()> {
        let folder = self.folder.join(target);
        fs::create_dir_all(&folder)?;
        Ok(fs::write(folder.join(name), bytes)?)
    }

    fn add_dataset(&self, dataset: &Path) -> Result<()> {
        let name = name(dataset);
        self.add("metadata", &name, &fs::read(dataset.join("ept.json"))?)?;
        for (at, page) in files(&dataset.join("ept-hierarchy"))?.iter().enumerate() {
            let page = fs::read(page)?;
            if page.starts_with(b"{") {
                self.add("page", &format!("{name}-{at}"), &page)?;
            }
        }
        self.add_sources(&name, &dataset.join("ept-sources"))?;
        self.add_tile(&name, dataset)
    }

    /// The list and the details, separated by zero bytes.
    fn add_sources(&self, dataset: &str, folder: &Path) -> Result<()> {
        if !folder.is_dir() {
            return Ok(());
        }
        let is_list = |path: &&PathBuf| matches!(&*name(path), "manifest.json" | "list.json");
        let files = files(folder)?;
        let list = files.iter().find(is_list).context("no list of sources")?;
        for detail in files.iter().filter(|path| !is_list(path)) {
            let input = [fs::read(list)?, vec![0], fs::read(detail)?].concat();
            self.add("sources", &format!("{dataset}-{}", name(detail)), &input)?;
        }
        Ok(())
    }

    /// The smallest tile, after the parameters that the targets read first.
    fn add_tile(&self, dataset: &str, folder: &Path) -> Result<()> {
        let place = |known: &[&str]| known.iter().position(|known| *known == dataset);
        let size = |path: &PathBuf| path.metadata().map_or(u64::MAX, |file| file.len());
        let tiles = files(&folder.join("ept-data"))?;
        let tile = tiles.iter().min_by_key(|path| size(path));
        let tile = tile.context("no tiles")?;
        let extension = tile.extension().unwrap_or_default();
        let (target, schema) = match (extension.to_str(), place(&BINARY), place(&ZSTANDARD)) {
            (Some("laz"), ..) => ("laszip", 0),
            (Some("bin"), Some(schema), _) => ("binary", schema),
            (Some("zst"), _, Some(schema)) => ("zstandard", schema),
            _ => return Ok(()),
        };
        let points = points(folder, tile)?;
        let choices = [schema as u8, 0b1010_1011, 0, 1];
        let tile = fs::read(tile)?;
        let input = [&choices[..], &points.to_le_bytes(), &tile].concat();
        self.add(target, dataset, &input)?;
        if target == "laszip" {
            self.add("las", dataset, &tile)?;
        }
        match place(&CHUNK) {
            Some(format) => self.add_chunk(dataset, format as u8, &tile),
            None => Ok(()),
        }
    }

    /// The first chunk of a tile, which follows the offset of the chunk table (LAS 1.4 R15, section 2.4, and LASzip).
    fn add_chunk(&self, dataset: &str, format: u8, tile: &[u8]) -> Result<()> {
        let points_at = tile.get(96..).and_then(<[u8]>::first_chunk);
        let points_at = u32::from_le_bytes(*points_at.context("no header")?) as usize;
        let chunk = tile.get(points_at + 8..).context("no points")?;
        let input = [&[format][..], &(CHUNK_POINTS - 1).to_le_bytes(), chunk].concat();
        self.add("chunk", dataset, &input)
    }
}

/// The number of points of a fixture's tile.
fn points(dataset: &Path, tile: &Path) -> Result<u32> {
    let truth: Value = serde_json::from_slice(&fs::read(dataset.join("truth.json"))?)?;
    let key = tile.file_stem().unwrap_or_default().to_string_lossy();
    let points = truth["nodes"][&*key].as_u64();
    Ok(points.context("the truth lacks a tile")?.try_into()?)
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = folder.read_dir();
    let entries = entries.with_context(|| folder.display().to_string())?;
    let mut files: Vec<PathBuf> = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    files.sort();
    Ok(files)
}
