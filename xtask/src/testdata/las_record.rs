//! The point record of a LAS file (LAS 1.4 R15, tables 7 to 16).

use super::point::Point;

/// The bytes of a point in one of the formats 0 to 3 and 6 to 8, without extra bytes.
pub(super) fn encode(format: u8, point: &Point) -> Vec<u8> {
    let mut record = Vec::with_capacity(38);
    for raw in point.raw {
        record.extend((raw as i32).to_le_bytes());
    }
    record.extend(point.intensity.to_le_bytes());
    match format {
        0..=5 => core_0(format, point, &mut record),
        _ => core_6(point, &mut record),
    }
    if matches!(format, 2 | 3 | 7 | 8) {
        record.extend(point.colour.iter().flat_map(|part| part.to_le_bytes()));
    }
    if format == 8 {
        record.extend(point.infrared.to_le_bytes());
    }
    record
}

/// From the return number to the time, formats 0 to 5.
fn core_0(format: u8, point: &Point, record: &mut Vec<u8>) {
    record.push(
        point.return_number
            | point.number_of_returns << 3
            | point.scan_direction << 6
            | point.edge_of_flight_line << 7,
    );
    record.push(
        point.classification | point.synthetic << 5 | point.key_point << 6 | point.withheld << 7,
    );
    record.extend(point.scan_angle_rank().to_le_bytes());
    record.push(point.user_data);
    record.extend(point.point_source_id.to_le_bytes());
    if format & 1 == 1 {
        record.extend(point.gps_time.to_le_bytes());
    }
}

/// From the return number to the time, formats 6 to 10.
fn core_6(point: &Point, record: &mut Vec<u8>) {
    record.push(point.return_number | point.number_of_returns << 4);
    record.push(
        point.synthetic
            | point.key_point << 1
            | point.withheld << 2
            | point.overlap << 3
            | point.scan_channel << 4
            | point.scan_direction << 6
            | point.edge_of_flight_line << 7,
    );
    record.push(point.classification);
    record.push(point.user_data);
    record.extend(point.scan_angle.to_le_bytes());
    record.extend(point.point_source_id.to_le_bytes());
    record.extend(point.gps_time.to_le_bytes());
}
