//! Which point format holds which dimensions, by LAS 1.4 R15, tables 7 to 17.

use ept_export::point_format;

#[test]
fn smallest_format_that_holds_the_dimensions() {
    let cases: [(Option<u8>, &[&str], u8); 19] = [
        (Some(0), &["X", "Y", "Z"], 0),
        (Some(1), &["GpsTime"], 1),
        (Some(1), &["Intensity", "Classification"], 0),
        (Some(2), &["Red", "Green", "Blue"], 2),
        (Some(3), &["Red", "Green", "Blue", "GpsTime"], 3),
        (Some(3), &["Blue"], 2),
        (Some(4), &["GpsTime", "WaveformDataOffset"], 1),
        (Some(5), &["GpsTime", "Red"], 3),
        (Some(1), &["GpsTime", "Overlap"], 6),
        (Some(1), &["ScanChannel"], 6),
        (Some(3), &["Red", "Infrared"], 8),
        (Some(3), &["Red", "Green", "Blue", "Overlap"], 7),
        (Some(6), &["X"], 6),
        (Some(7), &["GpsTime"], 6),
        (Some(8), &["Red", "Green", "Blue"], 7),
        (Some(10), &["Infrared"], 8),
        (None, &["X", "Y", "Z"], 6),
        (None, &["Green"], 7),
        (None, &["Infrared", "OriginId"], 8),
    ];
    for (tile_format, dimensions, expected) in cases {
        let found = point_format(tile_format, dimensions);
        assert_eq!(found, expected, "{tile_format:?} {dimensions:?}");
    }
}
