//! The table of fixtures.

use serde_json::{Map, Value as Json, json};

use super::attributes;
use super::cube::Cube;
use super::dataset::Encoding;
use super::dimension::{Dimension, Storage};
use super::fixture::Fixture;
use super::hierarchy::PageEncoding;
use super::las_tile::LasTile;
use super::scaling::Scaling;
use super::sources::SourceLayout;
use super::srs;

/// All fixtures, in the order of the README.
pub(super) fn fixtures() -> Vec<Fixture> {
    vec![
        terrain(),
        laz_pf0(),
        laz_pf1(),
        laz_pf2(),
        laz_pf3(),
        laz_pf6(),
        laz_pf7(),
        laz_pf8(),
        binary(),
        zstandard(),
        gzip_named_json(),
        float64(),
        wide_integers(),
        rootless(),
        zero_counts(),
    ]
}

/// Datasets for measuring, with tiles like those of large surveys.
pub(super) fn large() -> Vec<Fixture> {
    let cube = Cube {
        min: [500_000.0, 4_650_000.0, 44.0],
        size: 512.0,
    };
    let scaled = |name, fixture| Fixture {
        name,
        points: 3_000_000,
        cube,
        scaling: centimetres(cube.middle()),
        span: 128,
        least: 500,
        page_step: Some(2),
        ..fixture
    };
    let records = || Fixture {
        dimensions: dimensions(Storage::I32, attributes::las(7)),
        ..packed()
    };
    let compressed = Fixture {
        encoding: Encoding::Zstandard,
        ..records()
    };
    vec![
        scaled("large-laz-pf3", laszip(3, Vec::new())),
        scaled("large-laz-pf7", laszip(7, Vec::new())),
        scaled("large-binary", records()),
        scaled("large-zstandard", compressed),
    ]
}

fn terrain() -> Fixture {
    let cube = Cube {
        min: [500_000.0, 4_650_000.0, 44.0],
        size: 512.0,
    };
    Fixture {
        name: "terrain",
        about: "the example of the documentation: hills, a river, groves and a village, flown in three lines; \
                several depths, pages of two levels each, sources, OriginId as extra bytes of LAS 1.2",
        points: 25_000,
        cube,
        scaling: centimetres(cube.middle()),
        span: 32,
        least: 40,
        page_step: Some(2),
        sources: SourceLayout::Manifest,
        ..laszip(3, vec![attributes::ORIGIN_ID])
    }
}

fn laz_pf0() -> Fixture {
    Fixture {
        name: "laz-pf0",
        about: "point format 0; the schema lacks the flags that the tiles have and has an OriginId that they lack",
        seed: 10,
        edit: |metadata| {
            without_flags(metadata);
            if let Some(schema) = metadata.get_mut("schema").and_then(Json::as_array_mut) {
                schema.push(json!({"name": "OriginId", "type": "unsigned", "size": 4}));
            }
        },
        ..laszip(0, Vec::new())
    }
}

fn laz_pf1() -> Fixture {
    Fixture {
        name: "laz-pf1",
        about: "point format 1 with OriginId as extra bytes, in chunks of 100 points; sources",
        seed: 11,
        sources: SourceLayout::Manifest,
        edit: without_flags,
        ..laszip_chunked(1, vec![attributes::ORIGIN_ID], 100)
    }
}

fn laz_pf2() -> Fixture {
    Fixture {
        name: "laz-pf2",
        about: "point format 2: colours, no time",
        seed: 12,
        edit: without_flags,
        ..laszip(2, Vec::new())
    }
}

fn laz_pf3() -> Fixture {
    Fixture {
        name: "laz-pf3",
        about: "point format 3; each tile's offset is its own, some units from the schema's",
        seed: 13,
        tile_offset: |key| {
            let [x, y, _] = key.cell.map(|index| index as i32);
            [x + 2, -3 - y, key.depth as i32 + 1]
        },
        edit: without_flags,
        ..laszip(3, Vec::new())
    }
}

fn laz_pf6() -> Fixture {
    Fixture {
        name: "laz-pf6",
        about: "point format 6 in chunks of 100 points: classes above 31, Overlap, ScanChannel",
        seed: 16,
        ..laszip_chunked(6, Vec::new(), 100)
    }
}

fn laz_pf7() -> Fixture {
    Fixture {
        name: "laz-pf7",
        about: "point format 7 with extra bytes: int16 with scale and offset, float64, five undocumented \
                bytes, uint64 beyond 2^53",
        seed: 17,
        ..laszip(7, attributes::extra_bytes())
    }
}

fn laz_pf8() -> Fixture {
    Fixture {
        name: "laz-pf8",
        about: "point format 8: colours and Infrared",
        seed: 18,
        ..laszip(8, Vec::new())
    }
}

fn binary() -> Fixture {
    Fixture {
        name: "binary",
        about: "binary, every type of the specification, fractional offsets, pages of one level each, EPT 1.0 \
                with `list.json` and metadata that sources share",
        seed: 20,
        scaling: Scaling {
            scale: [0.01, 0.01, 0.001],
            offset: [500_000.5, 4_650_000.25, 300.125],
        },
        dimensions: dimensions(Storage::I32, attributes::every_type()),
        page_step: Some(1),
        sources: SourceLayout::List,
        edit: |metadata| set(metadata, "version", "1.0.0".into()),
        ..packed()
    }
}

fn zstandard() -> Fixture {
    Fixture {
        name: "zstandard",
        about: "the points of `binary` in zstandard tiles, pages in gzip, `ticks` for `span`, no version, no sources",
        encoding: Encoding::Zstandard,
        pages: PageEncoding::Gzip,
        sources: SourceLayout::Absent,
        edit: |metadata| {
            metadata.remove("version");
            if let Some(span) = metadata.remove("span") {
                set(metadata, "ticks", span);
            }
        },
        ..binary()
    }
}

fn gzip_named_json() -> Fixture {
    Fixture {
        name: "gzip-named-json",
        about: "`hierarchyType` is json, but the page is gzip under the name of plain JSON",
        seed: 21,
        points: 400,
        pages: PageEncoding::GzipNamedJson,
        ..packed()
    }
}

fn float64() -> Fixture {
    Fixture {
        name: "float64",
        about: "binary with X, Y and Z as float64 without scale and offset; `srs` is empty",
        seed: 22,
        // Coordinates that are not multiples of any decimal scale.
        scaling: Scaling {
            scale: [1.0 / 300.0; 3],
            offset: [500_064.1, 4_650_064.7, 300.3],
        },
        dimensions: dimensions(Storage::F64, attributes::lean()),
        srs: json!({}),
        ..packed()
    }
}

fn wide_integers() -> Fixture {
    Fixture {
        name: "wide-integers",
        about: "binary with X, Y and Z as int64, integers beyond 2^53, an application's own type, a name with a \
                space, a scaled dimension that is not a coordinate",
        seed: 23,
        scaling: Scaling {
            scale: [1e-7; 3],
            offset: [0.0; 3],
        },
        dimensions: dimensions(Storage::I64, attributes::odd()),
        ..packed()
    }
}

fn rootless() -> Fixture {
    Fixture {
        name: "rootless",
        about: "a hierarchy of depths 1 and 2 without its root",
        seed: 24,
        has_node: |key| (1..=2).contains(&key.depth),
        ..packed()
    }
}

fn zero_counts() -> Fixture {
    Fixture {
        name: "zero-counts",
        about: "nodes of 0 points without tiles, whose children have points: the root and the east of depth 1; whole \
                numbers written as floats, `srs` codes as numbers, WKT 2 alone",
        seed: 25,
        srs: srs::numeric_codes_and_wkt2(),
        has_points: |key| key.depth > 1 || key.depth == 1 && key.cell[0] == 0,
        edit: |metadata| metadata.values_mut().for_each(whole_to_float),
        ..packed()
    }
}

/// The defaults of a laszip dataset.
fn laszip(format: u8, extra_bytes: Vec<Dimension>) -> Fixture {
    let stored = [attributes::las(format), extra_bytes.clone()].concat();
    Fixture {
        encoding: Encoding::Laszip(LasTile {
            format,
            extra_bytes,
            chunk_size: None,
        }),
        dimensions: dimensions(Storage::I32, stored),
        ..packed()
    }
}

/// As [`laszip`], with chunks of another size.
fn laszip_chunked(format: u8, extra_bytes: Vec<Dimension>, chunk_size: u32) -> Fixture {
    let mut fixture = laszip(format, extra_bytes);
    if let Encoding::Laszip(las) = &mut fixture.encoding {
        las.chunk_size = Some(chunk_size);
    }
    fixture
}

/// The defaults of a binary dataset.
fn packed() -> Fixture {
    let cube = Cube {
        min: [500_000.0, 4_650_000.0, 236.0],
        size: 128.0,
    };
    Fixture {
        name: "",
        about: "",
        seed: 1,
        points: 1500,
        cube,
        scaling: centimetres(cube.middle()),
        span: 16,
        least: 20,
        encoding: Encoding::Binary,
        dimensions: dimensions(Storage::I32, attributes::lean()),
        page_step: None,
        pages: PageEncoding::Json,
        sources: SourceLayout::Absent,
        srs: srs::codes_and_wkt(),
        has_node: |_| true,
        has_points: |_| true,
        tile_offset: |_| [0; 3],
        edit: |_| (),
    }
}

fn centimetres(offset: [f64; 3]) -> Scaling {
    Scaling {
        scale: [0.01; 3],
        offset,
    }
}

fn dimensions(storage: Storage, others: Vec<Dimension>) -> Vec<Dimension> {
    [Dimension::axes(storage), others].concat()
}

fn set(metadata: &mut Map<String, Json>, key: &str, value: Json) {
    metadata.insert(key.to_owned(), value);
}

/// Removes the flags of LAZ tiles from the schema, as older builders did.
fn without_flags(metadata: &mut Map<String, Json>) {
    const FLAGS: [&str; 3] = ["Synthetic", "KeyPoint", "Withheld"];
    if let Some(schema) = metadata.get_mut("schema").and_then(Json::as_array_mut) {
        schema.retain(|entry| FLAGS.iter().all(|flag| entry["name"] != *flag));
    }
}

/// Writes whole numbers as floats, except for codes of the coordinate system.
fn whole_to_float(value: &mut Json) {
    match value {
        Json::Array(values) => values.iter_mut().for_each(whole_to_float),
        Json::Object(object) if object.contains_key("authority") => {}
        Json::Object(object) => object.values_mut().for_each(whole_to_float),
        Json::Number(number) => {
            if let Some(float) = number.as_f64() {
                *value = float.into();
            }
        }
        _ => {}
    }
}
