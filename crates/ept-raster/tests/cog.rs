//! Cloud Optimized GeoTIFF: what is written is read back, by the crate `tiff` and by a parser of the rules of its layout.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod cog_file;

use std::io::Cursor;

use cog_file::CogFile;
use ept_format::{GeoKey, GeoKeys};
use ept_raster::{
    Band, CogError, CogLayout, CogWriter, Compression, Grid, Lattice, Raster, Resampling,
    SampleType, Window,
};
use proptest::prelude::*;
use tiff::decoder::{Decoder, DecodingResult, Limits};

const TILE: usize = 512;

fn grid(columns: u32, rows: u32) -> Grid {
    let window = Window {
        west: 1000,
        south: 2000,
        columns,
        rows,
    };
    Grid::new(Lattice::new(0.5, [100.0, 200.0]).unwrap(), window).unwrap()
}

fn bands(count: usize) -> Vec<Band> {
    (0..count).map(|at| Band::new(&format!("b{at}"))).collect()
}

/// Writes a file of rasters that cover the grid, tiles in the given order. `is_told` says whether void tiles are pushed.
fn write(layout: &CogLayout, rasters: &[Raster], order: &[usize], is_told: bool) -> Vec<u8> {
    let mut writer = CogWriter::new(layout.clone(), Cursor::new(Vec::new()));
    let across = layout.tiles()[0];
    for index in order {
        let (column, row) = (*index as u32 % across, *index as u32 / across);
        let window = layout.window(column, row);
        let parts: Vec<Raster> = rasters.iter().map(|r| r.cropped(window)).collect();
        let is_void = parts.iter().all(|r| r.values().iter().all(|v| v.is_nan()));
        if is_void && !is_told {
            continue;
        }
        let mut next = writer
            .push(layout.encode(column, row, &parts).unwrap())
            .unwrap();
        while let Some(overview) = next {
            next = writer
                .push(layout.encode_overview(overview).unwrap())
                .unwrap();
        }
    }
    let mut file = Vec::new();
    let size = writer.finish(&mut file).unwrap();
    assert_eq!(size, file.len() as u64);
    file
}

fn all_tiles(layout: &CogLayout) -> Vec<usize> {
    let [across, down] = layout.tiles();
    (0..(across * down) as usize).collect()
}

/// Values with voids, the same for the same seed: smooth in places, so that tiles differ, and some tiles are void.
fn values(columns: usize, rows: usize, seed: u64) -> Vec<f64> {
    let mut state = seed | 1;
    let mut next = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u32
    };
    let void_tile = next() as usize % 4;
    let all = (0..rows * columns).map(|at| {
        let (row, column) = (at / columns, at % columns);
        let tile = column / TILE + 2 * (row / TILE);
        let draw = next();
        if draw.is_multiple_of(7) || (tile == void_tile && seed.is_multiple_of(2)) {
            f64::NAN
        } else {
            f64::from(draw % 200)
                + if seed.is_multiple_of(3) {
                    f64::from(draw % 1000) / 1000.0
                } else {
                    0.0
                }
        }
    });
    all.collect()
}

/// All values of an image by the crate `tiff`, as pixels; voids as they are in the file. Tiles that are not in the file are
/// `void`.
fn read(file: &[u8], image: usize, count: usize, void: f64) -> Vec<f64> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = 1 << 28;
    let mut decoder = Decoder::new(Cursor::new(file)).unwrap().with_limits(limits);
    decoder.seek_to_image(image).unwrap();
    let (columns, rows) = decoder.dimensions().unwrap();
    let (columns, rows) = (columns as usize, rows as usize);
    let sizes = decoder
        .get_tag_u64_vec(tiff::tags::Tag::TileByteCounts)
        .unwrap();
    let mut all = vec![void; columns * rows * count];
    let across = columns.div_ceil(TILE);
    for (index, _) in sizes.iter().enumerate().filter(|(_, size)| **size > 0) {
        let (width, _) = decoder.chunk_data_dimensions(index as u32);
        let tile: Vec<f64> = match decoder.read_chunk(index as u32).unwrap() {
            DecodingResult::U8(v) => v.into_iter().map(f64::from).collect(),
            DecodingResult::U16(v) => v.into_iter().map(f64::from).collect(),
            DecodingResult::U32(v) => v.into_iter().map(f64::from).collect(),
            DecodingResult::I16(v) => v.into_iter().map(f64::from).collect(),
            DecodingResult::F32(v) => v.into_iter().map(f64::from).collect(),
            DecodingResult::F64(v) => v,
            other => panic!("{other:?}"),
        };
        let (left, top) = (index % across * TILE, index / across * TILE);
        for (row, line) in tile.chunks(width as usize * count).enumerate() {
            all[((top + row) * columns + left) * count..][..line.len()].copy_from_slice(line);
        }
    }
    all
}

/// The level above, computed from all values of a level. NaN is a void.
fn halved(values: &[f64], columns: usize, rows: usize, rule: Resampling) -> Vec<f64> {
    let mut all = Vec::new();
    for row in 0..rows.div_ceil(2) {
        for column in 0..columns.div_ceil(2) {
            let mut cells = Vec::new();
            for (y, x) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                let (y, x) = (row * 2 + y, column * 2 + x);
                if y < rows && x < columns && !values[y * columns + x].is_nan() {
                    cells.push(values[y * columns + x]);
                }
            }
            all.push(if cells.is_empty() {
                f64::NAN
            } else if rule == Resampling::Average {
                cells.iter().sum::<f64>() / cells.len() as f64
            } else {
                cells.sort_by(f64::total_cmp);
                let votes = |v: f64| cells.iter().filter(|c| **c == v).count();
                let most = cells.iter().map(|v| votes(*v)).max().unwrap();
                *cells.iter().find(|v| votes(**v) == most).unwrap()
            });
        }
    }
    all
}

/// How the type stores a value, computed here: rounded to the nearest.
fn stored(sample: SampleType, value: f64) -> f64 {
    match sample {
        SampleType::F64 => value,
        SampleType::F32 => f64::from(value as f32),
        _ => (value + 0.5).floor(),
    }
}

fn is_same(a: f64, b: f64) -> bool {
    a == b || a.is_nan() && b.is_nan()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn what_is_written_is_read_back_whatever_the_order(
        columns in 1_u32..1400,
        rows in 1_u32..1200,
        count in 1_usize..4,
        sample in prop::sample::select(vec![SampleType::F32, SampleType::F64, SampleType::U8, SampleType::U16, SampleType::U32, SampleType::I16]),
        compression in prop::sample::select(vec![Compression::Deflate, Compression::None]),
        rule in prop::sample::select(vec![Resampling::Average, Resampling::Mode]),
        is_told: bool,
        seed: u64,
        shuffle: u64,
    ) {
        let nodata = if sample == SampleType::U8 { 255.0 } else if matches!(sample, SampleType::F32 | SampleType::F64 | SampleType::I16) { -9999.0 } else { 9999.0 };
        let layout = CogLayout::new(grid(columns, rows), sample, bands(count)).unwrap()
            .with_nodata(nodata).unwrap().with_compression(compression).with_resampling(rule);
        let (width, height) = (columns as usize, rows as usize);
        let planes: Vec<Vec<f64>> = (0..count).map(|band| values(width, height, seed.wrapping_add(band as u64 * 6))).collect();
        let rasters: Vec<Raster> = planes.iter().map(|v| Raster::new(*layout.grid().window(), v.clone()).unwrap()).collect();
        let tiles = all_tiles(&layout);
        let file = write(&layout, &rasters, &tiles, true);
        let mut order = tiles.clone();
        for at in (1..order.len()).rev() {
            order.swap(at, (shuffle.rotate_left(at as u32) % (at as u64 + 1)) as usize);
        }
        prop_assert!(file == write(&layout, &rasters, &order, is_told), "the order changes the file");

        let parsed = CogFile::check(&file);
        let mut expected = planes;
        let (mut width, mut height) = (width, height);
        for image in 0..parsed.images.len() {
            let read = read(&file, image, count, nodata);
            prop_assert_eq!(read.len(), width * height * count);
            for (band, plane) in expected.iter_mut().enumerate() {
                for value in plane.iter_mut() {
                    *value = stored(sample, *value);
                }
                for (at, value) in plane.iter().enumerate() {
                    let found = read[at * count + band];
                    let found = if found == nodata { f64::NAN } else { found };
                    prop_assert!(is_same(found, *value), "image {image} band {band} at {at}: {found} {value}");
                }
                *plane = halved(plane, width, height, rule);
            }
            (width, height) = (width.div_ceil(2), height.div_ceil(2));
        }
        // The last overview is the first that fits into a tile.
        let last = parsed.images.last().unwrap();
        prop_assert!(last.columns <= 512 && last.rows <= 512);
        if let [.., before, _] = parsed.images.as_slice() {
            prop_assert!(before.columns > 512 || before.rows > 512);
        }
    }
}

#[test]
fn statistics_and_descriptions_are_in_the_metadata() {
    let mut height = Band::new("height");
    height.unit = Some("metre".into());
    height.description = Some("lowest & last < \u{7}".into());
    let layout = CogLayout::new(grid(1030, 700), SampleType::F32, vec![height]).unwrap();
    let layout = layout.with_item("EPT_POINTS", "a \"b\"");
    let all = values(1030, 700, 3);
    let raster = Raster::new(*layout.grid().window(), all.clone()).unwrap();
    let file = write(&layout, &[raster], &all_tiles(&layout), true);
    let text = CogFile::check(&file).images[0].text(42112);
    let number = |name: &str| -> f64 {
        let start = format!("<Item name=\"STATISTICS_{name}\" sample=\"0\">");
        let (_, rest) = text.split_once(&start).unwrap();
        rest.split_once('<').unwrap().0.parse().unwrap()
    };
    let stored: Vec<f64> = all
        .iter()
        .filter(|v| !v.is_nan())
        .map(|v| f64::from(*v as f32))
        .collect();
    let count = stored.len() as f64;
    let mean = stored.iter().sum::<f64>() / count;
    let deviation = (stored.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count).sqrt();
    assert_eq!(
        number("MINIMUM"),
        stored.iter().copied().fold(f64::MAX, f64::min)
    );
    assert_eq!(
        number("MAXIMUM"),
        stored.iter().copied().fold(f64::MIN, f64::max)
    );
    assert!((number("MEAN") - mean).abs() < 1e-10 * mean);
    assert!((number("STDDEV") - deviation).abs() < 1e-10 * deviation);
    assert!((number("VALID_PERCENT") - count / (1030.0 * 700.0) * 100.0).abs() < 1e-10);
    for item in [
        "<Item name=\"DESCRIPTION\" sample=\"0\" role=\"description\">height</Item>",
        "<Item name=\"UNITTYPE\" sample=\"0\" role=\"unittype\">metre</Item>",
        // GDAL unescapes values twice.
        "<Item name=\"long_name\" sample=\"0\">lowest &amp;amp; last &amp;lt;  </Item>",
        "<Item name=\"EPT_POINTS\">a &amp;quot;b&amp;quot;</Item>",
    ] {
        assert!(text.contains(item), "{text}");
    }
}

#[test]
fn the_place_and_the_coordinate_system_are_in_the_tags() {
    let keys = GeoKeys::default()
        .with_number(GeoKey::ModelType, 1)
        .with_number(GeoKey::RasterType, 1)
        .with_text(GeoKey::Citation, "a system")
        .with_double(GeoKey::SemiMajorAxis, 6_378_137.0);
    let layout = CogLayout::new(grid(20, 10), SampleType::F32, bands(1)).unwrap();
    let layout = layout.with_keys(keys);
    let file = write(&layout, &[], &[], false);
    let parsed = CogFile::check(&file);
    let image = &parsed.images[0];
    assert_eq!(image.doubles(33550), [0.5, 0.5, 1.0]);
    // 100 + 1000 / 2 and 200 + 2010 / 2.
    assert_eq!(image.doubles(33922), [0.0, 0.0, 0.0, 600.0, 1205.0, 0.0]);
    let directory = [
        1, 1, 0, 4, 1024, 0, 1, 1, 1025, 0, 1, 1, 1026, 34737, 9, 0, 2057, 34736, 1, 0,
    ];
    assert_eq!(image.shorts(34735), directory);
    assert_eq!(image.doubles(34736), [6_378_137.0]);
    assert_eq!(image.text(34737), "a system|");
    assert_eq!(image.text(42113), "-9999");
    assert!(image.sizes().all(|size| size == 0));
}

/// The values of a tile of a file with Lerc.
fn lerc_tile(file: &[u8], image: usize, tile: usize) -> Vec<f64> {
    let parsed = CogFile::check(file);
    let image = &parsed.images[image];
    assert_eq!(image.longs(259), [34887]);
    // Version 2.4 and Deflate.
    assert_eq!(image.longs(50674), [4, 1]);
    let (at, size) = (
        image.longs(324)[tile] as usize,
        image.longs(325)[tile] as usize,
    );
    let mut blob = Vec::new();
    let mut inflated = flate2::read::ZlibDecoder::new(&file[at..at + size]);
    std::io::Read::read_to_end(&mut inflated, &mut blob).unwrap();
    lerc_reader::decode_to_f64(&blob).unwrap().pixels
}

#[test]
fn lerc_keeps_voids_and_the_maximum_error() {
    let all: Vec<f64> = (0..300 * 200)
        .map(|at| match at % 7 {
            0 => f64::NAN,
            _ => 300.0 + f64::from(at % 300).sin() * 20.0 + f64::from(at / 300) * 0.37,
        })
        .collect();
    let grid = grid(300, 200);
    let file = |least: f64, max_error: f64| {
        let layout = CogLayout::new(grid, SampleType::F32, bands(1)).unwrap();
        let layout = layout.with_compression(Compression::Lerc { max_error });
        let mut values = all.clone();
        values[1] = least;
        let raster = Raster::new(*grid.window(), values).unwrap();
        write(&layout, &[raster], &[0], true)
    };
    // With a value less than that of voids, nothing may change.
    for (least, max_error, allowed) in [
        (250.0, 0.01, 0.01),
        (250.0, 0.0, 0.0),
        (-20_000.0, 0.01, 0.0),
    ] {
        let tile = lerc_tile(&file(least, max_error), 0, 0);
        let mut largest = 0.0_f64;
        for (at, value) in all.iter().enumerate().filter(|(at, _)| *at != 1) {
            let found = tile[at / 300 * TILE + at % 300];
            if value.is_nan() {
                assert_eq!(found, -9999.0);
            } else {
                largest = largest.max((found - f64::from(*value as f32)).abs());
            }
        }
        // Half a unit in the last place of numbers of this size.
        assert!(
            largest <= allowed + if allowed > 0.0 { 2e-5 } else { 0.0 },
            "{largest}"
        );
        assert_eq!(largest > 0.0, allowed > 0.0);
        assert_eq!(tile[1], least);
    }
    assert!(file(250.0, 0.01).len() < file(250.0, 0.0).len());
}

#[test]
fn a_large_grid_with_few_tiles_is_small() {
    let layout = CogLayout::new(grid(40_000, 40_000), SampleType::F32, bands(1)).unwrap();
    let mut writer = CogWriter::new(layout.clone(), Cursor::new(Vec::new()));
    for (column, row) in [(3, 7), (70, 2)] {
        let window = layout.window(column, row);
        let raster = Raster::new(window, vec![5.0; window.len()]).unwrap();
        let mut next = writer
            .push(layout.encode(column, row, &[raster]).unwrap())
            .unwrap();
        while let Some(overview) = next {
            next = writer
                .push(layout.encode_overview(overview).unwrap())
                .unwrap();
        }
    }
    let mut file = Vec::new();
    writer.finish(&mut file).unwrap();
    let parsed = CogFile::check(&file);
    let filled = |image: usize| {
        parsed.images[image]
            .sizes()
            .filter(|size| *size > 0)
            .count()
    };
    assert_eq!(parsed.images.len(), 8);
    assert_eq!([0, 1, 5, 6, 7].map(filled), [2, 2, 2, 2, 1]);
    assert!(file.len() < 200_000, "{}", file.len());
}

#[test]
fn sizes_are_checked_before_memory_is_taken() {
    let large = grid(1 << 20, 1 << 20);
    let layout = CogLayout::new(large, SampleType::F32, bands(1)).unwrap();
    assert_eq!(layout.tiles(), [2048, 2048]);
    let largest = grid(i32::MAX as u32, i32::MAX as u32);
    let error = CogLayout::new(largest, SampleType::F32, bands(1)).unwrap_err();
    assert!(matches!(error, CogError::Tiles { .. }));
    assert!(
        error
            .to_string()
            .ends_with("use larger cells, or divide the area")
    );
    assert!(CogLayout::new(grid(0, 5), SampleType::F32, bands(1)).is_err());
    assert!(CogLayout::new(grid(5, 5), SampleType::F32, bands(0)).is_err());
    assert!(CogLayout::new(grid(5, 5), SampleType::F32, bands(257)).is_err());
}

#[test]
fn nodata_must_be_a_value_of_the_type() {
    let layout = |sample| CogLayout::new(grid(5, 5), sample, bands(1)).unwrap();
    for (sample, nodata) in [
        (SampleType::U8, -9999.0),
        (SampleType::U8, 0.5),
        (SampleType::U16, f64::NAN),
        (SampleType::F32, 0.1),
        (SampleType::F64, f64::INFINITY),
    ] {
        assert!(layout(sample).with_nodata(nodata).is_err(), "{nodata}");
    }
    for (sample, nodata) in [
        (SampleType::U8, 255.0),
        (SampleType::F32, f64::NAN),
        (SampleType::F32, f64::from(f32::MIN)),
        (SampleType::I16, -32768.0),
    ] {
        assert!(layout(sample).with_nodata(nodata).is_ok(), "{nodata}");
    }
}

#[test]
fn values_that_are_no_numbers_are_void() {
    let layout = CogLayout::new(grid(4, 1), SampleType::F32, bands(1)).unwrap();
    let given = vec![f64::INFINITY, f64::NEG_INFINITY, 1e300, -9999.0];
    let raster = Raster::new(*layout.grid().window(), given).unwrap();
    let file = write(&layout, &[raster], &[0], true);
    assert_eq!(
        read(&file, 0, 1, 0.0),
        [-9999.0, -9999.0, f64::from(f32::MAX), -9999.0]
    );
}

#[test]
fn a_writer_stays_broken() {
    let layout = CogLayout::new(grid(600, 5), SampleType::F32, bands(1)).unwrap();
    let mut writer = CogWriter::new(layout.clone(), Cursor::new(Vec::new()));
    writer.push(layout.void_tile(0, 0)).unwrap();
    let error = writer.push(layout.void_tile(0, 0)).unwrap_err();
    assert_eq!(error.to_string(), "tile 0, 0 of level 0 was pushed before");
    assert!(matches!(
        writer.finish(&mut Vec::new()),
        Err(CogError::Broken(_))
    ));

    let mut writer = CogWriter::new(layout.clone(), Cursor::new(Vec::new()));
    assert!(writer.push(layout.void_tile(2, 0)).is_err());
    assert!(
        layout
            .encode(2, 0, &[Raster::void(layout.window(0, 0))])
            .is_err()
    );
    assert!(layout.encode(0, 0, &[]).is_err());
}

#[test]
fn an_overview_that_was_not_pushed_is_missed() {
    let layout = CogLayout::new(grid(600, 5), SampleType::F32, bands(1)).unwrap();
    let mut writer = CogWriter::new(layout.clone(), Cursor::new(Vec::new()));
    for column in 0..2 {
        let window = layout.window(column, 0);
        let raster = Raster::new(window, vec![1.0; window.len()]).unwrap();
        let overview = writer
            .push(layout.encode(column, 0, &[raster]).unwrap())
            .unwrap();
        assert_eq!(overview.is_some(), column == 1);
    }
    assert!(matches!(
        writer.finish(&mut Vec::new()),
        Err(CogError::Tile { level: 1, .. })
    ));
}
