//! `ept fetch`: what it leaves in a folder, whatever servers, disks and signals do.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod answers;
mod files;
mod hostile;
mod kills;
mod names;
mod parts;
mod place;
mod secrets;
mod subset;

use std::path::Path;

use crate::support::server::{Request, Response, ranged};

/// Numbers without order, the same on every run.
fn scramble(number: u64) -> u64 {
    let mut x = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// A LAZ file of points that compress badly, made by the `las` crate; about 10 bytes a point.
fn noise(points: u64, seed: u64) -> Vec<u8> {
    noise_of(0, points, seed)
}

/// The same of another point format.
fn noise_of(format: u8, points: u64, seed: u64) -> Vec<u8> {
    let mut builder = las::Builder::from((1, 4));
    builder.point_format = las::point::Format::new(format).unwrap();
    builder.point_format.is_compressed = true;
    let axis = las::Transform {
        scale: 0.01,
        offset: 0.0,
    };
    builder.transforms = las::Vector {
        x: axis,
        y: axis,
        z: axis,
    };
    let header = builder.into_header().unwrap();
    let mut writer = las::Writer::new(std::io::Cursor::new(Vec::new()), header).unwrap();
    for number in 0..points {
        let random = scramble(seed << 32 | number);
        let point = las::Point {
            x: (random % 1_000_000) as f64 / 100.0,
            y: (random >> 20 & 0xf_ffff) as f64 / 100.0,
            z: (random >> 40 & 0xffff) as f64 / 100.0,
            intensity: (random >> 48) as u16,
            return_number: 1,
            number_of_returns: 1,
            gps_time: (format > 0).then_some(1.0),
            ..las::Point::default()
        };
        writer.write_point(point).unwrap();
    }
    writer.into_inner().unwrap().into_inner()
}

/// An `ETag` of some contents.
fn tag(contents: &[u8]) -> String {
    let sum = contents
        .iter()
        .fold(0_u64, |sum, byte| scramble(sum ^ u64::from(*byte)));
    format!("\"{sum:x}\"")
}

/// What a good server answers (RFC 9110, sections 13.1.5 and 14.2): a range only of the contents that `If-Range` names.
fn answer(request: &Request, contents: &[u8]) -> Response {
    let tag = tag(contents);
    let whole = Response::new(200, contents).with_header("ETag", &*tag);
    let is_other = request
        .headers
        .get("if-range")
        .is_some_and(|own| *own != tag);
    if is_other {
        whole
    } else {
        ranged(request, whole)
    }
}

/// A list of URLs, as a tile index.
fn list(folder: &Path, urls: &[String]) -> String {
    let path = folder.join("urls.txt");
    std::fs::write(&path, urls.join("\n")).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The names of all files below a folder, with `/` between their parts.
fn names_in(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in next.read_dir().into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap();
                names.push(name.to_str().unwrap().replace('\\', "/"));
            }
        }
    }
    names.sort();
    names
}

fn json(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}
