//! Rasters of real points against those that PDAL and GDAL made of them, where there are samples.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod buckets;

use std::fs::File;
use std::path::{Path, PathBuf};

use buckets::Buckets;
use ept_raster::{
    Duplicates, Hillshade, Kernel, Lattice, Light, MaxEdge, Neighbours, Points, Raster, Smrf,
    Statistic, Tin, Window, filled,
};
use sha2::{Digest, Sha256};
use tiff::decoder::{Decoder, DecodingResult, Limits};

/// The grid of all recorded rasters.
const GRID: Window = Window {
    west: 500_000,
    south: 4_650_000,
    columns: 1000,
    rows: 1000,
};

fn samples() -> Option<PathBuf> {
    let usual = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    let samples = std::env::var_os("EPT_SAMPLES").map_or_else(usual, PathBuf::from);
    let is_there = samples.join("raster/VALUES.txt").exists();
    if !is_there {
        println!("skipped: there are no samples");
    }
    is_there.then_some(samples)
}

fn lattice() -> Lattice {
    Lattice::new(1.0, [0.0, 0.0]).unwrap()
}

/// The points of the sample that are wanted.
fn points(samples: &Path, is_wanted: impl Fn(&las::Point) -> bool) -> (Points, Vec<bool>) {
    let folder = samples.join("ept/terrain-laz/ept-data");
    let (mut points, mut is_ground) = (Points::default(), Vec::new());
    for tile in folder.read_dir().unwrap() {
        let mut tile = las::Reader::from_path(tile.unwrap().path()).unwrap();
        let tile = tile.read_all().unwrap();
        for point in tile.points() {
            let point = point.unwrap();
            if is_wanted(&point) {
                points.push(point.x, point.y, point.z);
                is_ground.push(is_class_2(&point));
            }
        }
    }
    (points, is_ground)
}

fn is_class_2(point: &las::Point) -> bool {
    point.classification == las::point::Classification::Ground
}

/// A recorded line of `VALUES.txt`: number of values, their sum as text, the start of their SHA-256.
fn recorded(samples: &Path, file: &str, statistic: &str) -> (usize, String, String) {
    let text = std::fs::read_to_string(samples.join("raster/VALUES.txt")).unwrap();
    let is_line = |line: &&str| {
        let mut words = line.split(' ');
        words.next() == Some(file) && words.nth(2) == Some(statistic)
    };
    let line = text.lines().find(is_line).unwrap();
    let after = |word: &str| {
        let mut words = line.split(' ').skip_while(|other| *other != word);
        words.nth(1).unwrap().to_owned()
    };
    (
        after("valid").parse().unwrap(),
        after("sum"),
        after("sha256(values)"),
    )
}

fn assert_recorded(samples: &Path, file: &str, statistic: &str, raster: &Raster) {
    let (count, sum, sha) = recorded(samples, file, statistic);
    let values = || raster.values().iter().filter(|value| !value.is_nan());
    assert_eq!(values().count(), count, "{file} {statistic}");
    // As many digits as are recorded.
    let total: f64 = values().sum();
    let recorded: f64 = sum.parse().unwrap();
    assert!(
        (total / recorded - 1.0).abs() < 1e-11,
        "{file} {statistic}: {total}, not {sum}"
    );
    if ["min", "max", "count"].contains(&statistic) && !file.contains("window") {
        let mut hash = Sha256::new();
        for value in raster.values() {
            let value = if value.is_nan() { -9999.0 } else { *value };
            hash.update(value.to_le_bytes());
        }
        let digest: String = hash
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert!(
            digest.starts_with(&sha),
            "{file} {statistic}: not the same values"
        );
    }
}

/// The bands of a recorded raster, cell by cell.
fn bands(samples: &Path, file: &str) -> Vec<Vec<f64>> {
    let file = File::open(samples.join("raster").join(file)).unwrap();
    let mut decoder = Decoder::new(file).unwrap().with_limits(Limits::unlimited());
    match decoder.read_image().unwrap() {
        DecodingResult::F64(values) => {
            let count = values.len() / GRID.len();
            let band = |band| values.iter().skip(band).step_by(count).copied().collect();
            (0..count).map(band).collect()
        }
        DecodingResult::U8(values) => vec![values.into_iter().map(f64::from).collect()],
        _ => unreachable!(),
    }
}

#[test]
fn statistics_are_those_of_pdal() {
    let Some(samples) = samples() else { return };
    let (points, _) = points(&samples, is_class_2);
    let make = |kernel: Kernel, names: &str| {
        let statistics: Vec<Statistic> = names.split(' ').map(|n| n.parse().unwrap()).collect();
        let rasters = kernel
            .rasters(&points, &lattice(), GRID, &statistics, 1.0)
            .unwrap();
        let names = names.split(' ').map(str::to_owned);
        names.zip(rasters).collect::<Vec<_>>()
    };
    for (name, raster) in make(Kernel::Cell, "min max mean count stdev") {
        assert_recorded(&samples, "t-dtm-bin.tif", &name, &raster);
    }
    let radius = make(Kernel::diagonal(&lattice()), "min max mean idw count stdev");
    for (name, raster) in &radius {
        assert_recorded(&samples, "t-dtm-radius.tif", name, raster);
    }
    // Without others, they are made in another way.
    for (name, raster) in make(Kernel::diagonal(&lattice()), "min max count") {
        assert_recorded(&samples, "t-dtm-radius.tif", &name, &raster);
    }
    for (name, raster) in radius {
        if ["min", "mean", "idw"].contains(&name.as_str()) {
            let filled = filled(&raster, GRID, 4).unwrap();
            assert_recorded(&samples, "t-dtm-window4.tif", &name, &filled);
        }
    }
    // The bands are min, max, mean, idw, count and stdev.
    let bands = bands(&samples, "t-dtm-bin.tif");
    for (name, raster) in make(Kernel::Cell, "min max mean count stdev") {
        let band = ["min", "max", "mean", "idw", "count", "stdev"]
            .iter()
            .position(|n| *n == name);
        for (value, recorded) in raster.values().iter().zip(&bands[band.unwrap()]) {
            let is_equal =
                (value.is_nan() && *recorded == -9999.0) || (value - recorded).abs() < 1e-9;
            assert!(is_equal, "{name}: {value}, not {recorded}");
        }
    }
}

/// Of all points, and of those around.
#[test]
fn blocks_of_any_size_have_the_same_cells() {
    let Some(samples) = samples() else { return };
    let (points, _) = points(&samples, is_class_2);
    let places = points.x.iter().zip(&points.y).zip(&points.value);
    let cloud: Vec<_> = places.map(|((x, y), z)| [*x, *y, *z]).collect();
    let buckets = Buckets::new(&cloud, 32.0);
    let (kernel, max_edge) = (
        Kernel::diagonal(&lattice()),
        MaxEdge::new(50.0, [1.0; 2]).unwrap(),
    );
    let make = |window: Window| {
        let area = |window: Window| {
            let (west, south) = (window.west as f64, window.south as f64);
            [west, south, window.east() as f64, window.north() as f64]
        };
        let reach = area(window.grown(kernel.halo(&lattice()).unwrap()));
        let meets = |other: [f64; 4]| {
            (0..2).all(|axis| other[axis] <= reach[axis + 2] && reach[axis] <= other[axis + 2])
        };
        let near = buckets.clone().more(reach, &meets).unwrap();
        let statistics = ["min", "count", "mean", "idw", "p90"].map(|name| name.parse().unwrap());
        let mut rasters = kernel
            .rasters(&near, &lattice(), window, &statistics, 1.0)
            .unwrap();
        let lowest = kernel.rasters(&near, &lattice(), window, &statistics[..2], 1.0);
        rasters.extend(lowest.unwrap());
        let mut all = buckets.clone();
        let tin = Tin::new(area(window), Duplicates::Lowest, max_edge, &mut all).unwrap();
        assert_eq!(all.unread() == 0, window.columns > GRID.columns);
        rasters.push(tin.surface(&lattice(), window));
        rasters
    };
    let block = |edge: u32, west: i64, south: i64| Window {
        west,
        south,
        columns: edge,
        rows: edge,
    };
    let whole = make(block(1100, GRID.west - 50, GRID.south - 50));
    // In the middle, and where the points end.
    for [west, south] in [[448, 448], [512, 448], [448, 512], [-32, 320], [960, 960]] {
        let window = block(64, GRID.west + west, GRID.south + south);
        for (part, whole) in make(window).iter().zip(&whole) {
            let bits = |raster: &Raster| raster.values().iter().map(|v| v.to_bits()).collect();
            let (part, whole): (Vec<u64>, Vec<u64>) = (bits(part), bits(&whole.cropped(window)));
            assert!(part == whole, "{window:?}");
        }
    }
}

#[test]
fn relief_is_that_of_gdal() {
    let Some(samples) = samples() else { return };
    let heights = bands(&samples, "t-dtm-tin.tif").remove(0);
    let void = |height: f64| if height == -9999.0 { f64::NAN } else { height };
    let heights = Raster::new(GRID, heights.into_iter().map(void).collect()).unwrap();
    let relief = Hillshade::new(Light::default(), 1.0, 1.0).unwrap();
    let relief = relief.shaded(&heights, GRID).unwrap();
    let recorded = bands(&samples, "t-hillshade.tif").remove(0);
    let pairs = relief
        .values()
        .iter()
        .map(|value| f64::from(*value))
        .zip(&recorded);
    assert!(
        pairs
            .clone()
            .all(|(value, recorded)| (value - recorded).abs() <= 1.0)
    );
    assert!(
        pairs
            .clone()
            .all(|(value, recorded)| (value == 0.0) == (*recorded == 0.0))
    );
    let different = pairs.filter(|(value, recorded)| value != *recorded).count();
    assert!(different <= 10, "{different} cells");
}

/// PDAL's filter has a precision of 0.967 and a recall of 0.997 here, with its way of choosing among equally near cells.
#[test]
fn ground_is_found_as_well_as_pdal_finds_it() {
    let Some(samples) = samples() else { return };
    let (points, is_ground) = points(&samples, |p| p.return_number == p.number_of_returns);
    let lowest = Kernel::Cell
        .rasters(&points, &lattice(), GRID, &[Statistic::Min], 1.0)
        .unwrap();
    let surface = Smrf::default()
        .ground(&lowest[0], &GRID, GRID, 1.0)
        .unwrap()
        .unwrap();
    let (mut found, mut right) = (0.0, 0.0);
    for (row, is_ground) in is_ground.iter().enumerate() {
        let [column, line] = lattice().find(points.x[row], points.y[row]).unwrap();
        if surface.is_ground(column, line, points.value[row]) {
            found += 1.0;
            right += f64::from(u8::from(*is_ground));
        }
    }
    let all = is_ground.iter().filter(|is| **is).count() as f64;
    assert!(
        (right / found - 0.967_f64).abs() < 0.001,
        "precision {}",
        right / found
    );
    assert!(
        (right / all - 0.997_f64).abs() < 0.001,
        "recall {}",
        right / all
    );
}
