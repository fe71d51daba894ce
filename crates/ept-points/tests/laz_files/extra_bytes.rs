//! Extra bytes: names, types, scale and offset.

use crate::common;

use ept_points::{DecodeError, Decoder, Values};

use common::{File, RECORD, bytes, descriptor, laszip, names};

use super::{by_the_tables, columns, decode};

/// The little-endian numbers in the extra bytes of each record, `at` bytes after the point format's own.
fn extra<const N: usize>(file: &File, at: usize) -> Vec<[u8; N]> {
    let start = RECORD[usize::from(file.format)] + at;
    let each = file.records.chunks(file.record());
    each.map(|r| r[start..start + N].try_into().unwrap())
        .collect()
}

#[test]
fn extra_bytes_have_their_names_and_types_in_every_version() {
    let types: [(u8, usize, &str); 10] = [
        (1, 1, "uint8"),
        (2, 1, "int8"),
        (3, 2, "uint16"),
        (4, 2, "int16"),
        (5, 4, "uint32"),
        (6, 4, "int32"),
        (7, 8, "uint64"),
        (8, 8, "int64"),
        (9, 4, "float32"),
        (10, 8, "float64"),
    ];
    let vlr: Vec<u8> = types
        .iter()
        .flat_map(|(code, _, name)| descriptor(*code, 0, name))
        .collect();
    for (format, minor) in [(1, 2), (3, 2), (1, 4), (6, 4), (7, 4)] {
        let mut file = File::new(format, 80).with_extra(42, vlr.clone());
        file.minor = minor;
        let batch = decode(&file);
        let mut at = RECORD[usize::from(format)];
        for (_, size, name) in types {
            let values = batch.values(name).unwrap();
            assert_eq!(values.scalar().to_string(), name);
            let each = file.records.chunks(file.record());
            let expected: Vec<u8> = each.flat_map(|r| r[at..at + size].to_vec()).collect();
            assert!(bytes(values) == expected, "{name} of format {format}");
            at += size;
        }
    }
}

#[test]
fn extra_bytes_are_scaled_where_their_options_say_so() {
    let scaled = |name: &str, options: u8, scale: f64, offset: f64| {
        let mut descriptor = descriptor(4, options, name);
        descriptor[112..120].copy_from_slice(&scale.to_le_bytes());
        descriptor[136..144].copy_from_slice(&offset.to_le_bytes());
        descriptor
    };
    let vlr = [
        scaled("Both", 8 | 16, 0.01, -5.0),
        scaled("Scale", 8, 0.01, -5.0),
        scaled("Offset", 16, 0.01, -5.0),
        scaled("Neither", 1 | 2 | 4, 0.01, -5.0),
    ];
    let file = File::new(6, 50).with_extra(8, vlr.concat());
    let batch = decode(&file);
    let stored = |at| extra::<2>(&file, at).into_iter().map(i16::from_le_bytes);
    let number = |at| stored(at).map(f64::from);
    let is = |name: &str, values: Values| assert_eq!(batch.values(name), Some(&values), "{name}");
    is(
        "Both",
        Values::F64(number(0).map(|n| n * 0.01 - 5.0).collect()),
    );
    is("Scale", Values::F64(number(2).map(|n| n * 0.01).collect()));
    is("Offset", Values::F64(number(4).map(|n| n - 5.0).collect()));
    is("Neither", Values::I16(stored(6).collect()));
}

#[test]
fn a_scaled_extra_dimension_without_a_scale_is_refused() {
    for (options, place) in [(8, 112), (16, 136)] {
        for number in [f64::NAN, f64::INFINITY] {
            let mut vlr = descriptor(4, options, "Bad");
            vlr[place..place + 8].copy_from_slice(&number.to_le_bytes());
            let file = File::new(1, 5).with_extra(2, vlr);
            let error = Decoder::new(&laszip())
                .decode(5, &file.build())
                .unwrap_err();
            assert!(matches!(error, DecodeError::Corrupt { .. }), "{error}");
        }
    }
}

#[test]
fn undocumented_extra_bytes_keep_their_width() {
    let vlr = [descriptor(0, 5, "Blob"), descriptor(3, 0, "After")].concat();
    let file = File::new(7, 30).with_extra(7, vlr);
    let batch = decode(&file);
    let data = extra::<5>(&file, 0).concat();
    assert_eq!(
        batch.values("Blob"),
        Some(&Values::Bytes { width: 5, data })
    );
    let after = extra::<2>(&file, 5).into_iter().map(u16::from_le_bytes);
    assert_eq!(batch.values("After"), Some(&Values::U16(after.collect())));
}

#[test]
fn extra_bytes_that_nothing_describes_are_skipped() {
    // No record at all, and one that covers the first of three bytes.
    let mut file = File::new(1, 30).with_extra(3, Vec::new());
    file.vlrs.clear();
    assert_eq!(columns(&decode(&file)), by_the_tables(&file));
    let file = File::new(6, 30).with_extra(3, descriptor(1, 0, "First"));
    let batch = decode(&file);
    let first = extra::<1>(&file, 0).concat();
    assert_eq!(batch.values("First"), Some(&Values::U8(first)));
    assert_eq!(batch.columns().len(), by_the_tables(&file).len() + 1);
}

#[test]
fn old_array_types_come_as_one_dimension_for_each_element() {
    // Type 23: three of uint16; type 12: two of int8.
    let vlr = [descriptor(23, 0, "Colors"), descriptor(12, 0, "Flags")].concat();
    let file = File::new(3, 20).with_extra(8, vlr);
    let batch = decode(&file);
    for (element, name) in ["Colors0", "Colors1", "Colors2"].into_iter().enumerate() {
        let values = extra::<2>(&file, element * 2)
            .into_iter()
            .map(u16::from_le_bytes);
        assert_eq!(batch.values(name), Some(&Values::U16(values.collect())));
    }
    for (element, name) in ["Flags0", "Flags1"].into_iter().enumerate() {
        let values = extra::<1>(&file, 6 + element)
            .into_iter()
            .map(i8::from_le_bytes);
        assert_eq!(batch.values(name), Some(&Values::I8(values.collect())));
    }
}

#[test]
fn each_element_of_an_array_has_its_own_scale_and_offset() {
    // Type 14: two of int16.
    let mut vlr = descriptor(14, 8 | 16, "Pair");
    for (element, (scale, offset)) in [(0.5, 1.0), (-0.25, 10.0)].into_iter().enumerate() {
        let number: [f64; 2] = [scale, offset];
        vlr[112 + element * 8..][..8].copy_from_slice(&number[0].to_le_bytes());
        vlr[136 + element * 8..][..8].copy_from_slice(&number[1].to_le_bytes());
    }
    let file = File::new(1, 20).with_extra(4, vlr);
    let batch = decode(&file);
    let stored = |at| {
        let values = extra::<2>(&file, at).into_iter();
        values.map(|bytes| f64::from(i16::from_le_bytes(bytes)))
    };
    let first = stored(0).map(|n| n * 0.5 + 1.0).collect();
    assert_eq!(batch.values("Pair0"), Some(&Values::F64(first)));
    let second = stored(2).map(|n| n * -0.25 + 10.0).collect();
    assert_eq!(batch.values("Pair1"), Some(&Values::F64(second)));
}

#[test]
fn names_stay_distinct() {
    let vlr = [
        descriptor(1, 0, "Intensity"),
        descriptor(1, 0, "A"),
        descriptor(1, 0, "A"),
        descriptor(1, 0, ""),
    ];
    let file = File::new(1, 10).with_extra(4, vlr.concat());
    let batch = decode(&file);
    let mut found = names(&batch);
    let count = found.len();
    found.sort_unstable();
    found.dedup();
    assert_eq!(found.len(), count);
    // The point's own intensity keeps the name.
    let own = file
        .records
        .chunks(file.record())
        .map(|r| u16::from_le_bytes([r[12], r[13]]));
    assert_eq!(batch.values("Intensity"), Some(&Values::U16(own.collect())));
    assert_eq!(count, by_the_tables(&file).len() + 4);
}
