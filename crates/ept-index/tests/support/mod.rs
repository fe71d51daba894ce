//! Shapefiles and zips as their specifications have them, made byte by byte.

#![allow(
    clippy::unwrap_used,
    dead_code,
    unreachable_pub,
    reason = "each test binary uses its own part, and a test may panic"
)]

use std::io::Write;

use ept_index::{Index, IndexError, IndexFile, Reading};
use flate2::Crc;
use flate2::write::DeflateEncoder;

/// Reads an index that lies at `/survey/index`.
pub fn read(bytes: &[u8]) -> Result<Index, IndexError> {
    Reading::new().read(&IndexFile::new("/survey/index", bytes))
}

pub fn message(result: Result<Index, IndexError>) -> String {
    result.unwrap_err().to_string()
}

/// Least x and y, then the greatest, of each row.
pub fn boxes(index: &Index) -> Vec<[f64; 4]> {
    let corners = index.rows.iter().map(|row| {
        let bounds = row.bounds.unwrap();
        let (min, max) = (bounds.min(), bounds.max());
        [min[0], min[1], max[0], max[1]]
    });
    corners.collect()
}

pub fn locations(index: &Index) -> Vec<&str> {
    index.rows.iter().map(|row| &*row.location).collect()
}

/// Contents of a shape: a polygon of one ring around a box, of kind 5, 15 (with heights) or 25 (with measures).
pub fn polygon(kind: u32, [x0, y0, x1, y1]: [f64; 4]) -> Vec<u8> {
    let mut shape = kind.to_le_bytes().to_vec();
    let add = |numbers: &[f64]| {
        let bytes = numbers.iter().flat_map(|number| number.to_le_bytes());
        bytes.collect::<Vec<u8>>()
    };
    shape.extend(add(&[x0, y0, x1, y1]));
    for number in [1_u32, 5, 0] {
        shape.extend(number.to_le_bytes());
    }
    shape.extend(add(&[x0, y0, x0, y1, x1, y1, x1, y0, x0, y0]));
    // A range and a number for each place, of heights and of measures.
    let more = match kind {
        5 => 0,
        15 => 14,
        _ => 7,
    };
    shape.extend(add(&vec![-1e39; more]));
    shape
}

/// The .shp and the .shx of these shapes.
pub fn shp(kind: u32, shapes: &[Vec<u8>]) -> (Vec<u8>, Vec<u8>) {
    let header = |bytes: usize| {
        let mut header = 9994_u32.to_be_bytes().to_vec();
        header.extend([0; 20]);
        header.extend((bytes as u32 / 2).to_be_bytes());
        header.extend(1000_u32.to_le_bytes());
        header.extend(kind.to_le_bytes());
        header.extend([0; 64]);
        header
    };
    let (mut records, mut places) = (Vec::new(), Vec::new());
    for (number, shape) in (1_u32..).zip(shapes) {
        let words = shape.len() as u32 / 2;
        places.extend(((100 + records.len()) as u32 / 2).to_be_bytes());
        places.extend(words.to_be_bytes());
        records.extend(number.to_be_bytes());
        records.extend(words.to_be_bytes());
        records.extend(shape);
    }
    (
        [header(100 + records.len()), records].concat(),
        [header(100 + places.len()), places].concat(),
    )
}

/// A dBase table: name, kind and size of each field, and rows of their values.
pub fn dbf(fields: &[(&str, u8, u8)], rows: &[&[&str]]) -> Vec<u8> {
    let row_size = 1 + fields.iter().map(|field| u16::from(field.2)).sum::<u16>();
    let mut table = vec![3, 126, 11, 27];
    table.extend((rows.len() as u32).to_le_bytes());
    table.extend((32 * (fields.len() as u16 + 1) + 1).to_le_bytes());
    table.extend(row_size.to_le_bytes());
    table.extend([0; 20]);
    for (name, kind, size) in fields {
        let mut field = [0; 32];
        field[..name.len()].copy_from_slice(name.as_bytes());
        (field[11], field[16]) = (*kind, *size);
        table.extend(field);
    }
    table.push(0x0d);
    for row in rows {
        table.push(b' ');
        for (value, field) in row.iter().zip(fields) {
            let mut cell = value.as_bytes().to_vec();
            cell.resize(field.2.into(), b' ');
            table.extend(cell);
        }
    }
    table.push(0x1a);
    table
}

/// A zip of these files, each deflated.
pub fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, contents) in files {
        let mut encoder = DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(contents).unwrap();
        let packed = encoder.finish().unwrap();
        let mut crc = Crc::new();
        crc.update(contents);
        let mut common = vec![20, 0, 0, 0, 8, 0, 0, 0, 0x21, 0];
        for number in [crc.sum(), packed.len() as u32, contents.len() as u32] {
            common.extend(number.to_le_bytes());
        }
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0; 2]);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend((archive.len() as u32).to_le_bytes());
        directory.extend(name.as_bytes());
        archive.extend(b"PK\x03\x04");
        archive.extend(&common);
        archive.extend(name.as_bytes());
        archive.extend(&packed);
    }
    let at = archive.len() as u32;
    let size = directory.len() as u32;
    archive.extend(directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend((files.len() as u16).to_le_bytes());
    archive.extend((files.len() as u16).to_le_bytes());
    archive.extend(size.to_le_bytes());
    archive.extend(at.to_le_bytes());
    archive.extend([0; 2]);
    archive
}

/// A shapefile of two tiles side by side in UTM, zone 15, as the parts shp, shx, dbf and prj.
pub fn two_tiles() -> [Vec<u8>; 4] {
    let shapes = [polygon(5, WEST), polygon(5, EAST)];
    let (shp, shx) = shp(5, &shapes);
    let table = dbf(
        &[("Filename", b'C', 20), ("URL", b'C', 40)],
        &[
            &["west.laz", "https://example.com/west.laz"],
            &["east.laz", "https://example.com/east.laz"],
        ],
    );
    [shp, shx, table, UTM_15.as_bytes().to_vec()]
}

pub const WEST: [f64; 4] = [500_000.0, 4_650_000.0, 500_499.99, 4_650_499.99];
pub const EAST: [f64; 4] = [500_500.0, 4_650_000.0, 500_999.99, 4_650_499.99];

pub const UTM_15: &str = concat!(
    r#"PROJCS["NAD_1983_UTM_Zone_15N",GEOGCS["GCS_North_American_1983",DATUM["D_North_American_1983","#,
    r#"SPHEROID["GRS_1980",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],"#,
    r#"PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],"#,
    r#"PARAMETER["Central_Meridian",-93.0],PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],"#,
    r#"UNIT["Meter",1.0]]"#
);
