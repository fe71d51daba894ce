//! Rasters that PDAL made of a sample, where it is there.

use super::image::Image;
use crate::support::{ept, samples};

/// Makes a raster of the sample and compares it with one that PDAL made.
fn compare(flags: &[&str], recorded: &str, allowed: f64, same: f64) {
    let Some(samples) = samples() else {
        println!("skipped: no samples");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.tif");
    let dataset = samples.join("ept/terrain-laz");
    let bounds = ["--bounds", "500000,4650000,501000,4651000", "-q"];
    let out = out.to_str().unwrap();
    let (command, flags) = flags.split_first().unwrap();
    let command = [*command, dataset.to_str().unwrap()];
    ept(&[&command, flags, &bounds, &["-o", out]].concat()).ends_with(0);
    let ours = Image::read(out);
    let theirs = Image::read(samples.join("raster").join(recorded));
    assert_eq!(
        (ours.columns, ours.rows, ours.origin),
        (theirs.columns, theirs.rows, theirs.origin)
    );
    let (mut cells, mut equal) = (0, 0);
    for (ours, theirs) in ours.values.iter().zip(&theirs.values) {
        assert_eq!(*ours == super::image::VOID, *theirs == super::image::VOID);
        cells += 1;
        // Ours have 32 bits.
        equal += u64::from((ours - f64::from(*theirs as f32)).abs() <= allowed);
    }
    let share = equal as f64 / f64::from(cells);
    assert!(share >= same, "{flags:?}: {share} equal");
}

#[test]
fn lowest_points_without_outliers_are_those_of_pdal() {
    let flags = [
        "dtm",
        "--method",
        "min",
        "--kernel",
        "radius",
        "--outlier",
        "k=8,m=3",
    ];
    compare(&flags, "t-dtm-outlier.tif", 0.0, 1.0);
}

#[test]
fn highest_first_returns_are_those_of_pdal() {
    compare(&["dsm"], "t-dsm-first.tif", 0.0, 1.0);
}

#[test]
fn mean_intensities_are_those_of_pdal() {
    let flags = [
        "raster",
        "--value",
        "Intensity",
        "--where",
        "ReturnNumber == 1",
        "--stat",
        "mean",
    ];
    compare(&flags, "t-intensity.tif", 1e-4, 1.0);
}

/// The numbers are those of PDAL 2.10 and of scipy.
#[test]
fn outliers_are_those_of_pdal() {
    let Some(samples) = samples() else {
        println!("skipped: no samples");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (out, report) = (place("out.tif"), place("report.json"));
    let dataset = samples.join("ept/terrain-laz");
    let flags = ["--method", "min", "--outlier", "k=8,m=3", "-q"];
    let files = ["-o", &out, "--report", &report];
    ept(&[&["dtm", dataset.to_str().unwrap()], &flags[..], &files].concat()).ends_with(0);
    let report: serde_json::Value =
        serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
    let outliers = &report["raster"]["outliers"];
    assert_eq!(outliers["points"], 2462);
    for (name, recorded) in [
        ("mean", 1.192407508631),
        ("deviation", 0.784736208574),
        ("threshold", 3.546616134356),
    ] {
        let found = outliers[name].as_f64().unwrap();
        assert!((found - recorded).abs() < 1e-12, "{name}: {found}");
    }
}

/// PDAL breaks ties of points on a circle by chance, and takes the first of several points at a place.
#[test]
fn triangles_are_those_of_pdal() {
    compare(&["dtm", "--max-edge", "none"], "t-dtm-tin.tif", 0.0, 0.9999);
}
