//! Writes indexes as zipped shapefiles with the fields of OpenTopography: `Filename`, `MinX`, `MinY`, `MaxX`, `MaxY`,
//! `URL`. Sources: ESRI Shapefile Technical Description, July 1998; dBase III.

use ept_format::Bounds;

use crate::location::Base;
use crate::zip_writer::archive;
use crate::{Index, IndexError, Row};

/// Size of the header of .shp and .shx, in 16-bit words like all their lengths.
const HEADER_WORDS: u32 = 50;
/// Sizes of a polygon of one ring of five places, and of a null shape.
const POLYGON_WORDS: u32 = 64;
const NULL_WORDS: u32 = 2;
const RECORD_HEADER_WORDS: u32 = 4;

/// Maximum length of a text in bytes.
const TEXT: u8 = 254;
const NUMBER: u8 = 24;
const DECIMALS: u8 = 15;
const FIELDS: [(&str, u8, u8, u8); 6] = [
    ("Filename", b'C', TEXT, 0),
    ("MinX", b'N', NUMBER, DECIMALS),
    ("MinY", b'N', NUMBER, DECIMALS),
    ("MaxX", b'N', NUMBER, DECIMALS),
    ("MaxY", b'N', NUMBER, DECIMALS),
    ("URL", b'C', TEXT, 0),
];

impl Index {
    /// The index as a zipped shapefile. Its files are named like the archive, without `.zip`. Paths below the folder of
    /// `location`, where the archive will be, become relative to it.
    ///
    /// # Errors
    /// If a location has more than 254 bytes, or the coordinate system can't be written as WKT.
    pub fn to_shapefile(&self, location: &str) -> Result<Vec<u8>, IndexError> {
        let name = location.rsplit(['/', '\\']).next().unwrap_or(location);
        let name = name.strip_suffix(".zip").unwrap_or(name);
        let (shp, shx) = self.shapes().ok_or_else(|| too_large(name))?;
        let dbf = self.table(&Base::beside(location))?;
        let mut files = vec![
            (format!("{name}.shp"), shp),
            (format!("{name}.shx"), shx),
            (format!("{name}.dbf"), dbf),
            (format!("{name}.cpg"), b"UTF-8".to_vec()),
        ];
        if let Some(crs) = &self.crs {
            let wkt = crs.well_known_text().ok_or_else(|| {
                let what = format!("the coordinate system {crs}");
                IndexError::unwritable(
                    &what,
                    "it can't be written as WKT, which a shapefile requires",
                )
            })?;
            files.push((format!("{name}.prj"), wkt.as_bytes().to_vec()));
        }
        archive(&files).ok_or_else(|| too_large(name))
    }

    /// The .shp and .shx. `None` if they are too large for the format.
    fn shapes(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        let (mut shapes, mut places) = (Vec::new(), Vec::new());
        let mut at = HEADER_WORDS;
        for (row, number) in self.rows.iter().zip(1_u32..) {
            let words = row.bounds.map_or(NULL_WORDS, |_| POLYGON_WORDS);
            for number in [number, words] {
                shapes.extend(number.to_be_bytes());
            }
            shape(&mut shapes, row.bounds.as_ref());
            for number in [at, words] {
                places.extend(number.to_be_bytes());
            }
            at = at.checked_add(RECORD_HEADER_WORDS + words)?;
        }
        let count = u32::try_from(self.rows.len()).ok()?;
        let places_end = HEADER_WORDS.checked_add(count.checked_mul(RECORD_HEADER_WORDS)?)?;
        let bounds = self.bounds();
        // Lengths are signed.
        i32::try_from(at).ok()?;
        Some((
            [header(at, bounds.as_ref()), shapes].concat(),
            [header(places_end, bounds.as_ref()), places].concat(),
        ))
    }

    /// The .dbf.
    fn table(&self, base: &Base) -> Result<Vec<u8>, IndexError> {
        let row_size = 1 + FIELDS.iter().map(|field| u16::from(field.2)).sum::<u16>();
        let header_size = 32 * (FIELDS.len() as u16 + 1) + 1;
        let count = u32::try_from(self.rows.len()).map_err(|_| too_large(".dbf"))?;
        // Version and date of the last change: always 1980-01-01, for the same bytes on every run.
        let mut table = vec![3, 80, 1, 1];
        table.extend(count.to_le_bytes());
        table.extend(header_size.to_le_bytes());
        table.extend(row_size.to_le_bytes());
        table.extend([0; 20]);
        for (name, kind, size, decimals) in FIELDS {
            let mut field = [0; 32];
            field[..name.len()].copy_from_slice(name.as_bytes());
            field[11] = kind;
            (field[16], field[17]) = (size, decimals);
            table.extend(field);
        }
        table.push(0x0d);
        for row in &self.rows {
            add_row(&mut table, row, base)?;
        }
        table.push(0x1a);
        Ok(table)
    }
}

fn too_large(name: &str) -> IndexError {
    IndexError::unwritable(
        name,
        "it has more rows than a shapefile can have; write a VPC",
    )
}

fn header(words: u32, bounds: Option<&Bounds>) -> Vec<u8> {
    let mut header = 9994_u32.to_be_bytes().to_vec();
    header.extend([0; 20]);
    header.extend(words.to_be_bytes());
    header.extend(1000_u32.to_le_bytes());
    header.extend(5_u32.to_le_bytes());
    header.extend(bounds.map_or([0; 32], corners));
    // Ranges of heights and measures.
    header.extend([0; 32]);
    header
}

fn shape(shapes: &mut Vec<u8>, bounds: Option<&Bounds>) {
    let Some(bounds) = bounds else {
        shapes.extend(0_u32.to_le_bytes());
        return;
    };
    shapes.extend(5_u32.to_le_bytes());
    shapes.extend(corners(bounds));
    // One part, five places; the part starts with place 0.
    for number in [1_u32, 5, 0] {
        shapes.extend(number.to_le_bytes());
    }
    let ([x0, y0, _], [x1, y1, _]) = (bounds.min(), bounds.max());
    // Clockwise.
    for number in [x0, y0, x0, y1, x1, y1, x1, y0, x0, y0] {
        shapes.extend(number.to_le_bytes());
    }
}

fn corners(bounds: &Bounds) -> [u8; 32] {
    let ([x0, y0, _], [x1, y1, _]) = (bounds.min(), bounds.max());
    let mut bytes = [0; 32];
    for (number, place) in [x0, y0, x1, y1].into_iter().zip(bytes.chunks_exact_mut(8)) {
        place.copy_from_slice(&number.to_le_bytes());
    }
    bytes
}

fn add_row(table: &mut Vec<u8>, row: &Row, base: &Base) -> Result<(), IndexError> {
    // Not deleted.
    table.push(b' ');
    add_text(table, row, row.file_name())?;
    for at in 0..4 {
        let number = row.bounds.map(|bounds| {
            let corner = if at < 2 { bounds.min() } else { bounds.max() };
            number(corner[at % 2])
        });
        table.extend(number.unwrap_or_else(|| " ".repeat(NUMBER.into())).bytes());
    }
    let location = base.relative(&row.location);
    add_text(table, row, location.as_ref().unwrap_or(&row.location))
}

fn add_text(table: &mut Vec<u8>, row: &Row, text: &str) -> Result<(), IndexError> {
    let room = usize::from(TEXT).checked_sub(text.len()).ok_or_else(|| {
        let problem = format!("a shapefile has only {TEXT} bytes for it; write a VPC or GeoJSON");
        IndexError::unwritable(&row.location, problem)
    })?;
    table.extend(text.bytes());
    table.extend(std::iter::repeat_n(b' ', room));
    Ok(())
}

/// The number with as many decimals as fit.
fn number(number: f64) -> String {
    let width = usize::from(NUMBER);
    let mut decimals = (0..=usize::from(DECIMALS)).rev();
    let fitting = decimals.find_map(|decimals| {
        let text = format!("{number:>width$.decimals$}");
        (text.len() <= width).then_some(text)
    });
    fitting.unwrap_or_else(|| "*".repeat(width))
}
