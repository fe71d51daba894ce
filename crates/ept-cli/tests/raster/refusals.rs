//! Rasters that can't be made are refused before memory is taken, and nothing is left behind.

use super::image::void_size;
use crate::support::{copy, ept, fixture};

fn refused(flags: &[&str], code: i32, words: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.tif");
    let flags = [flags, &["-o", out.to_str().unwrap()]].concat();
    let run = ept(&flags).ends_with(code);
    for word in words {
        assert!(
            run.stderr().contains(word),
            "{word} is not in {}",
            run.stderr()
        );
    }
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}

#[test]
fn a_raster_of_a_million_million_cells_is_refused() {
    let terrain = fixture("terrain");
    let small = ["dtm", &terrain, "--resolution", "0.0001u"];
    refused(&small, 1, &["too many", "larger cells or a smaller area"]);
    refused(
        &["dtm", &terrain, "--resolution", "0"],
        2,
        &["greater than 0"],
    );
    refused(&["dtm", &terrain, "--align", "nan,0"], 2, &["two numbers"]);
}

#[test]
fn points_that_are_absurdly_far_apart_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("far.las");
    let mut builder = las::Builder::from((1, 2));
    builder.point_format = las::point::Format::new(0).unwrap();
    let axis = las::Transform {
        scale: 1e10,
        offset: 0.0,
    };
    builder.transforms = las::Vector {
        x: axis,
        y: axis,
        z: las::Transform::default(),
    };
    let mut writer = las::Writer::from_path(&path, builder.into_header().unwrap()).unwrap();
    for far in [0.0, 1e16, -2e19] {
        let point = las::Point {
            x: far,
            y: far,
            ..las::Point::default()
        };
        writer.write_point(point).unwrap();
    }
    writer.close().unwrap();
    let path = path.to_str().unwrap();
    refused(&["raster", path, "--resolution", "1u"], 1, &["error"]);
    refused(&["raster", path, "--resolution", "1e9u"], 1, &["error"]);
}

#[test]
fn lengths_on_the_ground_need_a_projected_system() {
    let terrain = fixture("terrain");
    let degrees = ["dtm", &terrain, "--out-crs", "EPSG:4326"];
    refused(&degrees, 1, &["longitude and latitude", "0.00001u"]);
    let unknown = copy("binary");
    let path = unknown.path().join("ept.json");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(path, text.replace("\"srs\"", "\"other\"")).unwrap();
    let unknown = unknown.path().to_str().unwrap();
    let words = ["coordinate system is not known", "units"];
    refused(&["dtm", unknown], 1, &words);
}

#[test]
fn a_preview_has_no_statistics_that_need_all_points() {
    let terrain = fixture("terrain");
    let preview = [
        "raster",
        &terrain,
        "--preview",
        "--resolution",
        "16m",
        "--stat",
        "mean,min",
    ];
    refused(
        &preview,
        2,
        &["min of a part of the points would be biased", "--biased"],
    );
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.tif");
    let make = |flags: &[&str]| {
        let flags = [&preview[..], flags, &["-o", out.to_str().unwrap()]].concat();
        ept(&flags).ends_with(0).stderr()
    };
    let told = make(&["--biased"]);
    let whole = "25,000 of 25,000 points";
    assert!(!told.contains(whole), "{told}");
    let note = std::fs::read(&out).unwrap();
    let note = String::from_utf8_lossy(&note);
    assert!(note.contains("EPT_DEPTH_MAX") && note.contains("EPT_POINTS_READ"));
}

#[test]
fn nothing_found_is_a_raster_without_values() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.tif");
    let flags = [
        "--bounds",
        "499000,4649000,499100,4649050",
        "-o",
        out.to_str().unwrap(),
    ];
    let run = ept(&[&["dtm", &fixture("terrain")], &flags[..]].concat()).ends_with(0);
    assert!(run.stderr().contains("nothing found"), "{}", run.stderr());
    assert_eq!(void_size(&out), [100, 50]);
}

#[test]
fn a_raster_is_a_tiff() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.laz");
    let run = ept(&["dtm", &fixture("terrain"), "-o", out.to_str().unwrap()]).ends_with(2);
    assert!(run.stderr().contains(".tif"), "{}", run.stderr());
}

#[test]
fn files_of_the_same_name_and_pictures_of_lerc_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let terrain = fixture("terrain");
    let (out, picture) = (place("out.tif"), place("out.png"));
    let wrong: [(&[&str], &str); 4] = [
        (&["--mask", &out], "two files would be called"),
        (&["--hillshade", &out], "two files would be called"),
        (&["--hillshade", &terrain], "name it .tif"),
        (
            &["--hillshade", &picture, "--compress", "lerc"],
            "can't read lerc",
        ),
    ];
    for (flags, words) in wrong {
        let run = ept(&[&["dtm", &terrain, "-o", &out], flags].concat()).ends_with(2);
        assert!(run.stderr().contains(words), "{}", run.stderr());
    }
    let canopy = ["chm", &terrain, "-o", &out, "--fill", "tin"];
    let run = ept(&canopy).ends_with(1);
    assert!(
        run.stderr().contains("cells around only"),
        "{}",
        run.stderr()
    );
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}

#[test]
fn a_missing_folder_is_told_before_anything_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("none/out.tif");
    let run = ept(&["dtm", &fixture("terrain"), "-o", out.to_str().unwrap()]).ends_with(1);
    assert!(
        run.stderr().contains("there is no folder"),
        "{}",
        run.stderr()
    );
}
