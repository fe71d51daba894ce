//! Grids of datum shifts come from the folder that is named, and from nowhere else.
//!
//! One test, since the folder is a setting of the process.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use ept_crs::{Crs, set_grids};

/// Seconds of arc that the grid shifts to the north and to the east.
const SHIFT: [f32; 2] = [3.6, 7.2];

/// A grid in `NTv2` (as its developer's guide describes it) that shifts 10 to 12 degrees east, 50 to 52 north everywhere
/// alike.
fn grid() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut record = |name: &str, value: [u8; 8]| {
        bytes.extend(format!("{name:8}").bytes());
        bytes.extend(value);
    };
    let text = |text: &str| <[u8; 8]>::try_from(format!("{text:8}").as_bytes()).unwrap();
    let whole = |number: i32| {
        let mut value = [0; 8];
        value[..4].copy_from_slice(&number.to_le_bytes());
        value
    };
    record("NUM_OREC", whole(11));
    record("NUM_SREC", whole(11));
    record("NUM_FILE", whole(1));
    record("GS_TYPE", text("SECONDS"));
    record("VERSION", text("NTv2.0"));
    record("SYSTEM_F", text("FROM"));
    record("SYSTEM_T", text("TO"));
    for (name, axis) in [
        ("MAJOR_F", 6_377_397.155_f64),
        ("MINOR_F", 6_356_078.963),
        ("MAJOR_T", 6_378_137.0),
        ("MINOR_T", 6_356_752.314),
    ] {
        record(name, axis.to_le_bytes());
    }
    record("SUB_NAME", text("ONE"));
    record("PARENT", text("NONE"));
    record("CREATED", text(""));
    record("UPDATED", text(""));
    // Seconds of arc; longitudes are positive to the west.
    for (name, degrees) in [
        ("S_LAT", 50.0),
        ("N_LAT", 52.0),
        ("E_LONG", -12.0),
        ("W_LONG", -10.0),
        ("LAT_INC", 1.0),
        ("LONG_INC", 1.0),
    ] {
        record(name, (degrees * 3600.0_f64).to_le_bytes());
    }
    record("GS_COUNT", whole(9));
    for _ in 0..9 {
        for value in [SHIFT[0], -SHIFT[1], 0.0, 0.0] {
            bytes.extend(value.to_le_bytes());
        }
    }
    bytes.extend(b"END     ");
    bytes.extend([0; 8]);
    bytes
}

#[test]
fn grids_are_found_in_the_named_folder_only() {
    let folder = std::env::temp_dir().join(format!("ept-crs-grids-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("ept_test.gsb"), grid()).unwrap();
    let proj = "+proj=longlat +ellps=bessel +nadgrids=ept_test.gsb +no_defs";
    let place = [11.0, 51.0, 0.0];
    let shifted = || {
        let to_degrees = Crs::parse(proj).unwrap().to(&Crs::wgs84().unwrap());
        let [lon, lat, _] = to_degrees.ok()?.apply(place)?;
        let expected = [11.0 + 0.002, 51.0 + 0.001];
        Some((lon - expected[0]).abs() < 1e-7 && (lat - expected[1]).abs() < 1e-7)
    };
    assert_ne!(shifted(), Some(true), "nothing is named yet");
    set_grids(Some(&folder));
    assert_eq!(shifted(), Some(true));
    let transform = Crs::parse(proj)
        .unwrap()
        .to(&Crs::wgs84().unwrap())
        .unwrap();
    let operation = transform.operation_at(place).unwrap();
    assert_eq!(operation.grids(), ["ept_test.gsb"]);
    set_grids(None);
    assert_ne!(shifted(), Some(true), "the folder is not named any more");
    std::fs::remove_dir_all(&folder).unwrap();
}
