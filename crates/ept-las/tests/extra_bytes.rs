//! Descriptors of extra bytes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use ept_format::ScalarType;
use ept_las::{Encoding, ExtraDimension, Header, Layout, PointFormat, Scaling};
use proptest::prelude::*;

/// A descriptor as LAS 1.4 R15, table 24 has it.
fn descriptor(code: u8, options: u8, name: &[u8], scale: [f64; 3], offset: [f64; 3]) -> Vec<u8> {
    let mut bytes = vec![0; 192];
    (bytes[2], bytes[3]) = (code, options);
    bytes[4..4 + name.len()].copy_from_slice(name);
    for (at, numbers) in [(112, scale), (136, offset)] {
        for (element, number) in numbers.into_iter().enumerate() {
            let at = at + element * 8;
            bytes[at..at + 8].copy_from_slice(&number.to_le_bytes());
        }
    }
    bytes
}

fn triple() -> impl Strategy<Value = [f64; 3]> {
    prop::array::uniform3(-1e9..1e9)
}

proptest! {
    #[test]
    fn what_is_parsed_is_written_and_parsed_again(
        code in 0_u8..=30,
        options in any::<u8>(),
        name in "[A-Za-z][ -~]{0,30}[A-Za-z]",
        scale in triple(),
        offset in triple(),
    ) {
        let bytes = descriptor(code, options, name.as_bytes(), scale, offset);
        let parsed = ExtraDimension::parse_all(&bytes).unwrap();
        prop_assert_eq!(parsed.is_empty(), code == 0 && options == 0);
        let written: Vec<u8> = parsed.iter().flat_map(ExtraDimension::to_bytes).collect();
        prop_assert_eq!(ExtraDimension::parse_all(&written), Ok(parsed.clone()));
        for dimension in &parsed {
            let elements: Vec<_> = dimension.elements().collect();
            prop_assert_eq!(elements.len(), usize::from(code.saturating_sub(1) / 10) + 1);
            for (element, (_, encoding)) in elements.iter().enumerate() {
                if let Encoding::Scaled { scale: found, offset: start, .. } = encoding {
                    let is_set = |bit: u8| options & bit != 0;
                    prop_assert_eq!(*found, if is_set(8) { scale[element] } else { 1.0 });
                    prop_assert_eq!(*start, if is_set(16) { offset[element] } else { 0.0 });
                } else {
                    prop_assert!(code == 0 || options & 24 == 0);
                }
            }
        }
    }

    #[test]
    fn any_bytes_are_dimensions_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        // Either is right; what counts is that it comes back, and that what it is can be written.
        if let Ok(dimensions) = ExtraDimension::parse_all(&bytes) {
            prop_assert!(dimensions.len() <= bytes.len() / 192);
            let _ = dimensions.iter().map(ExtraDimension::to_bytes).count();
        }
    }
}

#[test]
fn every_type_has_the_code_of_the_specification() {
    use ScalarType::{Bytes, F32, F64, I8, I16, I32, I64, U8, U16, U32, U64};
    let codes = [U8, I8, U16, I16, U32, I32, U64, I64, F32, F64].into_iter();
    for (scalar, code) in codes.zip(1_u8..).chain([(Bytes(1), 0), (Bytes(255), 0)]) {
        let dimension = ExtraDimension::new("Name", scalar).unwrap();
        let bytes = dimension.to_bytes();
        assert_eq!((bytes[2], &bytes[4..9]), (code, &b"Name\0"[..]));
        if let Bytes(width) = scalar {
            assert_eq!(u16::from(bytes[3]), width);
        }
        assert_eq!(ExtraDimension::parse_all(&bytes), Ok(vec![dimension]));
    }
}

#[test]
fn what_a_descriptor_has_no_room_for_is_refused() {
    let long = "x".repeat(33);
    for (name, scalar) in [
        (&*long, ScalarType::U8),
        ("a\0b", ScalarType::U8),
        ("Wide", ScalarType::Bytes(256)),
        ("Empty", ScalarType::Bytes(0)),
    ] {
        assert!(ExtraDimension::new(name, scalar).is_err(), "{name}");
    }
    assert!(ExtraDimension::new(&long[1..], ScalarType::Bytes(255)).is_ok());
    assert!(ExtraDimension::parse_all(&descriptor(31, 0, b"New", [0.0; 3], [0.0; 3])).is_err());
    let scaled = descriptor(3, 8, b"Bad", [f64::NAN; 3], [0.0; 3]);
    assert!(ExtraDimension::parse_all(&scaled).is_err());
}

#[test]
fn dimensions_follow_each_other_to_the_end_of_the_record() {
    let scaling = Scaling {
        scale: [1.0; 3],
        offset: [0.0; 3],
    };
    let format = PointFormat::new(1).unwrap();
    let mut layout = Layout::of_format(format, &scaling);
    layout.append("OriginId", Encoding::Plain(ScalarType::U32));
    let deprecated = descriptor(13, 0, b"Normal", [0.0; 3], [0.0; 3]);
    let pair = ExtraDimension::parse_all(&deprecated).unwrap().remove(0);
    assert!(layout.describe(&pair).is_err(), "the record is full");
    layout.append("OriginId", Encoding::Plain(ScalarType::U8));
    let ends: Vec<_> = layout.fields()[layout.fields().len() - 2..]
        .iter()
        .map(|field| (&*field.name, field.at))
        .collect();
    assert_eq!(ends, [("OriginId", 28), ("OriginId_2", 32)]);
    assert_eq!(layout.size(), 33);
}

/// Dimensions are compared with each other: 60,000 of one name, as a file of 12 MB can have, took minutes.
#[test]
fn records_of_thousands_of_dimensions_are_refused() {
    let scaling = Scaling {
        scale: [0.01; 3],
        offset: [0.0; 3],
    };
    let layout = |count: u16| {
        let mut header = Header::new(4, PointFormat::new(6).unwrap(), scaling);
        header.record_length = 30 + count;
        header.evlr_count = 1;
        // The head of an extended record (LAS 1.4 R15, table 23), then its contents.
        let mut record = vec![0; 60];
        record[2..11].copy_from_slice(b"LASF_Spec");
        record[18] = 4;
        record[20..28].copy_from_slice(&(u64::from(count) * 192).to_le_bytes());
        let contents = descriptor(1, 0, b"same", [0.0; 3], [0.0; 3]);
        record.extend(contents.repeat(count.into()));
        Layout::of_file(&header, &header.to_bytes(), &record)
    };
    assert_eq!(layout(1900).unwrap().size(), 1930);
    for count in [2001, 60_000] {
        let error = layout(count).unwrap_err().to_string();
        assert!(
            error.contains("more dimensions than the limit of 2000"),
            "{error}"
        );
    }
}
