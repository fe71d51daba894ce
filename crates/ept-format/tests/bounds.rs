//! Boxes, and the cells that the octree cuts them into.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use ept_format::{Bounds, FormatError, Key};
use proptest::prelude::*;

fn key(text: &str) -> Key {
    text.parse().unwrap()
}

/// Boxes as datasets have them: anywhere, of any size, cubes or not.
fn any_bounds() -> impl Strategy<Value = Bounds> {
    let corner = || [-1e7..1e7, -1e7..1e7, -1e7..1e7];
    (corner(), corner()).prop_map(|(a, b)| {
        let min = [0, 1, 2].map(|axis| f64::min(a[axis], b[axis]));
        let max = [0, 1, 2].map(|axis| f64::max(a[axis], b[axis]));
        Bounds::new(min, max).unwrap()
    })
}

fn any_key_to(depth: u32) -> impl Strategy<Value = Key> {
    (0..=depth).prop_flat_map(|depth| {
        let index = 0..1_u32 << depth;
        (Just(depth), index.clone(), index.clone(), index)
            .prop_map(|(depth, x, y, z)| Key::new(depth, x, y, z).unwrap())
    })
}

fn bits(corner: [f64; 3]) -> [u64; 3] {
    corner.map(f64::to_bits)
}

proptest! {
    #[test]
    fn the_cell_of_the_root_is_the_bounds(bounds in any_bounds()) {
        prop_assert_eq!(bounds.cell(Key::ROOT), bounds);
    }

    #[test]
    fn the_children_tile_their_parent_to_the_bit(bounds in any_bounds(), key in any_key_to(30)) {
        let parent = bounds.cell(key);
        let cells: Vec<Bounds> = key.children().map(|child| bounds.cell(child)).collect();
        let (first, last) = (cells[0], cells[7]);
        prop_assert_eq!(bits(first.min()), bits(parent.min()));
        prop_assert_eq!(bits(last.max()), bits(parent.max()));
        prop_assert_eq!(bits(first.max()), bits(last.min()));
        // Each child takes the lower or the upper half of each axis, as its number says.
        for (octant, cell) in cells.iter().enumerate() {
            for axis in 0..3 {
                let half = if octant >> (2 - axis) & 1 == 0 { first } else { last };
                prop_assert_eq!(cell.min()[axis].to_bits(), half.min()[axis].to_bits());
                prop_assert_eq!(cell.max()[axis].to_bits(), half.max()[axis].to_bits());
            }
        }
    }

    #[test]
    fn neighbours_share_their_face_to_the_bit(bounds in any_bounds(), key in any_key_to(31)) {
        let [depth, x, y, z] = [key.depth(), key.x(), key.y(), key.z()];
        let cell = bounds.cell(key);
        for (axis, next) in [(x + 1, y, z), (x, y + 1, z), (x, y, z + 1)].into_iter().enumerate() {
            if let Ok(next) = Key::new(depth, next.0, next.1, next.2) {
                let next = bounds.cell(next);
                prop_assert_eq!(cell.max()[axis].to_bits(), next.min()[axis].to_bits());
                prop_assert!(cell.intersects(&next));
            }
        }
    }

    #[test]
    fn every_cell_lies_in_the_bounds(bounds in any_bounds(), key in any_key_to(31)) {
        let cell = bounds.cell(key);
        prop_assert!(bounds.holds(&cell), "{cell:?} in {bounds:?}");
    }

    #[test]
    fn a_point_lies_in_a_cell_of_every_depth(
        bounds in any_bounds(), at in [0.0..=1.0_f64, 0.0..=1.0, 0.0..=1.0],
    ) {
        let point = [0, 1, 2].map(|axis| {
            let (min, max) = (bounds.min()[axis], bounds.max()[axis]);
            (min + (max - min) * at[axis]).clamp(min, max)
        });
        let mut key = Key::ROOT;
        while key.depth() < 20 {
            let child = key.children().find(|child| bounds.cell(*child).contains(point));
            prop_assert!(child.is_some(), "{point:?} is in {key} and in no child of it");
            key = child.unwrap_or(key);
        }
    }
}

#[test]
fn cells_are_cut_as_the_specification_says() {
    let cube = Bounds::new([0.0, 100.0, -64.0], [64.0, 164.0, 0.0]).unwrap();
    let cell = cube.cell(key("2-1-2-3"));
    assert_eq!(cell.min(), [16.0, 132.0, -16.0]);
    assert_eq!(cell.max(), [32.0, 148.0, 0.0]);
    // X -> 2X + 1 has its new minimum at the middle, Y -> 2Y its new maximum.
    let cell = cube.cell(key("1-1-0-1"));
    assert_eq!(cell.min(), [32.0, 100.0, -32.0]);
    assert_eq!(cell.max(), [64.0, 132.0, 0.0]);
}

#[test]
fn the_last_face_is_the_maximum_where_minimum_and_extent_miss_it() {
    let (min, max) = (-0.3, 0.1);
    assert_ne!(min + (max - min), max);
    let cube = Bounds::new([min; 3], [max; 3]).unwrap();
    assert_eq!(cube.cell(Key::ROOT), cube);
    assert_eq!(cube.cell(key("4-15-15-15")).max(), [max; 3]);
    // Cells narrower than the spacing of floats around them: no face lies outside.
    let (min, max) = (1e15, 1e15 + 3.0);
    let cube = Bounds::new([min; 3], [max; 3]).unwrap();
    for index in (1 << 31) - 20..1 << 31 {
        let key = Key::new(31, index, index, index).unwrap();
        assert!(cube.holds(&cube.cell(key)), "{key}");
    }
}

#[test]
fn an_axis_is_divided_by_its_own_extent() {
    let flat = Bounds::new([0.0, 0.0, 0.0], [8.0, 16.0, 4.0]).unwrap();
    let cell = flat.cell(key("2-3-1-2"));
    assert_eq!(cell.min(), [6.0, 4.0, 2.0]);
    assert_eq!(cell.max(), [8.0, 8.0, 3.0]);
}

#[test]
fn cells_of_depth_31_are_exact() {
    let side = 2_f64.powi(31);
    let cube = Bounds::new([0.0; 3], [side; 3]).unwrap();
    let cell = cube.cell(key("31-2147483647-1-0"));
    assert_eq!(cell.min(), [side - 1.0, 1.0, 0.0]);
    assert_eq!(cell.max(), [side, 2.0, 1.0]);
}

#[test]
fn bounds_without_height_have_flat_cells() {
    let flat = Bounds::new([0.0, 0.0, 5.0], [8.0, 8.0, 5.0]).unwrap();
    let cell = flat.cell(key("1-0-0-1"));
    assert_eq!((cell.min()[2], cell.max()[2]), (5.0, 5.0));
}

#[test]
fn a_number_that_is_none_or_a_minimum_above_the_maximum_is_refused() {
    let nan = f64::NAN;
    for (min, max, axis) in [
        ([nan, 0.0, 0.0], [1.0; 3], "x"),
        ([0.0; 3], [1.0, nan, 1.0], "y"),
        ([0.0, 0.0, nan], [1.0; 3], "z"),
        ([2.0, 0.0, 0.0], [1.0; 3], "x"),
        ([0.0, f64::INFINITY, 0.0], [1.0; 3], "y"),
        ([0.0; 3], [1.0, 1.0, f64::NEG_INFINITY], "z"),
    ] {
        let error = Bounds::new(min, max).unwrap_err();
        let FormatError::Field { problem, .. } = &error else {
            panic!("{error}");
        };
        assert!(problem.starts_with(axis), "{min:?} {max:?}: {problem}");
    }
    assert!(Bounds::new([1.0; 3], [1.0; 3]).is_ok());
}

#[test]
fn boxes_are_closed_on_all_sides() {
    let cube = Bounds::new([0.0; 3], [1.0; 3]).unwrap();
    let above = 1.0_f64.next_up();
    let below = 0.0_f64.next_down();
    for axis in 0..3 {
        for (value, inside) in [(0.0, true), (1.0, true), (above, false), (below, false)] {
            let mut point = [0.5; 3];
            point[axis] = value;
            assert_eq!(cube.contains(point), inside, "axis {axis}, {value:e}");
            let other = Bounds::new(point, point).unwrap();
            assert_eq!(cube.intersects(&other), inside, "axis {axis}, {value:e}");
            assert_eq!(other.intersects(&cube), inside, "axis {axis}, {value:e}");
            assert_eq!(cube.holds(&other), inside, "axis {axis}, {value:e}");
        }
    }
    assert!(!cube.contains([f64::NAN, 0.5, 0.5]));
}

#[test]
fn boxes_may_be_open_at_infinity() {
    let any_height = Bounds::new([0.0, 0.0, f64::NEG_INFINITY], [1.0, 1.0, f64::INFINITY]).unwrap();
    assert!(any_height.contains([1.0, 0.0, f64::MAX]));
    assert!(any_height.contains([1.0, 0.0, f64::INFINITY]));
    assert!(!any_height.contains([1.5, 0.0, 0.0]));
    assert!(Bounds::EVERYTHING.holds(&any_height));
    assert!(!any_height.holds(&Bounds::EVERYTHING));
    assert!(any_height.intersects(&Bounds::EVERYTHING));
}

#[test]
fn a_grown_box_reaches_further_on_both_ends() {
    let cube = Bounds::new([0.0; 3], [1.0; 3]).unwrap();
    let grown = cube.grown([0.5, 0.0, 2.0]);
    assert_eq!(grown.min(), [-0.5, 0.0, -2.0]);
    assert_eq!(grown.max(), [1.5, 1.0, 3.0]);
    assert_eq!(Bounds::EVERYTHING.grown([1.0; 3]), Bounds::EVERYTHING);
}
