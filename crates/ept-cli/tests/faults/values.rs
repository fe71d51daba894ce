//! Times and statistics.

use std::path::Path;

use super::tiles::{FILES, dataset, read, tile};
use crate::support::{copy, ept, fault, fixture};

#[test]
fn gps_times_are_what_the_tiles_say() {
    let Some(set) = fault("gps-standard-bit/set") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    for file in FILES {
        let out = folder.path().join(file);
        ept(&["query", &set, "-o", out.to_str().unwrap()]).ends_with(0);
        assert_eq!(
            read(&out).0.gps_time_type(),
            las::GpsTimeType::Standard,
            "{file}"
        );
    }
    // Times within a week of a tile that says that they are such.
    let week = dataset(
        [0.0; 3],
        64.0,
        &[("0-0-0-0", tile(6, 0.01, [0.0; 3], &[[1.0; 3]]), 1)],
    );
    let out = folder.path().join("week.laz");
    ept(&[
        "query",
        week.path().to_str().unwrap(),
        "-o",
        out.to_str().unwrap(),
    ])
    .ends_with(0);
    assert_eq!(read(&out).0.gps_time_type(), las::GpsTimeType::Week);
}

#[test]
fn statistics_never_leave_out_points() {
    let (Some(set), Some(without)) = (
        fault("class12-stats/set"),
        fault("class12-stats/set-nostats"),
    ) else {
        return;
    };
    let found = |set: &str| {
        ept(&["query", set, "--where", "Classification == 12"])
            .ends_with(0)
            .stdout()
    };
    assert!(found(&set).lines().count() > 100);
    assert_eq!(found(&set), found(&without));
    // Statistics of values that nothing has.
    let set = copy("laz-pf6");
    let path = set.path().join("ept.json");
    let mut json: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let query = |set: &Path| {
        let set = set.to_str().unwrap();
        ept(&["query", set, "--where", "Intensity > 0"])
            .ends_with(0)
            .stdout()
    };
    let all = query(set.path());
    for dimension in json["schema"].as_array_mut().unwrap() {
        dimension["minimum"] = (-2).into();
        dimension["maximum"] = (-1).into();
    }
    std::fs::write(&path, json.to_string()).unwrap();
    assert!(all.lines().count() > 100);
    assert_eq!(query(set.path()), all);
}

/// Bit 0 of the global encoding (LAS 1.4 R15, table 4) decides, whatever the times are.
#[test]
fn the_kind_of_gps_times_is_what_the_tiles_say_beyond_a_week_too() {
    for (bit, kind) in [(0, las::GpsTimeType::Week), (1, las::GpsTimeType::Standard)] {
        let set = copy("laz-pf6");
        let mut longest = f64::NEG_INFINITY;
        for entry in set.path().join("ept-data").read_dir().unwrap() {
            let path = entry.unwrap().path();
            let mut tile = std::fs::read(&path).unwrap();
            tile[6] = tile[6] & !1 | bit;
            std::fs::write(&path, tile).unwrap();
            let times = read(&path).1.into_iter().filter_map(|point| point.gps_time);
            longest = times.fold(longest, f64::max);
        }
        assert!(longest > 604_800.0, "{longest} is within a week");
        for file in ["out.las", "out.copc.laz"] {
            let out = set.path().join(file);
            let location = set.path().to_str().unwrap();
            ept(&["query", "-q", location, "-o", out.to_str().unwrap()]).ends_with(0);
            assert_eq!(read(&out).0.gps_time_type(), kind, "{file}");
        }
    }
}

/// How many points of a LAS file have class 12 or the overlap flag, by the bytes of its records (LAS 1.4 R15, tables 7 to 9 and
/// 16): the las crate has no class 12.
fn class_12_and_overlap(path: &Path) -> (usize, usize) {
    let file = std::fs::read(path).unwrap();
    let number = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap()) as usize;
    let (start, length) = (number(96), (number(105) & 0xffff));
    let is_new = file[104] & 0x3f > 5;
    let count = u64::from_le_bytes(file[247..255].try_into().unwrap()) as usize;
    let records: Vec<&[u8]> = file[start..].chunks_exact(length).take(count).collect();
    let class = |record: &&&[u8]| match is_new {
        true => record[16] == 12,
        false => record[15] & 0x1f == 12,
    };
    let flag = |record: &&&[u8]| is_new && record[15] & 8 != 0;
    (
        records.iter().filter(class).count(),
        records.iter().filter(flag).count(),
    )
}

/// Rows of CSV with a value in a column.
fn rows_with(set: &str, dimension: &str, value: &str, more: &[&str]) -> usize {
    let query = ["query", "-q", set, "--dims", dimension];
    let text = ept(&[&query[..], more].concat()).ends_with(0).stdout();
    text.lines().filter(|line| *line == value).count()
}

/// Point formats 0 to 5 have class 12 for overlap, the later ones a flag (LAS 1.4 R15, tables 9 and 17): PDAL's readers.las makes
/// class 0 and `Overlap` of it.
#[test]
fn class_12_of_old_point_formats_is_overlap_in_the_new_ones() {
    let folder = tempfile::tempdir().unwrap();
    let write = |set: &str, file: &str, more: &[&str]| {
        let out = folder.path().join(file);
        let query = ["query", "-q", set, "-o", out.to_str().unwrap()];
        ept(&[&query[..], more].concat()).ends_with(0);
        out
    };
    let old = [fixture("laz-pf0"), fixture("laz-pf3")];
    for set in old.into_iter().chain(fault("class12-stats/set")) {
        let twelve = |more: &[&str]| rows_with(&set, "Classification", "12", more);
        assert!(twelve(&[]) > 3);
        let las = class_12_and_overlap(&write(&set, "a.las", &[]));
        assert_eq!(las, (twelve(&[]), 0));
        for more in [&[][..], &["--thin", "0.001"], &["--out-crs", "EPSG:4326"]] {
            let count = twelve(more);
            let copc = write(&set, "a.copc.laz", more);
            let copc = copc.to_str().unwrap();
            assert_eq!(rows_with(copc, "Classification", "12", &[]), 0);
            assert_eq!(rows_with(copc, "Overlap", "1", &[]), count, "{more:?}");
            assert_eq!(class_12_and_overlap(&write(copc, "b.las", &[])), (0, count));
        }
    }
}
