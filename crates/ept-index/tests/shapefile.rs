//! Shapefiles as others write them, and as nobody should.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use ept_index::{Attribute, IndexError, IndexFile, Reading, companions};
use support::{
    EAST, UTM_15, WEST, boxes, dbf, locations, message, polygon, read, shp, two_tiles, zip,
};

/// Reads a plain shapefile with these parts beside it.
fn plain(shp: &[u8], parts: &[(&str, &[u8])]) -> Result<ept_index::Index, IndexError> {
    let file = IndexFile::new("/survey/index.shp", shp);
    Reading::new().read(&file.with_beside(parts))
}

#[test]
fn a_plain_shapefile_is_read_with_what_lies_beside_it() {
    let [shp, shx, dbf, prj] = two_tiles();
    assert_eq!(companions(&shp), ["shx", "dbf", "prj"]);
    assert!(companions(&zip(&[("a.shp", &shp)])).is_empty());
    let parts: [(&str, &[u8]); 3] = [("shx", &shx), ("dbf", &dbf), ("prj", &prj)];
    // Neither the .shx nor the .prj has to be there.
    for parts in [&parts[..], &parts[1..2]] {
        let index = plain(&shp, parts).unwrap();
        assert_eq!(boxes(&index), [WEST, EAST]);
        assert_eq!(index.crs.is_some(), parts.len() == 3);
        let expected = [
            "https://example.com/west.laz",
            "https://example.com/east.laz",
        ];
        assert_eq!(locations(&index), expected);
    }
    let text = message(plain(&shp, &[]));
    assert!(text.contains(".dbf of the shapefile is missing"), "{text}");
}

#[test]
fn shapes_with_heights_or_measures_have_the_same_boxes() {
    for kind in [5, 15, 25] {
        let (shp, shx) = shp(kind, &[polygon(kind, WEST), polygon(kind, EAST)]);
        let [_, _, dbf, _] = two_tiles();
        let index = plain(&shp, &[("shx", &shx), ("dbf", &dbf)]).unwrap();
        assert_eq!(boxes(&index), [WEST, EAST], "kind {kind}");
        // Heights of polygons are not those of points.
        let bounds = index.rows[0].bounds.unwrap();
        assert!(bounds.min()[2].is_infinite(), "kind {kind}");
    }
}

#[test]
fn a_box_that_lies_about_its_places_is_not_believed() {
    let mut liar = polygon(5, WEST);
    liar[4..12].copy_from_slice(&0.0_f64.to_le_bytes());
    let (shp, _) = shp(5, &[liar, polygon(5, EAST)]);
    let [_, _, dbf, _] = two_tiles();
    assert_eq!(boxes(&plain(&shp, &[("dbf", &dbf)]).unwrap()), [WEST, EAST]);
}

#[test]
fn the_shx_decides_where_shapes_are() {
    // An editor has left an old shape behind and put the new one at the end.
    let (shp, shx) = shp(
        5,
        &[
            polygon(5, [0.0, 0.0, 1.0, 1.0]),
            polygon(5, EAST),
            polygon(5, WEST),
        ],
    );
    let [entry, second, third] = [100, 108, 116].map(|at| &shx[at..at + 8]);
    let mut moved = [&shx[..100], third, second].concat();
    moved[24..28].copy_from_slice(&58_u32.to_be_bytes());
    assert_ne!(entry, third);
    let [_, _, dbf, _] = two_tiles();
    let index = plain(&shp, &[("shx", &moved), ("dbf", &dbf)]).unwrap();
    assert_eq!(boxes(&index), [WEST, EAST]);
}

#[test]
fn every_kind_of_field_is_read() {
    let fields = [
        ("LOCATION", b'C', 12),
        ("Area", b'F', 19),
        ("Points", b'N', 10),
        ("Flown", b'D', 8),
        ("Done", b'L', 1),
        ("Bad", b'N', 4),
        ("Blank", b'C', 4),
    ];
    let row = [
        "tile 1.laz",
        "1.25000000000e+002",
        "     12345",
        "20210407",
        "T",
        "****",
        "",
    ];
    let table = dbf(&fields, &[&row]);
    let (shp, _) = shp(5, &[polygon(5, WEST)]);
    let index = plain(&shp, &[("dbf", &table)]).unwrap();
    let row = &index.rows[0];
    assert_eq!(row.location, "/survey/tile 1.laz");
    assert_eq!(row.points, Some(12_345));
    let expected = [
        ("LOCATION", Attribute::Text("tile 1.laz".into())),
        ("Area", Attribute::Float(125.0)),
        ("Points", Attribute::Integer(12_345)),
        ("Flown", Attribute::Text("20210407".into())),
        ("Done", Attribute::Boolean(true)),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value));
    assert_eq!(row.attributes, expected);
}

#[test]
fn deleted_rows_take_their_shapes_along() {
    let [shp, _, mut dbf, _] = two_tiles();
    let first_row = usize::from(u16::from_le_bytes([dbf[8], dbf[9]]));
    dbf[first_row] = b'*';
    let index = plain(&shp, &[("dbf", &dbf)]).unwrap();
    assert_eq!(boxes(&index), [EAST]);
    assert_eq!(locations(&index), ["https://example.com/east.laz"]);
}

#[test]
fn a_shape_that_is_nothing_has_no_box() {
    let null = 0_u32.to_le_bytes().to_vec();
    let empty = [&5_u32.to_le_bytes()[..], &[0; 40]].concat();
    let (shp, _) = shp(5, &[null, empty]);
    let [_, _, dbf, _] = two_tiles();
    let index = plain(&shp, &[("dbf", &dbf)]).unwrap();
    assert!(index.rows.iter().all(|row| row.bounds.is_none()));
}

#[test]
fn an_index_may_have_no_rows() {
    let (shp, shx) = shp(5, &[]);
    let table = dbf(&[("URL", b'C', 20)], &[]);
    let index = plain(&shp, &[("shx", &shx), ("dbf", &table)]).unwrap();
    assert!(index.rows.is_empty());
}

#[test]
fn lies_about_lengths_and_counts_are_named() {
    let [shp, shx, dbf, _] = two_tiles();
    let with = |bytes: &[u8], at: usize, number: u32| {
        let mut bytes = bytes.to_vec();
        bytes[at..at + 4].copy_from_slice(&number.to_be_bytes());
        bytes
    };
    let le = |bytes: &[u8], at: usize, number: u32| with(bytes, at, number.swap_bytes());
    for (name, shp, shx, dbf, problem) in [
        (
            "length of the file",
            with(&shp, 24, 1 << 30),
            None,
            dbf.clone(),
            "truncated",
        ),
        (
            "length of a shape",
            with(&shp, 104, 0x7fff_ffff),
            None,
            dbf.clone(),
            "shape 1",
        ),
        (
            "sign of a length",
            with(&shp, 104, 0x8fff_ffff),
            None,
            dbf.clone(),
            "shape 1",
        ),
        (
            "kind of a shape",
            le(&shp, 108, 77),
            None,
            dbf.clone(),
            "shape 1",
        ),
        (
            "parts of a shape",
            le(&shp, 144, 0x4000_0000),
            None,
            dbf.clone(),
            "shape 1",
        ),
        (
            "places of a shape",
            le(&shp, 148, 0x1000_0000),
            None,
            dbf.clone(),
            "shape 1",
        ),
        (
            "place of a shape",
            shp.clone(),
            Some(with(&shx, 108, 0x7fff_fff0)),
            dbf.clone(),
            "shape 2",
        ),
        (
            "rows",
            shp.clone(),
            None,
            le(&dbf, 4, 0xffff_ffff),
            "claims 4294967295 rows",
        ),
        (
            "more rows",
            shp.clone(),
            None,
            le(&dbf, 4, 1),
            "1 rows but 2 shapes",
        ),
        (
            "size of rows",
            shp.clone(),
            None,
            le(&dbf, 8, 97 | 3 << 16),
            "rows have 3",
        ),
        (
            "no size of rows",
            shp.clone(),
            None,
            le(&dbf, 8, 97),
            "rows have 0",
        ),
        (
            "size of the header",
            shp.clone(),
            None,
            le(&dbf, 8, 0xffff | 61 << 16),
            "truncated",
        ),
    ] {
        let mut parts: Vec<(&str, &[u8])> = vec![("dbf", &dbf)];
        parts.extend(shx.as_ref().map(|shx| ("shx", &shx[..])));
        let text = message(plain(&shp, &parts));
        assert!(text.contains(problem), "{name}: {text}");
    }
    for end in [0, 50, 99, 101, 120, shp.len() - 1] {
        assert!(plain(&shp[..end], &[("dbf", &dbf)]).is_err(), "{end}");
    }
    for end in [0, 11, 40, 96, dbf.len() - 2] {
        assert!(plain(&shp, &[("dbf", &dbf[..end])]).is_err(), "{end}");
    }
    let mut nan = shp.clone();
    nan[164..172].copy_from_slice(&f64::NAN.to_le_bytes());
    assert!(message(plain(&nan, &[("dbf", &dbf)])).contains("shape 1"));
}

#[test]
fn a_system_that_is_not_understood_is_told_unless_another_is_named() {
    let [shp, _, dbf, _] = two_tiles();
    let parts: [(&str, &[u8]); 2] = [("dbf", &dbf), ("prj", b"LOCAL_CS[\"site\"]")];
    let text = message(plain(&shp, &parts));
    assert!(
        text.contains(".prj") && text.contains("not understood"),
        "{text}"
    );
    let utm = ept_crs::Crs::parse("EPSG:26915").unwrap();
    let reading = Reading::new().with_crs(utm.clone());
    let file = IndexFile::new("index.shp", &shp).with_beside(&parts);
    assert_eq!(reading.read(&file).unwrap().crs, Some(utm));
}

#[test]
fn zips_are_read_however_they_were_packed() {
    let [shp, shx, dbf, prj] = two_tiles();
    let upper: [(&str, &[u8]); 4] = [
        ("I.SHP", &shp),
        ("I.SHX", &shx),
        ("I.DBF", &dbf),
        ("I.PRJ", &prj),
    ];
    let folder: [(&str, &[u8]); 6] = [
        ("survey/", b""),
        ("survey/i.shp", &shp),
        ("survey/i.dbf", &dbf),
        ("survey/i.prj", UTM_15.as_bytes()),
        ("survey/i.shp.xml", b"<metadata/>"),
        ("readme.txt", b"read me"),
    ];
    let mac: [(&str, &[u8]); 5] = [
        ("i.shp", &shp),
        ("__MACOSX/._i.shp", b"fork"),
        ("._i.shp", b"fork"),
        ("i.dbf", &dbf),
        ("i.prj", &prj),
    ];
    let windows: [(&str, &[u8]); 3] = [
        ("survey\\i.shp", &shp),
        ("survey\\i.dbf", &dbf),
        ("survey\\i.prj", &prj),
    ];
    for files in [&upper[..], &folder, &mac, &windows] {
        let index = read(&zip(files)).unwrap();
        assert_eq!(boxes(&index), [WEST, EAST], "{:?}", files[0].0);
        assert!(index.crs.is_some(), "{:?}", files[0].0);
    }
    // Behind a program that unpacks it, and before a comment.
    let mut wrapped = [b"MZ stub".to_vec(), zip(&upper)].concat();
    let start = wrapped.split_off(7);
    assert_eq!(boxes(&read(&start).unwrap()), [WEST, EAST]);
    let mut comment = start;
    let at = comment.len() - 2;
    comment[at] = 3;
    comment.extend(b"abc");
    assert_eq!(boxes(&read(&comment).unwrap()), [WEST, EAST]);
}

#[test]
fn hostile_zips_are_refused() {
    let [shp, _, dbf, _] = two_tiles();
    let good: [(&str, &[u8]); 2] = [("a.shp", &shp), ("a.dbf", &dbf)];
    let text = message(read(&zip(&[&good[..], &[("b.shp", &shp)]].concat())));
    assert!(text.contains("a.shp, b.shp"), "{text}");
    for name in ["../a.shp", "/etc/a.shp", "x/../../a.shp", "..\\a.shp"] {
        let text = message(read(&zip(&[(name, &shp), ("a.dbf", &dbf)])));
        assert!(text.contains("leads out"), "{name}: {text}");
    }
    let text = message(read(&zip(&[("a.pdf", b"x")])));
    assert!(text.contains("neither a shapefile"), "{text}");
    let text = message(read(&zip(&[])));
    assert!(text.contains("neither a shapefile"), "{text}");

    let archive = zip(&good);
    for end in [4, 30, archive.len() / 2, archive.len() - 1] {
        let text = message(read(&archive[..end]));
        assert!(text.contains("zip"), "{end}: {text}");
    }
    let directory = archive
        .windows(4)
        .position(|bytes| bytes == b"PK\x01\x02")
        .unwrap();
    for (name, at, value, problem) in [
        ("encrypted", directory + 8, 1, "encrypted"),
        ("method", directory + 10, 14, "method 14"),
        (
            "checksum",
            directory + 16,
            archive[directory + 16] ^ 1,
            "damaged",
        ),
        (
            "length",
            directory + 24,
            archive[directory + 24] ^ 1,
            "damaged",
        ),
        ("packed length", directory + 23, 0x7f, "outside the archive"),
        ("place", directory + 44, 0x7f, "outside the archive"),
        ("length of the name", directory + 29, 0xff, "contradicts"),
    ] {
        let mut archive = archive.clone();
        archive[at] = value;
        let text = message(read(&archive));
        assert!(text.contains(problem), "{name}: {text}");
    }
}

#[test]
fn a_bomb_stops_at_the_limit() {
    let [shp, _, dbf, _] = two_tiles();
    let mut large = shp.clone();
    large.resize(64 << 20, 0);
    let archive = zip(&[("a.shp", &large), ("a.dbf", &dbf)]);
    assert!(archive.len() < 1 << 18);
    let reading = Reading::new().with_max_unpacked(1 << 20);
    let text = message(reading.read(&IndexFile::new("a.zip", &archive)));
    assert!(text.contains("limit of 1048576 bytes"), "{text}");
    // The directory can claim what it likes.
    let directory = archive
        .windows(4)
        .position(|bytes| bytes == b"PK\x01\x02")
        .unwrap();
    let mut lying = archive.clone();
    lying[directory + 24..directory + 28].copy_from_slice(&100_u32.to_le_bytes());
    let text = message(reading.read(&IndexFile::new("a.zip", &lying)));
    assert!(text.contains("limit of 1048576 bytes"), "{text}");
    // Bytes behind the shapes are left alone where the limit allows them.
    assert_eq!(boxes(&read(&archive).unwrap()), [WEST, EAST]);
}
