//! A case for each code: a change of a fixture, and what is found then.

use crate::support;

use std::collections::BTreeSet;
use std::path::Path;

use ept_reader::{Checks, Code};
use serde_json::{Value, json};

use support::fixture;

use super::{DEEP, ROOT_TILE, codes, copy, edit, page, read, report};

fn set(folder: &Path, field: &str, value: Value) {
    edit(folder, "ept.json", |ept| ept[field] = value);
}

fn unset(folder: &Path, field: &str) {
    edit(folder, "ept.json", |ept| {
        ept.as_object_mut().unwrap().remove(field).unwrap();
    });
}

/// Replaces a file, or writes a new one.
fn write(folder: &Path, path: &str, bytes: &[u8]) {
    let path = folder.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

fn remove(folder: &Path, path: &str) {
    std::fs::remove_file(folder.join(path)).unwrap();
}

/// Changes the bytes of a file.
fn bytes(folder: &Path, path: &str, change: impl FnOnce(&mut Vec<u8>)) {
    let path = folder.join(path);
    let mut bytes = std::fs::read(&path).unwrap();
    change(&mut bytes);
    std::fs::write(path, bytes).unwrap();
}

const MANIFEST: &str = "ept-sources/manifest.json";

/// One change and the finding that must come of it.
struct Case {
    code: &'static str,
    /// Findings that inevitably come along.
    follows: &'static [&'static str],
    fixture: &'static str,
    deep: bool,
    change: fn(&Path),
}

const fn case(code: &'static str, fixture: &'static str, change: fn(&Path)) -> Case {
    Case {
        code,
        follows: &[],
        fixture,
        deep: false,
        change,
    }
}

const fn deep(code: &'static str, fixture: &'static str, change: fn(&Path)) -> Case {
    Case {
        deep: true,
        ..case(code, fixture, change)
    }
}

impl Case {
    const fn with(self, follows: &'static [&'static str]) -> Case {
        Case { follows, ..self }
    }
}

/// A case for each code but those of [`elsewhere`].
fn cases() -> Vec<Case> {
    let mut cases = metadata_cases();
    cases.extend(hierarchy_cases());
    cases.extend(tile_cases());
    cases.extend(source_cases());
    cases
}

fn metadata_cases() -> Vec<Case> {
    vec![
        case("E001", "terrain", |f| write(f, "ept.json", b"<html>")),
        case("E001", "terrain", |f| write(f, "ept.json", b"[]")),
        case("E001", "terrain", |f| {
            write(f, "ept.json", br#"{"hierarchyStep": 6}"#)
        }),
        case("E002", "terrain", |f| unset(f, "bounds")),
        case("E002", "terrain", |f| {
            set(f, "bounds", json!([0, 0, 0, 1, 1]))
        }),
        case("E003", "terrain", |f| {
            set(f, "boundsConforming", json!([1, 0, 0, 0, 1, 1]))
        }),
        case("E004", "terrain", |f| unset(f, "span")),
        case("E004", "terrain", |f| set(f, "span", json!(0))),
        case("E005", "terrain", |f| set(f, "points", json!(-1))),
        case("E006", "terrain", |f| set(f, "dataType", json!("las"))),
        case("E007", "terrain", |f| set(f, "hierarchyType", json!("zip"))),
        case("E008", "terrain", |f| unset(f, "schema")),
        case("E008", "terrain", |f| {
            edit(f, "ept.json", |ept| ept["schema"][3]["size"] = json!(0))
        }),
        case("E008", "terrain", |f| {
            edit(f, "ept.json", |ept| ept["schema"][1]["name"] = json!("X"))
        }),
        case("E009", "zero-counts", |f| {
            edit(f, "ept.json", |ept| ept["schema"][0]["name"] = json!("W"))
        }),
        case("E010", "terrain", |f| set(f, "srs", json!(3857))),
        case("W001", "terrain", |f| {
            edit(f, "ept.json", |ept| {
                let ept = ept.as_object_mut().unwrap();
                let span = ept.remove("span").unwrap();
                ept.insert("ticks".into(), span);
            })
        }),
        case("W002", "terrain", |f| unset(f, "version")),
        case("W002", "terrain", |f| set(f, "version", json!("0.0.0"))),
        case("W003", "terrain", |f| unset(f, "boundsConforming")),
        case("W004", "terrain", |f| unset(f, "hierarchyType")),
        case("W005", "terrain", |f| unset(f, "points")),
        case("W006", "terrain", |f| set(f, "srs", json!({}))),
        case("W007", "terrain", |f| {
            edit(f, "ept.json", |ept| ept["srs"]["horizontal"] = json!(26915))
        }),
        case("W007", "terrain", |f| set(f, "srs", json!("EPSG:26915"))),
        case("W008", "terrain", |f| {
            set(f, "srs", json!({"wkt": "somewhere"}))
        }),
        case("W008", "terrain", |f| {
            let srs = json!({"authority": "EPSG", "horizontal": "26915", "vertical": "99999"});
            set(f, "srs", srs)
        }),
        case("W009", "terrain", |f| {
            edit(f, "ept.json", |ept| ept["bounds"][5] = json!(1000))
        }),
        case("W010", "terrain", |f| set(f, "span", json!(100))),
        case("W011", "terrain", |f| {
            edit(f, "ept.json", |ept| {
                ept["boundsConforming"][2] = json!(-5000)
            })
        }),
        case("W012", "terrain", |f| set(f, "dataType", json!("LASzip"))),
        case("W012", "terrain", |f| {
            edit(f, "ept.json", |ept| {
                ept["schema"][3] = json!({"name": "Intensity", "type": "uint16"});
            })
        }),
        case("W012", "terrain", |f| {
            edit(f, "ept.json", |ept| {
                ept["schema"][3]["name"] = json!("intensity");
            })
        }),
        case("W013", "terrain", |f| {
            edit(f, "ept.json", |ept| ept["schema"][3]["count"] = json!(7))
        }),
        case("W014", "terrain", |f| {
            edit(f, "ept.json", |ept| {
                ept["schema"].as_array_mut().unwrap().remove(0);
            })
        })
        .with(&["W032"]),
    ]
}

fn hierarchy_cases() -> Vec<Case> {
    vec![
        case("E020", "terrain", |f| {
            remove(f, &format!("ept-hierarchy/{}.json", inner_page(f)))
        })
        .with(&["W022"]),
        case("E021", "zero-counts", |f| {
            write(f, "ept-hierarchy/0-0-0-0.json", b"{\"0-0-0")
        })
        .with(&["W022"]),
        case("E022", "zero-counts", |f| {
            page(f, "0-0-0-0", |page| page["1-2-0-0"] = json!(1))
        })
        .with(&["W022"]),
        case("E023", "zero-counts", |f| {
            page(f, "0-0-0-0", |page| page["0-0-0-0"] = json!(-2))
        })
        .with(&["W022"]),
        case("E024", "terrain", |f| {
            page(f, &inner_page(f), |page| page["0-0-0-0"] = read_root(1))
        }),
        case("E025", "laz-pf0", |f| {
            page(f, "0-0-0-0", |page| page["0-0-0-0"] = json!(-1))
        })
        .with(&["W021", "W022", "W024"]),
        case("E026", "terrain", |f| {
            let key = inner_page(f);
            page(f, "0-0-0-0", |page| {
                // A node of that page, listed in the first one too.
                page.as_object_mut().unwrap().remove(&key);
                page[key.as_str()] = json!(-1);
            });
            let own = read(&f.join(format!("ept-hierarchy/{key}.json")));
            let (child, count) = own.as_object().unwrap().iter().next_back().unwrap();
            let count = count.as_f64().unwrap() as u64 + 1;
            page(f, "0-0-0-0", |page| page[child.as_str()] = json!(count));
        }),
        case("W020", "laz-pf0", |f| {
            page(f, "0-0-0-0", |page| page["9-0-0-0"] = json!(0))
        })
        .with(&["W021"]),
        case("W021", "laz-pf0", |f| {
            page(f, "0-0-0-0", |page| {
                drop(page.as_object_mut().unwrap().remove("0-0-0-0"))
            })
        })
        .with(&["W022", "W024"]),
        case("W022", "terrain", |f| set(f, "points", json!(24_999))).with(&["W013", "W044"]),
        case("W023", "terrain", |f| {
            write(f, "ept-hierarchy/9-0-0-0.json", b"{}")
        }),
        case("W024", "terrain", |f| {
            write(f, "ept-data/9-0-0-0.laz", b"LASF")
        }),
        case("W025", "terrain", |f| {
            write(f, "ept-hierarchy/0-0-0-0-1.json", b"{}")
        }),
        case("W026", "laz-pf0", |f| {
            page(f, "0-0-0-0", |page| {
                for x in 0..100_001 {
                    page[format!("17-{x}-0-0")] = json!(0);
                }
            })
        })
        .with(&["W020", "W021"]),
        case("W027", "terrain", |f| {
            let key = inner_page(f);
            page(f, &key, |page| {
                drop(page.as_object_mut().unwrap().remove(&key))
            });
        })
        .with(&["W022", "W024"]),
    ]
}

fn tile_cases() -> Vec<Case> {
    vec![
        case("E030", "terrain", |f| remove(f, ROOT_TILE)),
        deep("E030", "terrain", |f| remove(f, ROOT_TILE)),
        case("E032", "terrain", |f| write(f, ROOT_TILE, b"")),
        case("E032", "binary", |f| write(f, "ept-data/0-0-0-0.bin", b"")),
        deep("E032", "terrain", |f| write(f, ROOT_TILE, b"")),
        case("E033", "terrain", |f| {
            write(f, ROOT_TILE, b"<Error>AccessDenied</Error>")
        }),
        case("E033", "zstandard", |f| {
            write(f, "ept-data/0-0-0-0.zst", b"text")
        }),
        case("E033", "binary", |f| {
            bytes(f, "ept-data/0-0-0-0.bin", |bytes| bytes.push(0))
        }),
        deep("E033", "terrain", |f| {
            bytes(f, ROOT_TILE, |bytes| bytes.truncate(bytes.len() / 2))
        }),
        case("E034", "terrain", |f| {
            page(f, "0-0-0-0", |page| page["0-0-0-0"] = read_root(1))
        })
        .with(&["W022"]),
        case("E034", "binary", |f| {
            page(f, "0-0-0-0", |page| page["0-0-0-0"] = json!(1))
        })
        .with(&["W022"]),
        deep("E034", "terrain", |f| {
            page(f, "0-0-0-0", |page| page["0-0-0-0"] = read_root(1))
        })
        .with(&["W022"]),
        deep("E035", "terrain", |f| {
            page(f, "0-0-0-0", |page| page["0-0-0-0"] = json!(1_u64 << 40))
        })
        .with(&["W022"]),
        deep("E050", "binary", swap_tiles),
        case("W030", "terrain", |f| {
            edit(f, "ept.json", |ept| {
                ept["schema"][0]["offset"] = json!(500_001)
            })
        }),
        case("W031", "terrain", |f| {
            edit(f, "ept.json", |ept| {
                ept["schema"]
                    .as_array_mut()
                    .unwrap()
                    .push(json!({"name": "Height", "type": "float", "size": 4}));
            })
        }),
        case("W032", "terrain", |f| {
            edit(f, "ept.json", |ept| {
                ept["schema"]
                    .as_array_mut()
                    .unwrap()
                    .retain(|dimension| dimension["name"] != "Intensity");
            })
        }),
        deep("W032", "terrain", |f| {
            edit(f, "ept.json", |ept| {
                ept["schema"]
                    .as_array_mut()
                    .unwrap()
                    .retain(|dimension| dimension["name"] != "Intensity");
            })
        }),
        deep("W050", "terrain", |f| {
            edit(f, "ept.json", |ept| {
                ept["schema"][3]["maximum"] = json!(800)
            })
        }),
        deep("W051", "terrain", |f| {
            edit(f, "ept.json", |ept| {
                ept["boundsConforming"][3] = json!(500_200)
            })
        }),
    ]
}

fn source_cases() -> Vec<Case> {
    vec![
        case("E040", "terrain", |f| write(f, MANIFEST, b"{}")),
        case("E040", "binary", |f| {
            write(f, "ept-sources/list.json", b"[7]")
        }),
        case("E041", "terrain", |f| {
            edit(f, MANIFEST, |list| {
                list[0]["metadataPath"] = json!("../ept.json")
            })
        }),
        deep("E042", "terrain", |f| {
            edit(f, MANIFEST, |list| drop(list.as_array_mut().unwrap().pop()))
        })
        .with(&["W044"]),
        case("W040", "terrain", |f| {
            std::fs::remove_dir_all(f.join("ept-sources")).unwrap()
        }),
        case("W041", "terrain", |f| {
            write(f, "ept-sources/list.json", b"[]")
        }),
        case("W042", "terrain", |f| {
            remove(f, "ept-sources/flight-line-1.json")
        }),
        case("W042", "binary", |f| write(f, "ept-sources/0.json", b"{}")),
        case("W043", "terrain", |f| {
            edit(f, MANIFEST, |list| list[0]["bounds"][0] = json!(-1))
        }),
        case("W044", "terrain", |f| {
            edit(f, MANIFEST, |list| list[0]["points"] = json!(1))
        }),
        case("W045", "terrain", |f| {
            edit(f, MANIFEST, |list| {
                list[0]["errors"] = json!(["cannot be opened"])
            })
        }),
        case("W045", "terrain", |f| {
            edit(f, MANIFEST, |list| list[0]["inserted"] = json!(false))
        })
        .with(&["W044"]),
        deep("W046", "terrain", |f| {
            edit(f, MANIFEST, |list| list[0]["points"] = json!(1))
        })
        .with(&["W044"]),
    ]
}

/// Codes with a test of their own below, since files alone do not bring them about.
const ELSEWHERE: [&str; 13] = [
    "E027", "E031", "W033", "W034", "E060", "E061", "E062", "E063", "E064", "E065", "W060", "W061",
    "W062",
];

/// A page but the first.
fn inner_page(folder: &Path) -> String {
    let first = read(&folder.join("ept-hierarchy/0-0-0-0.json"));
    let entries = first.as_object().unwrap().iter();
    let mut pages = entries.filter(|(_, count)| **count == json!(-1));
    pages.next().unwrap().0.clone()
}

/// The number of points of the root of `terrain`, and some more.
fn read_root(more: u64) -> Value {
    let first = read(&fixture("terrain").join("ept-hierarchy/0-0-0-0.json"));
    json!(first["0-0-0-0"].as_u64().unwrap() + more)
}

/// Gives two nodes of `binary` each other's tile and count.
fn swap_tiles(folder: &Path) {
    let keys = ["1-0-0-0", "1-1-0-0"];
    let tile = |key: &str| format!("ept-data/{key}.bin");
    let root = |key: &str| read(&folder.join(format!("ept-hierarchy/{key}.json")))[key].clone();
    let tiles = keys.map(|key| std::fs::read(folder.join(tile(key))).unwrap());
    let counts = keys.map(root);
    for (at, key) in keys.into_iter().enumerate() {
        write(folder, &tile(key), &tiles[1 - at]);
        page(folder, key, |page| page[key] = counts[1 - at].clone());
    }
}

#[tokio::test]
async fn each_fault_is_found_by_its_code() {
    let mut wrong = Vec::new();
    for (at, case) in cases().into_iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        copy(&fixture(case.fixture), folder.path());
        let checks = if case.deep { DEEP } else { Checks::default() };
        let before = codes(&report(folder.path(), &checks).await);
        (case.change)(folder.path());
        let after = report(folder.path(), &checks).await;
        let found = codes(&after);
        let new: BTreeSet<_> = found.difference(&before).copied().collect();
        let mut expected = BTreeSet::from_iter(case.follows.iter().copied());
        expected.insert(case.code);
        let is_valid = !new.iter().any(|code| code.starts_with('E'));
        if new != expected || after.is_valid() != is_valid {
            let name = format!("case {at} of {}", case.fixture);
            wrong.push(format!("{name}: {new:?}, expected {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_code_has_a_case() {
    let with_case: BTreeSet<_> = cases()
        .into_iter()
        .map(|case| case.code)
        .chain(ELSEWHERE)
        .collect();
    let all: BTreeSet<_> = Code::ALL.iter().map(|code| code.id()).collect();
    assert_eq!(with_case, all);
}

#[test]
fn the_document_lists_each_code_with_its_meaning_and_fix() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/validate.md");
    let text = std::fs::read_to_string(path).unwrap();
    let is_row = |line: &&str| line.starts_with("| E") || line.starts_with("| W");
    let listed: Vec<&str> = text.lines().filter(is_row).collect();
    let row = |code: &Code| format!("| {code} | {} | {} |", code.meaning(), code.fix());
    assert_eq!(listed, Code::ALL.iter().map(row).collect::<Vec<_>>());
}
