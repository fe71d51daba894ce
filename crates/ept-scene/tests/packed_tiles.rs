//! Tiles as bytes: parsed by the documented layout.

#![allow(clippy::unwrap_used, reason = "tests")]

use ept_format::{Key, Metadata, Node};
use ept_points::{Column, PointBatch, Values};
use ept_scene::{CachedTile, ColorBy, PackedTile, Paint};
use ept_select::Frame;
use proptest::prelude::*;

fn frame() -> Frame {
    let metadata = Metadata::from_json(
        br#"{
            "bounds": [0, 0, 0, 1024, 1024, 1024], "span": 64, "dataType": "laszip",
            "schema": [{"name": "X", "type": "signed", "size": 4, "scale": 0.01, "offset": 512}]
        }"#,
    );
    Frame::from(&metadata.unwrap())
}

fn tile(places: &[[f64; 3]], more: Vec<Column>) -> CachedTile {
    let axes = ["X", "Y", "Z"].into_iter().enumerate();
    let axes = axes.map(|(i, name)| {
        Column::new(
            name,
            Values::F64(places.iter().map(|place| place[i]).collect()),
        )
    });
    let points = PointBatch::new(axes.chain(more).collect()).unwrap();
    let node = Node {
        name: Key::ROOT.into(),
        points: places.len() as u64,
        cell: frame().bounds,
        source: 0,
    };
    CachedTile::new(node, points, &frame())
}

fn number(bytes: &[u8], at: usize) -> f64 {
    f64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())
}

/// The positions of packed points.
fn positions(bytes: &[u8]) -> Vec<[f64; 3]> {
    let records = bytes[64..].chunks_exact(12);
    let positions = records.map(|record| {
        [0, 1, 2].map(|i| {
            let count = u16::from_le_bytes([record[2 * i], record[2 * i + 1]]);
            number(bytes, 16 + 8 * i) + number(bytes, 40 + 8 * i) * f64::from(count)
        })
    });
    positions.collect()
}

fn height() -> Paint {
    Paint::new(ColorBy::Height, [0.0, 1.0])
}

proptest! {
    /// Positions are at most half a step off, wherever the points are, also outside their cell.
    #[test]
    fn positions_are_near(
        places in proptest::collection::vec([-1e7..1e7, -10.0..2_000.0, 5.0..5.001], 1..50),
        mask in proptest::option::of(proptest::collection::vec(any::<bool>(), 50)),
    ) {
        let places: Vec<[f64; 3]> = places;
        let packed = PackedTile::new(&tile(&places, Vec::new()), mask.as_deref(), &height());
        let bytes = packed.into_bytes();
        let kept = |row: &usize| mask.as_ref().is_none_or(|mask| mask[*row]);
        let kept: Vec<[f64; 3]> = (0..places.len()).filter(kept).map(|row| places[row]).collect();
        let found = positions(&bytes);
        prop_assert_eq!(found.len(), kept.len());
        prop_assert_eq!(&bytes[8..12], (kept.len() as u32).to_le_bytes());
        for (found, place) in found.iter().zip(&kept) {
            for i in 0..3 {
                let (low, high) = kept.iter().fold((f64::MAX, f64::MIN), |(low, high), place| (low.min(place[i]), high.max(place[i])));
                let half = (high - low) / 65_535.0 / 2.0;
                // And the rounding of numbers of 10 million.
                prop_assert!((found[i] - place[i]).abs() <= half * 1.000_001 + 1e-8);
            }
        }
    }
}

#[test]
fn a_record_has_class_returns_and_what_colours_it() {
    let places = [[0.0, 0.0, 0.0], [10.0, 20.0, 30.0]];
    let columns = || {
        vec![
            Column::new("Classification", Values::U8(vec![2, 200])),
            Column::new("ReturnNumber", Values::U8(vec![1, 3])),
            Column::new("NumberOfReturns", Values::U8(vec![4, 99])),
            Column::new("Intensity", Values::U16(vec![7, 65_535])),
            Column::new("Red", Values::U16(vec![0, 65_535])),
            Column::new("Green", Values::U16(vec![257, 514])),
            Column::new("Blue", Values::U16(vec![65_535, 0])),
            Column::new("GpsTime", Values::F64(vec![1.0e9 + 0.25, 1.0e9 + 100.0])),
        ]
    };
    let record = |paint: Paint, at: usize| {
        let bytes = PackedTile::new(&tile(&places, columns()), None, &paint).into_bytes();
        assert_eq!(
            (&bytes[..8], bytes.len()),
            (&b"EPTV\x01\0\0\0"[..], 64 + 2 * 12)
        );
        bytes[64 + 12 * at..][..12].to_vec()
    };
    let rgb = Paint::new(ColorBy::Rgb, [0.0, 65_535.0]);
    assert_eq!(record(rgb, 0), [0, 0, 0, 0, 0, 0, 2, 0x41, 0, 1, 255, 255]);
    assert_eq!(
        record(rgb, 1),
        [255, 255, 255, 255, 255, 255, 200, 0xf3, 255, 2, 0, 255]
    );
    let float = |paint, at| f32::from_le_bytes(record(paint, at)[8..].try_into().unwrap());
    assert_eq!(
        float(Paint::new(ColorBy::Intensity, [0.0, 1.0]), 1),
        65_535.0
    );
    assert_eq!(float(Paint::new(ColorBy::Time, [1.0e9, 2.0e9]), 0), 0.25);
    assert_eq!(float(height(), 1), 0.0);
    // What the points lack is 0, and colours are grey.
    assert_eq!(float(Paint::new(ColorBy::Source, [0.0, 1.0]), 1), 0.0);
    let bare = PackedTile::new(&tile(&places, Vec::new()), None, &rgb).into_bytes();
    assert_eq!(bare[64..76], [0, 0, 0, 0, 0, 0, 0, 0, 128, 128, 128, 255]);
}

/// Points that are nowhere are somewhere in the cell, and no other suffers.
#[test]
fn places_that_are_not_finite() {
    let places = [
        [512.0, 512.0, 512.0],
        [f64::NAN, f64::INFINITY, f64::NEG_INFINITY],
    ];
    let bytes = PackedTile::new(&tile(&places, Vec::new()), None, &height()).into_bytes();
    let found = positions(&bytes);
    assert_eq!(found.len(), 2);
    assert!(
        found[0]
            .iter()
            .all(|number| (number - 512.0).abs() <= 1024.0 / 65_535.0)
    );
    assert!(
        found[1]
            .iter()
            .all(|number| (0.0..=1024.0).contains(number))
    );
    let none = PackedTile::new(&tile(&places, Vec::new()), Some(&[false, false]), &height());
    assert_eq!(none.into_bytes().len(), 64);
    let short = PackedTile::new(&tile(&places, Vec::new()), Some(&[true]), &height());
    assert_eq!(short.into_bytes().len(), 76);
}
