//! The laws of LAS files: what of a file is structure, whatever its bytes.

use ept_las::{ChunkTable, Compression, Header, Layout, srs_of};

/// Parses a file as far as it goes, and compares its parts with its size.
pub fn check_las(file: &[u8]) {
    let size = file.len() as u64;
    let Ok(header) = Header::parse(file, size) else {
        return;
    };
    check_header(&header, size);
    let _ = header.vlrs(file).count();
    let _ = srs_of(header.vlrs(file).flatten());
    let evlrs = header.evlrs_range(size).map(|range| {
        assert!(range.start <= range.end && range.end <= size, "{range:?}");
        &file[range.start as usize..range.end as usize]
    });
    let _ = evlrs.as_ref().map(|bytes| header.evlrs(bytes).count());
    if let Ok(layout) = Layout::of_file(&header, file, evlrs.unwrap_or_default()) {
        let mut fields = layout.fields().iter();
        let is_within = fields.all(|field| field.at + field.size() <= layout.size());
        assert!(is_within, "{layout:?}");
    }
    let compression = Compression::of_file(&header, file);
    let table = compression.and_then(|c| ChunkTable::of_file(file, &header, &c));
    if let Ok(table) = table {
        check_chunks(&table, &header, size);
    }
}

/// A header that is written is parsed as the same.
fn check_header(header: &Header, size: u64) {
    let written = header.to_bytes();
    match Header::parse(&written, size) {
        Ok(again) => assert_eq!(again.to_bytes(), written),
        Err(error) => panic!("{error}: {header:?}"),
    }
}

/// Chunks follow each other in the file and have all points.
fn check_chunks(table: &ChunkTable, header: &Header, size: u64) {
    let mut end = u64::from(header.points_at);
    let mut points = 0;
    for chunk in table.chunks() {
        assert!(
            chunk.at >= end && chunk.at + chunk.size <= size,
            "{table:?}"
        );
        end = chunk.at + chunk.size;
        points += chunk.points;
    }
    assert_eq!(points, header.points, "{table:?}");
}
