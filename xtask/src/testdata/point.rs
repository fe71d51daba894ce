//! One return of a pulse.

/// A point as its tile stores it.
#[derive(Debug, Clone)]
pub(super) struct Point {
    /// Coordinates as multiples of the scale, relative to the offset.
    pub(super) raw: [i64; 3],
    pub(super) intensity: u16,
    pub(super) return_number: u8,
    pub(super) number_of_returns: u8,
    pub(super) scan_direction: u8,
    pub(super) edge_of_flight_line: u8,
    pub(super) classification: u8,
    pub(super) synthetic: u8,
    pub(super) key_point: u8,
    pub(super) withheld: u8,
    pub(super) overlap: u8,
    pub(super) scan_channel: u8,
    /// In steps of 0.006 degrees, as in point formats 6 to 10.
    pub(super) scan_angle: i16,
    pub(super) user_data: u8,
    pub(super) point_source_id: u16,
    pub(super) gps_time: f64,
    pub(super) colour: [u16; 3],
    pub(super) infrared: u16,
    pub(super) origin_id: u32,
    /// Random bits, for dimensions that are not part of LAS.
    pub(super) bits: u64,
}

impl Point {
    /// Scan angle in whole degrees, as in point formats 0 to 5.
    pub(super) fn scan_angle_rank(&self) -> i8 {
        // 500 steps are 3 degrees.
        (i32::from(self.scan_angle) * 3 / 500) as i8
    }

    /// Scan angle in degrees.
    pub(super) fn scan_angle_degrees(&self) -> f32 {
        (f64::from(self.scan_angle) * 0.006) as f32
    }
}
