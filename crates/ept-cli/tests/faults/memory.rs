//! Small files that become large ones, within the memory that a job may have.

use std::io::Write;
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::support::server::{Request, Response, Server};

/// Memory that a run may take for its data, in KiB.
const MEMORY: u32 = 400_000;

/// `start`, then so many MiB of `text` again and again, then `end`; as gzip.
fn bomb(start: &str, text: &str, megabytes: usize, end: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(start.as_bytes()).unwrap();
    let some = text.repeat((1 << 20) / text.len());
    for _ in 0..megabytes {
        encoder.write_all(some.as_bytes()).unwrap();
    }
    encoder.write_all(end.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// `ept.json` of points with coordinates and a class.
fn metadata(data_type: &str) -> Vec<u8> {
    let axis = |name| serde_json::json!({"name": name, "type": "signed", "size": 4, "scale": 0.01});
    let schema = [
        axis("X"),
        axis("Y"),
        axis("Z"),
        serde_json::json!({"name": "Classification", "type": "unsigned", "size": 1}),
    ];
    let json = serde_json::json!({
        "bounds": [0, 0, 0, 64, 64, 64], "span": 64, "points": 1, "version": "1.0.0",
        "dataType": data_type, "hierarchyType": "json", "schema": schema, "srs": {},
    });
    json.to_string().into_bytes()
}

/// The root, its 8 children and 64 nodes below those, with the value that a depth has.
fn hierarchy(value: impl Fn(u32) -> i64) -> Vec<u8> {
    let mut page = serde_json::Map::new();
    for depth in 0..3 {
        let edge = 1 << depth;
        for cell in 0..edge * edge * edge {
            let (x, y, z) = (cell % edge, cell / edge % edge, cell / edge / edge);
            page.insert(format!("{depth}-{x}-{y}-{z}"), value(depth).into());
        }
    }
    serde_json::Value::Object(page).to_string().into_bytes()
}

/// Runs `ept` on a server with no more memory than that, and returns its error.
fn refused(
    handler: impl Fn(&Request) -> Response + Send + Sync + 'static,
    more: &[&str],
) -> String {
    let server = Server::start(handler);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.csv");
    let limited = format!("ulimit -d {MEMORY} && exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command
        .args(["-c", &limited, env!("CARGO_BIN_EXE_ept"), "query"])
        .args([&server.url(""), "-o", out.to_str().unwrap()])
        .args(["--threads", "2"])
        .args(more)
        .env_remove("EPT_CACHE");
    let output = command.output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    error
}

/// How a file comes: compressed for the way, or as a compressed file.
const WAYS: [bool; 2] = [true, false];

fn answer(bytes: &[u8], is_for_the_way: bool) -> Response {
    let response = Response::new(200, bytes);
    if is_for_the_way {
        response.with_header("Content-Encoding", "gzip")
    } else {
        response
    }
}

#[test]
fn tiles_that_unpack_to_a_gigabyte_each_are_refused() {
    let tile = bomb("", "\0\0\0\0", 1000, "");
    for (data_type, points) in [
        ("binary", 1),
        ("binary", 3_000_000),
        ("laszip", 1),
        ("laszip", 100_000),
    ] {
        let tile = tile.clone();
        let error = refused(
            move |request| match &*request.path {
                "/ept.json" => Response::new(200, metadata(data_type)),
                "/ept-hierarchy/0-0-0-0.json" => Response::new(200, hierarchy(|_| points)),
                _ => answer(&tile, true),
            },
            &["--requests", "16"],
        );
        assert!(error.contains("larger than the limit of"), "{error}");
    }
}

#[test]
fn texts_of_many_values_are_refused() {
    let values = [
        ("{\"a\":[0", ",0", "]}"),
        ("{\"a\":[[]", ",[]", "]}"),
        ("{\"a\":[{}", ",{\"\":{}}", "]}"),
    ];
    for (start, text, end) in values {
        for is_for_the_way in WAYS {
            let bytes = bomb(start, text, 15, end);
            let error = refused(move |_| answer(&bytes, is_for_the_way), &[]);
            assert!(
                error.contains("ept.json: has more values than the limit of 1000000"),
                "{error}"
            );
        }
    }
    for (start, text, end) in [("[{}", ",{}", "]"), ("[{\"a\":[0", ",0", "]}]")] {
        for is_for_the_way in WAYS {
            let bytes = bomb(start, text, 60, end);
            let error = refused(
                move |request| match &*request.path {
                    "/ept.json" => Response::new(200, metadata("binary")),
                    "/ept-hierarchy/0-0-0-0.json" => Response::new(200, hierarchy(|_| 1)),
                    _ => answer(&bytes, is_for_the_way),
                },
                &["--origin", "a.laz"],
            );
            assert!(
                error.contains("manifest.json: has more values than the limit of 4000000"),
                "{error}"
            );
        }
    }
}

#[test]
fn pages_of_one_node_again_and_again_are_read_within_the_memory() {
    // More text than a page may have.
    let page = bomb("{\"0-0-0-0\":1", ",\"0-0-0-0\":1", 1000, "}");
    for is_for_the_way in WAYS {
        let page = page.clone();
        let error = refused(
            move |request| match &*request.path {
                "/ept.json" => Response::new(200, metadata("binary")),
                _ => answer(&page, is_for_the_way),
            },
            &[],
        );
        assert!(error.contains("hierarchy page 0-0-0-0"), "{error}");
        assert!(error.contains("limit of 67108864 bytes"), "{error}");
    }
    // As much as it may have, in 64 pages at a time, which are what they say.
    let page = bomb("{\"2-0-0-0\":1", ",\"2-0-0-0\":1", 60, "}");
    let error = refused(
        move |request| match &*request.path {
            "/ept.json" => Response::new(200, metadata("binary")),
            "/ept-hierarchy/0-0-0-0.json" => {
                Response::new(200, hierarchy(|depth| if depth == 2 { -1 } else { 1 }))
            }
            "/ept-hierarchy/2-0-0-0.json" => answer(&page, true),
            path if path.contains("ept-hierarchy") => answer(&page, false),
            _ => Response::new(404, ""),
        },
        &["--requests", "64", "--depth", "2"],
    );
    assert!(
        error.contains("0-0-0-0.bin): not found") || error.contains("is not below"),
        "{error}"
    );
}
