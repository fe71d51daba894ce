//! Heights in another unit than x and y.

use std::path::Path;

use super::image::{Image, VOID};
use crate::support::{ept, fixture};

/// Metres of a US survey foot.
const FOOT: f64 = 1200.0 / 3937.0;

/// Multiplies all heights of a LAS file, by its header.
fn scale_heights(path: &Path, factor: f64) {
    let mut bytes = std::fs::read(path).unwrap();
    // Scale, offset, maximum and minimum of Z.
    for at in [147, 171, 211, 219] {
        let eight = &mut bytes[at..at + 8];
        let number = f64::from_le_bytes((&*eight).try_into().unwrap()) * factor;
        eight.copy_from_slice(&number.to_le_bytes());
    }
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn the_ground_is_the_same_whatever_the_unit_of_heights() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (points, out) = (place("points.las"), place("out.tif"));
    ept(&["query", &fixture("terrain"), "-q", "-o", &points]).ends_with(0);
    let make = |system: &str| {
        let flags = ["--ground", "smrf", "--method", "min", "-q", "-o", &out];
        ept(&[&["dtm", &points, "--override-crs", system], &flags[..]].concat()).ends_with(0);
        Image::read(&out)
    };
    let metres = make("EPSG:26915+5703");
    assert!(metres == make("EPSG:26915"));
    scale_heights(Path::new(&points), 1.0 / FOOT);
    let feet = make("EPSG:26915+6360");
    assert_eq!((feet.columns, feet.rows), (metres.columns, metres.rows));
    let (mut ground, mut different) = (0, 0);
    for (feet, metres) in feet.values.iter().zip(&metres.values) {
        let is_same = match (*feet == VOID, *metres == VOID) {
            (false, false) => (feet * FOOT - metres).abs() < 1e-3,
            (a, b) => a == b,
        };
        ground += usize::from(*metres != VOID);
        different += usize::from(!is_same);
    }
    // Rounding decides about single points.
    assert!(ground > 5000 && different < 5, "{ground} {different}");
}
