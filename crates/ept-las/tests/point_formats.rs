//! The table of point formats against the record reader of the `las` crate.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use ept_las::{Encoding, Field, Layers, Layout, PointFormat, Scaling};
use las::point::{Format, ScanDirection};
use las::raw::Point;
use las::raw::point::ScanAngle;

fn oracle(format: PointFormat) -> Format {
    Format::new(format.number()).unwrap()
}

/// The bits of a record that a field owns.
fn owned(field: &Field, size: usize) -> Vec<u8> {
    let mut bits = vec![0; size];
    match field.encoding {
        Encoding::Bits { shift, count } => bits[field.at] = Encoding::mask(count) << shift,
        _ => bits[field.at..field.at + field.size()].fill(0xff),
    }
    bits
}

fn scaling() -> Scaling {
    Scaling {
        scale: [0.5, 0.25, 0.125],
        offset: [10.0, 20.0, 30.0],
    }
}

#[test]
fn fields_share_no_bit_and_cover_the_record() {
    for format in PointFormat::all() {
        let layout = Layout::of_format(format, &scaling());
        assert_eq!(
            layout.size(),
            usize::from(oracle(format).len()),
            "{format:?}"
        );
        let mut taken = vec![0_u8; layout.size()];
        for field in layout.fields() {
            for (taken, own) in taken.iter_mut().zip(owned(field, layout.size())) {
                assert_eq!(*taken & own, 0, "{format:?}: {}", field.name);
                *taken |= own;
            }
        }
        let free: u32 = taken.iter().map(|byte| byte.count_zeros()).sum();
        assert_eq!(free, 0, "{format:?}");
    }
}

/// What the `las` crate says of a dimension of a record, as an unsigned number of as many bits as the field has.
fn by_las(point: &Point, name: &str) -> u64 {
    let flag = u64::from;
    let waveform = point.waveform.unwrap_or_default();
    let colour = point.color.unwrap_or_default();
    match name {
        "X" => u64::from(point.x as u32),
        "Y" => u64::from(point.y as u32),
        "Z" => u64::from(point.z as u32),
        "Intensity" => point.intensity.into(),
        "ReturnNumber" => point.flags.return_number().into(),
        "NumberOfReturns" => point.flags.number_of_returns().into(),
        "ScanDirectionFlag" => flag(point.flags.scan_direction() == ScanDirection::LeftToRight),
        "EdgeOfFlightLine" => flag(point.flags.is_edge_of_flight_line()),
        "Classification" => {
            let by_format = point.flags.to_two_bytes().map(|(_, second)| second & 0x1f);
            match point.scan_angle {
                ScanAngle::Rank(_) => by_format.unwrap().into(),
                ScanAngle::Scaled(_) => u64::from(<(u8, u8, u8)>::from(point.flags).2),
            }
        }
        "Synthetic" => flag(point.flags.is_synthetic()),
        "KeyPoint" => flag(point.flags.is_key_point()),
        "Withheld" => flag(point.flags.is_withheld()),
        "Overlap" => flag(point.flags.is_overlap()),
        "ScanChannel" => point.flags.scanner_channel().into(),
        "ScanAngleRank" => match point.scan_angle {
            ScanAngle::Rank(rank) => u64::from(rank as u8),
            ScanAngle::Scaled(steps) => u64::from(steps as u16),
        },
        "UserData" => point.user_data.into(),
        "PointSourceId" => point.point_source_id.into(),
        "GpsTime" => point.gps_time.unwrap().to_bits(),
        "Red" => colour.red.into(),
        "Green" => colour.green.into(),
        "Blue" => colour.blue.into(),
        "Infrared" => point.nir.unwrap_or(0).into(),
        "WavePacketDescriptorIndex" => waveform.wave_packet_descriptor_index.into(),
        "WaveformDataOffset" => waveform.byte_offset_to_waveform_data,
        "WaveformPacketSize" => waveform.waveform_packet_size_in_bytes.into(),
        "ReturnPointWaveformLocation" => waveform.return_point_waveform_location.to_bits().into(),
        "WaveformXt" => waveform.x_t.to_bits().into(),
        "WaveformYt" => waveform.y_t.to_bits().into(),
        "WaveformZt" => waveform.z_t.to_bits().into(),
        other => panic!("{other} is not a dimension of LAS"),
    }
}

#[test]
fn every_field_is_where_the_las_crate_has_it() {
    for format in PointFormat::all() {
        let layout = Layout::of_format(format, &scaling());
        for field in layout.fields() {
            // All bits of this field set, and those of no other.
            let record = owned(field, layout.size());
            let point = Point::read_from(&record[..], &oracle(format)).unwrap();
            for other in layout.fields() {
                let bits = match other.encoding {
                    Encoding::Bits { count, .. } => u32::from(count),
                    _ => other.size() as u32 * 8,
                };
                let all = u64::MAX >> (64 - bits);
                let expected = if other == field { all } else { 0 };
                let found = by_las(&point, &other.name);
                assert_eq!(
                    found, expected,
                    "{format:?}: {} of {}",
                    other.name, field.name
                );
            }
        }
    }
}

#[test]
fn numbers_above_10_are_no_point_format() {
    for number in 0..=255 {
        let format = PointFormat::new(number);
        match number {
            0..=10 => assert_eq!(format.unwrap().number(), number),
            _ => assert!(
                format
                    .unwrap_err()
                    .to_string()
                    .contains(&number.to_string())
            ),
        }
    }
}

#[test]
fn only_extended_formats_have_layers() {
    for format in PointFormat::all() {
        let layer = |name: &str| format.field(name).map(|field| format.layer(field.at));
        let extra = format.layer(format.size() + 3);
        if format.is_extended() {
            assert_eq!(extra, Layers::BYTES);
            assert_eq!(layer("Classification"), Some(Layers::CLASSIFICATION));
            assert_eq!(layer("Overlap"), Some(Layers::FLAGS));
            assert_eq!(layer("ReturnNumber"), Some(Layers::NONE));
            assert!(matches!(layer("Red"), None | Some(Layers::RGB)));
            assert!(matches!(layer("Infrared"), None | Some(Layers::NIR)));
            for name in ["WavePacketDescriptorIndex", "WaveformXt", "WaveformZt"] {
                assert!(matches!(layer(name), None | Some(Layers::WAVE_PACKET)));
            }
        } else {
            assert!((0..format.size() + 4).all(|at| format.layer(at) == Layers::NONE));
        }
    }
}

#[test]
fn masks_have_as_many_bits_as_asked_for() {
    for count in 0..=8 {
        assert_eq!(Encoding::mask(count).count_ones(), u32::from(count));
        assert_eq!(Encoding::mask(count).trailing_ones(), u32::from(count));
    }
}
