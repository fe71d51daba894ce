//! Extra bytes that several records of a file describe, before and after its points.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::common;

use common::{File, RECORD, Storage, descriptor, laszip};
use ept_points::{DecodeError, Decoder, TileHeader, Values};

/// Where the header of LAS 1.4 has the place and the number of its extended records (LAS 1.4 R15, table 3).
const EVLRS_AT: usize = 235;
const EVLR_COUNT: usize = 243;

/// An extended record (LAS 1.4 R15, table 6).
fn extended(user: &str, id: u16, data: &[u8]) -> Vec<u8> {
    let mut record = vec![0; 60];
    record[2..2 + user.len()].copy_from_slice(user.as_bytes());
    record[18..20].copy_from_slice(&id.to_le_bytes());
    record[20..28].copy_from_slice(&(data.len() as u64).to_le_bytes());
    record.extend(data);
    record
}

/// The file with extended records at its end.
fn with_extended(file: &File, records: &[Vec<u8>]) -> Vec<u8> {
    let mut tile = file.build();
    let at = tile.len() as u64;
    tile[EVLRS_AT..EVLRS_AT + 8].copy_from_slice(&at.to_le_bytes());
    tile[EVLR_COUNT..EVLR_COUNT + 4].copy_from_slice(&(records.len() as u32).to_le_bytes());
    tile.extend(records.concat());
    tile
}

/// The 16-bit integers at a place in the extra bytes of each record.
fn integers(file: &File, at: usize) -> Values {
    let at = RECORD[usize::from(file.format)] + at;
    let records = file.records.chunks(file.record());
    Values::U16(
        records
            .map(|r| u16::from_le_bytes([r[at], r[at + 1]]))
            .collect(),
    )
}

fn decoded(file: &File, tile: &[u8]) -> ept_points::PointBatch {
    let points = file.points() as u64;
    Decoder::new(&laszip()).decode(points, tile).unwrap()
}

#[test]
fn extra_bytes_in_several_records_are_dimensions_in_their_order() {
    for (format, minor, storage) in [
        (1, 2, Storage::Fixed(50_000)),
        (3, 4, Storage::Uncompressed),
        (7, 4, Storage::Fixed(20)),
    ] {
        let mut file = File::new(format, 60).with_extra(6, descriptor(3, 0, "First"));
        (file.minor, file.storage) = (minor, storage);
        file.vlrs.push(("Somebody", 4, descriptor(3, 0, "Foreign")));
        let rest = [descriptor(3, 0, "Second"), descriptor(3, 0, "Third")];
        file.vlrs.push(("LASF_Spec", 4, rest.concat()));
        let batch = decoded(&file, &file.build());
        for (name, at) in [("First", 0), ("Second", 2), ("Third", 4)] {
            assert_eq!(batch.values(name), Some(&integers(&file, at)), "{name}");
        }
        assert_eq!(batch.values("Foreign"), None);
    }
}

#[test]
fn extra_bytes_in_an_extended_record_come_after_the_others() {
    for storage in [Storage::Fixed(20), Storage::Uncompressed] {
        let file = File::new(6, 60).with_extra(6, descriptor(3, 0, "First"));
        let file = file.stored(storage);
        let records = [
            extended("LASF_Spec", 4, &descriptor(3, 0, "Second")),
            extended("Somebody", 7, &[1; 1000]),
            extended("LASF_Spec", 4, &descriptor(3, 0, "Third")),
        ];
        let tile = with_extended(&file, &records);
        let batch = decoded(&file, &tile);
        for (name, at) in [("First", 0), ("Second", 2), ("Third", 4)] {
            assert_eq!(batch.values(name), Some(&integers(&file, at)), "{name}");
        }

        let size = tile.len() as u64;
        let length = TileHeader::length(&tile) as usize;
        let place = TileHeader::evlrs(&tile[..length], size).unwrap();
        let evlrs = &tile[place.start as usize..place.end as usize];
        let header = TileHeader::parse(&tile[..length], size, evlrs).unwrap();
        let columns = batch.columns().iter().map(|column| column.name.clone());
        assert_eq!(header.dimensions, columns.collect::<Vec<_>>());
    }
}

#[test]
fn an_extended_record_outside_of_the_file_is_refused() {
    let file = File::new(6, 10).with_extra(2, descriptor(3, 0, "First"));
    let record = extended("LASF_Spec", 4, &descriptor(3, 0, "Second"));
    let whole = with_extended(&file, &[record]);
    let with_place = |at: u64, count: u32| {
        let mut tile = whole.clone();
        tile[EVLRS_AT..EVLRS_AT + 8].copy_from_slice(&at.to_le_bytes());
        tile[EVLR_COUNT..EVLR_COUNT + 4].copy_from_slice(&count.to_le_bytes());
        Decoder::new(&laszip()).decode(10, &tile)
    };
    let size = whole.len() as u64;
    for at in [1, 374, size - 1, size, size + 1, u64::MAX] {
        for count in [1, u32::MAX] {
            let error = with_place(at, count).unwrap_err();
            assert!(
                matches!(error, DecodeError::Corrupt { .. }),
                "{at}: {error}"
            );
        }
        // Without records their place means nothing.
        assert!(with_place(at, 0).is_ok(), "{at}");
    }
    assert!(with_place(0, 1).is_ok());
}
