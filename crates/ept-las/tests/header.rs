//! Headers and variable length records, written and parsed, with the `las` crate as oracle.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use ept_las::{Header, LasError, PointFormat, Scaling, Vlr, VlrId, Vlrs};
use las::raw;
use proptest::prelude::*;

fn finite() -> impl Strategy<Value = f64> {
    any::<f64>().prop_filter("finite", |number| number.is_finite())
}

fn scale() -> impl Strategy<Value = f64> {
    finite().prop_filter("not 0", |number| *number != 0.0)
}

fn scaling() -> impl Strategy<Value = Scaling> {
    let scale = prop::array::uniform3(scale());
    let offset = prop::array::uniform3(finite());
    (scale, offset).prop_map(|(scale, offset)| Scaling { scale, offset })
}

prop_compose! {
    fn header()(
        minor in 0_u8..=5,
        format in 0_u8..=10,
        scaling in scaling(),
        ids in any::<(u16, u16, [u8; 16])>(),
        texts in ("[ -~]{0,32}", "[ -~]{0,32}"),
        created in any::<(u16, u16)>(),
        (vlrs, further, extra) in (any::<u32>(), 0_u32..100_000, 0_u16..1000),
        is_compressed in any::<bool>(),
        returns in prop::array::uniform15(0_u64..1 << 40),
        box_ in (prop::array::uniform3(finite()), prop::array::uniform3(finite())),
        later in any::<(u64, u64, u32, u16)>(),
        times in (finite(), finite()),
    ) -> Header {
        let mut header = Header::new(minor, PointFormat::new(format).unwrap(), scaling);
        (header.file_source_id, header.global_encoding, header.guid) = ids;
        (header.system_identifier, header.generating_software) = texts;
        header.created = created;
        header.points_at += further;
        header.vlr_count = vlrs;
        header.record_length += extra;
        header.is_compressed = is_compressed;
        (header.min, header.max) = box_;
        header.points_by_return = returns;
        if minor < 4 {
            header.points_by_return[5..].fill(0);
            header.points_by_return = header.points_by_return.map(|count| count % (1 << 29));
        }
        header.points = header.points_by_return.iter().sum();
        if minor >= 3 {
            header.waveforms_at = later.0;
        }
        if minor >= 4 {
            (header.evlrs_at, header.evlr_count) = (later.1, later.2);
        }
        if minor >= 5 {
            (header.times, header.time_offset) = (times, later.3);
        }
        header
    }
}

fn text(field: &[u8]) -> String {
    let end = field.iter().position(|byte| *byte == 0);
    String::from_utf8(field[..end.unwrap_or(field.len())].to_vec()).unwrap()
}

proptest! {
    #[test]
    fn what_is_written_is_parsed(header in header()) {
        let bytes = header.to_bytes();
        prop_assert_eq!(bytes.len(), usize::from(header.header_size));
        let size = u64::from(header.points_at);
        prop_assert_eq!(Header::parse(&bytes, size), Ok(header.clone()));
        prop_assert_eq!(Header::length_with_vlrs(&bytes), size);
        prop_assert!(Header::parse(&bytes, size - 1).is_err());
        prop_assert!(Header::parse(&bytes[..bytes.len() - 1], size).is_err() || header.minor == 3);
    }

    #[test]
    fn the_las_crate_reads_what_is_written(header in header()) {
        // It knows LAS 1.0 to 1.4, to whose header LAS 1.5 only adds.
        let mut bytes = header.to_bytes();
        prop_assert_eq!(&bytes[24..26], &[1, header.minor]);
        bytes[25] = header.minor.min(4);
        let theirs = raw::Header::read_from(&bytes[..]).unwrap();
        prop_assert_eq!(theirs.file_source_id, header.file_source_id);
        prop_assert_eq!(theirs.global_encoding, header.global_encoding);
        prop_assert_eq!(theirs.guid, header.guid);
        prop_assert_eq!(text(&theirs.system_identifier), header.system_identifier);
        prop_assert_eq!(text(&theirs.generating_software), header.generating_software);
        let created = (theirs.file_creation_day_of_year, theirs.file_creation_year);
        prop_assert_eq!(created, header.created);
        prop_assert_eq!(theirs.header_size, header.header_size);
        prop_assert_eq!(theirs.offset_to_point_data, header.points_at);
        prop_assert_eq!(theirs.number_of_variable_length_records, header.vlr_count);
        let laz = if header.is_compressed { 0x80 } else { 0 };
        prop_assert_eq!(theirs.point_data_record_format, header.point_format.number() | laz);
        prop_assert_eq!(theirs.point_data_record_length, header.record_length);
        let Scaling { scale, offset } = header.scaling;
        prop_assert_eq!([theirs.x_scale_factor, theirs.y_scale_factor, theirs.z_scale_factor], scale);
        prop_assert_eq!([theirs.x_offset, theirs.y_offset, theirs.z_offset], offset);
        prop_assert_eq!([theirs.min_x, theirs.min_y, theirs.min_z], header.min);
        prop_assert_eq!([theirs.max_x, theirs.max_y, theirs.max_z], header.max);
        let waveforms = theirs.start_of_waveform_data_packet_record.unwrap_or(0);
        prop_assert_eq!(waveforms, header.waveforms_at);
        if let Some(large) = theirs.large_file {
            prop_assert_eq!(large.number_of_point_records, header.points);
            prop_assert_eq!(large.number_of_points_by_return, header.points_by_return);
            let legacy = u64::from(theirs.number_of_point_records);
            let fits = header.points <= u32::MAX.into() && !header.point_format.is_extended();
            prop_assert_eq!(legacy, if fits { header.points } else { 0 });
        } else {
            prop_assert_eq!(u64::from(theirs.number_of_point_records), header.points);
            let returns = theirs.number_of_points_by_return.map(u64::from);
            prop_assert_eq!(&returns[..], &header.points_by_return[..5]);
        }
        if let Some(evlr) = theirs.evlr {
            prop_assert_eq!(evlr.start_of_first_evlr, header.evlrs_at);
            prop_assert_eq!(evlr.number_of_evlrs, header.evlr_count);
        }
    }

    #[test]
    fn any_bytes_are_a_header_or_an_error(
        mut bytes in prop::collection::vec(any::<u8>(), 0..500),
        versions in prop::option::of((0_u8..8, 220_u16..400, 0_u8..11)),
        size in any::<u64>(),
    ) {
        if let (Some((minor, header_size, format)), 228..) = (versions, bytes.len()) {
            bytes[..4].copy_from_slice(b"LASF");
            bytes[24..26].copy_from_slice(&[1, minor]);
            bytes[94..96].copy_from_slice(&header_size.to_le_bytes());
            bytes[96..100].copy_from_slice(&500_u32.to_le_bytes());
            bytes[104] = format;
        }
        if let Ok(header) = Header::parse(&bytes, size) {
            // Either is right; what counts is that it comes back.
            let _ = header.vlrs(&bytes).count();
            let _ = header.evlrs(&bytes).count();
            let written = header.to_bytes();
            let again = Header::parse(&written, size).unwrap();
            prop_assert_eq!(again.points, header.points);
            prop_assert_eq!(again.to_bytes(), written);
        }
    }

    #[test]
    fn records_are_parsed_as_they_were_written(
        records in prop::collection::vec(
            ("[ -~]{0,16}", any::<u16>(), "[ -~]{0,32}", prop::collection::vec(any::<u8>(), 0..300)),
            0..5,
        ),
        rest in prop::collection::vec(any::<u8>(), 0..50),
    ) {
        let expected: Vec<Vlr<'_>> = records
            .iter()
            .map(|(user, number, description, data)| Vlr {
                user: user.into(),
                number: *number,
                description: description.into(),
                data,
            })
            .collect();
        let count = records.len() as u32;
        for is_extended in [false, true] {
            let each = expected.iter().map(|record| match is_extended {
                true => record.to_extended_bytes(),
                false => record.to_bytes().unwrap(),
            });
            let each: Vec<Vec<u8>> = each.collect();
            for (record, bytes) in expected.iter().zip(&each) {
                let theirs = raw::Vlr::read_from(&bytes[..], is_extended).unwrap();
                prop_assert_eq!(&theirs.data, record.data);
                prop_assert_eq!(text(&theirs.user_id), &*record.user);
                prop_assert_eq!(text(&theirs.description), &*record.description);
                prop_assert_eq!(theirs.record_id, record.number);
            }
            let bytes = [each.concat(), rest.clone()].concat();
            let vlrs = match is_extended {
                true => Vlrs::extended(&bytes, count),
                false => Vlrs::new(&bytes, count),
            };
            let found: Result<Vec<_>, _> = vlrs.collect();
            prop_assert_eq!(found.as_ref(), Ok(&expected));
        }
    }
}

#[test]
fn records_that_are_cut_off_end_with_one_error() {
    let data = [7; 100];
    let record = Vlr::new(VlrId::WKT, "a text", &data).to_bytes().unwrap();
    let long = Vlr::new(VlrId::WKT, "a text", &data).to_extended_bytes();
    for end in 0..record.len() {
        let results: Vec<_> = Vlrs::new(&record[..end], u32::MAX).collect();
        assert!(
            matches!(results[..], [Err(LasError::Corrupt { .. })]),
            "{end}"
        );
        let results: Vec<_> = Vlrs::extended(&long[..end], u32::MAX).collect();
        assert!(
            matches!(results[..], [Err(LasError::Corrupt { .. })]),
            "{end}"
        );
    }
    let results: Vec<_> = Vlrs::new(&record, 2).collect();
    assert!(matches!(results[..], [Ok(_), Err(_)]), "{results:?}");
    // An extended length beyond all memory.
    let mut huge = long;
    huge[20..28].fill(0xff);
    assert!(Vlrs::extended(&huge, 1).all(|record| record.is_err()));
}

#[test]
fn contents_that_are_too_long_need_an_extended_record() {
    let data = vec![1; 65_536];
    assert!(Vlr::new(VlrId::WKT, "", &data[1..]).to_bytes().is_some());
    let record = Vlr::new(VlrId::WKT, "", &data);
    assert_eq!(record.to_bytes(), None);
    let bytes = record.to_extended_bytes();
    assert_eq!(bytes.len() as u64, Vlr::EXTENDED_HEADER_SIZE + 65_536);
    assert_eq!(Vlrs::extended(&bytes, 1).next(), Some(Ok(record)));
}

#[test]
fn what_is_not_las_is_told() {
    for (bytes, words) in [
        (&b""[..], "empty"),
        (b"<html>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1", "Git LFS"),
        (&[0x1f, 0x8b, 8], "gzip"),
        (b"LAS", "does not start with"),
    ] {
        let error = Header::parse(bytes, bytes.len() as u64).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
}
