//! PLY files, read by a small parser of their header.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::common;

use common::{File, batch};
use ept_export::{ExportError, FileInfo, PlySink, Sink};
use ept_format::{Key, Srs};
use ept_points::{Column, PointBatch, Values};

fn write(info: FileInfo, batches: &[PointBatch]) -> Result<Vec<u8>, ExportError> {
    let empty = PointBatch::new(vec![Column::new("X", Values::F64(vec![]))]).unwrap();
    let file = File::default();
    let mut sink = Box::new(PlySink::new(file.clone(), info, empty));
    for batch in batches {
        sink.write(Key::ROOT.into(), batch)?;
    }
    let points: usize = batches.iter().map(PointBatch::len).sum();
    assert_eq!(sink.finish()?, points as u64);
    Ok(file.contents())
}

/// Comments, number of points, properties as `type name`, and the points.
struct Ply {
    comments: Vec<String>,
    points: usize,
    properties: Vec<String>,
    body: Vec<u8>,
}

fn read(file: &[u8]) -> Ply {
    let end = b"end_header\n";
    let at = file.windows(end.len()).position(|part| part == end);
    let (header, body) = file.split_at(at.unwrap() + end.len());
    let header = std::str::from_utf8(header).unwrap();
    assert!(header.starts_with("ply\nformat binary_little_endian 1.0\n"));
    assert!(header.lines().all(|line| line.len() < 256));
    let all = |key: &str| {
        let lines = header.lines().filter_map(|line| line.strip_prefix(key));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    Ply {
        comments: all("comment "),
        points: all("element vertex ")[0].parse().unwrap(),
        properties: all("property "),
        body: body.to_vec(),
    }
}

#[test]
fn every_type_is_its_own_property() {
    let points = batch(
        None,
        vec![
            ("a", Values::U8(vec![1, 255])),
            ("b", Values::I8(vec![-128, 2])),
            ("Red", Values::U16(vec![3, 65535])),
            ("d", Values::I16(vec![-32768, 4])),
            ("OriginId", Values::U32(vec![5, u32::MAX])),
            ("f", Values::I32(vec![i32::MIN, 6])),
            ("g", Values::F32(vec![0.1, f32::NAN])),
            ("GpsTime", Values::F64(vec![0.2, -7.0])),
            ("i", Values::I64(vec![-(1 << 53), 8])),
            ("j", Values::U64(vec![9, 1 << 63])),
        ],
    );
    let ply = read(&write(FileInfo::default(), std::slice::from_ref(&points)).unwrap());
    let expected = "double x,double y,double z,uchar a,char b,ushort red,short d,uint OriginId,int f,\
        float g,double GpsTime,double i,double j";
    assert_eq!(ply.properties.join(","), expected);
    assert_eq!(ply.points, 2);
    let mut body = Vec::new();
    for at in 0..2 {
        for axis in [
            points.x().unwrap(),
            points.y().unwrap(),
            points.z().unwrap(),
        ] {
            body.extend(axis[at].to_le_bytes());
        }
        body.extend([[1, 255][at], [128, 2][at]]);
        body.extend([3_u16, 65535][at].to_le_bytes());
        body.extend([-32768_i16, 4][at].to_le_bytes());
        body.extend([5, u32::MAX][at].to_le_bytes());
        body.extend([i32::MIN, 6][at].to_le_bytes());
        body.extend([0.1, f32::NAN][at].to_le_bytes());
        body.extend([0.2_f64, -7.0][at].to_le_bytes());
        body.extend([-9_007_199_254_740_992.0_f64, 8.0][at].to_le_bytes());
        body.extend([9.0_f64, 9_223_372_036_854_775_808.0][at].to_le_bytes());
    }
    assert_eq!(ply.body, body);
}

#[test]
fn what_ply_cannot_hold_is_an_error() {
    let odd = batch(None, vec![("Id", Values::U64(vec![(1 << 53) + 1]))]);
    let error = write(FileInfo::default(), &[odd]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Id 9007199254740993 does not fit its field (float64)"
    );
    let blob = Values::Bytes {
        width: 3,
        data: vec![0; 3],
    };
    let error = write(FileInfo::default(), &[batch(None, vec![("Blob", blob)])]).unwrap_err();
    assert!(matches!(error, ExportError::NoType { format: "PLY", .. }));

    let first = batch(None, vec![("A", Values::U8(vec![1]))]);
    let error = write(FileInfo::default(), &[first.clone(), batch(None, vec![])]).unwrap_err();
    assert!(matches!(error, ExportError::MissingDimension(name) if name == "A"));
    let more = batch(
        None,
        vec![("A", Values::U8(vec![1])), ("B", Values::U8(vec![1]))],
    );
    let error = write(FileInfo::default(), &[first, more]).unwrap_err();
    assert!(matches!(error, ExportError::NewDimension(name) if name == "B"));
}

#[test]
fn names_are_single_words_and_stay_distinct() {
    let one = || Values::U8(vec![1]);
    let points = batch(
        None,
        vec![
            ("red", one()),
            ("Red", one()),
            ("a b", one()),
            ("a\nb", one()),
            ("é", one()),
        ],
    );
    let ply = read(&write(FileInfo::default(), &[points]).unwrap());
    let names = ply.properties[3..].join(",");
    assert_eq!(names, "uchar red,uchar red_2,uchar a_b,uchar a_b_2,uchar _");
}

#[test]
fn comments_say_the_whole_crs_and_note() {
    let wkt = format!(
        "PROJCS[\"a, b\",\n  {}UNIT[\"metre\",1]]",
        "AXIS[\"a\",EAST],".repeat(99)
    );
    let info = FileInfo {
        srs: Srs {
            wkt: Some(wkt.clone()),
            ..Srs::default()
        },
        note: Some("x".repeat(1000)),
    };
    let few = read(&write(info.clone(), &[batch(None, vec![])]).unwrap());
    let whole = |key: &str| {
        let lines = few
            .comments
            .iter()
            .filter_map(|line| line.strip_prefix(key));
        lines.collect::<String>()
    };
    assert_eq!(whole("crs: "), wkt.replace("\n  ", " "));
    assert_eq!(Some(whole("note: ")), info.note);
}

#[test]
fn the_cut_into_batches_leaves_no_trace() {
    let numbers: Vec<u32> = (0..30_000).collect();
    let in_batches = |len: usize| {
        let batches = numbers.chunks(len).map(|chunk| {
            let column = Column::new("n", Values::U32(chunk.to_vec()));
            PointBatch::new(vec![column]).unwrap()
        });
        write(FileInfo::default(), &batches.collect::<Vec<_>>()).unwrap()
    };
    assert_eq!(in_batches(7), in_batches(30_000));
    assert_eq!(read(&in_batches(7)).points, 30_000);
}

#[test]
fn without_points_the_file_is_valid() {
    let ply = read(&write(FileInfo::default(), &[]).unwrap());
    assert_eq!((ply.points, ply.body.len()), (0, 0));
    assert_eq!(ply.properties, ["double x"]);
}

#[test]
fn comments_are_ascii() {
    let info = FileInfo {
        srs: Srs {
            wkt: Some("LOCAL_CS[\"Gauß-Krüger \u{1f5fa}\"]".into()),
            ..Srs::default()
        },
        note: Some("{\"dataset\":\"forêt\u{7f}\"}".into()),
    };
    let ply = read(&write(info, &[batch(None, vec![])]).unwrap());
    let of = |key: &str| {
        let lines = ply.comments.iter();
        let parts = lines.filter_map(|line| line.strip_prefix(key).map(str::to_owned));
        parts.collect::<String>()
    };
    assert!(
        ply.comments
            .iter()
            .all(|line| line.bytes().all(|byte| (b' '..=b'~').contains(&byte)))
    );
    assert_eq!(
        of("crs: "),
        r#"LOCAL_CS["Gau\u00df-Kr\u00fcger \ud83d\uddfa"]"#
    );
    assert_eq!(of("note: "), r#"{"dataset":"for\u00eat\u007f"}"#);
}
