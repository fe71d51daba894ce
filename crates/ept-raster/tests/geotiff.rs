//! Reading GeoTIFF: files of the crate `tiff`, of GDAL and our own, and damaged ones.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::Cursor;
use std::path::PathBuf;

use ept_raster::{
    Band, CogLayout, CogWriter, GeoTiff, GeoTiffError, Grid, Lattice, Raster, SampleType, Window,
};
use proptest::prelude::*;
use tiff::encoder::colortype::{ColorType, Gray8, Gray16, Gray32, Gray32Float, Gray64Float};
use tiff::encoder::{Compression, Predictor, TiffEncoder, TiffValue};
use tiff::tags::Tag;

/// Tags of the place of a file.
type Place = Vec<(u16, Vec<f64>)>;

fn scaled(cell: [f64; 2], tie: [f64; 6]) -> Place {
    vec![(33550, vec![cell[0], cell[1], 0.0]), (33922, tie.to_vec())]
}

/// A file of strips, made by the crate `tiff`.
fn strips<C: ColorType>(
    size: [u32; 2],
    values: &[C::Inner],
    way: (Compression, Predictor),
    rows: u32,
    place: &Place,
    nodata: Option<&str>,
) -> Vec<u8>
where
    [C::Inner]: TiffValue,
{
    let mut file = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file)
        .unwrap()
        .with_compression(way.0)
        .with_predictor(way.1);
    let mut image = encoder.new_image::<C>(size[0], size[1]).unwrap();
    image.rows_per_strip(rows).unwrap();
    for (tag, doubles) in place {
        image
            .encoder()
            .write_tag(Tag::Unknown(*tag), doubles.as_slice())
            .unwrap();
    }
    if let Some(nodata) = nodata {
        image
            .encoder()
            .write_tag(Tag::Unknown(42113), nodata)
            .unwrap();
    }
    image.write_data(values).unwrap();
    file.into_inner()
}

fn plain(place: &Place) -> Vec<u8> {
    strips::<Gray8>(
        [2, 2],
        &[1, 2, 3, 4],
        (Compression::Uncompressed, Predictor::None),
        2,
        place,
        None,
    )
}

fn is_same(a: f64, b: f64) -> bool {
    a == b || a.is_nan() && b.is_nan()
}

/// Checks that windows have the values of the image. NaN is a void, and what is outside the image.
fn check(
    file: Vec<u8>,
    columns: u32,
    expected: &[f64],
    window: [i64; 4],
) -> Result<(), TestCaseError> {
    let mut file = GeoTiff::new(Cursor::new(file)).unwrap();
    let all = *file.grid().window();
    prop_assert_eq!(all.columns, columns);
    let [west, south, columns, rows] = window;
    let asked = Window {
        west: all.west + west,
        south: all.south + south,
        columns: columns as u32,
        rows: rows as u32,
    };
    for window in [all, asked] {
        let read = file.read(0, window).unwrap();
        prop_assert_eq!(read.window(), &window);
        for (at, value) in read.values().iter().enumerate() {
            let [column, row] = window.cell_at(at);
            let place = all.position(column, row);
            let expected = place.map_or(f64::NAN, |place| expected[place]);
            prop_assert!(
                is_same(*value, expected),
                "{column} {row}: {value} {expected}"
            );
        }
    }
    Ok(())
}

const COMPRESSIONS: [Compression; 3] = [
    Compression::Uncompressed,
    Compression::Lzw,
    Compression::Deflate(tiff::encoder::DeflateLevel::Fast),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn strips_are_read(
        columns in 1_u32..70,
        rows in 1_u32..50,
        per_strip in 1_u32..60,
        // The first is none.
        compression in 0_usize..3,
        is_predicted: bool,
        kind in 0..5,
        seed: u32,
        window in [-5_i64..60, -5_i64..40, 1_i64..40, 1_i64..40],
    ) {
        let count = columns * rows;
        let numbers: Vec<u32> = (0..count).map(|at| at.wrapping_mul(2_654_435_761).wrapping_add(seed) >> (at % 24)).collect();
        let place = scaled([2.0, 2.0], [0.0, 0.0, 0.0, 1000.0, 2000.0, 0.0]);
        let is_predicted = is_predicted && kind < 3 && compression > 0;
        let predictor = if is_predicted { Predictor::Horizontal } else { Predictor::None };
        let (size, way) = ([columns, rows], (COMPRESSIONS[compression], predictor));
        let void = |value: f64| if value == 7.0 { f64::NAN } else { value };
        macro_rules! case {
            ($C:ty, $T:ty) => {{
                let values: Vec<$T> = numbers.iter().map(|n| (*n % 251) as $T).collect();
                let expected: Vec<f64> = values.iter().map(|v| void(f64::from(*v))).collect();
                check(strips::<$C>(size, &values, way, per_strip, &place, Some("7")), columns, &expected, window)?;
            }};
        }
        match kind {
            0 => case!(Gray8, u8),
            1 => case!(Gray16, u16),
            2 => case!(Gray32, u32),
            3 => case!(Gray32Float, f32),
            _ => case!(Gray64Float, f64),
        }
    }

    #[test]
    fn what_our_own_writer_makes_is_read(
        columns in 1_u32..1100,
        rows in 1_u32..700,
        bands in 1_usize..4,
        sample in prop::sample::select(vec![SampleType::F32, SampleType::F64, SampleType::I16, SampleType::U32, SampleType::I8]),
        seed: u64,
        window in [-5_i64..1000, -5_i64..600, 1_i64..300, 1_i64..300],
    ) {
        let own = Window { west: -300, south: 70, columns, rows };
        let grid = Grid::new(Lattice::new(0.25, [0.0; 2]).unwrap(), own).unwrap();
        let names = vec![Band::new("a"); bands];
        let layout = CogLayout::new(grid, sample, names).unwrap().with_nodata(99.0).unwrap();
        let value = |band: usize, at: usize| {
            let draw = (at as u64 + 1).wrapping_mul(seed | 1).wrapping_add(band as u64 * 977) >> 7;
            if draw.is_multiple_of(5) { f64::NAN } else { (draw % 90) as f64 }
        };
        let planes: Vec<Vec<f64>> = (0..bands).map(|band| (0..own.len()).map(|at| value(band, at)).collect()).collect();
        let rasters: Vec<Raster> = planes.iter().map(|plane| Raster::new(own, plane.clone()).unwrap()).collect();
        let mut writer = CogWriter::new(layout.clone(), Cursor::new(Vec::new()));
        for row in 0..layout.tiles()[1] {
            // The first column of tiles is left out, if there are several.
            for column in u32::from(columns > 512)..layout.tiles()[0] {
                let mut next = writer.push(layout.encode(column, row, &rasters).unwrap()).unwrap();
                while let Some(overview) = next {
                    next = writer.push(layout.encode_overview(overview).unwrap()).unwrap();
                }
            }
        }
        let mut bytes = Vec::new();
        writer.finish(&mut bytes).unwrap();
        let mut file = GeoTiff::new(Cursor::new(bytes)).unwrap();
        prop_assert_eq!(file.grid(), &grid);
        prop_assert_eq!((file.bands(), file.sample_type(), file.nodata()), (bands, sample, Some(99.0)));
        let [west, south, width, height] = window;
        let window = Window { west: own.west + west, south: own.south + south, columns: width as u32, rows: height as u32 };
        for (band, plane) in planes.iter().enumerate() {
            let read = file.read(band, window).unwrap();
            for (at, found) in read.values().iter().enumerate() {
                let [column, row] = window.cell_at(at);
                let is_left_out = columns > 512 && column < own.west + 512;
                let place = own.position(column, row).filter(|_| !is_left_out);
                prop_assert!(is_same(*found, place.map_or(f64::NAN, |place| plane[place])));
            }
        }
        prop_assert!(file.read(bands, window).is_err());
    }

    #[test]
    fn damage_is_an_error(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), cut in any::<prop::sample::Index>()) {
        let place = scaled([2.0, 2.0], [0.0, 0.0, 0.0, 1000.0, 2000.0, 0.0]);
        let values: Vec<u16> = (0..300).collect();
        for compression in COMPRESSIONS {
            let mut file = strips::<Gray16>([20, 15], &values, (compression, Predictor::Horizontal), 4, &place, None);
            for (at, byte) in &changes {
                let at = at.index(file.len());
                file[at] = *byte;
            }
            for file in [&file[..], &file[..cut.index(file.len())]] {
                let Ok(mut file) = GeoTiff::new(Cursor::new(file)) else { continue };
                let all = *file.grid().window();
                let window = Window { columns: all.columns.min(64), rows: all.rows.min(64), ..all };
                if let Ok(raster) = file.read(0, window) {
                    prop_assert_eq!(raster.values().len(), window.len());
                }
            }
        }
    }
}

#[test]
fn differences_belong_to_compression() {
    // libtiff, and so GDAL, does not look at the predictor of a file without compression.
    let place = scaled([2.0, 2.0], [0.0; 6]);
    let way = (Compression::Uncompressed, Predictor::None);
    let mut file = strips::<Gray8>([2, 1], &[5, 7], way, 1, &place, Some("77"));
    // Tag, type SHORT, count 1, value: the predictor, in place of what marks voids.
    let nodata = [42113_u16, 2].map(u16::to_le_bytes).concat();
    let at = file.windows(4).position(|bytes| bytes == nodata).unwrap();
    let predictor = [317_u16, 3, 1, 0, 2, 0].map(u16::to_le_bytes).concat();
    file[at..at + 12].copy_from_slice(&predictor);
    check(file, 2, &[5.0, 7.0], [0, 0, 1, 1]).unwrap();
}

#[test]
fn the_place_is_read_from_all_tags_that_say_it() {
    let extent = |place: Place| *GeoTiff::new(Cursor::new(plain(&place))).unwrap().grid();
    let grid = extent(scaled([2.0, 2.0], [0.0, 0.0, 0.0, 1000.0, 2000.0, 0.0]));
    assert_eq!(grid.extent(), [1000.0, 1996.0, 1004.0, 2000.0]);
    // Edges at multiples of the cell are counted from 0.
    assert_eq!(grid.lattice(), &Lattice::new(2.0, [0.0; 2]).unwrap());
    // The tie is the south-eastern corner.
    let grid = extent(scaled([2.0, 2.0], [2.0, 2.0, 0.0, 1000.3, 2000.0, 0.0]));
    assert_eq!(grid.extent(), [996.3, 2000.0, 1000.3, 2004.0]);
    let matrix = vec![
        0.5, 0.0, 0.0, 10.0, 0.0, -0.5, 0.0, 20.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0,
    ];
    let grid = extent(vec![(34264, matrix)]);
    assert_eq!(grid.extent(), [10.0, 19.0, 11.0, 20.0]);
}

#[test]
fn cells_that_are_not_squares_with_north_up_are_errors_that_say_what_to_do() {
    let matrix = |numbers: [f64; 6]| {
        let [a, b, x, d, e, y] = numbers;
        vec![(
            34264,
            vec![
                a, b, 0.0, x, d, e, 0.0, y, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0,
            ],
        )]
    };
    let cases: [(Place, &str); 7] = [
        (vec![], "gdal_edit.py -a_ullr"),
        (vec![(33550, vec![1.0, 1.0, 0.0])], "gdal_edit.py -a_ullr"),
        (scaled([2.0, 2.5], [0.0; 6]), "gdalwarp -tr 2 2"),
        (scaled([f64::NAN, 1.0], [0.0; 6]), "NaN"),
        (scaled([0.0, 0.0], [0.0; 6]), "0 units wide"),
        (matrix([1.0, 0.1, 0.0, 0.1, -1.0, 0.0]), "rotated"),
        (matrix([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]), "south to north"),
    ];
    for (place, expected) in cases {
        let error = GeoTiff::new(Cursor::new(plain(&place))).unwrap_err();
        assert!(matches!(error, GeoTiffError::Cells(_)), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    }
}

/// The file of GDAL for the terrain, if the samples are here.
fn sample(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("EPT_SAMPLES").map(PathBuf::from);
    let near = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    let path = folder.unwrap_or(near).join("raster").join(name);
    if !path.exists() {
        println!("skipped: no {}", path.display());
    }
    path.exists().then_some(path)
}

#[test]
fn a_file_of_pdal_has_the_values_that_gdal_reads() {
    let Some(path) = sample("t-dtm-bin.tif") else {
        return;
    };
    let mut file = GeoTiff::new(std::fs::File::open(path).unwrap()).unwrap();
    assert_eq!(
        file.grid().extent(),
        [500_000.0, 4_650_000.0, 501_000.0, 4_651_000.0]
    );
    assert_eq!(file.keys().srs().codes().as_deref(), Some("EPSG:26915"));
    assert_eq!(file.nodata(), Some(-9999.0));
    let raster = file.read(0, *file.grid().window()).unwrap();
    let valid: Vec<f64> = raster
        .values()
        .iter()
        .copied()
        .filter(|value| !value.is_nan())
        .collect();
    // Count and sum of the minima, by numpy.
    assert_eq!(valid.len(), 258_303);
    assert!((valid.iter().sum::<f64>() - 83_134_469.11).abs() < 0.01);
}
