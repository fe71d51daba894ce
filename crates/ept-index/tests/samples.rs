//! The indexes among the samples, where they are at hand: made by others of the headers of sixteen tiles.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::path::{Path, PathBuf};

use ept_index::{Attribute, Index};
use support::{boxes, locations, read};

/// The folder of samples: `$EPT_SAMPLES` or beside the project; `None` if there is none.
fn samples() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    let folder = std::env::var_os("EPT_SAMPLES").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("no samples at {}: skipped", folder.display());
    None
}

fn index(samples: &Path, name: &str) -> Index {
    let path = samples.join("opentopography").join(name);
    read(&std::fs::read(path).unwrap()).unwrap()
}

/// The tiles, in the order of their names, with the boxes of their headers (LAS 1.4 R15, table 4: maximum and minimum of
/// x, y and z by turns from byte 179 on).
fn tiles(samples: &Path) -> Vec<(String, [f64; 4])> {
    let folder = samples.join("tiles/BENCH");
    let names = folder.read_dir().unwrap().map(|entry| entry.unwrap());
    let mut names: Vec<String> = names
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    let tile = |name: String| {
        let bytes = std::fs::read(folder.join(&name)).unwrap();
        let number = |at: usize| {
            let at = 179 + 8 * at;
            f64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())
        };
        let corners = [number(1), number(3), number(0), number(2)];
        (name, corners)
    };
    names.into_iter().map(tile).collect()
}

#[test]
fn the_boxes_are_those_of_the_tiles() {
    let Some(samples) = samples() else { return };
    let tiles = tiles(&samples);
    assert_eq!(tiles.len(), 16);
    let expected: Vec<String> = tiles
        .iter()
        .map(|(name, _)| format!("http://127.0.0.1:8080/pc-bulk/BENCH/{name}"))
        .collect();
    for name in ["BENCH", "BENCHM", "NOCRS"] {
        let index = index(&samples, &format!("{name}_TileIndex.zip"));
        assert_eq!(locations(&index), expected, "{name}");
        for ((found, row), (tile, header)) in boxes(&index).iter().zip(&index.rows).zip(&tiles) {
            // The index was made of an earlier version of the tiles: they differ by a few hundredths of a metre.
            for at in 0..4 {
                let difference = (found[at] - header[at]).abs();
                assert!(difference < 0.05, "{name} {tile}: {found:?} {header:?}");
            }
            // Beside the shape the table has its box, in decimals.
            for (field, number) in ["MinX", "MinY", "MaxX", "MaxY"].iter().zip(found) {
                let field = match name {
                    "BENCHM" => field.to_lowercase(),
                    _ => String::from(*field),
                };
                let value = match row.attribute(&field).unwrap() {
                    Attribute::Float(value) => *value,
                    other => panic!("{field} is {other:?}"),
                };
                assert_eq!(value, *number, "{name} {tile}");
            }
        }
        // One has two tiles twice, one has no .prj.
        assert_eq!(index.repeated, if name == "BENCHM" { 2 } else { 0 });
        let crs = index.crs.as_ref().map(ept_crs::Crs::name);
        let expected = (name != "NOCRS").then_some("NAD_1983_UTM_Zone_15N");
        assert_eq!(crs, expected, "{name}");
        assert!(index.unlocated.is_empty() && index.next.is_none());
    }
}

#[test]
fn numbers_of_dbase_are_numbers() {
    let Some(samples) = samples() else { return };
    // Of type N with 15 decimals, and of type F with 11.
    for (name, field) in [("BENCH", "MaxX"), ("BENCHM", "maxx")] {
        let index = index(&samples, &format!("{name}_TileIndex.zip"));
        let value = index.rows[0].attribute(field);
        assert_eq!(value, Some(&Attribute::Float(500_499.99)), "{name}");
    }
}
