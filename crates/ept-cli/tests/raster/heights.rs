//! Heights above a given raster.

use std::collections::BTreeMap;

use super::image::Image;
use crate::support::{ept, fixture, samples};

const NAME: &str = "HeightAboveGround";

/// X, Y, Z and the height of the points of a query.
fn heights(dataset: &str, flags: &[&str]) -> Vec<[f64; 4]> {
    let dims = format!("X,Y,Z,{NAME}");
    let run = ept(&[&["query", dataset, "-q", "--dims", &dims], flags].concat()).ends_with(0);
    let numbers = |line: &str| {
        let numbers: Vec<f64> = line.split(',').map(|n| n.parse().unwrap()).collect();
        [numbers[0], numbers[1], numbers[2], numbers[3]]
    };
    run.stdout().lines().skip(1).map(numbers).collect()
}

/// A terrain model of a part of the fixture, with voids.
fn model(path: &str) -> Image {
    let flags = [
        "--bounds",
        "500100,4650100,500400,4650330",
        "-q",
        "-o",
        path,
    ];
    let more = ["--resolution", "2m", "--method", "mean"];
    ept(&[&["dtm", &fixture("terrain")], &flags[..], &more].concat()).ends_with(0);
    Image::read(path)
}

#[test]
fn points_are_above_the_cell_that_they_are_in() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dtm.tif");
    let path = path.to_str().unwrap();
    let dtm = model(path);
    let hag = format!("--hag={path}");
    let all = heights(&fixture("terrain"), &[&hag]);
    let (mut above, mut nowhere) = (0, 0);
    for [x, y, z, height] in &all {
        match dtm.at(*x, *y, 0) {
            Some(ground) => {
                assert_eq!(*height, z - ground, "{x} {y}");
                above += 1;
            }
            None => {
                assert!(height.is_nan(), "{x} {y} {height}");
                nowhere += 1;
            }
        }
    }
    assert!(above > 1000 && nowhere > 1000, "{above} {nowhere}");
    let condition = format!("{NAME} > 2");
    let trees = heights(&fixture("terrain"), &[&hag, "--where", &condition]);
    let expected = all.into_iter().filter(|[.., height]| *height > 2.0);
    assert_eq!(trees, expected.collect::<Vec<_>>());
}

#[test]
fn a_canopy_model_may_be_above_a_given_terrain_model() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (dtm, out) = (place("dtm.tif"), place("chm.tif"));
    model(&dtm);
    let flags = ["-q", "--resolution", "5m", "--dtm", &dtm, "-o", &out];
    ept(&[&["chm", &fixture("terrain")], &flags[..]].concat()).ends_with(0);
    let mut highest: BTreeMap<[i64; 2], f64> = BTreeMap::new();
    let first =
        "ReturnNumber == 1 && !(Classification == 7) && !(Classification == 18) && Withheld == 0";
    let hag = format!("--hag={dtm}");
    for [x, y, _, height] in heights(&fixture("terrain"), &[&hag, "--where", first]) {
        if !height.is_nan() {
            let cell = [x, y].map(|c| (c / 5.0).floor() as i64);
            let cell = highest.entry(cell).or_insert(height);
            *cell = cell.max(height);
        }
    }
    let canopy = Image::read(&out);
    let mut cells = 0;
    for [x, y] in canopy.centres() {
        let expected = highest.get(&[x, y].map(|c| (c / 5.0).floor() as i64));
        let expected = expected.map(|height| f64::from(*height as f32));
        assert_eq!(canopy.at(x, y, 0), expected, "{x} {y}");
        cells += usize::from(expected.is_some());
    }
    assert_eq!(cells, highest.len());
    assert!(cells > 1000, "{cells}");
}

/// PDAL takes the cell that `floor` of columns and rows from the upper left corner gives.
#[test]
fn a_raster_of_another_program_is_read_as_pdal_reads_it() {
    let Some(samples) = samples() else {
        println!("skipped: no samples");
        return;
    };
    let path = samples.join("raster/t-dtm-tin.tif");
    let dtm = Image::read(&path);
    let dataset = samples.join("ept/terrain-laz");
    let hag = format!("--hag={}", path.display());
    let flags = [&hag, "--bounds", "500200,4650300,500300,4650400"];
    let mut compared = 0;
    for [x, y, z, height] in heights(dataset.to_str().unwrap(), &flags) {
        let column = ((x - dtm.origin[0]) / dtm.cell).floor();
        let row = (dtm.origin[1] - y) / dtm.cell;
        // Between two rows, PDAL takes the southern one.
        if row != row.floor() {
            let ground = dtm.values[row.floor() as usize * dtm.columns + column as usize];
            assert_eq!(height, z - ground, "{x} {y}");
            compared += 1;
        }
    }
    assert!(compared > 5000, "{compared}");
}

#[test]
fn a_raster_that_does_not_fit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (dtm, other, out) = (place("dtm.tif"), place("other.tif"), place("out.tif"));
    let terrain = fixture("terrain");
    model(&dtm);
    let flags = ["--out-crs", "EPSG:32615", "-q", "-o", &other];
    ept(&[&["dtm", &terrain], &flags[..]].concat()).ends_with(0);
    let hag = format!("--hag={other}");
    let systems = ["other.tif", "EPSG:26915", "EPSG:32615"];
    for (flags, code, words) in [
        (&["query", &terrain, &hag][..], 1, &systems[..]),
        (&["chm", &terrain, "--dtm", &other, "-o", &out], 1, &systems),
        (
            &["query", &terrain, "--hag=none.tif"],
            1,
            &["cannot read none.tif"],
        ),
        (&["query", &terrain, &hag, "--class", "2"], 2, &["--class"]),
        (
            &["chm", &terrain, "--dtm", &dtm, "--class", "2", "-o", &out],
            2,
            &["--class"],
        ),
    ] {
        let run = ept(flags).ends_with(code);
        for word in words {
            assert!(run.stderr().contains(word), "{word}: {}", run.stderr());
        }
    }
    // In the system of the result, the raster fits.
    let flags = ["--out-crs", "EPSG:32615", "-q", "--dtm", &other, "-o", &out];
    ept(&[&["chm", &terrain], &flags[..]].concat()).ends_with(0);
    let elsewhere = ["--bounds", "500450,4650400,500500,4650500", "--dims", NAME];
    let hag = format!("--hag={dtm}");
    let run = ept(&[&["query", &terrain, &hag], &elsewhere[..]].concat()).ends_with(0);
    assert!(run.stdout().lines().skip(1).all(|height| height == "NaN"));
    assert!(run.stderr().contains("no value"), "{}", run.stderr());
}
